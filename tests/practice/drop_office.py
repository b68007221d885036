"""A project with a drop folder whose loop is turned by hand: real folders, a real store."""

import atexit
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from deskhand.bootstrap.drops import drop_loop, watched_files
from deskhand.bootstrap.projects import begin_project
from deskhand.bootstrap.workplace import Workplace
from deskhand.domain.drop import DroppedFile
from deskhand.domain.exception_case import ExceptionCase
from deskhand.domain.identifiers import TriggerName, WorkerId
from deskhand.domain.intake_file import IntakeFile
from deskhand.domain.work_item import ItemState, WorkItem
from deskhand.ports.case_store import CaseFilter
from deskhand.ports.item_store import ItemFilter
from deskhand.runtime.drop_loop import DropLoop
from deskhand.runtime.store_thread import StoreThread
from deskhand.settings.project import load_project
from deskhand.use_cases.check_log import verify_log
from deskhand.use_cases.reap_worker import reap_every_other
from deskhand.use_cases.register_worker import register_worker
from deskhand.use_cases.tell_story import case_detail
from tests.making import ANN, HandClock, a_worker, move_item
from tests.unit.triggers.hook_desk import HeardObserver

SETTLE = timedelta(seconds=2)
TRIGGER = TriggerName("ledger.check/files-inbox.entries.csv,json,xlsx")
CLIENT = "harbor"
GOOD = "number,amount\nE-1,12.10\nE-2,7.00\n"
OTHER = "number,amount\nE-3,1.00\n"
BROKEN = 'number,amount\nE-1,"12.10\n'

_SETTINGS = '[project]\naudit_log = "practice/1"\n\n[state]\nfolder = "state"\n'
_ACCOUNTS = 'accounts:\n  - {portal: ledger, client: harbor, url: "https://ledger.example"}\n'
_BOT = '''\
"""A ledger that only says that it is there."""

from decimal import Decimal

from deskhand import Bot, Result, action


class Amount(Result):
    amount: Decimal


class Ledger(Bot):
    """The ledger."""

    @action.read
    async def read_entry(self, number: str) -> Amount:
        """Read an entry."""
        return Amount(amount=Decimal(1))
'''
RUNBOOK = """\
deskhand: 1
runbook: {name}
portal: ledger
item:
  reference: [number]
  amount: item.amount
  fields: {{number: {{type: string, pattern: "E-[0-9]+"}}, amount: money, letter: file?}}
triggers:
  - file: {pattern}
steps:
  - use: read_entry
outputs: {{amount: read_entry.amount}}
"""
PATTERN = "inbox/{client}/entries/*.{csv,json,xlsx}"


def write_drop_project(folder: Path) -> None:
    """Write a project whose only trigger is a drop folder."""
    bot = folder / "bots" / "ledger"
    bot.mkdir(parents=True)
    (folder / "runbooks").mkdir()
    (bot / "actions.py").write_text(_BOT, encoding="utf-8")
    write_runbook(folder)
    (folder / "deskhand.toml").write_text(_SETTINGS, encoding="utf-8")
    (folder / "accounts.yaml").write_text(_ACCOUNTS, encoding="utf-8")
    begin_project(folder)


def write_runbook(folder: Path, *, name: str = "ledger.check", pattern: str = PATTERN) -> None:
    """Write a runbook with one file trigger."""
    text = RUNBOOK.format(name=name, pattern=pattern)
    (folder / "runbooks" / f"{name}.yaml").write_text(text, encoding="utf-8")


