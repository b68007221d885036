"""The language's types: what they read, how they tidy it, what they refuse, what they keep."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from deskhand.domain.fields import Field
from deskhand.runbooks.catalogue import STANDARD_TYPES, OptionError, text_type
from deskhand.runbooks.misfits import UnfitPartsError, parts_of
from deskhand.runbooks.types import ListOf, RecordOf


def parse(name: str, raw: object, **options: object) -> object:
    return STANDARD_TYPES.make(name, options).parse(raw)


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("string", "  01234 ", "01234"),
        ("string", 7, "7"),
        ("string", "Jose\u0301", "José"),
        ("text", "a\r\nb", "a\nb"),
        ("int", "007", 7),
        ("int", -3, -3),
        ("decimal", "0.10", Decimal("0.10")),
        ("decimal", Decimal("1E+2"), Decimal(100)),
        ("money", "1200.5", Decimal("1200.50")),
        ("money", "$1,200.50", Decimal("1200.50")),
        ("money", "-$3", Decimal("-3.00")),
        ("money", 25, Decimal("25.00")),
        ("bool", "Yes", True),
        ("bool", False, False),
        ("date", "2026-02-28", date(2026, 2, 28)),
        ("date", "2/28/2026", date(2026, 2, 28)),
        ("date", date(2026, 2, 28), date(2026, 2, 28)),
        ("datetime", "2026-01-31T09:30:00-05:00", datetime(2026, 1, 31, 14, 30, tzinfo=UTC)),
        ("datetime", "2026-01-31T09:30Z", datetime(2026, 1, 31, 9, 30, tzinfo=UTC)),
        ("file", "xrays/left.pdf", "xrays/left.pdf"),
        ("npi", "1234567893", "1234567893"),
        ("icd10", "e119", "E11.9"),
        ("icd10", "I10", "I10"),
        ("icd10", "U07.1", "U07.1"),
        ("icd10", "S72.001A", "S72.001A"),
        ("procedure_code", "99213", "99213"),
        ("procedure_code", "0001f", "0001F"),
        ("procedure_code", "J3490", "J3490"),
        ("modifier", "lt", "LT"),
        ("place_of_service", "02", "02"),
        ("taxonomy", "207q00000x", "207Q00000X"),
        ("member_id", "w123456789", "w123456789"),
        ("person_name", "  Ann   O'Hara-Lee ", "Ann O'Hara-Lee"),
        ("birth_date", "1980-02-03", date(1980, 2, 3)),
        ("ssn", "123456789", "123-45-6789"),
        ("ssn_last4", "0042", "0042"),
        ("student_id", "S-00042", "S-00042"),
        ("email", "Ann.Lee@Example.ORG", "Ann.Lee@example.org"),
        ("phone", "+1 (312) 555-0147", "312-555-0147"),
        ("tax_id", "123456789", "12-3456789"),
    ],
)
def test_a_type_reads_what_people_write_and_tidies_it(
    name: str, raw: object, value: object
) -> None:
    read = parse(name, raw)

    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("string", "a\nb"),
        ("string", "a\x1b[2J"),
        ("string", "x" * 1001),
        ("string", ["a"]),
        ("string", True),
        ("int", "1.0"),
        ("int", "1" * 19),
        ("int", "\u0663"),
        ("int", True),
        ("decimal", "1e5"),
        ("decimal", "NaN"),
        ("decimal", "Infinity"),
        ("decimal", Decimal("NaN")),
        ("money", "12,50"),
        ("money", "1.234,50"),
        ("money", "12.345"),
        ("money", "1e3"),
        ("money", "1,2,3"),
        ("money", 12.5),
        ("bool", "maybe"),
        ("bool", 2),
        ("date", "31/12/2026"),
        ("date", "2026-02-30"),
        ("date", "20260228"),
        ("date", "2026-W09-6"),
        ("date", "02/28/26"),
        ("date", datetime(2026, 1, 1, tzinfo=UTC)),
        ("datetime", "2026-03-05T10:00:00"),
        ("datetime", "0001-01-01T00:00+23:00"),
        ("file", "../secrets"),
        ("file", "/etc/passwd"),
        ("file", "a//b"),
        ("file", "c:\\x"),
        ("npi", "1234567890"),
        ("npi", "123456789"),
        ("icd10", "11.9"),
        ("icd10", "E11.99999"),
        ("procedure_code", "9921"),
        ("procedure_code", "Z1234"),
        ("modifier", "LTX"),
        ("place_of_service", "2"),
        ("place_of_service", "30"),
        ("taxonomy", "207Q00000"),
        ("member_id", "x"),
        ("birth_date", "1820-01-01"),
        ("ssn", "000-12-3456"),
        ("ssn", "987-65-4321"),
        ("ssn", "123-00-4567"),
        ("email", "nobody"),
        ("email", "a@b"),
        ("phone", "555-0147"),
        ("tax_id", "12-345678"),
    ],
)
def test_a_type_refuses_what_it_would_have_to_guess_at_and_never_repeats_it(
    name: str, raw: object
) -> None:
    with pytest.raises(ValueError, match=r"^(is|has|holds|does) ") as refused:
        parse(name, raw)

    assert str(raw) not in str(refused.value) or len(str(raw)) < 3


@pytest.mark.parametrize("name", sorted(STANDARD_TYPES.names() - {"choice"}))
@pytest.mark.parametrize("raw", [None, "", "   "])
def test_nothing_is_missing_for_every_type(name: str, raw: object) -> None:
    with pytest.raises(ValueError, match=r"^is missing$"):
        parse(name, raw)


@pytest.mark.parametrize(
    ("name", "raw", "options", "reason"),
    [
        ("money", "0.00", {"min": "0.01"}, "is below 0.01"),
        ("money", "5", {"max": "4"}, "is above 4"),
        ("int", "0", {"min": "1"}, "is below 1"),
        ("date", "2025-12-31", {"min": "2026-01-01"}, "is below 2026-01-01"),
        ("string", "CLM-12", {"pattern": "CLM-[0-9]{6}"}, "does not match CLM-[0-9]{6}"),
        ("string", "xCLM-123456\n", {"pattern": "CLM-[0-9]{6}"}, "does not match CLM-[0-9]{6}"),
        ("text", "ab", {"min_length": "3"}, "is shorter than 3 characters"),
        ("string", "abcd", {"max_length": "3"}, "is longer than 3 characters"),
        ("choice", "c", {"options": ["a", "b"]}, "is not one of: a, b"),
    ],
)
def test_options_narrow_a_type(
    name: str, raw: str, options: dict[str, object], reason: str
) -> None:
    with pytest.raises(ValueError, match=r"^is |^does ") as refused:
        parse(name, raw, **options)

    assert str(refused.value) == reason


def test_a_choice_gives_the_option_as_it_is_declared() -> None:
    value = parse("choice", " ORIGINAL ", options=["original", "void"])

    assert value == "original"


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("money", {"pattern": "x"}),
        ("string", {"min": "1"}),
        ("string", {"pattern": "(?<=a)b"}),
        ("string", {"pattern": "a" * 501}),
        ("string", {"max_length": "many"}),
        ("int", {"min": "one"}),
        ("bool", {"min": "0"}),
        ("choice", {}),
        ("choice", {"options": ["a", "A"]}),
        ("string", {"sensitivity": "secret"}),
    ],
)
def test_an_option_that_a_type_cannot_have_is_refused(
    name: str, options: dict[str, object]
) -> None:
    with pytest.raises(OptionError):
        STANDARD_TYPES.make(name, options)


@pytest.mark.parametrize(
    ("name", "sensitivity"),
    [
        ("member_id", "phi"),
        ("person_name", "phi"),
        ("birth_date", "phi"),
        ("ssn", "pii"),
        ("tax_id", "pii"),
        ("student_id", "pii"),
        ("npi", None),
        ("money", None),
    ],
)
def test_types_carry_their_sensitivity(name: str, sensitivity: str | None) -> None:
    assert STANDARD_TYPES.make(name, {}).sensitivity == sensitivity


def test_a_declared_sensitivity_takes_the_place_of_the_types_own() -> None:
    made = STANDARD_TYPES.make("money", {"sensitivity": "fti"})

    assert (made.sensitivity, made.shape.sensitivity) == ("fti", "fti")


LINES = ListOf(
    element=RecordOf(
        fields={
            "code": Field(name="code", type=STANDARD_TYPES.make("procedure_code", {})),
            "charge": Field(name="charge", type=STANDARD_TYPES.make("money", {})),
            "note": Field(name="note", type=STANDARD_TYPES.make("string", {}), optional=True),
            "owner": Field(name="owner", type=STANDARD_TYPES.make("member_id", {}), default="X1"),
        }
    ),
    least=1,
    most=2,
)


def test_every_bad_part_of_a_list_is_told_with_its_path() -> None:
    rows = [{"code": "1", "charge": ""}, {"code": "99213", "charge": "a"}]

    with pytest.raises(UnfitPartsError) as refused:
        LINES.parse(rows)

    assert parts_of(refused.value) == [
        ("[1].code", "does not have the form of a CPT or HCPCS code"),
        ("[1].charge", "is missing"),
        ("[2].charge", "is not an amount of money with at most two decimals"),
    ]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (None, "is missing"),
        ([], "is missing"),
        ([{}, {}, {}], "has 3 entries, at most 2 are allowed"),
        ("E11.9;I10", "is not a list"),
        ({"code": "99213"}, "is not a list"),
    ],
)
def test_a_list_has_its_least_and_greatest_length(raw: object, reason: str) -> None:
    with pytest.raises(ValueError, match=r"^is |^has ") as refused:
        LINES.parse(raw)

    assert str(refused.value) == reason


def test_what_is_stored_is_read_back_as_the_same_value() -> None:
    value = LINES.parse([{"code": "99213", "charge": "$1,200.5", "note": " "}])

    plain = LINES.plain(value)

    assert plain == [{"code": "99213", "charge": "1200.50", "note": None, "owner": "X1"}]
    assert LINES.parse(plain) == value
    assert LINES.sensitivity == "phi"


def test_a_projects_own_type_joins_the_catalogue_and_leaves_the_standard_one_alone() -> None:
    def policy(text: str) -> str:
        if not text.startswith("P-"):
            raise ValueError("does not begin with P-")
        return text.upper()

    types = STANDARD_TYPES.plus(text_type("policy_number", policy, sensitivity="pii"))

    assert types.make("policy_number", {"max_length": "5"}).parse("P-abc") == "P-ABC"
    assert types.make("policy_number", {}).sensitivity == "pii"
    assert "policy_number" not in STANDARD_TYPES.names()
    with pytest.raises(ValueError, match="already"):
        types.plus(text_type("money", policy))


def test_a_careless_types_reason_does_not_carry_the_data() -> None:
    made = STANDARD_TYPES.plus(text_type("careless", lambda text: str(int(text)))).make(
        "careless", {}
    )

    with pytest.raises(ValueError, match=r"^does not fit its type$"):
        made.parse("W123456789")
