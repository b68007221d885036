import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from deploy.demo.files import write_files, write_world
from deploy.demo.invent import check_digit
from deploy.demo.values import Claim, FileRow, Flaw, World, claim_as_json, world_as_json
from deploy.demo.world import FEWEST_ITEMS, make_world
from deskhand.intake.formats import reader_for
from deskhand.ports.reader import Row
from tests.portals.payer import rules
from tests.portals.payer import world as portal

TODAY = date(2025, 6, 30)
SIZES = (FEWEST_ITEMS, 13, 31, 64, 300)


def a_world(items: int = 64, *, seed: int = 7) -> World:
    return make_world(items=items, seed=seed, today=TODAY)


def rows_of(world: World) -> Iterator[tuple[str, FileRow]]:
    return ((file.client, row) for file in world.files for row in file.rows)


def good_rows(world: World) -> list[tuple[str, FileRow]]:
    return [(client, row) for client, row in rows_of(world) if row.flaw is None]


class Register:
    """The portal's lookups, over a practice world alone."""

    def __init__(self, world: World) -> None:
        self._world = portal_world(world)

    def payer(self, payer_id: str) -> portal.Payer:
        return next(payer for payer in self._world.payers if payer.id == payer_id)

    def member(self, member_id: str) -> portal.Member | None:
        return next((m for m in self._world.members if m.member_id == member_id), None)

    def needs_authorisation(self, code: str) -> bool:
        return code in self._world.codes_needing_authorisation

    def on_file(self, reference: str) -> str | None:
        held = {claim.confirmation for claim in self._world.claims}
        return reference if reference in held else None


def portal_world(world: World) -> portal.World:
    return msgspec.convert(world_as_json(world), portal.World)


def portal_claim(claim: Claim) -> portal.Claim:
    return msgspec.convert(claim_as_json(claim), portal.Claim)


def test_the_same_seed_makes_the_same_world_and_another_seed_another() -> None:
    assert a_world() == a_world()
    assert a_world() != a_world(seed=8)


def test_fewer_items_than_kinds_of_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 12 items, not 11"):
        a_world(FEWEST_ITEMS - 1)


@pytest.mark.parametrize("items", SIZES)
def test_the_files_hold_as_many_rows_as_items_were_asked_for(items: int) -> None:
    world = a_world(items)

    assert sum(len(file.rows) for file in world.files) == world.expectation.rows == items
    assert [(file.client, file.format) for file in world.files if file.rows] == [
        ("lakeside", "837"),
        ("northgate", "csv"),
        ("lakeside", "json"),
    ]


@pytest.mark.parametrize("items", SIZES)
def test_repeats_and_conflicts_are_as_many_as_expected(items: int) -> None:
    world = a_world(items)
    first: dict[tuple[str, str], Claim] = {}
    repeats = conflicts = 0

    for client, row in good_rows(world):
        key = (client, row.claim.claim_number)
        repeats += first.get(key) == row.claim
        conflicts += first.setdefault(key, row.claim) != row.claim

    assert repeats == world.expectation.repeats
    assert conflicts == world.expectation.conflicting


@pytest.mark.parametrize("items", SIZES)
def test_the_portals_own_rules_refuse_exactly_the_claims_that_they_should(items: int) -> None:
    world = a_world(items)
    register = Register(world)
    codes = {
        "member_not_found": "MEMBER_NOT_FOUND",
        "member_inactive": "MEMBER_INACTIVE",
        "other_insurance": "COB",
        "auth_missing": "AUTH_MISSING",
    }

    refusals = Counter(
        refusal.code
        for _, row in good_rows(world)
        if (refusal := rules.refusal_of(portal_claim(row.claim), register, TODAY))
    )

    expected = world.expectation.refusals
    assert refusals == {code: expected[name] for name, code in codes.items()}
    assert world.expectation.refused == sum(expected.values())


@pytest.mark.parametrize("items", SIZES)
def test_every_kind_of_flaw_appears_as_rows_are_added(items: int) -> None:
    world = a_world(items)

    flaws = Counter(row.flaw for _, row in rows_of(world) if row.flaw)

    assert flaws.total() == world.expectation.rejected_rows
    assert len(flaws) == min(len(Flaw), flaws.total())


@pytest.mark.parametrize("items", SIZES)
def test_what_is_left_is_accepted_newly_and_once(items: int) -> None:
    world = a_world(items)
    register = Register(world)
    held = {claim.claim.claim_number for claim in world.held}
    distinct = {row.claim.claim_number: row.claim for _, row in good_rows(world)}

    accepted = [
        claim
        for number, claim in distinct.items()
        if number not in held
        and number not in world.wrong_digit
        and rules.refusal_of(portal_claim(claim), register, TODAY) is None
    ]

    assert len(accepted) == world.expectation.accepted
    assert set(world.wrong_digit) <= set(distinct)
    assert len(held & set(distinct)) == world.expectation.already_there


