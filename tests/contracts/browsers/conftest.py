"""The tiny portal and a desk before it, for the contracts of browsers."""

from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest

from tests.contracts.browsers.desk import Desk, open_desk
from tests.contracts.browsers.loop_thread import loop_thread
from tests.contracts.browsers.tiny_portal import TinyPortal, guarded, log_in


@pytest.fixture(scope="session")
def served() -> Iterator[TinyPortal]:
    with TinyPortal() as portal:
        yield portal


@pytest.fixture(scope="session")
def shared_desk(served: TinyPortal) -> Iterator[Desk]:
    stack = AsyncExitStack()
    yield loop_thread().run(stack.enter_async_context(open_desk(url=served.url)))
    loop_thread().run(stack.aclose())


@pytest.fixture
def portal(served: TinyPortal) -> TinyPortal:
    """The portal, with a login and a home page, and nothing asked yet."""
    served.pages.clear()
    served.asked.clear()
    served.pages |= {"/login": log_in, "/home": guarded("<h1>Home</h1>")}
    return served


@pytest.fixture
def desk(shared_desk: Desk, portal: TinyPortal) -> Desk:
    """A desk before that portal, with no login saved."""
    assert shared_desk.account.url == portal.url
    shared_desk.logins.states.clear()
    shared_desk.logins.saved = 0
    return shared_desk
