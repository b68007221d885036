"""Mistakes at the top of a runbook and in its item, and many mistakes at once."""

import pytest

from deskhand.runbooks.compiler import check
from tests.unit.runbooks.bots import Catalogue
from tests.unit.runbooks.mistakes import Mistake, assert_told, found
from tests.unit.runbooks.texts import runbook

HEAD = "deskhand: 1\nrunbook: a\nportal: aid_portal\n"
FIELDS = "  fields:\n    student_id: student_id\n    award_year: string\n    expected: money\n"
MONEY = "  reference: [student_id]\n" + FIELDS

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
    Mistake(
        "deskhand: 1\nrunbook: a\n«Portal»: aid_portal\n",
        "unknown key `Portal`",
        "did you mean `portal`?",
    ),
    Mistake(
        HEAD + "cases: {business: «review»}\n",
        "a list: […] is wanted here, this is a text",
        "the queue comes first",
    ),
    Mistake(
        HEAD + "retry: «3»\n",
        "a mapping of keys and values is wanted here, this is a text",
        "for example {tries: 3",
    ),
    Mistake(
        HEAD + "«<<»: {title: x}\n",
        "a key is a word of letters, digits, `_`, `-` and `.`",
        "mappings are not merged here",
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
        "this is none of: business, system, uncertain",
        "the step names its queue: `approve: QUEUE`",
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
        HEAD + "«retry»: {first: 5m}\n",
        "the first pause, 5 min, is longer than the longest, 1 min",
        "give both",
    ),
    Mistake(
        HEAD + "«item_retry»: {max: 2s}\n",
        "the first pause, 1 min, is longer than the longest, 2 s",
        "give both",
    ),
    Mistake(
        HEAD + "timeouts: {step: «20m»}\n",
        "an attempt lasts 15 min at most: no step comes to 20 min",
        "give the attempt more: timeouts: {item: 40m}",
    ),
    Mistake(
        HEAD + 'cases: {«"A b"»: [business]}\n', "this is not the name of a queue", "small letters"
    ),
    Mistake(
        HEAD + "timeouts: {step: «60»}\n", "this is not a duration", "write a number and its unit"
    ),
    Mistake(HEAD + "bots: «ledger»\n", "a list: […] is wanted here, this is a text"),
    Mistake(
        HEAD + "«title»: [a]\n",
        "a text is wanted here, this is a list",
        "a text that begins with { or [",
    ),
    Mistake(HEAD + "«title»:\n", "`title` is left empty", "write what it shall be"),
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
    Mistake(
        MONEY + "  due: «item.award_year»\n",
        "`due` is a date; this is text",
        "a day is written date('2026-01-31')",
    ),
    Mistake(
        MONEY + "  due: «2026-11-29»\n",
        "`due` is a date; this is a whole number",
        "a day is written date('2026-01-31')",
    ),
    Mistake(MONEY + "    x: «float»\n", "there is no type `float`", "numbers are exact here"),
    Mistake(
        MONEY + "    x: {type: string, «optional»: true}\n",
        "unknown key `optional`",
        "a field that may be absent has a `?`",
    ),
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


@pytest.mark.parametrize("mistake", HEADS, ids=lambda mistake: mistake.message)
def test_a_mistake_at_the_top_is_told_at_its_place(mistake: Mistake) -> None:
    marked = runbook(head=mistake.text)

    assert_told(marked, mistake)


@pytest.mark.parametrize("mistake", ITEMS, ids=lambda mistake: mistake.message)
def test_a_mistake_in_the_item_is_told_at_its_place(mistake: Mistake) -> None:
    marked = runbook(item=mistake.text)

    assert_told(marked, mistake)


def test_the_smallest_runbook_has_no_mistakes() -> None:
    assert found(runbook()) == []


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    text = runbook(
        head="deskhand: 1\nrunbook: a\nportal: aid_portal\ntittle: x\n",
        item="  reference: [studentid]\n  fields: {student_id: student_id, expected: mony}\n",
        steps="  - usee: x\n  - use: read_awrd\n  - use: read_isir\n    tmeout: 1s\n",
        rest="outputs: {a: read_isir.agi}\ntriggers: [{crn: x}]\n",
    )

    messages = [one.message for one in found(text)]

    assert messages == [
        "unknown key `tittle`",
        "the item has no field `studentid`",
        "there is no type `mony`",
        "a step needs exactly one of: use, once, let, approve, ask, finish",
        "there is no action `read_awrd`",
        "unknown key `tmeout`",
        "`read_isir` may be absent here: `aid_portal.read_isir` may answer NotThere",
        "a trigger needs exactly one of: file, manual, cron, webhook, event",
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
    mistake = Mistake("", "two bots have an action `read_award`", "write aid_portal.read_award or")

    assert_told(text, mistake)
