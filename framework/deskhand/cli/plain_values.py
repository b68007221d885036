"""Values of items as people write them."""

from collections.abc import Mapping

from deskhand.domain.tagged import to_tagged


def plain(value: object) -> object:
    """Return a value in JSON types, as people write it."""
    if isinstance(value, Mapping):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if value is None or isinstance(value, str | int):
        return value
    tagged = to_tagged(value)
    return next(iter(tagged.values())) if isinstance(tagged, Mapping) else str(value)