@dataclass(slots=True)
class DropOffice:
    """A host's drop loop without the host around it."""

    place: Workplace
    clock: HandClock
    observer: HeardObserver = field(default_factory=HeardObserver)
    loop: DropLoop = field(init=False)
    _hosts: int = 0
    _thread: StoreThread = field(default_factory=StoreThread)

    def __post_init__(self) -> None:
        vars(self.place)["observer"] = self.observer
        self.start_host()

    @property
    def folder(self) -> Path:
        """The project's folder."""
        return self.place.project.folder

    @property
    def inbox(self) -> Path:
        """The client's drop folder."""
        return self.folder / "inbox" / CLIENT / "entries"

    @property
    def claimed(self) -> list[Path]:
        return sorted((self.inbox / "claimed").glob("*"))

    @property
    def refused(self) -> list[Path]:
        return sorted((self.inbox / "refused").glob("*"))

    @property
    def archived(self) -> list[Path]:
        return sorted((self.folder / "archive").rglob("*-*-*.*"))

    def start_host(self) -> DropLoop:
        """Let a host begin, after the one before it has died."""
        self.loop = self.host()
        reap_every_other(
            self.loop.holder, store=self.place.store, clock=self.clock, cancel=lambda _: None
        )
        return self.loop

    def host(self) -> DropLoop:
        """Let another host begin; nobody dies."""
        self._hosts += 1
        worker = WorkerId(f"host-{self._hosts}")
        row = a_worker(worker, seen_at=self.clock.now())
        register_worker(row, store=self.place.store, clock=self.clock)
        return drop_loop(self.place, watched_files(self.place), thread=self._thread, holder=worker)

    def drop(self, name: str = "day.csv", content: str | bytes = GOOD) -> Path:
        """Put a file into the drop folder."""
        self.inbox.mkdir(parents=True, exist_ok=True)
        file = self.inbox / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    def look(self, *, times: int = 1) -> None:
        """Let the loop look, some time apart."""
        for _ in range(times):
            self.loop.look()
            self.clock.turn(SETTLE)

    def take(self, name: str = "day.csv", content: str | bytes = GOOD) -> None:
        """Drop a file and let it settle and be seen to."""
        self.drop(name, content)
        self.look(times=2)

    def rest(self, state: ItemState = ItemState.DONE) -> None:
        """Let every item that waits come to rest."""
        with self.place.store.transaction() as tx:
            for item in tx.items.find(ItemFilter(state=ItemState.WAITING), limit=1000):
                performing = move_item(tx, item, ItemState.PERFORMING)
                move_item(tx, performing, state)

    def items(self) -> list[WorkItem]:
        with self.place.store.reading() as tx:
            found = tx.items.find(ItemFilter(), limit=1000)
        return sorted(found, key=lambda item: item.reference)

    def cases(self) -> list[ExceptionCase]:
        with self.place.store.reading() as tx:
            return tx.cases.find(CaseFilter(unclosed=True), limit=1000)

    def told(self, case: ExceptionCase) -> str:
        """What the case's person reads."""
        place = self.place
        return case_detail(
            case.id, store=place.store, seal=place.seal, library=place.library
        ).message

    def files(self) -> list[IntakeFile]:
        with self.place.store.reading() as tx:
            return tx.files.everything()

    def unended(self) -> list[DroppedFile]:
        with self.place.store.reading() as tx:
            return list(tx.drops.unended())

    def records(self, stream: str) -> list[str]:
        with self.place.store.reading() as tx:
            return [record.type for record in tx.audit_log.of_stream(stream)]

    def heard(self) -> list[str]:
        return [event for event, _ in self.observer.heard]

    def answers(self) -> dict[str, list[str]]:
        """The answers that the client finds: their lines, by the end of their name."""
        files = sorted((self.folder / "outbox" / CLIENT).glob("*"))
        return {
            file.name.split("-", 2)[2]: file.read_text(encoding="utf-8").splitlines()
            for file in files
        }


@cache
def _template() -> Path:
    """A project whose store is there already; each office gets a copy."""
    kept = TemporaryDirectory()
    atexit.register(kept.cleanup)
    folder = Path(kept.name) / "project"
    write_drop_project(folder)
    place = Workplace(load_project(folder))
    place.store.close()
    return folder


@contextmanager
def open_drop_office(folder: Path, *, settings: str = "") -> Iterator[DropOffice]:
    """Lend an office; its log and its states must agree when the test is over."""
    shutil.copytree(_template(), folder)
    with (folder / "deskhand.toml").open("a", encoding="utf-8") as file:
        file.write(settings)
    place = Workplace(load_project(folder))
    clock = HandClock()
    place.clock = clock  # type: ignore[assignment]
    office = DropOffice(place, clock)
    try:
        yield office
        assert verify_log(by=ANN, store=place.store, clock=clock).findings == []
    finally:
        office._thread.close()
        place.store.close()
