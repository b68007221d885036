"""The questions of runbooks, on the command line: answer, approve, refuse, withdraw."""

from collections.abc import Iterator, Mapping

import click

from deskhand.bootstrap.workplace import human
from deskhand.cli.changes import given_values
from deskhand.cli.plain_values import plain
from deskhand.cli.surroundings import (
    as_option,
    json_option,
    reason_option,
    shown,
    table_lines,
    workplace,
)
from deskhand.cli.telling import tell_case, tell_item
from deskhand.domain.exception_case import CaseState
from deskhand.domain.question import AnswerState, Question, side_by_side
from deskhand.domain.sealed import MASK
from deskhand.domain.work_item import ItemState
from deskhand.runbooks.explain import described
from deskhand.use_cases.answer_case import (
    ANSWERED,
    APPROVED,
    Filled,
    answer_case,
    approve_case,
)
from deskhand.use_cases.ask_person import APPROVED_FIRST
from deskhand.use_cases.decide_case import refuse_case
from deskhand.use_cases.desk import Word
from deskhand.use_cases.tell_story import CaseDetail, GivenAnswer
from deskhand.use_cases.withdraw_answer import withdraw_answer


@click.command()
@click.argument("case")
@click.argument("values", nargs=-1, metavar="FIELD=VALUE...")
@reason_option
@as_option
@json_option
@click.pass_context
def answer(
    context: click.Context,
    case: str,
    values: tuple[str, ...],
    reason: str,
    as_name: str | None,
    as_json: bool,
) -> None:
    """Fill the form of a question; the bots go on with it.

    A field that is not given keeps what stands in the form: see exceptions show. An empty
    value clears an optional field.

    FIELD=- asks for the value, or reads it from standard input: so a sensitive one
    stays out of the shell's history.
    """
    word = Word(case=case, by=human(as_name), reason=reason)
    filled = Filled(values=given_values(values))
    item = answer_case(word, filled, desk=workplace(context).desk)
    tell_item(item, as_json=as_json, said="answered; the bots go on")


@click.command()
@click.argument("case")
@reason_option
@as_option
@json_option
@click.pass_context
def approve(
    context: click.Context, case: str, reason: str, as_name: str | None, as_json: bool
) -> None:
    """Approve what the case shows; the bots go on."""
    word = Word(case=case, by=human(as_name), reason=reason)
    item = approve_case(word, desk=workplace(context).desk)
    waits = item.state is ItemState.WITH_PERSON
    then = "a second person must approve it, too" if waits else "the bots go on"
    tell_item(item, as_json=as_json, said=f"approved; {then}")


@click.command()
@click.argument("case")
@reason_option
@as_option
@json_option
@click.pass_context
def refuse(
    context: click.Context, case: str, reason: str, as_name: str | None, as_json: bool
) -> None:
    """Refuse an approval: the item will not be done; the client is told the reason."""
    word = Word(case=case, by=human(as_name), reason=reason)
    item = refuse_case(word, desk=workplace(context).desk)
    tell_item(item, as_json=as_json, said="refused; it will not be done")


@click.command()
@click.argument("item")
@reason_option
@as_option
@json_option
@click.pass_context
def withdraw(
    context: click.Context, item: str, reason: str, as_name: str | None, as_json: bool
) -> None:
    """Take back your own answer about ITEM, as long as no bot has gone on with it."""
    word = Word(case="", by=human(as_name), reason=reason)
    case = withdraw_answer(item, word, desk=workplace(context).desk)
    tell_case(case, as_json=as_json, said=f"{case.reference}: withdrawn; the question is open")


def question_facts(detail: CaseDetail, *, reveal: bool) -> Mapping[str, object] | None:
    """Return what a case asks as JSON types, sensitive values masked unless revealed."""
    question = detail.asked
    if question is None:
        return None
    return {
        "title": question.title,
        "approval": question.approval,
        "facts": dict(_facts(question, reveal=reveal)),
        "form": {
            name: {
                "type": described(field.type),
                "optional": field.optional,
                "prefilled": _prefilled(detail, name, reveal=reveal),
            }
            for name, field in detail.form.items()
        },
        "not_by_who_answered": list(question.but_not),
        "answers": [
            {
                "by": answer.by,
                "at": answer.at,
                "meaning": answer.meaning,
                "state": answer.state.value,
                "values": dict(_values(detail, answer, reveal=reveal)),
            }
            for answer in detail.answers
        ],
    }


def question_lines(detail: CaseDetail, *, reveal: bool) -> Iterator[str]:
    """Yield what a case asks as a person reads it: the facts side by side, then the form."""
    question = detail.asked
    if question is None:
        return
    columns, rows = side_by_side([*_facts(question, reveal=reveal)])
    yield ""
    yield from table_lines(["", *columns], [[name, *values] for name, values in rows])
    for answer in detail.answers:
        yield f"  {_answered(answer)}"
        for name, value in _values(detail, answer, reveal=reveal):
            yield f"    {name}: {shown(value)}"
    if detail.case.state is not CaseState.CLOSED:
        yield from _how_to_answer(detail, question, reveal=reveal)
    yield ""


def _how_to_answer(detail: CaseDetail, question: Question, *, reveal: bool) -> Iterator[str]:
    """Yield the form, and the commands that answer it."""
    for name, field in detail.form.items():
        prefilled = _prefilled(detail, name, reveal=reveal)
        extras = ["optional"] if field.optional else []
        extras += [f"now {shown(prefilled)}"] if prefilled is not None else []
        yield f"  {name}: {', '.join([described(field.type), *extras])}"
    yield ""
    case = detail.case.id
    if question.approval:
        yield f"  approve it: deskhand exceptions approve {case}"
        yield f"  or refuse it: deskhand exceptions refuse {case} --reason …"
    else:
        fields = " ".join(f"{name}=…" for name in detail.form)
        yield f"  answer it: deskhand exceptions answer {case} {fields}"
    if question.but_not:
        yield f"  not by who answered {', '.join(question.but_not)}"


def _answered(answer: GivenAnswer) -> str:
    """Return who answered what, when, and whether that holds."""
    said = {
        APPROVED: "approved",
        APPROVED_FIRST: "approved, as the first of two,",
        ANSWERED: "answered",
    }[answer.meaning]
    holds = {
        AnswerState.GIVEN: "",
        AnswerState.VOID: "; it holds no more: what it rested on has changed since",
        AnswerState.WITHDRAWN: "; it was withdrawn",
    }[answer.state]
    return f"{said} by {shown(answer.by)} at {shown(answer.at)}{holds}"


def _values(
    detail: CaseDetail, answer: GivenAnswer, *, reveal: bool
) -> Iterator[tuple[str, object]]:
    for name, value in answer.values.items():
        part = detail.form.get(name)
        hidden = value is not None and (part is None or part.type.sensitivity is not None)
        yield name, MASK if hidden and not reveal else plain(value)


def _facts(question: Question, *, reveal: bool) -> Iterator[tuple[str, object]]:
    for fact in question.facts:
        yield fact.name, plain(fact.value if reveal else fact.masked())


def _prefilled(detail: CaseDetail, name: str, *, reveal: bool) -> object:
    value = detail.asked.prefilled.get(name) if detail.asked else None
    sensitive = detail.form[name].type.sensitivity is not None
    if value is None or (sensitive and not reveal):
        return None if value is None else MASK
    return plain(value)
