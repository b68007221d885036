"""Looking at elements without loading anything into the page: a selector engine of our own.

Playwright keeps its script in a world beside the page's. `evaluate` on a locator makes it load
the whole script (some 360 kB) into the page's own world as well, anew for each document, which
costs more than filling a form. An engine runs where the script already is. It answers with
elements that it makes for the answer; none of them ever becomes a part of the page.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import reduce
from typing import Any, Final

from playwright.async_api import Frame, Locator, Selectors

GLANCE: Final = "deskhand-glance"
_SCRIPT = """(() => {
  const own = (field, label) => label.replace(field.textContent || '\\0', '').trim();
  const print = field => [field.tagName, field.type || '', own(field,
    field.labels?.[0]?.textContent || field.getAttribute('aria-label') ||
    field.getAttribute('placeholder') || field.getAttribute('name') || '')].join('|');
  const kind = field => {
    if (field.tagName === 'SELECT') return 'select';
    const sort = field.type || '', role = field.getAttribute('role') || '';
    if (sort === 'file' || sort === 'date') return sort;
    const ticks = ['checkbox', 'radio', 'switch'];
    return ticks.includes(sort) || (ticks.includes(role)) ? 'tick' : 'text';
  };
  const chosen = field => field.tagName === 'SELECT' ? [...field.selectedOptions] : [];
  const held = field => ({
    kind: kind(field),
    print: print(field),
    value: field.isContentEditable ? field.innerText : String(field.value ?? ''),
    ticked: field.checked ?? field.getAttribute('aria-checked') === 'true',
    chosen: field.files ? [...field.files].map(file => file.name)
                        : chosen(field).map(option => option.value),
    labels: chosen(field).map(option => option.label),
  });
  const place = field => [...document.querySelectorAll('*')].indexOf(field);
  // In a shadow tree it is the host that is met: then the answer is no, and others look closer.
  const reached = element => {
    element.scrollIntoView({block: 'nearest', inline: 'nearest'});
    const {left, top, width, height} = element.getBoundingClientRect();
    const met = document.elementFromPoint(left + width / 2, top + height / 2);
    return Boolean(met) && element.contains(met) && !element.matches(':disabled');
  };
  // An engine is asked about one element after the other. What belongs to one question is asked
  // at once, so it is forgotten as soon as the page's scripts could run again.
  // Of a document of its own: in one of XML an element would be of another kind.
  const paper = document.implementation.createHTMLDocument('');
  const made = () => paper.createElement('textarea');
  let seen = [], answer = null;
  const begin = () => {
    answer = made();
    queueMicrotask(() => { seen = []; answer = null; });
  };
  const tell = facts => {
    seen.push(facts);
    answer.value = JSON.stringify(seen);
    return [answer];
  };
  const queryAll = (element, question) => {
    const first = answer === null;
    if (first) begin();
    if (question.startsWith('at-')) return tell(Number(question.slice('at-'.length)));
    switch (question) {
      case 'held': return tell(held(element));
      // Of one element only: a second answer makes them too many for Playwright as well.
      case 'placed': return first ? tell({...held(element), place: place(element)}) : [made()];
      case 'reach': return first && reached(element) ? [answer] : [answer, made()];
    }
  };
  return {queryAll, query: (element, question) => queryAll(element, question)[0]};
})()"""


async def register_glances(selectors: Selectors) -> None:
    """Make the glances known to a driver; its contexts must be opened afterwards."""
    await selectors.register(GLANCE, script=_SCRIPT, content_script=True)


async def first_shown(locators: Sequence[Locator], *, within: timedelta) -> int:
    """Wait until one of them is visible; return the place of the first one, in the order given.

    Raises Playwright's `TimeoutError`.
    """
    glance = reduce(lambda one, other: one.or_(other), _numbered(locators))
    told: list[int] = await _told(glance, timeout=within.total_seconds() * 1000)
    return min(told)


async def shown_now(frame: Frame, locators: Sequence[Locator]) -> frozenset[int]:
    """Return the places of those that are visible in a frame at this moment."""
    # A document always has a root: nothing is waited for.
    root = frame.locator(":root").first
    glance = reduce(lambda one, other: one.or_(other), _numbered(locators), _glance(root, "at--1"))
    return frozenset(await _told(glance)) - {-1}


async def held_by(fields: Locator) -> list[dict[str, Any]]:
    """Return what each of the fields holds, as JSON types, in the order of the document.

    Waits until there is at least one.
    """
    told: list[dict[str, Any]] = await _told(_glance(fields, "held"))
    return told


async def held_and_placed(field: Locator) -> dict[str, Any]:
    """Return what the one field holds, and its `place` among all elements of its document.

    Waits for it. The place is -1 in a shadow tree.
    """
    told: list[dict[str, Any]] = await _told(_glance(field, "placed"))
    return told[0]


async def is_within_reach(element: Locator) -> bool:
    """Whether nothing lies over the middle of the one element, and it is not disabled.

    Far cheaper than a trial click, which waits for the element to come and to stand still:
    a no only asks for a closer look.
    """
    return await _glance(element, "reach").count() == 1


async def _told(glance: Locator, *, timeout: float | None = None) -> Any:
    return json.loads(await glance.input_value(timeout=timeout))


def _numbered(locators: Sequence[Locator]) -> Iterator[Locator]:
    for place, locator in enumerate(locators):
        yield _glance(locator.filter(visible=True), f"at-{place}")


def _glance(elements: Locator, question: str) -> Locator:
    return elements.locator(f"{GLANCE}={question}")
