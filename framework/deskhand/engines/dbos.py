"""DBOS as the engine: one durable workflow an attempt, on SQLite and on PostgreSQL.

Its tables hold ids only. What an attempt did, and how it ended, is in our own store: a
workflow here always ends well, with a word.
"""

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSConfig
from dbos._serialization import Serializer

from deskhand.domain.identifiers import AttemptId, WorkerId
from deskhand.errors import StoreUnavailableError
from deskhand.ports.engine import Perform

QUEUE = "attempts"
WORKFLOW = "perform"
APPLICATION = "deskhand"
PROTOCOL = "deskhand-engine-1"
"""What DBOS calls the application's version: rows of another one are not dequeued, so it
changes only when the meaning of a row does."""

POLL_SECONDS = 0.1
STOPPED_AFTER_SECONDS = 15
"""Of DBOS's own 60: a process that is stopped within a transaction keeps rows locked, and whoever
drops its attempts waits for them without a sign of life."""

_NOTICES_SILENCE = {
    "keepalives_idle": "5",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
_PRUNED_AT_ONCE = 1000
_QUEUED = frozenset({"ENQUEUED", "DELAYED"})


class JsonText(Serializer):
    """Ids as JSON: DBOS's own default is pickle. An error is reduced to its class."""

    def serialize(self, data: Any) -> str:
        return json.dumps(data, default=lambda foreign: type(foreign).__name__)

    def deserialize(self, serialized_data: str) -> Any:
        return json.loads(serialized_data)

    def name(self) -> str:
        return "deskhand_json"


def make_engine_tables(url: str) -> None:
    """Bring the engine's own tables to this version; raises `StoreUnavailableError`."""
    with _translated(url):
        DBOS.migrate(url)


@contextmanager
def _translated(url: str) -> Iterator[None]:
    try:
        yield
    except sa.exc.DBAPIError as error:
        place = sa.make_url(url).set(query={}).render_as_string(hide_password=True)
        raise StoreUnavailableError(place, str(error.orig).strip()) from error


class DbosEngine:
    """Hands attempts to this process, at most `lanes` at a time.

    `url` is the database that holds the store: an attempt is enqueued in the transaction that
    makes it. `poll_seconds` is how often the queue is looked at. DBOS allows one engine a process.
    """

    def __init__(self, url: str, *, poll_seconds: float = POLL_SECONDS) -> None:
        self._url = _noticing_silence(url)
        self._poll_seconds = poll_seconds
        self._client: DBOSClient | None = None
        self._started = False
        self._worker: WorkerId | None = None
        self._here: set[AttemptId] = set()
        self._missing: set[AttemptId] = set()

    async def start(self, perform: Perform, *, worker: WorkerId, lanes: int) -> None:
        DBOS(config=self._config(worker))
        self._worker = worker
        self._register(perform, lanes=lanes)
        DBOS.listen_queues([QUEUE])
        # Launched inside the running loop: queued workflows then run on this loop.
        DBOS.launch()
        self._started = True
        await DBOS.register_queue_async(
            QUEUE,
            worker_concurrency=lanes,
            polling_interval_sec=self._poll_seconds,
            on_conflict="always_update",
        )

    def enqueue(self, connection: object, attempt: AttemptId, *, priority: int) -> None:
        if not isinstance(connection, sa.Connection):
            raise TypeError("the engine enqueues within a transaction of the store")
        self._connected().enqueue_in_transaction(
            connection,
            {
                "workflow_name": WORKFLOW,
                "queue_name": QUEUE,
                "workflow_id": attempt,
                "app_version": PROTOCOL,
                # Unset (0) would beat every explicit one.
                "priority": max(1, priority),
            },
            attempt,
        )

    def handed_out(self, attempts: Sequence[AttemptId]) -> Mapping[AttemptId, WorkerId | None]:
        if not attempts:
            return {}
        with _translated(self._url):
            known = self._connected().list_workflows(
                workflow_ids=list(attempts), load_input=False, load_output=False
            )
        holders: dict[AttemptId, WorkerId | None] = dict.fromkeys(attempts)
        for workflow in known:
            attempt = AttemptId(workflow.workflow_id)
            if workflow.status in _QUEUED:
                del holders[attempt]
            elif workflow.status == "PENDING" and workflow.executor_id:
                holders[attempt] = WorkerId(workflow.executor_id)
        return holders | dict.fromkeys(self._lost_on_the_way(holders))

    def _lost_on_the_way(self, holders: Mapping[AttemptId, WorkerId | None]) -> Iterable[AttemptId]:
        """Return what was handed to this process and never came: the answer was lost.

        Only what was so the last time, too: it may just be coming.
        """
        missing = {
            attempt
            for attempt, holder in holders.items()
            if holder is not None and holder == self._worker and attempt not in self._here
        }
        before, self._missing = self._missing, missing
        return missing & before

    def cancel(self, attempt: AttemptId) -> None:
        with _translated(self._url):
            self._connected().cancel_workflow(attempt)

    def prune(self, *, keep: int) -> None:
        with _translated(self._url):
            client = self._connected()
            ended = client.list_workflows(
                status=["SUCCESS", "ERROR", "CANCELLED"],
                sort_desc=True,
                offset=keep,
                limit=_PRUNED_AT_ONCE,
                load_input=False,
                load_output=False,
            )
            if ended:
                client.delete_workflows([workflow.workflow_id for workflow in ended])

    async def stop(self) -> None:
        if self._started:
            self._started = False
            DBOS.destroy(destroy_registry=True)
        if self._client is not None:
            self._client.destroy()
            self._client = None

    def _config(self, worker: WorkerId) -> DBOSConfig:
        return {
            "name": APPLICATION,
            "system_database_url": self._url,
            # A UUID a process: with the default, a second process steals live attempts.
            "executor_id": worker,
            "application_version": PROTOCOL,
            "serializer": JsonText(),
            "log_level": "CRITICAL",
            "run_migrations": True,
            "sys_db_idle_transaction_timeout_sec": STOPPED_AFTER_SECONDS,
            "notification_listener_polling_interval_sec": 1.0,
        }

    def _connected(self) -> DBOSClient:
        if self._client is None:
            self._client = DBOSClient(
                system_database_url=self._url,
                serializer=JsonText(),
                application_name=APPLICATION,
                sys_db_idle_transaction_timeout_sec=STOPPED_AFTER_SECONDS,
                # It would sleep for a minute in the one thread that writes the journal.
                retry_connection_errors=False,
            )
        return self._client

    def _register(self, perform: Perform, *, lanes: int) -> None:
        """Register the one workflow, holding one step: a browser page has no checkpoint."""
        # The queue's own limit is a row that all workers share, and at a start still the last
        # one's.
        free = asyncio.Semaphore(lanes)

        @DBOS.step(name=WORKFLOW)
        async def step(attempt: str) -> str:
            with self._held(AttemptId(attempt)):
                async with free:
                    return await perform(AttemptId(attempt))

        # The name is explicit: the default is the function's, and a rename would strand rows.
        @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=None)
        async def workflow(attempt: str) -> str:
            return await step(attempt)

    @contextmanager
    def _held(self, attempt: AttemptId) -> Iterator[None]:
        self._here.add(attempt)
        try:
            yield
        finally:
            self._here.discard(attempt)


def _noticing_silence(url: str) -> str:
    """Return the URL so that a server that nothing reaches any more is noticed in seconds."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "postgresql":
        return url
    bounded = parsed.set(query={**_NOTICES_SILENCE, **parsed.query})
    return bounded.render_as_string(hide_password=False)
