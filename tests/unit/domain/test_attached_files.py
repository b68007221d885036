from pathlib import Path

import pytest

from deskhand.domain.attached_files import placed
from deskhand.errors import OutsideDeliveryError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    (home / "inner").mkdir(parents=True)
    (home / "inner" / "a.pdf").write_text("a")
    (tmp_path / "secret.pdf").write_text("s")
    (home / "away.pdf").symlink_to(tmp_path / "secret.pdf")
    (home / "ring.pdf").symlink_to(home / "ring.pdf")
    (home / "near.pdf").symlink_to(home / "inner" / "a.pdf")
    return home


@pytest.mark.parametrize("name", ["inner/a.pdf", "inner/../inner/a.pdf", "near.pdf", "none.pdf"])
def test_a_name_that_stays_in_the_folder_has_a_place(folder: Path, name: str) -> None:
    assert placed(name, folder=folder).is_relative_to(folder)


@pytest.mark.parametrize(
    "name",
    ["../secret.pdf", "/etc/hostname", "away.pdf", "inner/../../secret.pdf", "ring.pdf", "a\0b"],
)
def test_a_name_that_leads_out_of_the_folder_has_none(folder: Path, name: str) -> None:
    with pytest.raises(OutsideDeliveryError) as raised:
        placed(name, folder=folder)

    assert name.strip("./") not in str(raised.value)


def test_a_folder_that_became_a_link_has_no_files(tmp_path: Path, folder: Path) -> None:
    kept = folder.rename(tmp_path / "kept")
    folder.symlink_to(kept)

    with pytest.raises(OutsideDeliveryError, match="leads out"):
        placed("inner/a.pdf", folder=folder)
