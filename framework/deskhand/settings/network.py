"""What comes in and goes out over the network: two tables of `deskhand.toml`."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSettings:
    """Where signed requests come in.

    Without TLS of its own it listens to this machine only, unless a proxy that speaks TLS stands
    before it. `given` tells that the project has such a table. The ids of requests are remembered
    for `ids_kept`, in whole days.
    """

    given: bool = False
    host: str = "127.0.0.1"
    port: int = 8470
    behind_proxy: bool = False
    certificate: Path | None = None
    key: Path | None = None
    requests_a_minute: int = 6000
    ids_kept: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSettings:
    """How long events are tried before a person is asked: whichever of the two comes first."""

    tries: int = 60
    give_up_after: timedelta = timedelta(hours=24)
    retry_first: timedelta = timedelta(seconds=5)
    retry_max: timedelta = timedelta(minutes=30)
