"""Two hosts over the same folders: each file has one winner."""

from collections import Counter
from pathlib import Path

from deskhand.ports.item_store import ItemFilter
from deskhand.use_cases.check_log import verify_log
from tests.acceptance.drops.dropping import drop, drop_host, drop_project
from tests.making import ANN
from tests.practice.waiting import eventually

FILES = 12


def test_each_file_is_taken_in_by_one_of_two_hosts(tmp_path: Path) -> None:
    project = drop_project(tmp_path / "project")
    archive = project.folder / "archive"
    with drop_host(project, beside=True), drop_host(project, beside=True):
        for number in range(FILES):
            drop(project, f"number,amount\nE-{number},1.00\n", name=f"day-{number}.csv")
        eventually(lambda: len([*archive.rglob("*.csv")]) == FILES, what="all are archived")

    with project.place() as place:
        with place.store.reading() as tx:
            files = tx.files.everything()
            items = tx.items.find(ItemFilter(), limit=100)
            types = Counter(
                record.type for file in files for record in tx.audit_log.of_stream(file.stream)
            )
            drops = [drop for file in files for drop in tx.drops.of_file(file.id)]
        assert (len(files), len(items), len(drops)) == (FILES, FILES, FILES)
        assert types["file.accepted"] == types["file.finished"] == FILES
        assert types["file.repeated"] == 0
        assert verify_log(by=ANN, store=place.store, clock=place.clock).findings == []
