"""The places at which a worker can be struck: each the edge of one durable step of an attempt.

    feed ─▶ begin ─▶ intend ─▶ may_leave ─▶ sent ─▶ confirmed ─▶ settle
                                                └▶ unknown ─▶ proof_asked
A place is written `before:intend`, `after:intend`, or `within:intend`: in its transaction, with
everything done but the commit. `commit#17` is the seventeenth transaction of the process, struck
just before (its work is lost) or just after it has become durable.
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import deskhand.runtime.performer
import deskhand.runtime.saved_logins
import deskhand.runtime.worker
from deskhand.runtime.act_guard import ActGuard
from deskhand.stores.store import SqlStore
from deskhand.use_cases.journal_act import ActJournal

PLACES: dict[str, tuple[Any, str]] = {
    "feed": (deskhand.runtime.worker, "feed_engine"),
    "begin": (deskhand.runtime.performer, "begin_attempt"),
    "login": (deskhand.runtime.saved_logins.SavedLogins, "save"),
    "intend": (ActJournal, "intend"),
    "may_leave": (ActJournal, "may_leave"),
    "sent": (ActGuard, "sent"),
    "confirmed": (ActJournal, "confirmed"),
    "unknown": (ActJournal, "unknown"),
    "not_done": (ActJournal, "not_done"),
    "settle": (deskhand.runtime.performer, "settle_attempt"),
}

Blow = Callable[[], None]


def strike(place: str, blow: Blow) -> None:
    """Let `blow` fall once, when this process comes to the place."""
    side, _, name = place.partition(":")
    if name.startswith("commit#"):
        _strike_commit(int(name.removeprefix("commit#")), side, blow)
        return
    owner, attribute = PLACES[name]
    if side == "within":
        setattr(owner, attribute, _struck_within(getattr(owner, attribute), blow))
        return
    setattr(owner, attribute, _struck(getattr(owner, attribute), side, _once(blow)))


def _struck(real: Callable[..., Any], side: str, blow: Blow) -> Callable[..., Any]:
    @functools.wraps(real)
    def struck(*args: Any, **kwargs: Any) -> Any:
        if side == "before":
            blow()
        result = real(*args, **kwargs)
        # The feeder comes by every second; only feeding something is a step.
        if side == "after" and result != []:
            blow()
        return result

    return struck


def _struck_within(real: Callable[..., Any], blow: Blow) -> Callable[..., Any]:
    @functools.wraps(real)
    def struck(*args: Any, **kwargs: Any) -> Any:
        _strike_commit(1, "before", blow)
        return real(*args, **kwargs)

    return struck


def _once(blow: Blow) -> Blow:
    left = [blow]

    def fall() -> None:
        if left:
            left.pop()()

    return fall


def _strike_commit(number: int, side: str, blow: Blow) -> None:
    real = SqlStore.transaction
    begun = iter(range(1, number + 1))

    @contextmanager
    def counted(store: SqlStore) -> Iterator[Any]:
        ours = next(begun, None) == number
        with real(store) as tx:
            yield tx
            if ours and side == "before":
                blow()
        if ours and side == "after":
            blow()

    setattr(SqlStore, "transaction", counted)  # noqa: B010 - replaced, for this process