def test_the_portal_holds_the_claims_that_are_already_there_and_the_replaced_ones() -> None:
    world = a_world(200)
    held = {each.confirmation: each.claim for each in world.held}
    numbers = {each.claim.claim_number: each.claim for each in world.held}

    replacements = [row.claim for _, row in rows_of(world) if row.claim.frequency == "replacement"]
    again = [row.claim for _, row in rows_of(world) if row.claim.claim_number in numbers]

    assert replacements
    for claim in replacements:
        assert claim.original_ref is not None
        assert held[claim.original_ref].member_id == claim.member_id
        assert held[claim.original_ref].claim_number != claim.claim_number
    assert all(numbers[claim.claim_number] == claim for claim in again)


def test_no_two_claims_of_a_world_bill_the_same_service() -> None:
    world = a_world(300)
    distinct = {row.claim.claim_number: row.claim for _, row in good_rows(world)}
    owner: dict[str, str] = {}

    for claim in distinct.values():
        for key in set(rules.line_keys(portal_claim(claim))):
            assert owner.setdefault(key, claim.claim_number) == claim.claim_number


def test_filing_deadlines_and_services_fit_the_day() -> None:
    world = a_world(200)

    for _, row in rows_of(world):
        first = min(line.service_date for line in row.claim.lines)
        assert row.claim.filing_deadline == first + timedelta(days=365) >= TODAY
        assert all(line.service_date < TODAY for line in row.claim.lines)


def test_check_digits_follow_luhn() -> None:
    assert check_digit("123456789") == "3"
    assert all(
        check_digit(npi[:9]) == npi[9]
        for organisation in a_world().organisations
        for npi in organisation.npis
    )


def test_the_portal_can_load_the_world_that_is_written(tmp_path: Path) -> None:
    world = a_world()
    file = tmp_path / "world.json"

    write_world(world, file)

    loaded = portal.load_world(file)
    assert len(loaded.members) == len(world.members)
    assert [claim.confirmation for claim in loaded.claims] == [
        held.confirmation for held in world.held
    ]


def test_the_files_read_back_as_the_claims_that_were_made(tmp_path: Path) -> None:
    world = a_world()

    written = write_files(world, tmp_path)

    for file, made in zip(written, world.files, strict=True):
        rows = [row for row in reader_for(file.path).rows(file.path) if isinstance(row, Row)]
        assert (file.client, file.format) == (made.client, made.format)
        assert len(rows) == file.rows == len(made.rows)
        for row, line in zip(rows, made.rows, strict=True):
            assert _agree(file.format, row.values, line)


def test_attachments_lie_beside_the_file_that_names_them(tmp_path: Path) -> None:
    world = a_world(200)

    written = write_files(world, tmp_path)

    named = [
        (file.path.parent / name)
        for file, made in zip(written, world.files, strict=True)
        for row in made.rows
        for name in row.claim.attachments
    ]
    assert named
    assert all(path.read_bytes().startswith(b"%PDF-") for path in named)


def test_ten_thousand_items_take_seconds(tmp_path: Path) -> None:
    world = a_world(10_000)

    written = write_files(world, tmp_path)

    assert sum(file.rows for file in written) == 10_000
    assert {file.client for file in written} == {"lakeside", "northgate"}


def _agree(kind: str, values: Mapping[str, object], row: FileRow) -> bool:
    claim = row.claim
    if kind == "json":
        written: object = json.loads(json.dumps(claim_as_json(claim)), parse_int=str)
        return values == written
    if kind == "csv":
        flawed = row.flaw is not None
        lines = values["lines"]
        assert isinstance(lines, list)
        return (
            values["PatientControlNo"] == claim.claim_number
            and values["diagnosis_codes"] == list(claim.diagnosis_codes)
            and (flawed or values["Total"] == str(claim.total_charge))
            and [line["Charge"] for line in lines] == [str(line.charge) for line in claim.lines]
        )
    return (
        values["patient_control_number"] == claim.claim_number
        and values["frequency"] == claim.frequency
        and values["original_reference"] == claim.original_ref
        and values["member_id"] == claim.member_id
        and values["patient_name"] == claim.patient_name
        and values["patient_birth_date"] == claim.patient_dob.isoformat()
        and values["rendering_npi"] == claim.provider_npi
        and values["diagnosis_codes"] == list(claim.diagnosis_codes)
        and values["total_charge"] == str(claim.total_charge)
    )
