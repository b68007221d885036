"""The seal: AES-256-GCM over what must not lie about in clear."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from deskhand.domain.sealed import Sealed
from deskhand.errors import SealBrokenError
from deskhand.ports.vault import Vault
from deskhand.vaults.encrypted_file import key_bytes

SEAL_KEYS = "seal/keys"
"""The secret that holds the keys, separated by commas: the first seals, all of them open."""

_MAGIC = b"dh1"
_MARK_BYTES = 4
_NONCE_BYTES = 12
_HEAD_BYTES = len(_MAGIC) + _MARK_BYTES + _NONCE_BYTES


class AesSeal:
    """Seals with the first key, opens with any: `dh1`, key mark, nonce, ciphertext and tag.

    The context (what this is, and whose) is authenticated, so that a sealed value moved to
    another row does not open.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._ciphers = {_mark(key): AESGCM(key) for key in keys}
        self._current = _mark(keys[0])
        self._digest_key = hmac.digest(keys[-1], b"deskhand digests 1", "sha256")

    def close(self, plain: bytes, *, context: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        cipher = self._ciphers[self._current]
        return _MAGIC + self._current + nonce + cipher.encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, *, context: str) -> bytes:
        head, body = sealed[:_HEAD_BYTES], sealed[_HEAD_BYTES:]
        mark = head[len(_MAGIC) : len(_MAGIC) + _MARK_BYTES]
        cipher = self._ciphers.get(mark)
        if cipher is None or not head.startswith(_MAGIC) or len(head) < _HEAD_BYTES:
            raise SealBrokenError(context)
        try:
            return cipher.decrypt(head[-_NONCE_BYTES:], body, context.encode())
        except InvalidTag:
            raise SealBrokenError(context) from None

    def digest(self, plain: bytes, *, context: str) -> str:
        return hmac.digest(self._digest_key, context.encode() + b"\x00" + plain, "sha256").hex()


def seal_from(vault: Vault) -> AesSeal:
    """Make the seal with the vault's keys; raises `SecretMissingError`, `VaultError`."""
    texts = vault.secret(SEAL_KEYS).reveal().split(",")
    return AesSeal([key_bytes(Sealed(text), what=f"a key of {SEAL_KEYS}") for text in texts])


def _mark(key: bytes) -> bytes:
    return hashlib.sha256(b"deskhand key mark" + key).digest()[:_MARK_BYTES]
