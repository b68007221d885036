"""What may be absent must be guarded inside its expression."""

import pytest

from tests.unit.runbooks.expression_scope import problems


@pytest.mark.parametrize(
    "text",
    [
        "there(found) and found.number == 'a'",
        "not there(found) or found.number == 'a'",
        "not (there(found) and found.total > 1) or found.number == 'a'",
        "present(item.note) and there(found) and item.note == found.number",
        "found.number if there(found) else 'x'",
        "'x' if not there(found) else found.number",
        "present(found.number) and found.total > 1",
        "default(found.number, 'x') == 'x'",
    ],
)
def test_a_guarded_name_may_be_used(text: str) -> None:
    assert problems(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "found.number == 'a'",
        "there(found) or found.number == 'a'",
        "there(lost) and found.number == 'a'",
        "not there(found) and found.number == 'a'",
        "found.number if item.urgent else 'x'",
        "(there(found) or item.urgent) and found.number == 'a'",
        "default(lower(found.number), 'x') == 'x'",
        "first(item.lines.code) == 'x'",
    ],
)
def test_an_unguarded_name_is_refused(text: str) -> None:
    (problem,) = problems(text)

    assert "may be absent here" in problem
