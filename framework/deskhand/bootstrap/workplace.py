"""A project, put together: every port gets its adapter here."""

import os
import platform
import pwd
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from uuid import uuid4

from deskhand import __version__
from deskhand.bootstrap.state_folder import make_database_file, make_folder, only_worker
from deskhand.browsers.catalogue import ProjectBots
from deskhand.clocks.system import SystemClock
from deskhand.domain.account import Account
from deskhand.domain.entry import Actor, ActorKind
from deskhand.domain.identifiers import AccountName, WorkerId
from deskhand.domain.quality import QualityBook
from deskhand.domain.queue import QueueBook
from deskhand.domain.sealed import Sealed
from deskhand.errors import (
    SecretMissingError,
    VaultError,
)
from deskhand.evidence_stores.folder import FolderEvidenceStore
from deskhand.ports.action import Stage
from deskhand.ports.engine import Engine
from deskhand.ports.evidence_store import EvidenceStore
from deskhand.ports.observer import Observer
from deskhand.ports.store import Store
from deskhand.ports.vault import Seal, Vault
from deskhand.runbooks.library import Library
from deskhand.runtime.once_run import OnceOverrides
from deskhand.runtime.performer import EvidenceWanted, Performer, RetryOverrides
from deskhand.runtime.saved_logins import SavedLogins
from deskhand.runtime.store_thread import StoreThread
from deskhand.runtime.worker import Worker, WorkerPace
from deskhand.settings.accounts import load_accounts
from deskhand.settings.book import load_book
from deskhand.settings.project import Project
from deskhand.settings.quality import load_quality
from deskhand.stores.database import open_database, sqlite_file
from deskhand.stores.schema import Upgrade, upgrade
from deskhand.stores.store import SqlStore
from deskhand.use_cases.begin_attempt import bot_actor
from deskhand.use_cases.desk import Desk
from deskhand.vaults.encrypted_file import EncryptedFileVault
from deskhand.vaults.environment import EnvironmentVault
from deskhand.vaults.seal import seal_from


