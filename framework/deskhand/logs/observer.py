"""Observers: what happens becomes log lines."""

import structlog


class LogObserver:
    """Turns events into lines of the operations log."""

    def __init__(self) -> None:
        self._log = structlog.get_logger()

    def tell(self, event: str, **fields: object) -> None:
        self._log.info(event, **fields)
