"""Whatever fails, no patient can be found in anything that deskhand keeps or says."""

import csv
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.files import write_world
from deploy.demo.values import Claim
from tests.acceptance.sealed.marked import forms, forms_of, found_in, marked
from tests.portals.payer.process import PortalProcess
from tests.practice.project import RUNBOOK, PracticeProject, new_project

CLIENTS = {"lakeside": 5, "northgate": 5}
# A fault for every step, each for one claim: its fields, its pages, its commit, its record.
FAULTS = {
    "renamed-labels": "CLM-0000001",
    "error-before-commit": "CLM-0000002",
    "field-wiped": "CLM-0000003",
    "drop-after-commit": "CLM-0000005",
    "js-error": "CLM-0000007",
    "session-expiry": "CLM-0000008",
    "renderer-crash": "CLM-0000009",
    "wrong-digit": "CLM-0000006",
}
REFUSED = "CLM-0000004"
UNKNOWN_MEMBER = "W739104628"
BAD_MEMBER = "Quixandra-Nobody!!"
BAD_DATE = "1937-02-31"
NEW_MEMBER = "W284610739"


@dataclass(slots=True)
class Kept:
    """A project after a run in which every step has met its fault, and all that it said."""

    project: PracticeProject
    claims: list[Claim]
    said: dict[str, bytes] = field(default_factory=dict)

    @property
    def wanted(self) -> set[bytes]:
        """Every form of every value that must not be found."""
        extra = forms([UNKNOWN_MEMBER, BAD_MEMBER, BAD_DATE, NEW_MEMBER])
        return forms_of(self.claims) | extra

    def tell(self, *words: str | Path) -> Any:
        """Run a command and remember what it said."""
        ended = self.project.deskhand(*words)
        self._remember(words, ended)
        return ended

    def tell_each(self, commands: Sequence[tuple[str | Path, ...]]) -> None:
        """Run many commands, which must end well, and remember what they said."""
        for words, ended in zip(commands, self.project.deskhand_each(commands), strict=True):
            assert ended.returncode == 0, ended.stderr
            self._remember(words, ended)

    def _remember(
        self, words: tuple[str | Path, ...], ended: "subprocess.CompletedProcess[str]"
    ) -> None:
        self.said[" ".join(map(str, words))] = (ended.stdout + ended.stderr).encode()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder = tmp_path_factory.mktemp("sealed")
    known = marked(clients=CLIENTS)
    write_world(known.world, folder / "world.json")
    faults = ",".join(f"{name}:{number}" for name, number in FAULTS.items())
    with PortalProcess.start(
        data_dir=folder / "portal", world=folder / "world.json", faults=faults
    ) as portal:
        project = new_project(
            folder / "project", world=known.world, url=portal.url, lanes=2, evidence="on"
        )
        kept = Kept(project, known.claims)
        with _holding_the_journal(kept):
            _perform(kept, {client: [*claims] for client, claims in known.of.items()})
            _look_at_everything(kept)
            yield kept


def _perform(kept: Kept, claims: Mapping[str, list[Claim]]) -> None:
    files = []
    for client, of_client in claims.items():
        sent = [_refused(claim) if claim.claim_number == REFUSED else claim for claim in of_client]
        file = kept.project.deliver(client, sent)
        if client == "lakeside":
            _add_bad_rows(file)
        files += ["--input", str(file)]
    kept.tell("run", RUNBOOK, *files)
    (case,) = (
        case["id"]
        for case in kept.project.told("exceptions", "list")
        if REFUSED in case["reference"]
    )
    kept.tell("exceptions", "show", case)
    kept.tell("exceptions", "fix", case, f"member_id={BAD_MEMBER}")
    kept.tell("exceptions", "fix", case, f"member_id={NEW_MEMBER}", "--reason", "a typing error")


def _refused(claim: Claim) -> Claim:
    return replace(claim, member_id=UNKNOWN_MEMBER)


def _add_bad_rows(file: Path) -> None:
    """Repeat the first row with sensitive values that are none."""
    with file.open(newline="", encoding="utf-8") as stream:
        heading, first, *_ = rows = [*csv.reader(stream)]
    member, born = heading.index("MemberId"), heading.index("BirthDate")
    for number, (place, wrong) in enumerate([(member, BAD_MEMBER), (born, BAD_DATE)]):
        bad = [*first]
        bad[0], bad[place] = f"CLM-00009{number}0", wrong
        rows.append(bad)
    with file.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)


