"""While its database is away the engine says so, and keeps nobody waiting."""

import asyncio
from collections.abc import Callable

import pytest

from deskhand.domain.identifiers import AttemptId
from deskhand.engines.dbos import DbosEngine, make_engine_tables
from deskhand.errors import StoreUnavailableError
from tests.postgres import PostgresServer
from tests.practice.away import cut_off

ATTEMPT = AttemptId("i1:1")
QUESTIONS: dict[str, Callable[[DbosEngine], object]] = {
    "who has it": lambda engine: engine.handed_out([ATTEMPT]),
    "drop it": lambda engine: engine.cancel(ATTEMPT),
    "forget what ended": lambda engine: engine.prune(keep=0),
}


@pytest.mark.postgres
@pytest.mark.timeout(60)
@pytest.mark.parametrize("ask", QUESTIONS.values(), ids=QUESTIONS)
def test_what_is_asked_of_a_database_that_is_away_is_told_and_not_waited_for(
    postgres_server: PostgresServer, postgres_url: str, ask: Callable[[DbosEngine], object]
) -> None:
    make_engine_tables(postgres_url)
    engine = DbosEngine(postgres_url)
    ask(engine)

    with cut_off(postgres_server, postgres_url), pytest.raises(StoreUnavailableError):
        ask(engine)

    ask(engine)
    asyncio.run(engine.stop())
