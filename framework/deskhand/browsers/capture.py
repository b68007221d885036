"""Evidence of a page: masked before its bytes leave the browser."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress

from playwright.async_api import Error, Frame, Locator, Page

from deskhand.domain.redaction import forms_pattern, redact

_QUALITY = 60
_LIMIT = 5000.0  # milliseconds
_LONGEST_SPLIT = 300  # characters of an element over whose children a value may be split
_MARK = "data-deskhand-masked"
_MARK_ALL = """([pattern, mark, longest]) => {
  const found = new RegExp(pattern, 'i');
  const shows = text => Boolean(text) && found.test(text);
  const own = element => shows(element.value) || shows(element.placeholder) ||
    shows(element.title) || shows(element.alt);
  let marked = 0;
  const marks = element => { element.setAttribute(mark, ''); marked += 1; return true; };
  // The smallest elements that hold the whole value: it may be split over several children.
  const visit = element => {
    let inside = false;
    const root = element.shadowRoot;
    if (root) for (const child of root.children) inside = visit(child) || inside;
    if (own(element)) return marks(element);
    if (!element.children.length) return shows(element.textContent) ? marks(element) : inside;
    for (const child of element.children) inside = visit(child) || inside;
    const texts = [...element.childNodes].filter(node => node.nodeType === Node.TEXT_NODE);
    if (texts.some(node => shows(node.data))) return marks(element);
    if (inside || element.textContent.length > longest) return inside;
    return shows(element.textContent) ? marks(element) : false;
  };
  visit(document.body);
  return marked;
}"""
_UNMARK_ALL = """mark => {
  const visit = root => {
    for (const element of root.querySelectorAll('*')) {
      element.removeAttribute(mark);
      if (element.shadowRoot) visit(element.shadowRoot);
    }
  };
  visit(document);
}"""


async def masked_picture(
    page: Page, *, sensitive: Iterable[str], sealed: Sequence[Locator]
) -> bytes:
    """Return a JPEG of what the window shows, black where a sensitive value is.

    Found by value, in every frame, wherever the page shows one in any of its forms; and the
    `sealed` fields whatever they hold.
    """
    pattern = forms_pattern(sensitive)
    marked = await _mark(page, pattern) if pattern else []
    masks = [frame.locator(f"[{_MARK}]") for frame in marked]
    try:
        return await page.screenshot(
            type="jpeg",
            quality=_QUALITY,
            mask=[*masks, *sealed],
            mask_color="#000000",
            timeout=_LIMIT,
        )
    finally:
        for frame in marked:
            with suppress(Error):
                await frame.evaluate(_UNMARK_ALL, _MARK)


async def redacted_snapshot(page: Page, *, sensitive: Iterable[str]) -> bytes:
    """Return the page's ARIA snapshot, as text, with every sensitive value taken out."""
    snapshot = await page.locator("body").aria_snapshot(timeout=_LIMIT)
    return redact(snapshot, sensitive).encode()


async def _mark(page: Page, pattern: str) -> list[Frame]:
    frames = page.frames
    counts = await asyncio.gather(*(_mark_frame(frame, pattern) for frame in frames))
    return [frame for frame, count in zip(frames, counts, strict=True) if count]


async def _mark_frame(frame: Frame, pattern: str) -> int:
    marked: int = await frame.evaluate(_MARK_ALL, [pattern, _MARK, _LONGEST_SPLIT])
    return marked
