"""YAML text → positioned tree: what is refused, where it is told, and what stays as written."""

import pytest

from deskhand.runbooks.diagnostics import Diagnostic, Findings
from deskhand.runbooks.loader import MAX_CHARACTERS, decoded, load
from deskhand.runbooks.tree import Tree
from tests.unit.runbooks.texts import unmarked


def loaded(text: str) -> tuple[Tree | None, list[Diagnostic]]:
    findings = Findings("a.yaml")
    return load(text, findings), findings.sorted()


@pytest.mark.parametrize(
    "written",
    ["01234", "on", "no", "12:30:00", "0x1F", "1e3", "2026-01-31", "1_000", ".5", "item.x > 1"],
)
def test_what_yaml_would_guess_at_stays_as_it_is_written(written: str) -> None:
    tree, told = loaded(f"a: {written}\nb: [{written}]\nc: {{d: {written}}}\n")

    assert told == []
    assert tree is not None
    assert tree.plain() == {"a": written, "b": [written], "c": {"d": written}}


def test_a_question_mark_is_part_of_a_text_inside_braces() -> None:
    tree, told = loaded("{modifier: string?, why: what?}")

    assert told == []
    assert tree is not None
    assert tree.plain() == {"modifier": "string?", "why": "what?"}


@pytest.mark.parametrize("written", ["", "~", "null"])
def test_an_empty_value_is_none_unless_it_is_quoted(written: str) -> None:
    tree, _ = loaded(f"a: {written}\nb: '{written}'\n")

    assert tree is not None
    assert tree.plain() == {"a": None, "b": written}


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        (
            "a: b«:» c",
            "not valid YAML: no key can begin here: a line is indented too far, a space is "
            "missing behind a `:` above, or `: ` stands inside a text",
        ),
        (
            'a: "\\«d»+"',
            "not valid YAML: a backslash inside double quotes belongs to YAML: put a pattern into "
            "single quotes",
        ),
        ("a:\n«\t»- x", "not valid YAML: a tab stands here: YAML is indented with spaces"),
        ("a: {b: 1 c«:» 2}", "not valid YAML: a `,` or the closing `}` is missing"),
        ("a: «@»b", "not valid YAML: no text begins with this character unless it is in quotes"),
        ("a:\n  b: 1\n «c»: 2", "not valid YAML: this line does not fit the lines before it"),
        ("a: b\n«a»: c", "`a` is given twice; first on line 1"),
        ("a: {b: 1, «b»: 2}", "`b` is given twice; first on line 1"),
        ("a: «*nope»", "`*nope` names an anchor that is not there"),
        ("a: &x [«*x»]", "`*x` stands inside what it names"),
        ("a: «!x b»", "YAML tags have no meaning in a runbook"),
        ("a: 1\n«---»\nb: 2", "a second document begins here: one runbook a file"),
        ("a: b«\x07»", "the character U+0007 cannot stand in a runbook"),
        ("a: b«\u2028»c", "the character U+2028 cannot stand in a runbook"),
        ("«<<»: {a: 1}", "a key is a word of letters, digits, `_`, `-` and `.`"),
        ("a: {that: «max(b», c) > 1, else: D}", "a comma ends the value here, inside {…}"),
        ("«-» a", "a runbook is a mapping of keys"),
        ("«hello»", "a runbook is a mapping of keys"),
        ("« »", "the file is empty"),
        ("«#» only a comment", "the file is empty"),
    ],
)
def test_a_faulty_text_is_told_at_its_place(marked: str, message: str) -> None:
    text, *place = unmarked(marked)

    _, told = loaded(text)

    assert [(one.line, one.column, one.end_column, one.message) for one in told] == [
        (*place, message)
    ]


def test_anchors_and_aliases_stand_for_what_they_name() -> None:
    tree, told = loaded("a: &retry {tries: 2}\nb: *retry\n")

    assert told == []
    assert tree is not None
    assert tree.plain() == {"a": {"tries": "2"}, "b": {"tries": "2"}}


def test_aliases_of_aliases_cannot_grow_without_bounds() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]

    tree, told = loaded("\n".join(lines))

    assert tree is None
    assert [one.message for one in told] == ["more than 20000 parts, aliases counted in full"]


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 5_000, "- " * 50_000, "[" * 390])
def test_deep_nesting_is_refused_and_not_descended(text: str) -> None:
    tree, told = loaded(text)

    assert tree is None
    assert len(told) == 1


def test_a_text_of_any_size_beyond_the_limit_is_not_parsed() -> None:
    tree, told = loaded("a: " + "x" * MAX_CHARACTERS)

    assert tree is None
    assert "larger than 256 KiB" in told[0].message


def test_bytes_that_are_not_utf_8_are_told_where_they_stand() -> None:
    findings = Findings("a.yaml")

    text = decoded(b"a: 1\nb: \xff\n", findings)

    assert text is None
    assert [(one.line, one.column, one.message) for one in findings.sorted()] == [
        (2, 4, "this is not UTF-8 text")
    ]


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    tree, told = loaded("\ufeffa: 1\n")

    assert told == []
    assert tree is not None
    assert tree.plain() == {"a": "1"}


def test_places_count_letters_and_not_bytes() -> None:
    _, told = loaded("a: {é: 1, ü: 'öö', ü: 2}\r\n")

    assert [(one.line, one.column, one.end_column) for one in told] == [(1, 20, 21)]
