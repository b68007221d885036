"""Arguments bind by name, are of a fitting type, and carry sensitive values sealed only."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from deskhand.domain.result import ItemFields, NotThere, Refused, Result
from deskhand.domain.sealed import Sealed
from deskhand.domain.step import OnceStep, UseStep
from deskhand.ports.action import ActionEffect
from deskhand.runbooks.compiler import check, compile_runbook
from tests.unit.runbooks.bots import BOTS, Catalogue, action
from tests.unit.runbooks.texts import runbook

ITEM = """\
  reference: [number]
  fields:
    number: string
    member: member_id
    note: string?
    total: money
    day: date
    tags: {list: string}
    owners: {list: ssn}
    lines: {list: {code: string, charge: money, patient: person_name}}
    address: {street: string, zip: string}
"""
HEAD = "deskhand: 1\nrunbook: a\nportal: portal\n"


class Ticket(Result):
    ticket: str


class HeldText(Result):
    number: str
    total: str


class Line(ItemFields):
    code: str
    charge: Decimal


class OpenLine(ItemFields):
    patient: str


class Order(ItemFields):
    number: str
    member: Sealed[str]
    lines: list[Line]
    colour: str = "red"


class Address(ItemFields):
    zip: str


class OddLines(ItemFields):
    lines: list[OpenLine]


class Misspelt(ItemFields):
    numbr: str


def catalogue(function: Any, **kinds: Any) -> Catalogue:
    return Catalogue((action("portal", function, **kinds),))


def call(function: Any, step: str = "") -> dict[str, object]:
    """Compile a runbook that uses one action; return its arguments' texts."""
    text = runbook(head=HEAD, item=ITEM, steps=f"  - use: {function.__name__}\n{step}")
    compiled = compile_runbook(text, file="a", bots=catalogue(function))
    (made,) = compiled.steps
    assert isinstance(made, UseStep)
    return {name: argument.source for name, argument in made.call.arguments.items()}


def told(function: Any, step: str = "") -> list[str]:
    text = runbook(head=HEAD, item=ITEM, steps=f"  - use: {function.__name__}\n{step}")
    return [one.message for one in check(text, file="a", bots=catalogue(function))]


def test_parameters_bind_to_the_items_fields_of_their_names() -> None:
    def find(number: str, member: Sealed[str], note: str | None, total: Decimal) -> Ticket: ...  # type: ignore[empty-body]

    assert call(find) == {
        "number": "item.number",
        "member": "item.member",
        "note": "item.note",
        "total": "item.total",
    }


def test_with_comes_before_the_items_fields() -> None:
    def find(number: str, total: Decimal) -> Ticket: ...  # type: ignore[empty-body]

    bound = call(find, "    with: {number: \"'A-' + item.number\", total: 1}\n")

    assert bound == {"number": "'A-' + item.number", "total": "1"}


def test_a_parameter_with_a_default_may_stay_unbound() -> None:
    def find(number: str, colour: str = "red") -> Ticket: ...  # type: ignore[empty-body]

    assert call(find) == {"number": "item.number"}


def test_the_whole_item_is_given_as_the_fields_that_the_bot_declares_and_no_others() -> None:
    def fill(order: Order) -> None: ...

    text = runbook(head=HEAD, item=ITEM, steps="  - use: fill\n")
    compiled = compile_runbook(text, file="a", bots=catalogue(fill))
    (step,) = compiled.steps
    assert isinstance(step, UseStep)
    item = {
        "number": "1", "member": "W1", "note": None, "total": Decimal(1),
        "lines": [{"code": "a", "charge": Decimal(1), "patient": "Ann Lee"}],
    }  # fmt: skip

    given = step.call.arguments["order"].value({"item": item})

    assert given == {
        "number": "1",
        "member": "W1",
        "lines": [{"code": "a", "charge": Decimal(1)}],
    }
    assert step.call.arguments["order"].source == "item"
    assert step.call.arguments["order"].sensitive


def test_rows_of_a_list_and_records_bind_by_name_too() -> None:
    def fill(lines: list[Line], address: Address, tags: list[str]) -> None: ...

    assert call(fill) == {"lines": "item.lines", "address": "item.address", "tags": "item.tags"}