class Workplace:
    """A project, put together: each part is made when it is first asked for."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.clock = SystemClock()

    @cached_property
    def accounts(self) -> Mapping[AccountName, Account]:
        """The project's accounts; raises `SettingsError`."""
        return load_accounts(self.project.accounts)

    @cached_property
    def book(self) -> QueueBook:
        """What the project laid down about queues, people and calendars.

        Raises `SettingsError`.
        """
        return load_book(self.project)

    @cached_property
    def quality(self) -> QualityBook:
        """What the project laid down about re-checks; raises `SettingsError`."""
        return load_quality(self.project.quality)

    @cached_property
    def vault(self) -> Vault:
        """Where the project's secrets come from."""
        if self.project.vault == "environment":
            return EnvironmentVault(os.environ)  # noqa: TID251 - the edge
        return open_file_vault(self.project)

    @cached_property
    def seal(self) -> Seal:
        """The seal over sensitive data; raises `SecretMissingError`."""
        return seal_from(self.vault)

    @cached_property
    def bots(self) -> ProjectBots:
        """The project's bots."""
        return ProjectBots(self.project.bots)

    @cached_property
    def library(self) -> Library:
        """The project's runbooks, compiled against its bots."""
        return Library(self.bots)

    @cached_property
    def store(self) -> Store:
        """The store, brought to this version's schema; raises `StoreError`."""
        self._make_database_file()
        database = open_database(self.project.database)
        upgrade(database)
        return SqlStore(
            database,
            clock=self.clock,
            log=self.project.log,
            source={"host": platform.node(), "app": "deskhand", "version": __version__},
        )

    def migrate(self) -> Upgrade:
        """Bring the tables to this version, those of the engine, too; raises `StoreError`.

        Others may do the same at the same time: whoever comes second finds nothing left to do.
        """
        from deskhand.engines.dbos import make_engine_tables  # noqa: PLC0415 - as `_engine`

        self._make_database_file()
        database = open_database(self.project.database)
        try:
            done = upgrade(database)
        finally:
            database.dispose()
        make_engine_tables(self.project.database)
        return done

    @cached_property
    def evidence_store(self) -> EvidenceStore:
        """Where evidence lies, sealed; raises `StoreUnavailableError`."""
        make_folder(self.project.evidence)
        return FolderEvidenceStore(self.project.evidence, seal=self.seal)

    @cached_property
    def observer(self) -> Observer:
        """What tells operators; lines go to the state folder's log, or to standard error.

        Raises `StoreUnavailableError` when there can be no state folder.
        """
        # Loads slowly, and what performs nothing tells operators nothing.
        from deskhand.logs.observer import LogObserver  # noqa: PLC0415
        from deskhand.logs.setup import set_up_logs  # noqa: PLC0415

        if self.project.logs == "stderr":
            set_up_logs()
        else:
            logs = self.project.state / "logs"
            make_folder(logs)
            set_up_logs(logs / "worker.jsonl")
        return LogObserver()

    @property
    def desk(self) -> Desk:
        """What carrying out people's decisions needs."""
        return Desk(
            store=self.store,
            seal=self.seal,
            clock=self.clock,
            library=self.library,
            book=self.book,
        )

    @contextmanager
    def worker(self) -> Iterator[Worker]:
        """Put a worker together; on SQLite it is the only one while the context lasts.

        Raises `StoreBusyError` when another worker holds the state folder.
        """
        with only_worker(self.project):
            thread = StoreThread()
            try:
                yield self._worker(thread)
            finally:
                thread.close()

    def _worker(self, thread: StoreThread) -> Worker:
        settings = self.project.worker
        worker = WorkerId(str(uuid4()))
        stage = self.stage(worker, thread)
        return Worker(
            id=worker,
            store=self.store,
            engine=self._engine(),
            stage=stage,
            clock=self.clock,
            observer=self.observer,
            performer=self._performer(worker, thread, stage),
            thread=thread,
            accounts=self.accounts,
            pace=WorkerPace(
                lanes=settings.lanes,
                heartbeat=settings.heartbeat,
                given_up_after=settings.given_up_after,
                only_one=sqlite_file(self.project.database) is not None,
            ),
        )

    def stage(self, id: WorkerId, thread: StoreThread) -> Stage:
        """Return where the bots of one worker perform."""
        from deskhand.browsers.login import LoginKeeper  # noqa: PLC0415
        from deskhand.browsers.stage import BrowserStage  # noqa: PLC0415
        from deskhand.browsers.stage_settings import StageSettings  # noqa: PLC0415

        logins = SavedLogins(
            store=self.store, seal=self.seal, clock=self.clock, thread=thread, actor=bot_actor(id)
        )
        return BrowserStage(
            bots=self.bots,
            accounts=self.accounts.values(),
            keeper=LoginKeeper(store=logins, vault=self.vault, clock=self.clock),
            settings=StageSettings(headed=self.project.worker.headed),
        )

    def _make_database_file(self) -> None:
        file = sqlite_file(self.project.database)
        if file is not None:
            make_database_file(file)

    def _engine(self) -> Engine:
        # Loads slowly, and every command but those that perform items does without it.
        from deskhand.engines.dbos import DbosEngine  # noqa: PLC0415

        return DbosEngine(self.project.database)

    def _performer(self, id: WorkerId, thread: StoreThread, stage: Stage) -> Performer:
        once = self.project.once
        return Performer(
            store=self.store,
            seal=self.seal,
            clock=self.clock,
            library=self.library,
            evidence_store=self.evidence_store,
            stage=stage,
            observer=self.observer,
            thread=thread,
            worker=id,
            overrides=OnceOverrides(
                act_within=once.act_within,
                ask_after=once.ask_after,
                every=once.every,
                patience=once.patience,
            ),
            book=self.book,
            quality=self.quality,
            evidence=EvidenceWanted(self.project.worker.evidence.value),
            retry=RetryOverrides(
                first=self.project.worker.retry_first, max=self.project.worker.retry_max
            ),
        )


def human(asserted: str | None) -> Actor:
    """Return the person at this terminal: the operating-system user, and the name they give."""
    return Actor(kind=ActorKind.HUMAN, id=_system_user(), asserted=asserted)


def _system_user() -> str:
    """Return whom the system knows this process by, whatever its environment says of it."""
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        # A container may run as a user that nobody has given a name.
        return f"uid-{number}"


def open_file_vault(project: Project) -> EncryptedFileVault:
    """Return the project's vault file.

    Raises `SecretMissingError` when there is no key, `VaultError` when it cannot be read.
    """
    if project.vault_key:
        return EncryptedFileVault(project.vault_file, key=Sealed(project.vault_key))
    try:
        key = project.vault_key_file.read_text(encoding="ascii")
    except FileNotFoundError as error:
        raise SecretMissingError(
            "vault key",
            advice=f"no {project.vault_key_file.name} here and no DESKHAND_VAULT_KEY; "
            "begin a project with: deskhand init",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        problem = error.strerror if isinstance(error, OSError) else "it is no text"
        raise VaultError(
            f"the vault's key {project.vault_key_file} cannot be read: {problem}"
        ) from error
    return EncryptedFileVault(project.vault_file, key=Sealed(key))
