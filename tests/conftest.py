"""What tests of every folder may ask for."""

import os
from collections.abc import Iterator, Sequence

import pytest

from tests.campaign import leave_out, load_examples
from tests.making import migrated
from tests.postgres import PostgresServer, running_postgres

# The pages of the tests are our own, and not every machine lets a browser make its sandbox. What
# the sandbox is worth is tested with it: contracts/browsers, acceptance/deploy.
os.environ.setdefault("DESKHAND_SANDBOX", "off")


def pytest_configure(config: pytest.Config) -> None:
    """Let every run of the usual tests take the same examples."""
    load_examples(config)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long campaign out, mark what needs PostgreSQL, put what drives a page last.

    `-m "not postgres"` leaves the marked ones out. pytest-playwright keeps an event loop running
    in the main thread from its first test on: none of the others' loops could run beside it.
    """
    leave_out(config, items)
    for item in items:
        if "postgres_server" in _fixtures(item):
            item.add_marker(pytest.mark.postgres)
    items.sort(key=lambda item: "playwright" in _fixtures(item))


def _fixtures(item: pytest.Item) -> Sequence[str]:
    return getattr(item, "fixturenames", ())


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server for this run of the tests."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of a PostgreSQL database with this version's schema, to be copied."""
    with postgres_server.fresh_database() as url:
        with migrated(url):
            pass
        yield url


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The SQLAlchemy URL of an empty PostgreSQL database that this test has to itself."""
    with postgres_server.fresh_database() as url:
        yield url
