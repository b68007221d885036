"""How workers work: `[worker]` and `[once]` of `deskhand.toml`."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum


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
