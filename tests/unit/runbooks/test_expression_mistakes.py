"""Mistakes in expressions and in texts for people, told at their letters."""

import pytest

from tests.unit.runbooks.mistakes import Mistake, assert_told
from tests.unit.runbooks.texts import runbook

AWARD = "  - use: read_award\n"

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
    Mistake(
        AWARD + "    when: item.award_year in ['2025' «'2026'»]\n",
        "a text cannot follow here",
        "put a comma between two texts",
    ),
    Mistake(
        AWARD + "    when: item.award_year == 'it'«'s'»\n",
        "a text cannot follow here",
        'put it in double quotes: "it\'s"',
    ),
    Mistake(
        AWARD + "    when: «date('2026-02-30')» > today\n",
        "`date` never gives a value here: is not a day of the calendar",
        "for example: date(",
    ),
    Mistake(
        AWARD + "    when: «round(item.expected, -1)» > 1\n",
        "`round` never gives a value here: a number is rounded to 0 to 12 places",
        "for example: round(",
    ),
    Mistake(
        AWARD + "    when: first(«split(item.award_year, '')») == '2'\n",
        "`split` never gives a value here: a text is split at something",
        "for example: split(",
    ),
    Mistake(
        AWARD + "    when: today + «days(99999)» > today\n",
        "`days` never gives a value here: that many days leave the calendar",
        "for example: item.service_date",
    ),
    Mistake(
        AWARD + "    when: «max([1, 2], 3)» > 1\n",
        "`max` cannot mix these kinds of value",
    ),
    Mistake(AWARD + "    when: «yes»\n", "unknown name `yes`", "write `true`"),
    Mistake(
        AWARD + "    when: item.award_year == «null»\n", "unknown name `null`", "ask with `there("
    ),
    Mistake(
        AWARD + "    when: today > «'2026-01-31'»\n",
        "`>` has no meaning between a date and text",
        "a day is written date(",
    ),
    Mistake(
        AWARD + "    when: «item.expected > 1,000»\n",
        "a comma has no meaning here: write 1000 for 1,000, and [a, b] for a list",
    ),
    Mistake(
        AWARD + "    when: item.expected > «0»10\n",
        "this is not an expression of the language",
        "numbers have no leading zeros",
    ),
    Mistake(
        AWARD + '    expect: [{that: true, else: X, say: «"we bill {item.expected}"»}]\n',
        "a name stands here as it is",
        "`${…}` shows a value",
    ),
    Mistake(
        AWARD + "  - {ask: q, title: «item.award_year», form: {a: string}}\n",
        "a name stands here as it is",
        "`${…}` shows a value",
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


@pytest.mark.parametrize("mistake", EXPRESSIONS, ids=lambda mistake: mistake.message)
def test_a_mistake_in_an_expression_is_told_at_its_letters(mistake: Mistake) -> None:
    marked = runbook(steps=mistake.text)

    assert_told(marked, mistake)
