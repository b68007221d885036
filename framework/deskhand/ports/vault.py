"""Secrets, and the seal."""

from typing import Protocol

from deskhand.domain.sealed import Sealed


class Vault(Protocol):
    """Where secrets come from."""

    def secret(self, name: str) -> Sealed[str]:
        """Return a secret by its path (`payer_portal/acme/user`); raises `SecretMissingError`."""
        ...


class Seal(Protocol):
    """Authenticated encryption of what must not lie about in clear."""

    def close(self, plain: bytes, *, context: str) -> bytes:
        """Seal bytes; `context` (what this is, and whose) must be given again to open them."""
        ...

    def open(self, sealed: bytes, *, context: str) -> bytes:
        """Open sealed bytes; raises `SealBrokenError`."""
        ...

    def digest(self, plain: bytes, *, context: str) -> str:
        """Return a keyed digest (hex): tells equal from different without telling what."""
        ...