def bad_type(day: str) -> Ticket: ...  # type: ignore[empty-body]
def open_member(member: str) -> Ticket: ...  # type: ignore[empty-body]
def open_owners(owners: list[str]) -> Ticket: ...  # type: ignore[empty-body]
def needs_note(note: str) -> Ticket: ...  # type: ignore[empty-body]
def needs_more(serial: str) -> Ticket: ...  # type: ignore[empty-body]
def misspelt(order: Misspelt) -> Ticket: ...  # type: ignore[empty-body]
def odd_lines(order: OddLines) -> Ticket: ...  # type: ignore[empty-body]
def wrong_list(tags: list[date]) -> Ticket: ...  # type: ignore[empty-body]
def floating(total: float) -> Ticket: ...  # type: ignore[empty-body]
def wrong_result(number: str) -> str: ...  # type: ignore[empty-body]


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (bad_type, "`day` is a date, the action takes text"),
        (open_member, "`member` is sensitive (phi), the action does not take it sealed"),
        (open_owners, "`owners` is sensitive (pii), the action does not take it sealed"),
        (needs_note, "`note` may be absent, and the action needs it"),
        (needs_more, "`portal.needs_more` needs `serial`, and the item has no field of that name"),
        (misspelt, "the action wants `item.numbr`, which `item` does not have"),
        (odd_lines, "`item.lines.patient` is sensitive (phi), the action does not take it sealed"),
        (wrong_list, "`tags` is a list (text), the action takes a list (a date)"),
        (floating, "`portal.floating`: the language has no `float`; amounts are Decimal"),
        (
            wrong_result,
            "`portal.wrong_result`: an action returns one subclass of Result, or nothing",
        ),
    ],
)
def test_an_argument_that_does_not_fit_is_refused(function: Any, message: str) -> None:
    assert told(function) == [message]


def test_sealed_lists_may_carry_sensitive_values() -> None:
    def fill(owners: list[Sealed[str]]) -> None: ...

    assert call(fill) == {"owners": "item.owners"}


def find(number: str) -> Ticket | NotThere: ...  # type: ignore[empty-body]
def find_other(number: str) -> Result | NotThere: ...  # type: ignore[empty-body]
def send(total: Decimal) -> Ticket | Refused: ...  # type: ignore[empty-body]


class Held(Result):
    number: str
    total: int
    ticket: str
    lines: list[Line]


def read(ticket: str, number: str) -> Held: ...  # type: ignore[empty-body]


WRITE = ActionEffect.WRITE


def test_an_act_binds_its_proof_and_its_read_back_like_itself() -> None:
    bots = Catalogue(
        (
            action("portal", find),
            action("portal", send, WRITE, proof="find"),
            action("portal", read),
        )
    )
    steps = "  - once: send\n    with: {number: \"'X'\"}\n    verify: read\n"

    compiled = compile_runbook(runbook(head=HEAD, item=ITEM, steps=steps), file="a", bots=bots)

    (step,) = compiled.steps
    assert isinstance(step, OnceStep)
    assert step.verify is not None
    sources = [
        {name: argument.source for name, argument in made.arguments.items()}
        for made in (step.call, step.proof.call, step.verify)
    ]
    assert sources == [
        {"total": "item.total"},
        {"number": "'X'"},
        {"ticket": "send.ticket", "number": "'X'"},
    ]
    assert step.verified_fields == ("number", "total", "lines")


def read_texts(number: str) -> HeldText | NotThere: ...  # type: ignore[empty-body]


def test_a_field_that_cannot_be_compared_is_not_left_out_of_the_read_back_in_silence() -> None:
    bots = Catalogue(
        (
            action("portal", find),
            action("portal", send, WRITE, proof="find"),
            action("portal", read_texts),
        )
    )
    steps = "  - once: send\n    with: {number: \"'X'\"}\n    verify: read_texts\n"

    told = check(runbook(head=HEAD, item=ITEM, steps=steps), file="a", bots=bots)

    assert [one.message for one in told] == [
        "`total` is a decimal number, in the result of `portal.read_texts` text: "
        "they cannot be compared"
    ]


@pytest.mark.parametrize(
    ("signatures", "message"),
    [
        (
            [action("portal", send, WRITE)],
            "`portal.send` has no proof: a doubt about it could never be settled",
        ),
        (
            [action("portal", send, WRITE, proof="gone")],
            "the proof of `portal.send`, `gone`, is no action of its bot",
        ),
        (
            [action("portal", send, WRITE, proof="find"), action("portal", find, WRITE)],
            "`portal.find` cannot prove `portal.send`: it is a write action itself",
        ),
        (
            [action("portal", send, WRITE, proof="find_other"), action("portal", find_other)],
            "`portal.find_other` cannot prove `portal.send`: "
            "it must give the same result, `Ticket`",
        ),
    ],
)
def test_an_act_without_a_proof_of_its_result_is_refused(
    signatures: list[Any], message: str
) -> None:
    text = runbook(head=HEAD, item=ITEM, steps="  - once: send\n")

    said = [one.message for one in check(text, file="a", bots=Catalogue(tuple(signatures)))]

    assert said == [message]


def test_an_unqualified_verb_is_the_portals_own() -> None:
    text = runbook(head="deskhand: 1\nrunbook: a\nportal: aid_portal\nbots: [ledger]\n")

    compiled = compile_runbook(text, file="a", bots=BOTS)

    (step,) = compiled.steps
    assert isinstance(step, UseStep)
    assert step.call.action == "aid_portal.read_award"
    assert (compiled.portal, compiled.bots) == ("aid_portal", ("aid_portal", "ledger"))
