"""Where the server of signed requests is; whoever only asks for it loads no web framework."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where to listen; port 0 takes a free one. With a certificate it speaks TLS itself."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None
