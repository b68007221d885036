"""Marking what a picture of a page must not show, by what the page shows: in every frame.

Found is text in elements, in fields and lists of options, in open shadow trees (a context with
`OPEN_SHADOWS` has no others), and what style sheets write; also where one value is split over
several elements. What draws by itself (canvas, plug-in) cannot be read: it is marked as a whole.
"""

import asyncio
from contextlib import suppress

from playwright.async_api import Error, Frame, Page

MARK = "data-deskhand-masked"
_TAKEN_OFF_WITHIN = 2.0  # seconds

OPEN_SHADOWS = """(() => {
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (how) {
    return attach.call(this, {...how, mode: 'open'});
  };
})()"""
"""To run before a page's own scripts: what a page shows can then be found."""

_MARK_ALL = r"""([pattern, mark]) => {
  const found = new RegExp(pattern, 'i'), every = new RegExp(pattern, 'gi');
  // As `deskhand.domain.folding` does it.
  const unseen = /[\u0300-\u036f\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;
  const clean = text => !/[^\x00-\x7f]|`/.test(text) ? text : text.normalize('NFD')
    .replace(unseen, '').replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/[\u2018\u2019\u02bc\u2032`]/g, "'");
  const shows = text => typeof text === 'string' && found.test(clean(text));
  // A form's fields hide what it has as an element: <input name="children">. The getters do not.
  const asked = (kind, name) => {
    const getter = Object.getOwnPropertyDescriptor(kind.prototype, name).get;
    return node => getter.call(node);
  };
  const nodesOf = asked(Node, 'childNodes'), shadowOf = asked(Element, 'shadowRoot');
  const attributesOf = asked(Element, 'attributes');
  const attributeOf = (element, name) => Element.prototype.getAttribute.call(element, name);
  const opaque = new Set(['canvas', 'embed', 'object']);
  const silent = new Set(['script', 'style', 'template', 'noscript']);
  const inline = new Set(('a abbr b bdi bdo cite code data del dfn em font i ins kbd label mark ' +
    'q s samp small span strong sub sup time u var wbr').split(' '));
  const unreadable = element => opaque.has(element.localName) || Boolean(
    element.localName === 'iframe' && element.contentDocument &&
    !(/html/.test(element.contentDocument.contentType)));
  let added = 0;

  const marks = element => {
    const shown = element.localName === 'option' ? element.closest('select') || element : element;
    if (Element.prototype.hasAttribute.call(shown, mark)) return;
    Element.prototype.setAttribute.call(shown, mark, '');
    added += 1;
    cover(shown);
  };
  // Text may stand outside of its element's box; an element may have no box at all.
  const cover = element => {
    const box = Element.prototype.getBoundingClientRect.call(element);
    const style = getComputedStyle(element);
    if (style.display !== 'contents' && style.overflow !== 'visible') return;
    const text = document.createRange();
    text.selectNodeContents(element);
    for (const part of text.getClientRects()) {
      const held = part.left >= box.left - 1 && part.right <= box.right + 1 &&
        part.top >= box.top - 1 && part.bottom <= box.bottom + 1;
      if (held || !part.width || !part.height) continue;
      const lid = document.createElement('div');
      lid.setAttribute(mark, 'lid');
      lid.style.cssText = 'all: initial; position: fixed; visibility: hidden; pointer-events: none';
      for (const side of ['left', 'top', 'width', 'height']) lid.style[side] = `${part[side]}px`;
      document.documentElement.append(lid);
    }
  };
  // What a style sheet writes comes from an attribute.
  const written = element => [...attributesOf(element)].some(one => shows(one.value)) &&
    ['::before', '::after'].some(part => shows(getComputedStyle(element, part).content));
  const own = element => shows(element.value) ||
    ['placeholder', 'title', 'alt', 'label'].some(name => shows(attributeOf(element, name))) ||
    written(element);

  // Each flow is the text of one tree: its pieces, and whether a new line begins before each.
  const visit = (element, flow) => {
    if (silent.has(element.localName) || attributeOf(element, mark) === 'lid') return;
    if (unreadable(element) || own(element)) marks(element);
    const root = shadowOf(element);
    if (root) flowOf(root, element);
    const block = !inline.has(element.localName);
    flow.broken ||= block;
    for (const node of nodesOf(element)) take(node, element, flow);
    flow.broken ||= block;
  };
  const take = (node, shownBy, flow) => {
    if (node.nodeType === Node.ELEMENT_NODE) visit(node, flow);
    if (node.nodeType !== Node.TEXT_NODE) return;
    flow.pieces.push({text: clean(node.data), shownBy, broken: flow.broken});
    flow.broken = false;
    if (shows(node.data)) marks(shownBy);
  };
  const flowOf = (root, shownBy) => {
    const flow = {pieces: [], broken: false};
    for (const node of nodesOf(root)) take(node, shownBy, flow);
    split(flow.pieces, () => '');
    split(flow.pieces, piece => piece.broken ? '\n' : '');
  };
  const split = (pieces, before) => {
    const ends = [];
    let whole = '';
    for (const piece of pieces) { whole += before(piece) + piece.text; ends.push(whole.length); }
    let at = 0;
    for (const match of whole.matchAll(every)) {
      while (ends[at] <= match.index) at += 1;
      for (let on = at; on < pieces.length; on += 1) {
        if (pieces[on].text.trim()) marks(pieces[on].shownBy);
        if (ends[on] >= match.index + match[0].length) break;
      }
    }
  };
  if (document instanceof HTMLDocument) flowOf(document, document.documentElement);
  else if (window === window.top) throw new Error('no document of HTML: nothing in it is masked');
  return added;
}"""
_UNMARK_ALL = """mark => {
  const visit = root => {
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot instanceof ShadowRoot) visit(element.shadowRoot);
      if (!Element.prototype.hasAttribute.call(element, mark)) continue;
      if (Element.prototype.getAttribute.call(element, mark) === 'lid') element.remove();
      else Element.prototype.removeAttribute.call(element, mark);
    }
  };
  visit(document);
}"""


async def mark_all(page: Page, pattern: str) -> list[Frame]:
    """Mark every element that shows what the pattern finds; return the frames with new marks.

    Raises Playwright's `Error` where a frame cannot be asked, because it is just going away.
    """
    frames = page.frames
    counts = await asyncio.gather(*(_mark(frame, pattern) for frame in frames))
    return [frame for frame, count in zip(frames, counts, strict=True) if count]


async def unmark_all(page: Page) -> None:
    """Take the marks off again; a page that does not answer in time keeps them."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_TAKEN_OFF_WITHIN):
            await asyncio.gather(*(_unmark(frame) for frame in page.frames))


async def _mark(frame: Frame, pattern: str) -> int:
    added: int = await frame.evaluate(_MARK_ALL, [pattern, MARK])
    return added


async def _unmark(frame: Frame) -> None:
    with suppress(Error):
        await frame.evaluate(_UNMARK_ALL, MARK)
