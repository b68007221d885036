"""Which law protects what a bot reads: its result's class says it."""

from decimal import Decimal

import pytest

from deskhand.domain.result import Result
from deskhand.domain.sealed import Sealed
from deskhand.runbooks.annotations import AnnotationError, given_by
from deskhand.runbooks.shapes import Shape


class Patient(Result):
    number: str
    name: Sealed[str]


class Transcript(Result, sensitivity="fti"):
    tax_year: int
    agi: Sealed[Decimal]
    wages: Sealed[Decimal] | None


class OlderTranscript(Transcript):
    form: Sealed[str]


class Line(Result, sensitivity="pii"):
    amount: Sealed[Decimal]


class Return(Result, sensitivity="fti"):
    lines: list[Line]


class Mistaken(Result, sensitivity="tax"):
    agi: Sealed[Decimal]


def fields(result: type[Result]) -> dict[str, Shape]:
    shape = given_by(result).shape
    assert shape is not None
    assert shape.fields is not None
    return dict(shape.fields)


def test_a_sealed_field_counts_as_health_data_unless_its_class_says_otherwise() -> None:
    assert [shape.sensitivity for shape in fields(Patient).values()] == [None, "phi"]


def test_the_sealed_fields_of_tax_information_count_as_it() -> None:
    held = fields(Transcript)

    assert [shape.sensitivity for shape in held.values()] == [None, "fti", "fti"]
    assert held["wages"].absent


def test_a_class_inherits_what_its_base_says() -> None:
    assert fields(OlderTranscript)["form"].sensitivity == "fti"


def test_a_record_inside_is_no_less_sensitive_than_what_it_is_in() -> None:
    lines = fields(Return)["lines"]

    assert fields(Line)["amount"].sensitivity == "pii"
    assert lines.sensitive == "fti"


def test_a_sensitivity_that_does_not_exist_is_a_mistake_of_the_bot() -> None:
    with pytest.raises(AnnotationError, match="`tax`; there are: pii, phi, fti"):
        given_by(Mistaken)
