"""`ask` and `approve`: what is compiled, what is sensitive, and every mistake."""

from datetime import timedelta

import pytest

from deskhand.domain.runbook import Runbook
from deskhand.domain.step import QuestionStep
from deskhand.runbooks.compiler import check, compile_runbook
from deskhand.runbooks.explain import explained
from tests.unit.runbooks.bots import BOTS
from tests.unit.runbooks.mistakes import Mistake, assert_told
from tests.unit.runbooks.texts import runbook

HEAD = "deskhand: 1\nrunbook: aid.verify\nbots: [aid_portal, ledger]\n"
READ = """\
  - use: read_isir
    expect: [{that: there(read_isir), else: NOT_THERE}]
"""
ASK = """\
  - ask: aid-differences
    name: answer
    title: "Income differs by ${read_isir.agi - item.expected}"
    show: [item.expected, read_isir]
    form:
      decision: {type: choice, options: [correct, keep]}
      agi: {type: money, default: read_isir.agi}
      note: {type: text, min_length: 10}
      other: money?
    expires: 3d
"""
APPROVE = """\
  - approve: aid-corrections
    when: answer.decision == 'correct'
    not: [answer]
"""
CORRECT = """\
  - once: submit_correction
    when: answer.decision == 'correct'
    with: {agi: answer.agi}
"""


def compiled(steps: str, rest: str = "") -> Runbook:
    return compile_runbook(runbook(head=HEAD, steps=steps, rest=rest), file="a", bots=BOTS)


def told(steps: str, rest: str = "") -> list[str]:
    text = runbook(head=HEAD, steps=steps, rest=rest)
    return [one.message for one in check(text, file="a", bots=BOTS)]


def questions(steps: str) -> list[QuestionStep]:
    return [step for step in compiled(steps).steps if isinstance(step, QuestionStep)]


def test_a_question_knows_its_queue_its_form_and_what_it_shows() -> None:
    (ask,) = questions(READ + ASK)

    assert (ask.name, ask.queue, ask.approval) == ("answer", "aid-differences", False)
    assert [shown.name for shown in ask.show] == ["item.expected", "read_isir"]
    assert list(ask.form) == ["decision", "agi", "note", "other"]
    assert ask.form["other"].optional
    assert {name: value.source for name, value in ask.prefilled.items()} == {"agi": "read_isir.agi"}
    assert ask.expires == timedelta(days=3)


def test_an_approval_is_named_after_its_queue_and_shows_the_item_and_every_answer() -> None:
    _, approve = questions(READ + ASK + APPROVE)

    assert (approve.name, approve.approval) == ("aid_corrections", True)
    assert [shown.name for shown in approve.show] == ["item", "answer"]
    assert approve.but_not == ("answer",)
    assert approve.expires is None


def test_an_answer_can_be_used_behind_its_question() -> None:
    rest = "outputs: {decision: answer.decision, who: answer.by}\n"

    assert told(READ + ASK + APPROVE + CORRECT, rest) == []


def test_an_answer_that_may_have_been_skipped_must_be_guarded() -> None:
    skipped = ASK + "    when: read_isir.is_newest\n"

    assert told(READ + skipped, "outputs: {decision: answer.decision}\n") == [
        "`answer` may be absent here: its step may be skipped (`when`)"
    ]
    assert told(READ + skipped, "outputs:\n  decision: default(answer.decision, 'keep')\n") == []


def test_what_is_typed_beside_sensitive_facts_is_as_sensitive() -> None:
    sensitive = ASK.replace("item.expected, read_isir", "item.student_id")
    plain, sealed = questions(READ + ASK)[0], questions(READ + sensitive)[0]

    def words(step: QuestionStep) -> dict[str, str | None]:
        return {name: field.type.sensitivity for name, field in step.form.items()}

    assert set(words(plain).values()) == {None}
    assert words(sealed) == {"decision": None, "agi": "pii", "note": "pii", "other": "pii"}
    assert sealed.show[0].sealed_parts == {""}


def test_the_sensitive_parts_of_a_shown_record_are_known() -> None:
    (approve,) = questions("  - approve: aid-checks\n")

    (item,) = approve.show
    assert item.sealed_parts == {"student_id"}


def test_a_question_is_explained_with_everything_it_does_not_say() -> None:
    text = explained(compiled(READ + ASK + APPROVE + CORRECT))

    assert "2. ask, in the queue aid-differences, answer answer" in text
    assert "3. approve, in the queue aid-corrections, answer aid_corrections" in text
    assert "not by who answered answer" in text
    assert "asks: May this go on? (default)" in text
    assert "expires never (default)" in text
    assert "expires after 3 d, as a business case" in text


FORM = "    form: {note: text}\n"
MISTAKES = [
    Mistake("  - ask: «Aid Review»\n" + FORM, "this is not the name of a queue", "small letters"),
    Mistake("  - «ask»: aid\n", "`form` is missing"),
    Mistake("  - ask: aid\n    «form»: {}\n", "at least one is needed here"),
    Mistake("  - ask: aid\n    «fomr»: {a: text}\n" + FORM, "unknown key `fomr`", "did you mean"),
    Mistake(
        "  - approve: aid\n    «form»: {a: text}\n", "unknown key `form`", "known here: approve"
    ),
    Mistake(
        "  - approve: aid\n    not: [«answer»]\n",
        "`answer` is no earlier `ask` or `approve`",
        "there is none before this step",
    ),
    Mistake(
        "  - approve: first\n  - approve: second\n    not: [«frist»]\n",
        "`frist` is no earlier `ask` or `approve`",
        "did you mean `first`?",
    ),
    Mistake(
        "  - ask: aid\n    form: {«by»: text}\n",
        "`by` says who answered; choose another name for this field",
    ),
    Mistake(
        "  - ask: aid\n    form: {agi: {type: money, default: «item.award_year»}}\n",
        "this is text; the field is a decimal number",
    ),
    Mistake(
        "  - ask: aid\n    form:\n"
        "      do: {type: choice, options: [correct, keep], default: «\"'drop'\"»}\n",
        "`drop` is no option of the field",
        "its options are: correct, keep",
    ),
    Mistake(
        "  - ask: aid\n    form: {do: {type: choice, options: [correct, keep], default: «keep»}}\n",
        "unknown name `keep`",
        "did you mean the text 'keep'?",
    ),
    Mistake("  - approve: aid\n    show: [«days(3)»]\n", "a number of days cannot be shown"),
    Mistake(
        "  - approve: aid\n    show: [item.«notes»]\n",
        "`item` has no field `notes`",
        "did you mean `note`?",
    ),
    Mistake(
        '  - approve: aid\n    title: "${«item.student_id»} again"\n',
        "`item.student_id` is sensitive (pii) and must not stand in a text",
        "name the field",
    ),
    Mistake("  - approve: aid\n    expires: «never»\n", "this is not a duration", "write a number"),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.message)
def test_a_mistake_in_a_question_is_told_at_its_place(mistake: Mistake) -> None:
    assert_told(runbook(head=HEAD, steps=mistake.text), mistake)
