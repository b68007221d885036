"""A page of a portal, as a bot's `pages.py` describes it: the only place for selectors."""

from typing import ClassVar

from playwright.async_api import Locator, Page


class PortalPage:
    """One page: its `path` below the account's URL, and its locators, by role or label.

    `ready`, where a page names it, is what must be visible before the page can be used::

        class Search(PortalPage):
            path = "claims"

            def __init__(self, page: Page) -> None:
                super().__init__(page)
                self.claim = page.get_by_label("Claim number")
                self.ready = self.claim
    """

    path: ClassVar[str] = ""
    ready: Locator | None = None

    def __init__(self, page: Page) -> None:
        self.page = page
