"""A compiled runbook: the definition of a process, checked and ready to perform."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum

from deskhand.domain.fields import Field
from deskhand.domain.identifiers import RunbookHash
from deskhand.domain.retry_policy import RetryPolicy
from deskhand.domain.step import Call, Check, Expression, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemShape:
    """What one item consists of, and what must hold of it.

    `amount` is the money that control totals add up; `due` and `deadline` are dates.
    `reference_sealed` tells that a part of the reference is sensitive, so that only a keyed
    hash of it may be stored.
    """

    reference: tuple[str, ...]
    fields: Mapping[str, Field]
    checks: tuple[Check, ...] = ()
    due: Expression | None = None
    deadline: Expression | None = None
    amount: Expression | None = None
    reference_sealed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTrigger:
    """`file`: a pattern of paths, and how a row of such a file becomes an item.

    `pattern` is a glob with `{client}` and braces for suffixes; fields that `map` does not name
    bind to the row's value of the same name. `name` is empty where the runbook gives it none.
    `sheet` is the one of a workbook that is read; None: the one that holds something.
    """

    pattern: str
    map: Mapping[str, Expression] = field(default_factory=dict)
    name: str = ""
    sheet: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualTrigger:
    """`manual`: items given by hand, with `deskhand run RUNBOOK --input FILE`."""

    map: Mapping[str, Expression] = field(default_factory=dict)


class CatchUp(Enum):
    """What happens to slots that passed while nobody was there to fire them."""

    LATEST = "latest"  # one firing stands for all of them
    ALL = "all"  # each is fired, oldest first
    NONE = "none"  # none is: the next one will do


@dataclass(frozen=True, slots=True, kw_only=True)
class CronTrigger:
    """`cron`: slots of a time table, and the action that lists what is to be done.

    `cron` has five fields, in `timezone`; weekdays go by name. `calendar` names the calendar on
    whose closed days no slot fires. A slot that is more than `grace` late counts as passed, and
    `catch_up` says what then. `source` is a read action whose result holds a list of rows, in the
    field `rows`; it is asked once for each client that has an account. `name` is empty where the
    runbook gives it none.
    """

    cron: str
    timezone: str
    source: Call
    rows: str
    map: Mapping[str, Expression] = field(default_factory=dict)
    calendar: str | None = None
    grace: timedelta = timedelta(minutes=10)
    catch_up: CatchUp = CatchUp.LATEST
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookTrigger:
    """`webhook`: signed requests to `/hooks/<client>/<name>`; each carries rows."""

    name: str
    map: Mapping[str, Expression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTrigger:
    """`event`: another runbook's event, or a CloudEvent that was posted; its data is the row."""

    event: str
    map: Mapping[str, Expression] = field(default_factory=dict)


Trigger = FileTrigger | ManualTrigger | CronTrigger | WebhookTrigger | EventTrigger


@dataclass(frozen=True, slots=True, kw_only=True)
class Runbook:
    """One process. `hash` is the SHA-256 of `source`; it is the runbook's own version.

    `queues` maps a kind of case (`business`, `system`, `uncertain`) to the queue it opens in.
    `params` are the defaults, typed. `portal` names the bot whose account the item occupies.
    """

    name: str
    title: str
    why: str
    serves: str
    portal: str
    bots: tuple[str, ...]
    params: Mapping[str, object]
    item: ItemShape
    triggers: tuple[Trigger, ...]
    steps: tuple[Step, ...]
    outputs: Mapping[str, Expression]
    queues: Mapping[str, str]
    item_retry: RetryPolicy
    item_timeout: timedelta
    source: str
    hash: RunbookHash
    emit: str | None = None
    file: str = ""
