"""What a bot declares once about pages that come between: overlays, signs, dialogs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Locator

from deskhand.domain.cause import Cause

Where = Callable[[Any], Locator]
"""Finds something on a page: a function, or a class's method, of the bot's `pages.py`.

It is called with the page's own document and with that of every frame inside it; both have
Playwright's `get_by_…` methods.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interstitial:
    """Something that may lie over any page, and how it is got out of the way.

    `when` finds it; `do` is given what was found, and for instance clicks a button in it.
    """

    when: Where
    do: Callable[[Locator], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """Something on a page that tells why nothing works: maintenance, a captcha, a locked account.

    Where it is visible when an action meets trouble, `cause` is the reason.
    """

    when: Where
    cause: Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialog:
    """The answer to a JavaScript dialog whose text contains `says`; others are dismissed."""

    says: str
    accept: bool = True
