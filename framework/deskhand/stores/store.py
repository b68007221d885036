"""The store on SQL: owns every transaction."""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError

from deskhand.domain.entry import Entry
from deskhand.domain.identifiers import ordered_id
from deskhand.errors import StoreConflictError, StoreUnavailableError
from deskhand.ports.clock import Clock
from deskhand.ports.store import Transaction
from deskhand.stores.accounts import SqlAccounts
from deskhand.stores.answers import SqlAnswers
from deskhand.stores.attempts import SqlAttempts
from deskhand.stores.audit_log import SqlAuditLog
from deskhand.stores.case_clocks import SqlCaseClocks
from deskhand.stores.cases import SqlCases
from deskhand.stores.database import reading_engine
from deskhand.stores.dispatches import SqlDispatches
from deskhand.stores.drops import SqlDrops
from deskhand.stores.evidence_index import SqlEvidenceIndex
from deskhand.stores.figures import SqlFigures
from deskhand.stores.files import SqlFiles
from deskhand.stores.hook_log import SqlHookLog
from deskhand.stores.items import SqlItems
from deskhand.stores.journal import SqlJournal
from deskhand.stores.log_parts import SqlLogParts
from deskhand.stores.notices import SqlNotices
from deskhand.stores.notifications import SqlNotifications
from deskhand.stores.outbox import SqlOutbox
from deskhand.stores.rechecks import SqlRechecks, SqlRunbookHolds
from deskhand.stores.runbooks import SqlRunbooks
from deskhand.stores.triggers import SqlTriggers
from deskhand.stores.workers import SqlWorkers


class SqlStore:
    """The store on SQLite or PostgreSQL.

    `log` is the name of this audit log, `source` what every record says of where it was
    written (host, version).
    """

    def __init__(
        self, engine: Engine, *, clock: Clock, log: str, source: Mapping[str, str]
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._log = log
        self._source = source
        self._place = engine.url.render_as_string(hide_password=True)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with _translated(self._place), self._engine.begin() as connection:
            yield self._opened(connection)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        with _translated(self._place), reading_engine(self._engine).connect() as connection:
            yield self._opened(connection)

    def close(self) -> None:
        self._engine.dispose()

    def _opened(self, connection: Connection) -> "SqlTransaction":
        new_id = partial(_new_id, self._clock)
        log = SqlAuditLog(connection, log=self._log, source=self._source, new_id=new_id)
        return SqlTransaction(connection, log=log, place=self._place)


class SqlTransaction:
    """One open transaction and the tables in it."""

    def __init__(self, connection: Connection, *, log: SqlAuditLog, place: str) -> None:
        self._connection = connection
        self._log = log
        self._place = place

    def record(self, entry: Entry) -> int:
        return self._log.append(entry)

    def record_first(self, entries: Iterable[Entry]) -> None:
        self._log.append_first(entries)

    @contextmanager
    def part(self) -> Iterator[None]:
        with _translated(self._place), self._connection.begin_nested():
            yield

    @property
    def connection(self) -> object:
        return self._connection

    @property
    def audit_log(self) -> SqlAuditLog:
        return self._log

    @property
    def log_parts(self) -> SqlLogParts:
        return SqlLogParts(self._connection)

    @property
    def runbooks(self) -> SqlRunbooks:
        return SqlRunbooks(self._connection)

    @property
    def items(self) -> SqlItems:
        return SqlItems(self._connection)

    @property
    def attempts(self) -> SqlAttempts:
        return SqlAttempts(self._connection)

    @property
    def journal(self) -> SqlJournal:
        return SqlJournal(self._connection)

    @property
    def cases(self) -> SqlCases:
        return SqlCases(self._connection)

    @property
    def answers(self) -> SqlAnswers:
        return SqlAnswers(self._connection)

    @property
    def case_clocks(self) -> SqlCaseClocks:
        return SqlCaseClocks(self._connection)

    @property
    def accounts(self) -> SqlAccounts:
        return SqlAccounts(self._connection)

    @property
    def workers(self) -> SqlWorkers:
        return SqlWorkers(self._connection)

    @property
    def files(self) -> SqlFiles:
        return SqlFiles(self._connection)

    @property
    def evidence(self) -> SqlEvidenceIndex:
        return SqlEvidenceIndex(self._connection)

    @property
    def outbox(self) -> SqlOutbox:
        return SqlOutbox(self._connection)

    @property
    def triggers(self) -> SqlTriggers:
        return SqlTriggers(self._connection)

    @property
    def dispatches(self) -> SqlDispatches:
        return SqlDispatches(self._connection)

    @property
    def drops(self) -> SqlDrops:
        return SqlDrops(self._connection)

    @property
    def hooks(self) -> SqlHookLog:
        return SqlHookLog(self._connection)

    @property
    def notices(self) -> SqlNotices:
        return SqlNotices(self._connection)

    @property
    def notifications(self) -> SqlNotifications:
        return SqlNotifications(self._connection)

    @property
    def rechecks(self) -> SqlRechecks:
        return SqlRechecks(self._connection)

    @property
    def runbook_holds(self) -> SqlRunbookHolds:
        return SqlRunbookHolds(self._connection)

    @property
    def figures(self) -> SqlFigures:
        return SqlFigures(self._connection)


@contextmanager
def _translated(place: str) -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        raise StoreConflictError(_problem(error)) from error
    except DBAPIError as error:
        away = isinstance(error, OperationalError | InterfaceError)
        if not (away or error.connection_invalidated):
            # Waiting would not help: what was to be written is not to be written.
            raise StoreConflictError(_problem(error)) from error
        raise StoreUnavailableError(place, _problem(error)) from error


def _problem(error: DBAPIError) -> str:
    """Return the driver's own words: neither the statement nor details, which quote data."""
    diagnosis = getattr(error.orig, "diag", None)
    primary = getattr(diagnosis, "message_primary", None)
    return str(primary or error.orig).strip()


def _new_id(clock: Clock) -> str:
    return ordered_id(at=clock.now(), entropy=secrets.token_bytes(10))
