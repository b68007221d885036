"""Who may send: requests signed as Standard Webhooks says, with the hook's secret."""

import binascii
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from deskhand.domain.signed_request import TOLERANCE
from deskhand.errors import SecretMissingError
from deskhand.ports.clock import Clock
from deskhand.ports.observer import Observer
from deskhand.ports.vault import Vault
from deskhand.triggers.http.refusal import not_signed

_SECRETS = ("secret", "secret_next")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_ID = re.compile(r"[!-~]{1,128}")
_SECONDS = re.compile(r"[0-9]{1,11}")


class Signatures:
    """Checks signatures; what a hook's secrets are, the vault says.

    A hook that is not there takes the time and gets the answer of a wrong signature.
    """

    def __init__(self, vault: Vault, *, clock: Clock, observer: Observer) -> None:
        self._vault = vault
        self._clock = clock
        self._observer = observer
        self._nobody = Webhook(secrets.token_bytes(32))

    def check(self, headers: Mapping[str, str], body: bytes, *, client: str, hook: str) -> str:
        """Return the message's id; raises `HttpRefusal`."""
        signed = _Signed.of(headers)
        text = body.decode("utf-8", errors="replace")
        keys = [self._key(client, hook, name) for name in _SECRETS]
        expected = [key.sign(signed.id, signed.at, text).encode() for key in keys]
        # Every one against every other, without stopping at those that fit.
        fits = [hmac.compare_digest(own, given) for own in expected for given in signed.signatures]
        if not any(fits) or abs(self._clock.now() - signed.at) > TOLERANCE:
            raise not_signed()
        return signed.id

    def _key(self, client: str, hook: str, name: str) -> Webhook:
        if not (_NAME.fullmatch(client) and _NAME.fullmatch(hook)):
            return self._nobody
        path = f"hooks/{client}/{hook}/{name}"
        try:
            return Webhook(self._vault.secret(path).reveal())
        except SecretMissingError:
            return self._nobody
        except (binascii.Error, ValueError, EmptyWebhookSecretError):
            self._observer.tell("hook_secret_unusable", place=path)
            return self._nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signed:
    """What the three headers say."""

    id: str
    at: datetime
    signatures: tuple[bytes, ...]

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> "_Signed":
        message = headers.get("webhook-id", "")
        seconds = headers.get("webhook-timestamp", "")
        if not (_ID.fullmatch(message) and _SECONDS.fullmatch(seconds)):
            raise not_signed()
        given = headers.get("webhook-signature", "").split(" ")
        return cls(
            id=message,
            at=datetime.fromtimestamp(int(seconds), tz=UTC),
            signatures=tuple(one.encode() for one in given if one.startswith("v1,")),
        )
