import hashlib
import os
from pathlib import Path

import pytest

from deskhand.errors import NotFoundError, SealBrokenError, StoreUnavailableError
from deskhand.evidence_stores.folder import FolderEvidenceStore
from deskhand.ports.evidence_store import EvidenceStore
from deskhand.vaults.seal import AesSeal

SEAL = AesSeal([bytes(32)])
CONTEXT = "item:i1/evidence"
PICTURE = b"\xff\xd8 a picture of member W123456789 \x00" * 100


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "evidence"


@pytest.fixture
def evidence(folder: Path) -> EvidenceStore:
    return FolderEvidenceStore(folder, seal=SEAL)


def place_of(folder: Path, sha256: str) -> Path:
    return folder / sha256[:2] / sha256


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("content", [b"", b"x", PICTURE, os.urandom(1_000_000)], ids=len)
def test_what_was_put_comes_back_to_another_store_on_the_same_folder(
    evidence: EvidenceStore, folder: Path, content: bytes
) -> None:
    sha256 = evidence.put(content, context=CONTEXT)

    again = FolderEvidenceStore(folder, seal=SEAL)
    assert again.get(sha256, context=CONTEXT) == content


def test_evidence_lies_sealed_under_the_hash_of_what_lies_there(
    evidence: EvidenceStore, folder: Path
) -> None:
    sha256 = evidence.put(PICTURE, context=CONTEXT)

    lying = place_of(folder, sha256).read_bytes()
    assert hashlib.sha256(lying).hexdigest() == sha256
    assert b"W123456789" not in lying
    assert files_in(folder) == [place_of(folder, sha256)]


def test_the_same_bytes_twice_are_two_pieces(evidence: EvidenceStore, folder: Path) -> None:
    first, second = (evidence.put(PICTURE, context=CONTEXT) for _ in range(2))

    assert first != second
    assert len(files_in(folder)) == 2


def test_evidence_of_another_item_does_not_open(evidence: EvidenceStore) -> None:
    sha256 = evidence.put(PICTURE, context=CONTEXT)

    with pytest.raises(SealBrokenError):
        evidence.get(sha256, context="item:i2/evidence")


def test_a_file_that_was_changed_or_cut_off_is_found_out(
    evidence: EvidenceStore, folder: Path
) -> None:
    sha256 = evidence.put(PICTURE, context=CONTEXT)
    place = place_of(folder, sha256)
    content = place.read_bytes()

    for damaged in (content[:-1], content + b"x", b"", content[:50] + b"x" + content[51:]):
        place.write_bytes(damaged)
        with pytest.raises(SealBrokenError, match=sha256):
            evidence.get(sha256, context=CONTEXT)


def test_another_well_sealed_piece_in_its_place_is_found_out(
    evidence: EvidenceStore, folder: Path
) -> None:
    good, bad = (evidence.put(content, context=CONTEXT) for content in (b"good", b"bad"))

    place_of(folder, good).write_bytes(place_of(folder, bad).read_bytes())

    with pytest.raises(SealBrokenError):
        evidence.get(good, context=CONTEXT)


def test_evidence_that_is_not_there_is_not_found(evidence: EvidenceStore) -> None:
    with pytest.raises(NotFoundError, match="no evidence"):
        evidence.get("0" * 64, context=CONTEXT)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "../secret",
        "/etc/passwd",
        "..",
        "A" * 64,
        "0" * 63,
        "0" * 65,
        "0" * 64 + "\n",
        "0" * 61 + "/..",
        "../" + "0" * 61,
        "0" * 63 + "\x00",
        "\uff10" * 64,
    ],
)
def test_a_name_that_is_no_hash_leads_nowhere(
    evidence: EvidenceStore, folder: Path, name: str
) -> None:
    evidence.put(PICTURE, context=CONTEXT)
    (folder.parent / "secret").write_bytes(SEAL.close(b"secret", context=CONTEXT))

    with pytest.raises(NotFoundError):
        evidence.get(name, context=CONTEXT)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("a file where the folder should be")
    store = FolderEvidenceStore(tmp_path / "evidence", seal=SEAL)

    with pytest.raises(StoreUnavailableError, match="evidence is unavailable: Not a directory"):
        store.put(PICTURE, context=CONTEXT)


def test_a_full_disk_leaves_neither_a_piece_nor_a_draft(
    evidence: EvidenceStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)

    with pytest.raises(StoreUnavailableError, match="No space left"):
        evidence.put(PICTURE, context=CONTEXT)

    assert files_in(folder) == []
