"""A practice portal whose claims are checked again, and a claim that one bot has finished."""

from collections.abc import Iterator

import pytest

from tests.practice.portal import Practice, practice_portal


@pytest.fixture(scope="session")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    """A practice portal without faults."""
    folder = tmp_path_factory.mktemp("quality")
    with practice_portal(folder) as portal:
        yield Practice(portal=portal, folder=folder)
