"""Real processes, really killed: the next one goes on where the file lies."""

import signal
from pathlib import Path

import pytest

from deskhand.ports.item_store import ItemFilter
from deskhand.use_cases.check_log import verify_log
from tests.acceptance.drops.dropping import drop, drop_host, drop_project, inbox
from tests.making import ANN
from tests.practice.project import PracticeProject
from tests.practice.waiting import eventually

ROWS = "number,amount\n" + "".join(f"E-{number},1.00\n" for number in range(1, 10))


def lying(project: PracticeProject, folder: str) -> list[Path]:
    return sorted((project.folder / folder).rglob("*-day.csv*"))


@pytest.mark.parametrize("at", ["after:claim", "before:commit#9", "before:archive"])
def test_a_file_is_taken_in_once_though_its_host_was_killed(tmp_path: Path, at: str) -> None:
    project = drop_project(tmp_path / "project")
    drop(project, ROWS)
    claimed = str(inbox(project).relative_to(project.folder) / "claimed")

    with drop_host(project, at=at, rows_a_batch=2) as killed:
        assert killed.wait(120) == -signal.SIGKILL
    left = lying(project, claimed)
    with drop_host(project):
        eventually(lambda: len(lying(project, "outbox")) == 3, what="the client is answered")
        eventually(lambda: lying(project, "archive"), what="the file is archived")

    assert len(left) == 1
    assert (lying(project, claimed), len(lying(project, "archive"))) == ([], 1)
    with project.place() as place:
        with place.store.reading() as tx:
            (taken,) = tx.files.everything()
            items = tx.items.find(ItemFilter(), limit=100)
        assert (taken.name, taken.state.value, taken.taken_rows) == ("day.csv", "taken", 9)
        assert len(items) == 9
        assert verify_log(by=ANN, store=place.store, clock=place.clock).findings == []
