"""What comes in and goes out over the network: two tables of `deskhand.toml`."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from deskhand.domain.signed_request import LONGEST_MEMORY, SHORTEST_MEMORY
from deskhand.settings.toml_tables import TomlTables

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


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


def read_http(tables: TomlTables) -> HttpSettings:
    """Read the table `[http]`; raises `SettingsError`."""
    default = HttpSettings()
    settings = HttpSettings(
        given=tables.names("http"),
        host=tables.take("http", "host", default.host, str),
        port=tables.number("http", "port", default.port, least=0, most=65_535),
        behind_proxy=tables.take("http", "behind_proxy", default.behind_proxy, bool),
        certificate=tables.optional_path("http", "certificate"),
        key=tables.optional_path("http", "key"),
        requests_a_minute=tables.number(
            "http", "requests_a_minute", default.requests_a_minute, least=1, most=1_000_000
        ),
        ids_kept=tables.pause("http", "ids_kept") or default.ids_kept,
    )
    if not SHORTEST_MEMORY <= settings.ids_kept <= LONGEST_MEMORY:
        raise tables.mistake(
            "expected 10m to 36500d: a request could be taken twice whose id is forgotten "
            "before its signature is too old",
            "http.ids_kept",
        )
    if (settings.certificate is None) is not (settings.key is None):
        raise tables.mistake("expected certificate and key, or neither", "http")
    sealed = settings.certificate is not None or settings.behind_proxy
    if not sealed and settings.host not in _LOOPBACK:
        raise tables.mistake(
            "expected a certificate and key, or behind_proxy = true: what clients send must "
            "not cross a network in clear",
            "http.host",
        )
    return settings


def read_events(tables: TomlTables) -> EventSettings:
    """Read the table `[events]`; raises `SettingsError`."""
    default = EventSettings()
    return EventSettings(
        tries=tables.number("events", "tries", default.tries, least=1, most=10_000),
        give_up_after=tables.pause("events", "give_up_after") or default.give_up_after,
        retry_first=tables.pause("events", "retry_first") or default.retry_first,
        retry_max=tables.pause("events", "retry_max") or default.retry_max,
    )
