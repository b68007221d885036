"""How workers work: `[worker]` and `[once]` of `deskhand.toml`."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from deskhand.settings.toml_tables import TomlTables


class EvidencePolicy(Enum):
    """When pictures of the page are kept."""

    ON = "on"
    ON_FAILURE = "on-failure"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnceSettings:
    """The clocks of `once` steps. None leaves the runbook's and bot's own.

    Nothing leaves for the portal later than `act_within` after the intent; proof is asked
    first `ask_after` the act's last moment, then `every`, for `patience` at most.
    """

    act_within: timedelta = timedelta(seconds=10)
    ask_after: timedelta | None = None
    every: timedelta | None = None
    patience: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """How a worker works."""

    lanes: int = 2
    headed: bool = False
    evidence: EvidencePolicy = EvidencePolicy.ON
    heartbeat: timedelta = timedelta(seconds=5)
    given_up_after: timedelta = timedelta(seconds=30)
    retry_first: timedelta | None = None
    retry_max: timedelta | None = None


def read_worker(tables: TomlTables) -> WorkerSettings:
    """Read the table `[worker]`; raises `SettingsError`."""
    default = WorkerSettings()
    lanes = tables.number("worker", "lanes", default.lanes, least=1, most=64)
    heartbeat = tables.pause("worker", "heartbeat") or default.heartbeat
    given_up_after = tables.pause("worker", "given_up_after") or default.given_up_after
    if given_up_after <= heartbeat:
        raise tables.mistake(
            "expected more than worker.heartbeat: a living worker would be given up",
            "worker.given_up_after",
        )
    policies = tuple(policy.value for policy in EvidencePolicy)
    return WorkerSettings(
        lanes=lanes,
        headed=tables.take("worker", "headed", default.headed, bool),
        evidence=EvidencePolicy(tables.choice("worker", "evidence", policies)),
        heartbeat=heartbeat,
        given_up_after=given_up_after,
        retry_first=tables.duration("worker", "retry_first"),
        retry_max=tables.duration("worker", "retry_max"),
    )


def read_once(tables: TomlTables) -> OnceSettings:
    """Read the table `[once]`; raises `SettingsError`."""
    return OnceSettings(
        act_within=tables.pause("once", "act_within") or OnceSettings().act_within,
        ask_after=tables.duration("once", "ask_after"),
        every=tables.pause("once", "every"),
        patience=tables.duration("once", "patience"),
    )
