"""Mistakes in steps, triggers and outputs."""

import pytest

from tests.unit.runbooks.mistakes import Mistake, assert_told
from tests.unit.runbooks.texts import runbook

AWARD = "  - use: read_award\n"
FILE = "triggers:\n  - file: inbox/*.csv\n    map: "

STEPS = [
    Mistake(
        "  - use: «read_awrd»\n", "there is no action `read_awrd`", "did you mean `read_award`?"
    ),
    Mistake(
        "  - use: «aid_portal.read_awrd»\n",
        "there is no action `aid_portal.read_awrd`",
        "did you mean `aid_portal.read_award`?",
    ),
    Mistake(
        "  - «usee»: read_award\n",
        "a step needs exactly one of: use, once, let, approve, ask, finish",
        "did you mean `use`?",
    ),
    Mistake(
        "  - use: read_award\n    «finish»: done\n",
        "a step has one verb; this one has `use` and `finish`",
    ),
    Mistake(
        "  - «read_award»\n",
        "a step is a mapping with one of: use, once, let, approve, ask, finish",
    ),
    Mistake(AWARD + "    «when»:\n", "`when` is left empty", "write what it shall be"),
    Mistake(
        "  - once: mark_verified\n    verify: «~»\n",
        "`verify` is left empty",
        "write what it shall be, or leave out the key",
    ),
    Mistake(
        "  - «use:read_award»\n",
        "a step is a mapping with one of: use, once, let, approve, ask, finish",
        "a plain space is missing: use: …",
    ),
    Mistake("  - «for_each»: line\n", "`for_each` is not built yet: it comes with a later version"),
    Mistake(
        "  - use: «mark_verified»\n",
        "`aid_portal.mark_verified` is a write action: write actions need `once`",
        "write `once: mark_verified`",
    ),
    Mistake(
        "  - once: «read_award»\n",
        "`aid_portal.read_award` is no write action: `once` is for those",
        "write `use: read_award`",
    ),
    Mistake(
        "  - once: mark_verified\n    «retry»: {tries: 2}\n",
        "unknown key `retry`",
        "an act is never repeated by itself",
    ),
    Mistake(
        "  - once: mark_verified\n    verify: «mark_verified»\n",
        "`aid_portal.mark_verified` is a write action: a read-back only reads",
    ),
    Mistake(
        "  - once: mark_verified\n    verify: «read_isir»\n",
        "the result of `aid_portal.read_isir` has no field of the item: nothing is compared",
        "name the result's fields",
    ),
    Mistake(
        AWARD + "    with: {«studnt_id»: item.student_id}\n",
        "the action has no parameter `studnt_id`",
        "did you mean `student_id`?",
    ),
    Mistake(
        AWARD + "    with: {student_id: «item.expected»}\n",
        "`student_id` is a decimal number, the action takes text",
    ),
    Mistake(
        AWARD + "    with: {award_year: «item.note»}\n",
        "`award_year` may be absent, and the action needs it",
        "bind it `with:",
    ),
    Mistake(
        AWARD + "    with: {award_year: «item.student_id»}\n",
        "`award_year` is sensitive (pii), the action does not take it sealed",
        "declare it `Sealed[…]`",
    ),
    Mistake(
        "  - once: «submit_correction»\n",
        "`aid_portal.submit_correction` needs `agi`, and the item has no field of that name",
        "give it: with: {agi: …}",
    ),
    Mistake(
        AWARD + "  - «use»: read_award\n",
        "`read_award` is taken already, on line 8",
        "give this step a name",
    ),
    Mistake(
        AWARD + "    name: «item»\n", "`item` is a word of the language", "choose another name"
    ),
    Mistake("  - let: {«today»: 1}\n", "`today` is a word of the language", "choose another name"),
    Mistake("  - let: {«A»: 1}\n", "this is not a name", "small letters"),
    Mistake(
        "  - finish: done\n  - «use»: read_award\n",
        "this step is never reached",
        "line 8 finishes every item",
    ),
    Mistake("  - finish: «doen»\n", "this is none of: done, duplicate", "did you mean `done`?"),
    Mistake(AWARD + "    timeout: «60»\n", "this is not a duration", "write a number and its unit"),
    Mistake(
        AWARD + "    timeout: «20m»\n",
        "an attempt lasts 15 min at most: no step comes to 20 min",
        "give the attempt more: timeouts: {item: 40m}",
    ),
    Mistake(AWARD + "    evidence: [«video»]\n", "this is none of: screenshot, snapshot, receipt"),
    Mistake(AWARD + "    «tmeout»: 60s\n", "unknown key `tmeout`", "did you mean `timeout`?"),
    Mistake(
        AWARD + "    «with»: [a]\n", "a mapping of keys and values is wanted here, this is a list"
    ),
    Mistake(
        "  - let: {a: «read_award».amount}\n" + AWARD,
        "`read_award` comes only later",
        "use a result after its step",
    ),
    Mistake("  - let: {a: «b», b: 1}\n", "`b` comes only later", "use a result after its step"),
]

