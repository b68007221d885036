"""Where the demo plays: in a folder that it made itself, and in no other."""

from pathlib import Path

import pytest

from deploy.demo.stage import fresh_folder, mark_new


def test_what_one_job_made_below_it_keeps_no_other_job_out(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    mark_new(folder)
    (fresh_folder(folder / "aid") / "state").mkdir()

    assert [one.name for one in fresh_folder(folder).iterdir()] == [".made-by-demo"]


def test_a_folder_with_files_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    mark_new(tmp_path)

    with pytest.raises(SystemExit, match="files that are not the demo's"):
        fresh_folder(tmp_path)
    assert (tmp_path / "mine.txt").exists()
