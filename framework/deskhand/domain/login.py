"""What a bot needs to log in."""

from dataclasses import dataclass

from deskhand.domain.sealed import Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """The credentials of an account, from the vault. `totp` is the shared secret, in base32."""

    url: str
    user: Sealed[str]
    password: Sealed[str]
    totp: Sealed[str] | None = None
