"""The practice payer portal as a process that tests and demos start and stop."""

from typing import ClassVar

from tests.portals.process import PracticePortal


class PortalProcess(PracticePortal):
    """A running practice payer portal; use it in a `with` block, or call `stop()`."""

    module: ClassVar[str] = "tests.portals.payer"
