"""What people typed is in the records, whole and under the seal: opened, on the record."""

import random

from deskhand.domain.entry import RecordType
from deskhand.domain.sealed import MASK
from deskhand.use_cases.correct_item import Correction, fix_case
from deskhand.use_cases.reveal_records import revealed_records
from deskhand.use_cases.sealing import open_facts, seal_json
from tests.unit.use_cases.asking import BOB, answered, ask
from tests.unit.use_cases.office import MEMBER, Office, word
from tests.unit.use_cases.test_doubts import NO


def values_of(office: Office, type: str) -> list[dict[str, object]]:
    """The opened values of C-1's records of one type, as bob sees them."""
    desk = office.desk
    _, told = revealed_records("C-1", by=BOB, store=desk.store, seal=desk.seal, clock=desk.clock)
    return [one.values or {} for one in told if one.record.type == type]


def test_a_correction_tells_the_old_and_the_new_value_and_that_somebody_looked(
    office: Office,
) -> None:
    office.accept("C-1")
    office.perform(NO)
    fix_case(word("C-1"), Correction(changes={"member_id": "W42"}), desk=office.desk)

    assert values_of(office, RecordType.ITEM_CORRECTED) == [
        {"member_id": {"old": MEMBER, "new": "W42"}}
    ]
    assert office.types_of(office.item("C-1").id)[-1] == RecordType.ITEM_LOOKED_AT


def test_an_answer_tells_its_form(asking: Office) -> None:
    asking.accept("C-1")
    ask(asking)
    answered(asking, decision="drop", charge="1.10")

    assert values_of(asking, RecordType.ANSWER_GIVEN) == [
        {"decision": "drop", "charge": {"$decimal": "1.10"}, "note": None}
    ]


def test_the_longest_text_in_any_script_fits_into_a_record(asking: Office) -> None:
    draw = random.Random(1)  # noqa: S311 - any text will do
    note = "".join(chr(draw.randint(0x430, 0x44F)) for _ in range(10_000))
    asking.accept("C-1")
    ask(asking)

    answered(asking, decision="drop", note=note)

    (told,) = values_of(asking, RecordType.ANSWER_GIVEN)
    assert told["note"] == note


def test_what_an_earlier_version_sealed_without_packing_it_opens_too(office: Office) -> None:
    sealed = seal_json({"note": MASK}, seal=office.seal, context="here").hex()

    assert open_facts(sealed, seal=office.seal, context="here") == {"note": MASK}
