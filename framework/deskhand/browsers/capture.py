"""Evidence of a page: masked before its bytes leave the browser."""

from collections.abc import Iterable, Sequence

from playwright.async_api import Error, Locator, Page

from deskhand.browsers.marking import MARK, mark_all, unmark_all
from deskhand.domain.redaction import forms_pattern, redact

_QUALITY = 60
_LIMIT = 5000.0  # milliseconds
_TRIES = 3


async def masked_picture(
    page: Page, *, sensitive: Iterable[str], sealed: Sequence[Locator]
) -> bytes | None:
    """Return a JPEG of what the window shows, black where a sensitive value is.

    Found by value, in every frame, wherever the page shows one in any of its forms; and the
    `sealed` fields whatever they hold. None where the page would not hold still: what came into
    it while the picture was taken is not masked on it.
    """
    pattern = forms_pattern(sensitive)
    if not pattern:
        return await _picture(page, masks=sealed)
    for last in range(_TRIES - 1, -1, -1):
        try:
            picture = await _steady_picture(page, pattern, sealed=sealed)
        except Error:
            # A frame may go away, or come, at any moment.
            if not last:
                raise
            continue
        if picture is not None:
            return picture
    return None


async def redacted_snapshot(page: Page, *, sensitive: Iterable[str]) -> bytes:
    """Return the page's ARIA snapshot, as text, with every sensitive value taken out."""
    snapshot = await page.locator("body").aria_snapshot(timeout=_LIMIT)
    return redact(snapshot, sensitive).encode()


async def _steady_picture(page: Page, pattern: str, *, sealed: Sequence[Locator]) -> bytes | None:
    """Return a masked picture; None when there is more to mask after it than there was before."""
    try:
        masks = [frame.locator(f"[{MARK}]") for frame in await mark_all(page, pattern)]
        picture = await _picture(page, masks=[*masks, *sealed])
        return None if await mark_all(page, pattern) else picture
    finally:
        await unmark_all(page)


async def _picture(page: Page, *, masks: Sequence[Locator]) -> bytes:
    return await page.screenshot(
        type="jpeg", quality=_QUALITY, mask=masks, mask_color="#000000", timeout=_LIMIT
    )
