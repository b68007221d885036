"""A table of mistakes: each is told where it stands (between the marks), in words that help.

Expected suggestions are given by their beginning.
"""

from dataclasses import dataclass

import pytest

from deskhand.runbooks.compiler import check
from deskhand.runbooks.diagnostics import Diagnostic
from tests.unit.runbooks.bots import BOTS, Catalogue
from tests.unit.runbooks.texts import runbook, unmarked

HEAD = "deskhand: 1\nrunbook: a\nportal: aid_portal\n"
FIELDS = "  fields:\n    student_id: student_id\n    award_year: string\n    expected: money\n"
MONEY = "  reference: [student_id]\n" + FIELDS
AWARD = "  - use: read_award\n"
FILE = "triggers:\n  - file: inbox/*.csv\n    map: "


@dataclass(frozen=True)
class Mistake:
    """A runbook with one marked mistake, and what is to be said of it."""

    text: str
    message: str
    help: str = ""


def found(text: str) -> list[Diagnostic]:
    return check(text, file="a.yaml", bots=BOTS)


HEADS = [
    Mistake(
        "deskhand: «2»\nrunbook: a\nportal: aid_portal\n",
        "this deskhand knows version 1 of the language",
        "write `deskhand: 1`",
    ),
    Mistake("«runbook»: a\nportal: aid_portal\n", "`deskhand` is missing", "the first line is"),
    Mistake(
        "deskhand: 1\nrunbook: «A-b»\nportal: aid_portal\n",
        "this is not a dotted name",
        "small letters",
    ),
    Mistake(
        "deskhand: 1\n«runbook»: a\n", "neither `portal` nor `bots` says who performs this runbook"
    ),
    Mistake(
        "deskhand: 1\nrunbook: a\nportal: «aid_portl»\n",
        "there is no bot `aid_portl`",
        "did you mean `aid_portal`?",
    ),
    Mistake(
        HEAD + "bots: [«nix»]\n",
        "there is no bot `nix`",
        "known here: aid_portal, ledger, payer_portal",
    ),
    Mistake(HEAD + "«tittle»: x\n", "unknown key `tittle`", "did you mean `title`?"),
    Mistake(
        HEAD + "title: «x ${item.y}»\n", "`title` is the same for all items: it cannot hold ${…}"
    ),
    Mistake(HEAD + "emit: «${item.note}»\n", "this is not a dotted name", "small letters"),
    Mistake(HEAD + "params: {«p»: money}\n", "the parameter `p` needs a default", "for example"),
    Mistake(
        HEAD + "params: {p: {type: money, default: «25.001»}}\n",
        "the default is not an amount of money with at most two decimals",
    ),
    Mistake(
        HEAD + "params: {p: {type: money, «defalt»: 1, default: 2}}\n",
        "unknown key `defalt`",
        "did you mean `default`?",
    ),
    Mistake(
        HEAD + "cases: {q: [business], «r»: [business]}\n", "`business` cases open in `q` already"
    ),
    Mistake(
        HEAD + "cases: {q: [«approval»]}\n",
        "`approval` is not built yet: it comes with a later version",
    ),
    Mistake(
        HEAD + "cases: {q: [«busines»]}\n",
        "this is none of: business, system, uncertain",
        "did you mean `business`?",
    ),
    Mistake(
        HEAD + "retry: {tries: «03»}\n",
        "this is not a whole number",
        "numbers have no leading zeros",
    ),
    Mistake(HEAD + "retry: {tries: «0»}\n", "`tries` counts the first one, too: at least 1"),
    Mistake(
        HEAD + "timeouts: {step: «60»}\n", "this is not a duration", "write a number and its unit"
    ),
    Mistake(HEAD + "bots: «ledger»\n", "a list: […] is wanted here, this is a text"),
    Mistake(
        HEAD + "«title»: [a]\n",
        "a text is wanted here, this is a list",
        "a text that begins with { or [",
    ),
    Mistake(HEAD + "«title»:\n", "a text is wanted here, this is nothing"),
]

