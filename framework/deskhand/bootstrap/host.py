"""A project's host: its worker, and every loop and server that the project has."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from deskhand.bootstrap.clashes import clashes
from deskhand.bootstrap.clocks import sweeper_loop
from deskhand.bootstrap.drops import drop_loop, watched_files
from deskhand.bootstrap.hooks import http_loop
from deskhand.bootstrap.notifications import notifier_loops
from deskhand.bootstrap.outbox import outbox_loop
from deskhand.bootstrap.projects import project_runbooks
from deskhand.bootstrap.triggers import carry_names_over, trigger_loops
from deskhand.bootstrap.verifier import verifier_loop
from deskhand.bootstrap.workplace import Workplace
from deskhand.browsers.provision import is_sandboxed
from deskhand.domain.runbook import EventTrigger, Runbook, WebhookTrigger
from deskhand.runtime.host import Host, Loop, Service
from deskhand.runtime.store_thread import StoreThread


@contextmanager
def host(place: Workplace) -> Iterator[Host]:
    """Put a host together; on SQLite it is the only worker while the context lasts.

    Raises `StoreBusyError`, `RunbookInvalidError`, `SettingsError`, `BrowserUnavailableError`.
    """
    runbooks = project_runbooks(place)
    carry_names_over(place, runbooks)
    for clash in clashes(place, runbooks):
        raise clash
    if not is_sandboxed():
        place.observer.tell("browser_without_sandbox")
    with ExitStack() as lent:
        worker = lent.enter_context(place.worker())
        watching = lent.enter_context(trigger_loops(place, stage=worker.stage, holder=worker.id))
        # Whatever a host does besides performing items is one entry here: again and again …
        loops: list[Loop] = [
            *watching,
            sweeper_loop(place, _thread(lent), runbooks=runbooks),
            verifier_loop(place, thread=_thread(lent), holder=worker.id),
            outbox_loop(place, thread=_thread(lent), holder=worker.id, runbooks=runbooks),
            *notifier_loops(place, thread=_thread(lent), holder=worker.id),
        ]
        if files := watched_files(place, runbooks):
            loops.append(drop_loop(place, files, thread=_thread(lent), holder=worker.id))
        # … or all the time.
        services: list[Service] = []
        if place.project.http.given or _hears(runbooks):
            services.append(http_loop(place, thread=_thread(lent), runbooks=runbooks))
        yield Host(worker=worker, loops=loops, services=services, observer=place.observer)


def _thread(lent: ExitStack) -> StoreThread:
    """Lend a thread of its own: no loop waits for the work of another one."""
    thread = StoreThread()
    lent.callback(thread.close)
    return thread


def _hears(runbooks: Sequence[Runbook]) -> bool:
    """Whether something of the project starts by a request."""
    return any(
        isinstance(trigger, WebhookTrigger | EventTrigger)
        for runbook in runbooks
        for trigger in runbook.triggers
    )
