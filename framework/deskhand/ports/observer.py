"""Telling operators what happens: facts with fields, never sentences, never item data."""

from typing import Protocol


class Observer(Protocol):
    """Hears what happens. Losing what it hears loses nothing: the audit log is the truth."""

    def tell(self, event: str, **fields: object) -> None:
        """Note an event in the past tense with its facts: ids, names, counts, seconds."""
        ...
