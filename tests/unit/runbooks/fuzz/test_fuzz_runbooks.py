"""Whatever a file holds: a runbook, or mistakes at places of the file; never a crash or a hang."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deskhand.domain.runbook import Runbook
from deskhand.errors import RunbookInvalidError
from deskhand.runbooks.compiler import check, compile_runbook
from deskhand.runbooks.diagnostics import as_annotations, as_json, rendered
from deskhand.runbooks.explain import explained
from tests.unit.runbooks.bots import BOTS
from tests.unit.runbooks.test_compiled_runbooks import AID
from tests.unit.runbooks.texts import CLAIMS, runbook

FUZZ = settings(
    deadline=timedelta(seconds=10), suppress_health_check=list(HealthCheck), max_examples=150
)
SEEDS = (CLAIMS.read_text(encoding="utf-8"), AID, runbook())

PIECES = st.sampled_from(
    [
        "", " ", "\n", "\n  ", "\n    - ", ": ", "- ", "? ", "{", "}", "[", "]", ",", "'", '"', "#",
        "&a ", "*a", "!x ", "|\n", ">\n", "<<: ", "---\n", "...\n", "%YAML 1.1\n", "\t", "\r\n",
        "\x00", "\u2028", "\ufeff", "\ud800", "null", "~", "${", "${item.x}", "item", "row", "01",
        "deskhand", "runbook", "use", "once", "let", "finish", "when", "expect", "that", "else",
        "with", "each", "list", "type", "money", "choice", "default", "[]", "{}", "string?",
        "there(read_isir)", "(" * 60, "not " * 60, "9" * 40, "é", "\U0001f600", "cron", "approve",
    ]
)  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A runbook with pieces cut out, put in, or exchanged."""
    text = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.sampled_from([0, 0, 1, 2, 5, 20, 200])))
        text = text[:start] + draw(PIECES) + text[end:]
    return text


def assert_answered(text: str | bytes) -> None:
    """The checker answers, its answer can be shown, and compiling agrees with it."""
    told = check(text, file="a.yaml", bots=BOTS)
    shown = text if isinstance(text, str) else ""
    lines = shown.count("\n") + shown.count("\r") + 1
    for one in told:
        assert one.message
        assert one.line >= 1
        assert one.end_column > one.column >= 1
        assert isinstance(text, bytes) or one.line <= lines + 1
    assert rendered(told, shown) is not None
    assert as_json(told)
    assert as_annotations(told).count("\n") == max(0, len(told) - 1)
    if told:
        with pytest.raises(RunbookInvalidError):
            compile_runbook(text, file="a.yaml", bots=BOTS)
    else:
        made = compile_runbook(text, file="a.yaml", bots=BOTS)
        assert isinstance(made, Runbook)
        assert explained(made)


@FUZZ
@given(damaged())
def test_a_damaged_runbook_is_answered(text: str) -> None:
    assert_answered(text)


@FUZZ
@given(st.lists(PIECES, max_size=40).map("".join))
def test_pieces_of_yaml_are_answered(text: str) -> None:
    assert_answered(text)


@FUZZ
@given(st.text(max_size=300))
def test_any_text_is_answered(text: str) -> None:
    assert_answered(text)


@FUZZ
@given(st.binary(max_size=300))
def test_any_bytes_are_answered(content: bytes) -> None:
    assert_answered(content)


@FUZZ
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8) | PIECES,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "use",
                        "once",
                        "let",
                        "when",
                        "with",
                        "that",
                        "else",
                        "type",
                        "list",
                        "x",
                        "each",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    ),
    st.sampled_from(
        ["title", "params", "item", "triggers", "steps", "cases", "outputs", "retry", "timeouts"]
    ),
)
def test_any_value_under_any_key_is_answered(value: object, key: str) -> None:
    text = "".join(
        f"{name}: {_flow(value) if name == key else written}\n" for name, written in PARTS.items()
    )

    assert_answered(text)


PARTS = {
    "deskhand": "1",
    "runbook": "a",
    "portal": "aid_portal",
    "title": "x",
    "params": "{p: {type: money, default: 1}}",
    "item": "{reference: [student_id], fields: {student_id: student_id, award_year: string}}",
    "triggers": "[{file: 'a/*.csv'}]",
    "steps": "[{use: read_award}]",
    "cases": "{q: [business]}",
    "outputs": "{a: read_award.amount}",
    "retry": "{tries: 2}",
    "timeouts": "{step: 5s}",
}


def _flow(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return str(value)
