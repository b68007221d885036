from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from deskhand.domain.cause import SystemCode
from deskhand.ports.action import Failed, Returned
from tests.contracts.browsers.desk import IN_TIME, Desk
from tests.contracts.browsers.loop_thread import in_loop
from tests.contracts.browsers.tiny_portal import TinyPortal

pytestmark = pytest.mark.browser

PERSON = {
    "name": "Maria Alvarez",
    "born": date(1980, 3, 14),
    "amount": Decimal("1245.50"),
    "sort": "Void",
    "agree": True,
    "file": None,
}
HELD = "Maria Alvarez|03/14/1980|1245.50"
FIELDS = """
<form><label>Name <input name=name></label> <label>Born <input name=born></label>
<label>Amount <input name=amount></label></form>
"""


async def entered(desk: Desk, person: Mapping[str, object] = PERSON) -> str:
    """What the page holds after the bot has filled it."""
    async with desk.session() as session:
        filled = await session.perform("tiny.enter", {"person": person}, timeout=IN_TIME)
        assert filled == Returned(value=None), filled
        held = await session.perform("tiny.values", {}, timeout=IN_TIME)
    assert isinstance(held, Returned)
    assert held.value is not None
    return str(held.value["text"])


@in_loop
async def test_a_form_holds_what_was_filled(desk: Desk, portal: TinyPortal) -> None:
    portal.pages["/form"] = FIELDS

    held = await entered(desk)

    assert held == HELD


@in_loop
async def test_every_kind_of_field_is_filled(
    desk: Desk, portal: TinyPortal, tmp_path: Path
) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"%PDF")
    portal.pages["/form"] = """
      <label>Name <textarea></textarea><input type=hidden></label>
      <label>Born <input type=date></label> <label>Amount <input type=number step=0.01></label>
      <label>Sort <select><option value=o>Original</option><option value=v>Void</option></select>
      </label> <label>Agree <input type=checkbox></label> <label>File <input type=file></label>
    """

    held = await entered(desk, {**PERSON, "file": str(scan)})

    assert held == "|1980-03-14|1245.50|v|true|scan.pdf"


@in_loop
async def test_a_field_wiped_by_a_late_render_is_filled_again(
    desk: Desk, portal: TinyPortal
) -> None:
    portal.pages["/late"] = "fresh"
    portal.pages["/form"] = f"""
      <div id=place></div><template id=fresh>{FIELDS}</template><script>
      const render = () => place.replaceChildren(fresh.content.cloneNode(true));
      render();
      place.addEventListener('input', async () => {{ await fetch('/late'); render(); }},
                             {{once: true}});</script>
    """

    held = await entered(desk)

    assert held == HELD
    assert [asked.path for asked in portal.asked].count("/late") == 1


@in_loop
async def test_a_field_that_loses_what_is_pasted_is_typed_key_by_key(
    desk: Desk, portal: TinyPortal
) -> None:
    portal.pages["/form"] = (
        FIELDS
        + """<script>
      const field = document.querySelector('[name=name]');
      let keys = 0;
      field.onkeydown = () => { keys += 1; };
      field.onblur = () => { if (!keys) field.value = ''; };</script>"""
    )

    held = await entered(desk)

    assert held == HELD


@in_loop
async def test_what_the_portal_makes_of_a_value_counts_as_the_same_value(
    desk: Desk, portal: TinyPortal
) -> None:
    portal.pages["/form"] = (
        FIELDS
        + """<script>
      const [name, born, amount] = document.querySelectorAll('input');
      name.onblur = () => { name.value = name.value.toUpperCase() + ' '; };
      amount.onblur = () => { amount.value = '$1,245.50'; };
      born.onblur = () => { born.value = 'Mar 14, 1980'; };</script>"""
    )

    held = await entered(desk)

    assert held == "MARIA ALVAREZ |Mar 14, 1980|$1,245.50"


@in_loop
async def test_a_field_that_never_holds_its_value_is_named_without_the_value(
    desk: Desk, portal: TinyPortal
) -> None:
    portal.pages["/form"] = FIELDS.replace("name=name", "name=name maxlength=5")

    answer = await desk.perform("enter", person=PERSON)

    assert isinstance(answer, Failed)
    assert answer.cause.code == SystemCode.FIELD_NOT_HELD
    assert answer.cause.message.endswith("Name")
    assert "Maria" not in repr(answer)


@in_loop
async def test_a_form_with_another_order_of_fields_is_read_rightly(
    desk: Desk, portal: TinyPortal
) -> None:
    portal.pages["/form"] = FIELDS
    await entered(desk)
    portal.pages["/form"] = """
      <label>Amount <input></label> <label>Born <input type=date></label>
      <label>Name <input></label>
    """

    held = await entered(desk)

    assert held == "1245.50|1980-03-14|Maria Alvarez"


@in_loop
async def test_values_that_swapped_their_fields_are_noticed(desk: Desk, portal: TinyPortal) -> None:
    portal.pages["/form"] = (
        FIELDS
        + """<script>
      const [name, born, amount] = document.querySelectorAll('input');
      amount.addEventListener('blur', () => {
        [name.value, amount.value] = [amount.value, name.value];
      }, {once: true});</script>"""
    )

    held = await entered(desk)

    assert held == HELD
