"""What an error means: Playwright's, a bot's, or the portal's own. Pure: looks at no page."""

import re
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from playwright.async_api import Error
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

from deskhand.browsers.glances import GLANCE
from deskhand.browsers.trouble import PortalTroubleError, system_cause
from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.errors import (
    BotError,
    BusinessException,
    DeskhandError,
    StopException,
)

FILE_MISSING = "FILE_MISSING"

_LONGEST = 200
_TABLE = (
    (r"Target crashed|Page crashed", SystemCode.BROWSER_LOST, "the page crashed"),
    (
        r"has been closed|Target closed|Connection closed|browser has disconnected",
        SystemCode.BROWSER_LOST,
        "the page, the browser or its driver is gone",
    ),
    (
        r"ERR_UNSAFE_PORT|ERR_CERT_|ERR_SSL_|ERR_INVALID_URL|invalid URL|ERR_UNKNOWN_URL_SCHEME",
        SystemCode.CONFIGURATION,
        "the address cannot be opened",
    ),
    (r"net::ERR_ABORTED", SystemCode.TRANSIENT, "the navigation was broken off"),
    (r"net::ERR_", SystemCode.TRANSIENT, "the portal cannot be reached"),
    (r"interrupted by another", SystemCode.TRANSIENT, "the navigation was interrupted"),
    (
        r"[Ff]rame (was|got) detached|context was destroyed|navigat\w+ and changed the content",
        SystemCode.TRANSIENT,
        "the page changed while it was used",
    ),
    (r"\bcancell?ed\b", SystemCode.TRANSIENT, "a transfer was broken off"),
    (
        r"strict mode violation|is not an? <|is not a (checkbox|radio)|Not a checkbox|"
        r"not an HTML\w* ?[Ee]lement|cannot be filled|Malformed value",
        SystemCode.LAYOUT_CHANGED,
        "the page has another layout",
    ),
)
_NET_ERROR = re.compile(r"net::(ERR_\w+)")
_METHOD = re.compile(r"^(?:\w+\.)?(\w+): ")
_WAITING = re.compile(r"waiting for (?:locator )?(.+)")
_STRICT = re.compile(r"strict mode violation: (.+?) resolved to (\d+) elements")
_PLAIN_WORDS = {
    "evaluate": "read",
    "evaluate_all": "read",
    "input_value": "read",
    "wait_for": "wait",
}
_LOCATOR = re.compile(r"(get_by_\w+|locator|frame_locator)\(")
_GLANCE = re.compile(rf"""(\.visible)?\.locator\("{GLANCE}=[\w-]+"\)""")
_WAITS = f"{GLANCE}=at-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What can be said of an error without looking at the page.

    `probe` asks for that look: the page may tell a better cause. `spoils` tells that the page
    is not to be used again. `locator` is what was looked for, as Playwright writes it.
    """

    cause: Cause
    probe: bool = False
    spoils: bool = False
    locator: str = ""


def verdict(error: BaseException, *, folder: Path | None) -> Verdict:
    """Return what an error in an action means; `folder` holds the bot's own files.

    Nothing of a foreign message is kept but Playwright's own description of a locator.
    """
    match error:
        case PortalTroubleError():
            return Verdict(cause=error.cause, probe=not error.certain)
        case BusinessException() | StopException():
            stops = isinstance(error, StopException)
            kind = CauseKind.STOP if stops else CauseKind.BUSINESS
            return _told(kind, error.code, error.message)
        case FileNotFoundError():
            name = Path(str(error.filename or "")).name
            return _told(CauseKind.BUSINESS, FILE_MISSING, f"there is no file {name}".rstrip())
        case Error():
            return _playwright_verdict(error)
        case _:
            return _other_verdict(error, folder=folder)


def _told(kind: CauseKind, code: str, message: str) -> Verdict:
    return Verdict(cause=Cause(kind=kind, code=code, message=message))


def _playwright_verdict(error: Error) -> Verdict:
    text = str(error)
    timed_out = isinstance(error, PlaywrightTimeoutError)
    method = match[1] if (match := _METHOD.match(text)) else "the browser"
    method = "wait" if _WAITS in text else _PLAIN_WORDS.get(method, method)
    if timed_out and method in {"goto", "reload", "go_back"}:
        message = f"{method}: the portal did not answer in time"
        return replace(_system(SystemCode.TRANSIENT, message), spoils=True)
    locator = _locator(text)
    if timed_out:
        message = f"{method}: not possible in time: {locator}"
        return _system(SystemCode.LAYOUT_CHANGED, message, probe=True, locator=locator)
    if type(error).__name__ == "TargetClosedError":
        return _system(SystemCode.BROWSER_LOST, "the page, the browser or its driver is gone")
    for pattern, code, meaning in _TABLE:
        if re.search(pattern, text.partition("\nCall log:")[0]):
            return _listed(code, _detailed(meaning, text), method=method, locator=locator)
    return _system(SystemCode.TRANSIENT, f"{method}: {type(error).__name__}", probe=True)


def _listed(code: str, meaning: str, *, method: str, locator: str) -> Verdict:
    message = f"{method}: {meaning}" + (f": {locator}" if locator else "")
    # A crashing page breaks its navigation off; another layout may be another page.
    unclear = code == SystemCode.LAYOUT_CHANGED or "ERR_ABORTED" in meaning
    told = _system(code, message, probe=unclear, locator=locator)
    return replace(told, spoils=method == "goto")


def _detailed(meaning: str, text: str) -> str:
    if match := _NET_ERROR.search(text):
        return f"{meaning} ({match[1]})"
    if match := _STRICT.search(text):
        return f"{meaning}: {match[2]} elements where one was expected"
    return meaning


def _locator(text: str) -> str:
    match = _STRICT.search(text) or _WAITING.search(text)
    # Without a locator's form it could be anything, a typed value even.
    if match is None or not _LOCATOR.match(match[1]):
        return ""
    asked = _GLANCE.sub("", match[1])  # the framework's own part of it
    found = asked.removesuffix(" to be visible").removesuffix(".visible.first")
    return found[:_LONGEST]


def _other_verdict(error: BaseException, *, folder: Path | None) -> Verdict:
    if isinstance(error, AssertionError) and _raised_by_playwright(error):
        return _system(SystemCode.LAYOUT_CHANGED, "an expectation was not met in time", probe=True)
    if isinstance(error, TimeoutError):
        return _system(SystemCode.TIMED_OUT, "the action took too long", probe=True)
    if isinstance(error, DeskhandError):
        faulty = isinstance(error, BotError)
        return _system(SystemCode.BOT_FAULTY if faulty else SystemCode.CONFIGURATION, str(error))
    if isinstance(error, ConnectionError):
        return _system(SystemCode.BROWSER_LOST, "the browser's driver is gone")
    place = next(_lines_in(error, folder), "")
    return _system(SystemCode.BOT_FAULTY, f"{type(error).__name__}{place}")


def _lines_in(error: BaseException, folder: Path | None) -> Iterator[str]:
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        file = Path(frame.filename)
        if folder is not None and folder in file.parents:
            yield f" at {file.name}, line {frame.lineno}"


def _raised_by_playwright(error: AssertionError) -> bool:
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and "playwright" in Path(frames[-1].filename).parts


def _system(code: str, message: str, *, probe: bool = False, locator: str = "") -> Verdict:
    return Verdict(cause=system_cause(code, message.rstrip(": ")), probe=probe, locator=locator)
