"""What pages do that hides a value from a search for it, but not from a person's eye."""

import asyncio
from datetime import timedelta

import pytest

from deskhand.browsers import probing
from deskhand.browsers import session as sessions
from deskhand.domain.cause import SystemCode
from deskhand.domain.evidence import EvidenceKind
from deskhand.domain.redaction import sensitive_forms
from deskhand.ports.action import Failed, Returned
from tests.contracts.browsers.desk import IN_TIME, Desk
from tests.contracts.browsers.loop_thread import in_loop
from tests.contracts.browsers.test_captures import black_places, captured
from tests.contracts.browsers.tiny_portal import TinyPortal, guarded

pytestmark = pytest.mark.browser

NAME = "Maria Alvarez"
SENSITIVE = frozenset().union(
    *map(sensitive_forms, (NAME, "W123456789", "123-45-6789", "José O'Brien"))
)
STYLE = """<style>* { margin: 0 } h1 { position: absolute; top: 600px }
  .b { position: absolute; top: 0; left: 0; width: 200px; height: 40px; background: yellow;
       color: red; font: 20px monospace; border: 0; padding: 0; overflow: hidden }
  .b span { display: inline-block; width: 100px; height: 40px }
  .d::before { content: attr(data-name) }
  .far { position: absolute; top: 500px }</style><h1>Home</h1>"""
BLOCK = "<div style='height: 40px; width: 200px'>Maria Alvarez</div>"
DRAWN = "<svg xmlns=%22http://www.w3.org/2000/svg%22><text y=%2220%22>Maria Alvarez</text></svg>"
PAGES = {
    "a form whose field is named as what it has": f"""<form><input class=far name=children value=2>
        <input class=b value="{NAME}"></form>""",
    "the option that is chosen": f"<select class=b><option value=17>{NAME}</select>",
    "parts of a long text": f"""<p class=b><span>W1234</span><span>56789</span>
        <i class=far>{"and so on " * 60}</i></p>""",
    "cells of a row": "<div class=b><span>José</span><span>O&rsquo;Brien</span></div>",
    "a shadow that is closed": f"""<div class=b id=host></div><script>
        document.querySelector('#host').attachShadow({{mode: 'closed'}}).innerHTML = "{BLOCK}"
        </script>""",
    "the bare text of a shadow": f"""<div class=b id=host></div><script>
        document.querySelector('#host').attachShadow({{mode: 'open'}}).append('{NAME}')</script>""",
    "a drawing": f"""<canvas class=b id=drawing width=200 height=40></canvas><script>
        document.querySelector('#drawing').getContext('2d').fillText('{NAME}', 5, 20)</script>""",
    "a plug-in": f'<embed class=b type=image/svg+xml src="data:image/svg+xml,{DRAWN}">',
    "a style sheet": f'<p class="b d" data-name="{NAME}"></p>',
    "hyphens that do not break": "<p class=b>123&#8209;45&#8209;6789</p>",
    "places to break that nobody sees": "<p class=b>W1234\u200b56&shy;789</p>",
    "groups of digits": "<p class=b>W1234 56789</p>",
    "no accents": "<p class=b>OBRIEN, JOSE</p>",
    "accents apart": "<p class=b>José</p>",
}


@pytest.mark.parametrize("how", PAGES)
@in_loop
async def test_a_value_is_masked_however_the_page_shows_it(
    desk: Desk, portal: TinyPortal, how: str
) -> None:
    portal.pages["/home"] = guarded(STYLE + PAGES[how])
    async with desk.session(sensitive=SENSITIVE) as session:
        await session.perform("tiny.look", {"name": "Home"}, timeout=IN_TIME)

        picture = await captured(session, EvidenceKind.SCREENSHOT)

        left = await session.perform("tiny.markup", {}, timeout=IN_TIME)
    assert await black_places(desk, picture, [0]) == [0]
    assert isinstance(left, Returned)
    assert "data-deskhand" not in str(left.value)


BESIDE = """<div class=b style="overflow: visible; white-space: nowrap">
  <span style="display: contents"><i style="display: contents">
    Maria Alvarez Maria Alvarez</i></span>
</div>
<div style="position: absolute; top: 100px; left: 0; width: 5px; height: 0; white-space: nowrap;
  font: 32px/40px monospace">Maria Alvarez</div>"""


@in_loop
async def test_text_is_masked_where_it_stands_outside_of_its_box(
    desk: Desk, portal: TinyPortal
) -> None:
    portal.pages["/home"] = guarded(STYLE.replace("20px monospace", "32px/40px monospace") + BESIDE)
    async with desk.session(sensitive=SENSITIVE) as session:
        await session.perform("tiny.look", {"name": "Home"}, timeout=IN_TIME)

        picture = await captured(session, EvidenceKind.SCREENSHOT)

    assert await black_places(desk, picture, [0, 100]) == [0, 100]


@in_loop
async def test_a_page_that_writes_values_while_it_is_photographed_is_not_kept(
    desk: Desk, portal: TinyPortal
) -> None:
    """Each mark that comes into the page makes it write the value anew, without the mark."""
    portal.pages["/home"] = guarded(f"""{STYLE}<p class=b>{NAME}</p><script>
        new MutationObserver(() => document.querySelector('[data-deskhand-masked]')?.replaceWith(
          Object.assign(document.createElement('p'), {{className: 'b', textContent: '{NAME}'}})
        )).observe(document, {{subtree: true, attributes: true}})</script>""")
    async with desk.session(sensitive=SENSITIVE) as session:
        await session.perform("tiny.look", {"name": "Home"}, timeout=IN_TIME)

        assert await session.capture(EvidenceKind.SCREENSHOT, step="look") is None


STUCK = timedelta(seconds=1)
ENDLESS = {
    "script": "setTimeout(() => { while (true); }, 50)",
    "dialogs": "setTimeout(() => { while (true) alert('more'); }, 50)",
}


@pytest.mark.parametrize("what", ENDLESS)
@in_loop
async def test_a_page_that_never_answers_again_keeps_no_item_waiting(
    desk: Desk, portal: TinyPortal, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "CAPTURE_LIMIT", timedelta(milliseconds=500))
    monkeypatch.setattr(probing, "_LOOK", timedelta(milliseconds=200))
    async with asyncio.timeout(IN_TIME.total_seconds()), desk.session() as session:
        await session.perform("tiny.look", {"name": "Home"}, timeout=IN_TIME)
        portal.pages["/home"] = guarded(f"<h1>Home</h1><script>{ENDLESS[what]}</script>")
        answer = await session.perform("tiny.look", {"name": "Away"}, timeout=STUCK)

        for kind in EvidenceKind:
            await session.capture(kind, step="end")

    assert isinstance(answer, Failed)
    assert answer.cause.code in (SystemCode.TIMED_OUT, SystemCode.LAYOUT_CHANGED)
