"""Why data does not fit its type: reasons for people, which never contain the data."""

MISSING = "is missing"


class MisfitError(ValueError):
    """A value does not fit; the message is the reason, in the words that follow a field's name."""


class UnfitPartsError(MisfitError):
    """Several parts of one value do not fit: each with its path inside the value, and why."""

    def __init__(self, parts: list[tuple[str, str]]) -> None:
        self.parts = parts
        super().__init__("; ".join(f"{path.lstrip('.')}: {reason}" for path, reason in parts))


def parts_of(error: ValueError) -> list[tuple[str, str]]:
    """Return the paths and reasons that an error tells; the path '' is the value itself."""
    return error.parts if isinstance(error, UnfitPartsError) else [("", str(error))]