def _look_at_everything(kept: Kept) -> None:
    looks: list[tuple[str | Path, ...]] = [
        ("items", "list"),
        ("exceptions", "list"),
        ("files", "list"),
    ]
    items = [item["id"] for item in kept.project.told("items", "list")]
    looks += [(shown, "show", item) for item in items for shown in ("items", "audit")]
    cases = kept.project.told("exceptions", "list")
    looks += [("exceptions", "show", case["id"]) for case in cases]
    as_json = [(*words, "--json") for words in looks]
    opened = kept.project.folder / "opened"
    kept.tell_each(
        [
            *looks,
            *as_json,
            *(("items", "evidence", item, "--to", opened) for item in items),
            ("audit", "export"),
        ]
    )


def _holding_the_journal(kept: Kept) -> "closing[sqlite3.Connection]":
    """Keep the database open, so that its write-ahead log is not cleared away at the end."""
    kept.tell("items", "list")
    connection = sqlite3.connect(kept.project.state / "deskhand.db")
    connection.execute("select count(*) from item").fetchone()
    return closing(connection)


@pytest.mark.browser
def test_every_fault_has_struck_and_every_item_rests(kept: Kept) -> None:
    items = kept.project.told("items", "list")
    codes = {case["code"] for case in kept.project.told("exceptions", "list", "--all")}

    assert len(items) == len(kept.claims)
    assert {item["state"] for item in items} == {"done", "with_person", "waiting"}
    assert codes >= {"LAYOUT_CHANGED", "MEMBER_NOT_FOUND", "READ_BACK_DIFFERS"}


@pytest.mark.browser
def test_no_patient_is_found_in_any_byte_of_the_state(kept: Kept) -> None:
    files = [path for path in kept.project.state.rglob("*") if path.is_file()]

    found = {
        f"{path.relative_to(kept.project.state)}": values
        for path in files
        if (values := found_in(path.read_bytes(), kept.wanted))
    }

    assert found == {}
    assert {path.name for path in files} >= {"deskhand.db", "deskhand.db-wal", "worker.jsonl"}
    assert [path for path in files if path.parent.name == "evidence" or "evidence" in path.parts]


@pytest.mark.browser
def test_no_patient_is_found_in_anything_that_a_command_said(kept: Kept) -> None:
    found = {
        words: values
        for words, said in kept.said.items()
        if (values := found_in(said, kept.wanted))
    }

    assert found == {}
    assert all(kept.said.values())


@pytest.mark.browser
def test_no_patient_is_found_in_the_answers_to_the_client(kept: Kept) -> None:
    answers = [
        path for path in (kept.project.folder / "inbox").rglob("*.csv") if path.suffixes != [".csv"]
    ]

    found = {path.name: found_in(path.read_bytes(), kept.wanted) for path in answers}

    assert len(answers) == 3 * len(CLIENTS)
    assert {name: values for name, values in found.items() if values} == {}


@pytest.mark.browser
def test_no_patient_is_found_in_the_pages_that_evidence_shows(kept: Kept) -> None:
    opened = [*(kept.project.folder / "opened").rglob("*.yaml")]

    found = {path.name: found_in(path.read_bytes(), kept.wanted) for path in opened}

    assert any(b"heading" in path.read_bytes() for path in opened)
    assert {name: values for name, values in found.items() if values} == {}


@pytest.mark.browser
def test_what_is_searched_for_is_found_where_it_is_in_clear(kept: Kept) -> None:
    inbox = kept.project.folder / "inbox"

    found = {
        form
        for file in inbox.rglob("claims.csv")
        for form in found_in(file.read_bytes(), kept.wanted)
    }

    for claim in kept.claims:
        if claim.claim_number != REFUSED:
            assert claim.member_id.lower().encode() in found
        assert claim.patient_name.lower().encode() in found
        assert claim.patient_dob.isoformat().encode() in found


@pytest.mark.browser
def test_revealing_an_item_shows_its_patient_and_is_recorded(kept: Kept) -> None:
    claim = kept.claims[1]
    (item,) = (
        item["id"]
        for item in kept.project.told("items", "list")
        if claim.claim_number in item["reference"]
    )

    revealed = kept.project.told("items", "show", item, "--reveal", "--as", "ann")

    assert revealed["fields"]["patient_name"] == claim.patient_name
    (looked,) = (
        record
        for record in kept.project.told("audit", "show", item)
        if record["type"] == "item.data_viewed"
    )
    assert looked["actor"]["asserted"] == "ann"