ITEMS = [
    Mistake(
        "  reference: [«studentid»]\n" + FIELDS,
        "the item has no field `studentid`",
        "did you mean `student_id`?",
    ),
    Mistake(
        "  reference: [student_id, «student_id»]\n" + FIELDS,
        "`student_id` is given twice",
    ),
    Mistake(
        "  reference: [student_id, «l»]\n" + FIELDS + "    l: {list: money}\n",
        "`l` is a list (a decimal number): a reference is made of single values",
    ),
    Mistake(
        "  «reference»: [n]\n" + FIELDS + "    n: string?\n",
        "every part of the reference is optional: it may be empty",
    ),
    Mistake(MONEY + "    x: «strng»\n", "there is no type `strng`", "did you mean `string`?"),
    Mistake(MONEY + "    x: «01234»\n", "there is no type `01234`", "known here"),
    Mistake(MONEY + "    «x»: [money]\n", "a type is wanted here", "for example"),
    Mistake(MONEY + "    x: {type: money, «pattern»: x}\n", "`money` has no option `pattern`"),
    Mistake(
        MONEY + '    x: {type: string, «pattern»: "("}\n', "not a regular expression: missing ): ("
    ),
    Mistake(
        MONEY + "    x: {type: «choice»}\n", "a choice needs its `options: [...]`", "{type: choice"
    ),
    Mistake(MONEY + "    x: {type: choice, «options»: [a, A]}\n", "two options are the same"),
    Mistake(
        MONEY + "    x: {type: choice, options: [a], default: «b»}\n",
        "the default is not one of: a",
    ),
    Mistake(
        MONEY + "    x: {type: money, «min»: abc}\n",
        "`min` is not an amount of money with at most two decimals",
    ),
    Mistake(
        MONEY + "    x: {type: «money?», default: 1}\n",
        "a field with a default is never absent: leave out `?`",
    ),
    Mistake(
        MONEY + "    x: {type: money, «sensitivity»: secret}\n",
        "a sensitivity is one of: pii, phi, fti",
    ),
    Mistake(
        MONEY + "    «class»: string\n", "`class` cannot be the name of a field", "small letters"
    ),
    Mistake(MONEY + "    l: {list: «money?»}\n", "the entries of a list cannot be optional"),
    Mistake(MONEY + "    l: {list: money, min: 3, max: «2»}\n", "`max` is less than `min`"),
    Mistake(
        MONEY + "    l: {list: {a: «mony»}}\n", "there is no type `mony`", "did you mean `money`?"
    ),
    Mistake(MONEY + "    w: {a: «mony»}\n", "there is no type `mony`", "did you mean `money`?"),
    Mistake(MONEY + "  due: «item.award_year»\n", "`due` is a date; this is text"),
    Mistake(
        MONEY + "    dob: birth_date\n  due: «item.dob»\n",
        "`due` is kept in clear, and this is sensitive (phi)",
    ),
    Mistake(
        MONEY + "    d: date?\n  due: «item.d»\n", "`due` may be absent", "use `default(…, …)`"
    ),
    Mistake(MONEY + "  amount: «item.award_year»\n", "`amount` is an amount; this is text"),
    Mistake(
        MONEY + "  checks:\n    - {that: «item.expected», else: X}\n",
        "a condition is true or false; this is a decimal number",
        "compare it",
    ),
    Mistake(
        MONEY + "  checks:\n    - {«that»: item.expected > 1}\n",
        "`else` is missing",
        "the code that people see",
    ),
    Mistake(
        MONEY + "  checks:\n    - {that: item.expected > 1, else: «low»}\n",
        "a code is written in capitals: TOTAL_WRONG",
    ),
    Mistake(
        MONEY
        + '  checks:\n    - {that: item.expected > 1, else: X, say: "no ${«item.student_id»}"}\n',
        "`item.student_id` is sensitive (pii) and must not stand in a text",
        "name the field",
    ),
]

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
        "a step needs exactly one of: use, once, let, finish",
        "did you mean `use`?",
    ),
    Mistake(
        "  - use: read_award\n    «finish»: done\n",
        "a step has one verb; this one has `use` and `finish`",
    ),
    Mistake("  - «read_award»\n", "a step is a mapping with one of: use, once, let, finish"),
    Mistake(
        "  - «approve»: claims\n    when: true\n",
        "`approve` is not built yet: it comes with a later version",
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

EXPRESSIONS = [
    Mistake(
        AWARD + "    when: item.award_year == «original»\n",
        "unknown name `original`",
        "did you mean the text 'original'?",
    ),
    Mistake(
        AWARD + "    when: «expected» > 1\n",
        "unknown name `expected`",
        "did you mean `item.expected`?",
    ),
    Mistake(AWARD + "    when: «itm».expected > 1\n", "unknown name `itm`", "did you mean `item`?"),
    Mistake(
        AWARD + "    when: item.«expcted» > 1\n",
        "`item` has no field `expcted`",
        "did you mean `expected`?",
    ),
    Mistake(
        AWARD + "    when: «${»item.expected > 1}\n",
        "`${` has no meaning here",
        "an expression needs no ${…}",
    ),
    Mistake(
        AWARD + "    when: item.expected «=» 1\n",
        "`=` has no meaning here",
        "write `==` to compare",
    ),
    Mistake(
        AWARD + "    when: item.expected > 1 «&&» true\n", "`&&` has no meaning here", "write `and`"
    ),
    Mistake(
        AWARD + "    when: «matchez»(item.award_year, 'a')\n",
        "there is no function `matchez`",
        "did you mean `matches`?",
    ),
    Mistake(
        AWARD + "    when: \"matches(item.award_year, «'('»)\"\n",
        "not a regular expression: missing ): (",
    ),
    Mistake(AWARD + "    when: item.award_year == «1e5»\n", "`1e5` is not a number", "write 1000"),
    Mistake(
        AWARD + "    when: item.award_year == «25.00»\n",
        "`==` has no meaning between text and a decimal number",
    ),
    Mistake(
        AWARD + "    when: item.award_year < «'2026'»\n",
        "`<` has no meaning between text and text",
        "texts have no order",
    ),
    Mistake(
        AWARD + "    when: «item.award_year + 1» == 'x'\n",
        "`+` has no meaning for text and a whole number",
        "make it a text first",
    ),
    Mistake(
        AWARD + "    when: «item.expected»\n",
        "a condition is true or false; this is a decimal number",
        "compare it",
    ),
    Mistake(
        AWARD + "    when: true and «item.expected»\n",
        "this is a decimal number, not a condition",
        "compare it",
    ),
    Mistake(
        AWARD + "    when: sum(«item.expected») > 1\n",
        "`sum` cannot take a decimal number here",
        "for example: sum(",
    ),
    Mistake(AWARD + "    when: «abs()» > 1\n", "`abs` is used so: abs(a - b)"),
    Mistake(
        AWARD + "    when: «item.note» == 'x'\n",
        "`item.note` may be absent here: `note` is optional",
        "guard it",
    ),
    Mistake(
        AWARD + "    when: present(item.note) or «item.note» == 'x'\n",
        "`item.note` may be absent here: `note` is optional",
        "guard it",
    ),
    Mistake(
        AWARD + "    when: item.expected > 1 if «item.note» == 'a' else true\n",
        "`item.note` may be absent here: `note` is optional",
        "guard it",
    ),
    Mistake(
        AWARD + "    when: default(item.note, «1») == 'x'\n",
        "this is a whole number, the value text",
    ),
    Mistake(
        AWARD + "    when: «today - today» == 1\n",
        "`-` has no meaning for a date and a date",
        "use `days_between(a, b)`",
    ),
    Mistake(
        AWARD + "    when: «today + 1» > today\n",
        "`+` has no meaning for a date and a whole number",
        "add days",
    ),
    Mistake(
        AWARD + "    when: today < «now_utc»\n",
        "`<` has no meaning between a date and a date with a time",
        "take the day",
    ),
    Mistake(
        AWARD + "    when: true == «item.award_year»\n",
        "`==` has no meaning between true or false and text",
    ),
    Mistake(
        AWARD + "    expect: [{that: «max(1», 2) > 1, else: X}]\n",
        "a comma ends the value here, inside {…}",
        "put the whole expression",
    ),
    Mistake(
        "  - use: read_isir\n    expect: [{that: «read_isir».is_newest, else: X}]\n",
        "`read_isir` may be absent here: `aid_portal.read_isir` may answer NotThere",
        "guard it",
    ),
    Mistake(
        AWARD + "    when: item.expected > 1\n  - let: {a: «read_award».amount}\n",
        "`read_award` may be absent here: its step may be skipped (`when`)",
        "guard it",
    ),
    Mistake(
        AWARD
        + '    expect: [{that: read_award.amount > 1, else: X, say: "${read_award.«amont»}"}]\n',
        "`read_award` has no field `amont`",
        "did you mean `amount`?",
    ),
    Mistake(
        AWARD + '    expect: [{that: read_award.amount > 1, else: X, say: "no «${»read_award"}]\n',
        "this `${` is never closed",
    ),
    Mistake(
        AWARD + '    expect: [{that: read_award.amount > 1, else: X, say: "${«read_award»}"}]\n',
        "a record cannot be shown in a text",
    ),
]

RESTS = [
    Mistake("outputs: {a: item.«nope»}\n", "`item` has no field `nope`", "did you mean `note`?"),
    Mistake("outputs: {a: read_award.amount «+»}\n", "this expression is not finished"),
    Mistake("«stepz»: 1\n", "unknown key `stepz`", "did you mean `steps`?"),
    Mistake(
        "triggers: [{«cron»: x, timezone: y}]\n",
        "`cron` is not built yet: it comes with a later version",
    ),
    Mistake(
        "triggers: [{«fil»: x}]\n",
        "a trigger needs exactly one of: file, manual",
        "did you mean `file`?",
    ),
    Mistake(
        "triggers: [«manual»]\n",
        "a trigger is a mapping with one of: file, manual",
        "write `manual:`",
    ),
    Mistake("triggers: [{manual: «1»}]\n", "`manual:` has no value of its own"),
    Mistake(
        "triggers: [{file: «/etc/*.csv»}]\n", "a file pattern stays inside the project's folder"
    ),
    Mistake(
        "triggers: [{file: «inbox/../*.csv»}]\n", "a file pattern stays inside the project's folder"
    ),
    Mistake("triggers: [{file: «inbox/*.xlsx»}]\n", "reading .xlsx files is not built yet"),
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


@pytest.mark.parametrize("mistake", HEADS, ids=lambda mistake: mistake.message)
def test_a_mistake_at_the_top_is_told_at_its_place(mistake: Mistake) -> None:
    text, *place = unmarked(runbook(head=mistake.text))

    assert_told(found(text), place, mistake)


@pytest.mark.parametrize("mistake", ITEMS, ids=lambda mistake: mistake.message)
def test_a_mistake_in_the_item_is_told_at_its_place(mistake: Mistake) -> None:
    text, *place = unmarked(runbook(item=mistake.text))

    assert_told(found(text), place, mistake)


@pytest.mark.parametrize("mistake", STEPS, ids=lambda mistake: mistake.message)
def test_a_mistake_in_a_step_is_told_at_its_place(mistake: Mistake) -> None:
    text, *place = unmarked(runbook(steps=mistake.text))

    assert_told(found(text), place, mistake)


@pytest.mark.parametrize("mistake", EXPRESSIONS, ids=lambda mistake: mistake.message)
def test_a_mistake_in_an_expression_is_told_at_its_letters(mistake: Mistake) -> None:
    text, *place = unmarked(runbook(steps=mistake.text))

    assert_told(found(text), place, mistake)


@pytest.mark.parametrize("mistake", RESTS, ids=lambda mistake: mistake.message)
def test_a_mistake_in_triggers_or_outputs_is_told_at_its_place(mistake: Mistake) -> None:
    text, *place = unmarked(runbook(rest=mistake.text))

    assert_told(found(text), place, mistake)


def assert_told(diagnostics: list[Diagnostic], place: list[int], mistake: Mistake) -> None:
    """The one mistake is told, once, and nothing else is."""
    told = [(one.line, one.column, one.end_column, one.message) for one in diagnostics]
    assert told == [(*place, mistake.message)]
    assert diagnostics[0].suggestion.startswith(mistake.help)
    assert bool(diagnostics[0].suggestion) == bool(mistake.help)


def test_the_smallest_runbook_has_no_mistakes() -> None:
    assert found(runbook()) == []


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    text = runbook(
        head="deskhand: 1\nrunbook: a\nportal: aid_portal\ntittle: x\n",
        item="  reference: [studentid]\n  fields: {student_id: student_id, expected: mony}\n",
        steps="  - usee: x\n  - use: read_awrd\n  - use: read_isir\n    tmeout: 1s\n",
        rest="outputs: {a: read_isir.agi}\ntriggers: [{cron: x}]\n",
    )

    messages = [one.message for one in found(text)]

    assert messages == [
        "unknown key `tittle`",
        "the item has no field `studentid`",
        "there is no type `mony`",
        "a step needs exactly one of: use, once, let, finish",
        "there is no action `read_awrd`",
        "unknown key `tmeout`",
        "`read_isir` may be absent here: `aid_portal.read_isir` may answer NotThere",
        "`cron` is not built yet: it comes with a later version",
    ]


def test_what_a_faulty_part_would_have_named_is_not_told_as_a_second_mistake() -> None:
    text = runbook(
        item="  reference: [student_id]\n  fields: {student_id: student_id, expected: mony}\n",
        steps="  - use: read_awrd\n  - let: {a: read_awrd.x + item.expected}\n",
    )

    messages = [one.message for one in found(text)]

    assert messages == ["there is no type `mony`", "there is no action `read_awrd`"]


def test_a_bot_that_cannot_be_loaded_is_told_once() -> None:
    bots = Catalogue((), {"aid_portal": "no module named `pages`"})

    told = check(runbook(), file="a.yaml", bots=bots)

    assert [one.message for one in told] == [
        "the bot `aid_portal` cannot be loaded: no module named `pages`"
    ]


def test_a_verb_that_two_bots_have_must_say_whose_it_is() -> None:
    text = runbook(
        head="deskhand: 1\nrunbook: a\nbots: [payer_portal, aid_portal, ledger]\n",
        steps="  - use: «read_award»\n",
    )
    text, *place = unmarked(text)

    told = found(text)

    mistake = Mistake("", "two bots have an action `read_award`", "write aid_portal.read_award or")
    assert_told(told, place, mistake)
