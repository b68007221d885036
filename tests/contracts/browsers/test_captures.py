import base64
import json
from collections.abc import Sequence

import pytest

from deskhand.domain.evidence import Capture, EvidenceKind
from deskhand.domain.redaction import sensitive_forms
from deskhand.ports.action import Session
from tests.contracts.browsers.desk import IN_TIME, Desk
from tests.contracts.browsers.loop_thread import in_loop
from tests.contracts.browsers.test_filling_forms import FIELDS, PERSON
from tests.contracts.browsers.tiny_portal import TinyPortal, guarded

pytestmark = pytest.mark.browser

MEMBER = "W123456789"
SENSITIVE = frozenset().union(
    sensitive_forms("Maria Alvarez"), sensitive_forms(MEMBER), sensitive_forms("1980-03-14")
)
# Every block is 200 x 40 at a known place, in red on yellow: seen or masked, nothing between.
PAGE = """
<style>* { margin: 0 } .b { position: absolute; left: 0; width: 200px; height: 40px;
  background: yellow; color: red; font: 20px monospace; border: 0; padding: 0 }
  .b span { display: inline-block; width: 100px; height: 40px }</style>
<h1 style="position: absolute; top: 600px">Home</h1>
<p class=b style="top: 0">member w123456789</p>
<p class=b style="top: 50px">a public text</p>
<input class=b style="top: 100px" value="ALVAREZ">
<p class=b style="top: 150px"><span>W1234</span><span>56789</span></p>
<p class=b style="top: 200px">3/14/1980</p>
<p class=b style="top: 250px" id=shade></p>
<iframe class=b style="top: 300px" srcdoc="<body style='margin: 0; background: yellow'>
  <p style='margin: 0; height: 40px'>Alvarez, Maria</p>"></iframe>
<input class=b style="top: 350px" value="3/15/1980">
<script>document.querySelector('#shade').attachShadow({mode: 'open'}).innerHTML =
  '<div style="height: 40px">Maria Alvarez</div>'</script>
"""
MASKED, OPEN = [0, 100, 150, 200, 250, 300], [50, 350]
BLACK_AT = """async ([picture, places]) => {
  const image = new Image();
  image.src = 'data:image/jpeg;base64,' + picture;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  return places.filter(top => {
    const pixels = context.getImageData(2, top + 2, 150, 30).data;
    return pixels.every((value, at) => at % 4 === 3 || value < 40);
  });
}"""


async def captured(session: Session, kind: EvidenceKind) -> bytes:
    capture = await session.capture(kind, step="look")
    assert isinstance(capture, Capture)
    assert (capture.kind, capture.step) == (kind, "look")
    return capture.content


async def black_places(desk: Desk, picture: bytes, places: Sequence[int]) -> list[int]:
    """Which of the places are black all over in the picture."""
    context = await desk.stage._pool.context()
    page = await context.new_page()
    text = base64.b64encode(picture).decode()
    found: list[int] = await page.evaluate(BLACK_AT, [text, list(places)])
    await desk.stage._pool.give_back(context)
    return found


@in_loop
async def test_a_picture_is_black_where_a_sensitive_value_is_and_nowhere_else(
    desk: Desk, portal: TinyPortal
) -> None:
    portal.pages["/home"] = guarded(PAGE)
    async with desk.session(sensitive=SENSITIVE) as session:
        await session.perform("tiny.look", {"name": "Home"}, timeout=IN_TIME)

        picture = await captured(session, EvidenceKind.SCREENSHOT)

    assert picture.startswith(b"\xff\xd8\xff")
    assert await black_places(desk, picture, MASKED + OPEN) == MASKED


@in_loop
async def test_a_snapshot_holds_no_sensitive_value(desk: Desk, portal: TinyPortal) -> None:
    portal.pages["/home"] = guarded(PAGE)
    async with desk.session(sensitive=SENSITIVE) as session:
        await session.perform("tiny.look", {"name": "Home"}, timeout=IN_TIME)

        snapshot = (await captured(session, EvidenceKind.SNAPSHOT)).decode()

    assert 'heading "Home"' in snapshot
    assert "a public text" in snapshot
    for marker in ("alvarez", "maria", "w123456789", "3/14/1980"):
        assert marker not in snapshot.lower()


@in_loop
async def test_what_was_filled_sealed_is_masked_though_nobody_named_it(
    desk: Desk, portal: TinyPortal
) -> None:
    style = "position: absolute; left: 0; width: 200px; height: 40px; border: 0; top: "
    portal.pages["/form"] = FIELDS.replace("name=name", f'style="{style} 100px"').replace(
        "name=amount", f'style="{style} 200px"'
    )
    async with desk.session() as session:
        await session.perform("tiny.enter", {"person": PERSON}, timeout=IN_TIME)

        picture = await captured(session, EvidenceKind.RECEIPT)
        snapshot = (await captured(session, EvidenceKind.SNAPSHOT)).decode()

    assert await black_places(desk, picture, [100, 200]) == [100]
    assert "Alvarez" not in snapshot
    assert "1980" not in snapshot


FIGURES = """
<style>* { margin: 0; padding: 0; border-spacing: 0 }
  td, p { width: 200px; height: 40px; background: yellow }
  table, p, iframe { position: absolute; left: 0; border: 0 }</style>
<h1 style="position: absolute; top: 600px">Home</h1>
<table aria-label=Figures style="top: 0"><tr><td>$52,300.00</table>
<p style="top: 100px">a total of $61,000.00</p>
<iframe style="top: 300px" srcdoc="<style>* { margin: 0; padding: 0; border-spacing: 0 }
  td { width: 200px; height: 40px; background: yellow }</style>
  <table aria-label=Figures><tr><td>$41,250.00</table>"></iframe>
"""


@in_loop
async def test_what_a_bot_conceals_is_masked_though_nothing_was_read_of_it(
    desk: Desk, portal: TinyPortal
) -> None:
    portal.pages["/home"] = guarded(FIGURES)
    async with desk.session() as session:
        await session.perform("tiny.look", {"name": "Home"}, timeout=IN_TIME)

        picture = await captured(session, EvidenceKind.SCREENSHOT)
        snapshot = (await captured(session, EvidenceKind.SNAPSHOT)).decode()

    assert await black_places(desk, picture, [0, 100, 300]) == [0, 300]
    assert "52,300" not in snapshot
    assert "61,000.00" in snapshot


@in_loop
async def test_capturing_leaves_the_page_as_it_was(desk: Desk, portal: TinyPortal) -> None:
    portal.pages["/home"] = guarded("<h1>Home</h1><p title=x>Maria Alvarez</p><ul><li>one</ul>")
    async with desk.session(sensitive=SENSITIVE) as session:
        await session.perform("tiny.look", {"name": "Home"}, timeout=IN_TIME)
        before = await session.perform("tiny.markup", {}, timeout=IN_TIME)

        await captured(session, EvidenceKind.SCREENSHOT)

        assert await session.perform("tiny.markup", {}, timeout=IN_TIME) == before


@in_loop
async def test_where_no_page_is_nothing_is_captured(desk: Desk) -> None:
    async with desk.session() as session:
        assert await session.capture(EvidenceKind.SCREENSHOT, step="look") is None


@in_loop
async def test_nothing_typed_is_in_what_the_session_says_of_itself(
    desk: Desk, portal: TinyPortal
) -> None:
    portal.pages["/form"] = FIELDS
    async with desk.session(sensitive=SENSITIVE) as session:
        await session.perform("tiny.enter", {"person": PERSON}, timeout=IN_TIME)

        told = json.dumps([repr(session), repr(vars(session).keys())])

    assert "Alvarez" not in told
