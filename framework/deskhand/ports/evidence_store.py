"""Where evidence is kept."""

from typing import Protocol


class EvidenceStore(Protocol):
    """Keeps sealed bytes by the hash of them."""

    def put(self, content: bytes, *, context: str) -> str:
        """Seal and keep bytes durably; return the SHA-256 (hex) of the sealed bytes."""
        ...

    def get(self, sha256: str, *, context: str) -> bytes:
        """Return the bytes, opened; raises `NotFoundError`, `SealBrokenError`."""
        ...
