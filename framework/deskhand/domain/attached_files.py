"""Files that an item names: relative to where its delivery lay, and never outside of it."""

import errno
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from deskhand.domain.runbook import ItemShape
from deskhand.errors import OutsideDeliveryError

_NO_NAME = "the name is none that a file can have"
_FILE_TYPES = frozenset({"file", "list of file"})


def file_fields(shape: ItemShape) -> list[str]:
    """Return the names of the fields that hold paths of files."""
    return [name for name, field in shape.fields.items() if field.type.name in _FILE_TYPES]


def missing_files(
    fields: Sequence[str], values: Mapping[str, object], *, folder: Path | None
) -> Iterator[tuple[str, str]]:
    """Yield (field, reason) for every file that the fields name and that the folder lacks.

    Without a folder no file can be named: a sender elsewhere must not choose one of ours. Nor may
    a name lead out of the folder, by `..`, from the root, or through a link.
    """
    for name in fields:
        for path in _paths(values.get(name)):
            if folder is None:
                yield name, f"{name}: files cannot be named here; deliver a file with its rows"
                continue
            try:
                there = _is_file(placed(path, folder=folder))
            except OutsideDeliveryError as error:
                yield name, f"{name}: {error.problem}"
                continue
            if not there:
                yield name, f"{name}: there is no such file beside the delivery"


def with_places(
    shape: ItemShape, values: Mapping[str, object], *, folder: Path
) -> dict[str, object]:
    """Return the values with every named file's absolute path in place of its name.

    Raises `OutsideDeliveryError`: what a name leads to may have changed since it was taken in.
    """
    result = dict(values)
    for name in file_fields(shape):
        match result.get(name):
            case str(path):
                result[name] = str(placed(path, folder=folder))
            case list(paths):
                result[name] = [str(placed(path, folder=folder)) for path in paths]
            case _:
                continue
    return result


def placed(name: str, *, folder: Path) -> Path:
    """Return where a named file lies, links followed; raises `OutsideDeliveryError`.

    `folder` had no links in it when the delivery came: one that is there now leads outside.
    """
    home = folder.absolute()
    try:
        place = (home / name).resolve()
    except (ValueError, OSError, RuntimeError):  # a NUL character; a ring of links
        raise OutsideDeliveryError(_NO_NAME) from None
    if not place.is_relative_to(home):
        raise OutsideDeliveryError("the name leads out of the delivery's folder")
    return place


def _is_file(place: Path) -> bool:
    try:
        return place.is_file()
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise OutsideDeliveryError(_NO_NAME) from None
        raise  # a disk that is away says nothing of the row


def _paths(value: object) -> list[str]:
    match value:
        case str(path):
            return [path]
        case list(paths):
            return [str(path) for path in paths]
        case _:
            return []