RESTS = [
    Mistake("outputs: {a: item.«nope»}\n", "`item` has no field `nope`", "did you mean `note`?"),
    Mistake("outputs: {a: read_award.amount «+»}\n", "this expression is not finished"),
    Mistake("«stepz»: 1\n", "unknown key `stepz`", "did you mean `steps`?"),
    Mistake(
        "triggers: [{«fil»: x}]\n",
        "a trigger needs exactly one of: file, manual, cron, webhook, event",
        "did you mean `file`?",
    ),
    Mistake(
        "triggers: [«manual»]\n",
        "a trigger is a mapping with one of: file, manual, cron, webhook, event",
        "write `manual:`",
    ),
    Mistake("triggers: [{manual: «1»}]\n", "`manual:` has no value of its own"),
    Mistake(
        "triggers: [{file: «/etc/*.csv»}]\n", "a file pattern stays inside the project's folder"
    ),
    Mistake(
        "triggers: [{file: «inbox/../*.csv»}]\n", "a file pattern stays inside the project's folder"
    ),
    Mistake("triggers: [{file: «inbox/*.pdf»}]\n", "reading .pdf files is not built yet"),
    Mistake(
        "triggers: [{file: «inbox/*.cvs»}]\n",
        "deskhand cannot read .cvs files",
        "did you mean `csv`?",
    ),
    Mistake(
        "triggers: [{file: «inbox/a.csv»}]\n",
        "a file pattern ends with its kinds of file",
        "for example",
    ),
    Mistake(
        "triggers:\n  - file: «inbox/{tenant}/*.csv»\n",
        "the only place-holder of a folder is {client}",
    ),
    Mistake(
        "triggers: [{file: inbox/*.csv, sheet: «Claims»}]\n",
        "only workbooks have sheets, and none fits the pattern",
        "for example *.xlsx",
    ),
    Mistake(
        f"triggers: [{{file: inbox/*.xlsx, sheet: «{'x' * 32}»}}]\n",
        "the name of a sheet has 1 to 31 characters that can be shown",
    ),
    Mistake(
        "triggers: [{file: a/*.xlsx, sheet: A}, {file: «a/*.xlsx», sheet: B}]\n",
        "another trigger has this pattern: a file is taken in by one of them",
        "another folder; it may be dropped into both",
    ),
    Mistake(FILE + "{«nope»: row.x}\n", "the item has no field `nope`", "did you mean `note`?"),
    Mistake(FILE + "{expected: «today»}\n", "this is a date, the field holds a decimal number"),
    Mistake(FILE + "{expected: money(«rw».x)}\n", "unknown name `rw`", "did you mean `row`?"),
    Mistake(FILE + "{expected: «item».note}\n", "unknown name `item`", "a map sees the `row` only"),
    Mistake(
        FILE + "{expected: «row.a + row.b»}\n",
        "`+` has no meaning for raw data and raw data",
        "say what the raw data is",
    ),
    Mistake(FILE + "{«expected»: {each: line in row.lines}}\n", "`expected` is no list of records"),
    Mistake(FILE + "{«expected»: {a: row.x}}\n", "`expected` is no record", "for a list"),
    Mistake("params: {«p»: string}\n", "the parameter `p` needs a default", "for example"),
]


@pytest.mark.parametrize("mistake", STEPS, ids=lambda mistake: mistake.message)
def test_a_mistake_in_a_step_is_told_at_its_place(mistake: Mistake) -> None:
    marked = runbook(steps=mistake.text)

    assert_told(marked, mistake)


@pytest.mark.parametrize("mistake", RESTS, ids=lambda mistake: mistake.message)
def test_a_mistake_in_triggers_or_outputs_is_told_at_its_place(mistake: Mistake) -> None:
    marked = runbook(rest=mistake.text)

    assert_told(marked, mistake)
