"""A project that may tell people, and a mail server that asks for a login."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deskhand.bootstrap.workplace import Workplace, open_file_vault
from deskhand.domain.sealed import Sealed
from tests.bench.practice import write_project
from tests.practice.mailbox import (
    PASSWORD,
    USER,
    Certified,
    Mailbox,
    certified,
    serving,
    with_logins,
)
from tests.unit.outbox.outbox_office import SECRET


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    return certified(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workplace]:
    """A project with a mail server's login and a pager's secret in its vault."""
    made = write_project(tmp_path, clients=["lakeside"])
    vault = open_file_vault(made.project)
    for name, value in (("user", USER), ("password", PASSWORD)):
        vault.put(f"notify/mail/{name}", Sealed(value))
    vault.put("notify/pager/secret", Sealed(SECRET))
    yield made
    made.store.close()


@pytest.fixture
def mailbox(certificate: Certified) -> Iterator[Mailbox]:
    box = Mailbox()
    with serving(box, **with_logins(box, certificate.context)):
        yield box
