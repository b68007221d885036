"""How mistakes are shown to people, to programs and to GitHub."""

import json

from deskhand.runbooks.compiler import check
from deskhand.runbooks.diagnostics import (
    WARNING,
    Diagnostic,
    as_annotations,
    as_json,
    did_you_mean,
    rendered,
)
from tests.unit.runbooks.bots import BOTS
from tests.unit.runbooks.texts import runbook

SHOWN = """\
error: there is no action `read_awrd`
 --> runbooks/aid.yaml:8:10
  |
8 |   - use: read_awrd
  |          ^^^^^^^^^
  = help: did you mean `read_award`?

error: `title` is the same for all items: it cannot hold ${…}
  --> runbooks/aid.yaml:10:8
   |
10 | title: for ${item.student_id}
   |        ^^^^^^^^^^^^^^^^^^^^^^"""


def one(**changes: object) -> Diagnostic:
    place: dict[str, object] = {"file": "a.yaml", "line": 1, "column": 1, "end_column": 2}
    return Diagnostic(**{**place, "message": "wrong", **changes})  # type: ignore[arg-type]


def test_mistakes_are_shown_with_their_lines_underlined() -> None:
    text = runbook(
        steps="  - use: read_awrd\n    timeout: 5s\n", rest="title: for ${item.student_id}\n"
    )

    told = check(text, file="runbooks/aid.yaml", bots=BOTS)

    assert rendered(told, text) == SHOWN


def test_control_characters_of_a_file_do_not_reach_the_terminal() -> None:
    shown = rendered([one(message="a\x1b[31m", column=3, end_column=4)], "a\x1b[2J\tb")

    assert "\x1b" not in shown
    assert "\t" not in shown


def test_a_very_long_line_is_cut_to_the_part_around_the_mistake() -> None:
    text = "x" * 5_000 + "HERE" + "y" * 5_000

    shown = rendered([one(column=5_001, end_column=5_005)], text)

    source, underline = shown.splitlines()[3:5]
    assert len(source) < 200
    assert source[underline.index("^") : underline.rindex("^") + 1] == "HERE"


def test_a_place_behind_the_end_of_the_file_is_shown_without_a_line() -> None:
    shown = rendered([one(line=99, column=7, end_column=9)], "a: 1\n")

    assert "a.yaml:99:7" in shown


def test_programs_get_every_part_of_a_mistake() -> None:
    (said,) = json.loads(as_json([one(suggestion="do so", severity=WARNING)]))

    assert said == {
        "file": "a.yaml",
        "line": 1,
        "column": 1,
        "end_column": 2,
        "severity": "warning",
        "message": "wrong",
        "suggestion": "do so",
    }


def test_github_annotations_escape_what_would_end_them() -> None:
    line = as_annotations([one(file="a,b:c.yaml", message="50%\nmore", suggestion="x")])

    assert line == "::error file=a%2Cb%3Ac.yaml,line=1,col=1,endColumn=2::50%25%0Amore%0Ax"


def test_a_word_far_from_all_others_gets_no_suggestion() -> None:
    assert did_you_mean("zebra", ["title", "why"]) == ""
    assert did_you_mean("TITLE", ["title", "why"]) == "did you mean `title`?"
