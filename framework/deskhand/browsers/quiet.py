"""Waiting until a page has finished reacting: by condition, never by the clock alone."""

import asyncio
from datetime import timedelta

from playwright.async_api import Error, Frame, Page

from deskhand.browsers.watch import PortalWatch

_LIMIT = timedelta(seconds=3)
_SETTLED = """([quiet, limit]) => new Promise(done => {
  const field = document.activeElement;
  if (field && field !== document.body) field.blur();
  let still = setTimeout(finish, quiet);
  const watch = new MutationObserver(() => {
    clearTimeout(still);
    still = setTimeout(finish, quiet);
  });
  const late = setTimeout(finish, limit);
  function finish() {
    watch.disconnect();
    clearTimeout(still);
    clearTimeout(late);
    done();
  }
  watch.observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
})"""


async def settle(page: Page, *, watch: PortalWatch, quiet: timedelta) -> None:
    """Leave the field in focus, then wait until the page has been `quiet` and asks for nothing.

    A page that never rests (a clock, a poll) is waited for some seconds, then taken as it is:
    what its fields hold is read afterwards in any case.
    """
    deadline = asyncio.get_running_loop().time() + _LIMIT.total_seconds()
    while True:
        left = timedelta(seconds=max(0.0, deadline - asyncio.get_running_loop().time()))
        await _still(page, quiet=quiet, within=max(left, quiet))
        if not watch.busy or not await watch.quiet(within=left):
            return


async def _still(page: Page, *, quiet: timedelta, within: timedelta) -> None:
    spans = [span.total_seconds() * 1000 for span in (quiet, within)]
    await asyncio.gather(*(_frame_still(frame, spans) for frame in page.frames))


async def _frame_still(frame: Frame, spans: list[float]) -> None:
    try:
        await frame.evaluate(_SETTLED, spans)
    except Error as error:
        if frame.is_detached():
            return  # a frame that went with its page has nothing to wait for
        if "context was destroyed" not in str(error):
            raise
        await frame.wait_for_load_state()  # leaving the field sent the form: a new page comes
