"""The practice aid portal as a process that tests and demos start and stop."""

from typing import ClassVar

from tests.portals.process import PracticePortal


class AidPortalProcess(PracticePortal):
    """A running practice aid portal; use it in a `with` block, or call `stop()`."""

    module: ClassVar[str] = "tests.portals.aid"
