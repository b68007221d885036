"""Files that an item names: relative to where its delivery lay."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from deskhand.domain.runbook import ItemShape

_FILE_TYPES = frozenset({"file", "list of file"})


def file_fields(shape: ItemShape) -> list[str]:
    """Return the names of the fields that hold paths of files."""
    return [name for name, field in shape.fields.items() if field.type.name in _FILE_TYPES]


def missing_files(
    fields: Sequence[str], values: Mapping[str, object], *, folder: Path | None
) -> Iterator[tuple[str, str]]:
    """Yield (field, reason) for every file that the fields name and that the folder lacks.

    Without a folder no file can be named: a sender elsewhere must not choose one of ours.
    """
    for name in fields:
        for path in _paths(values.get(name)):
            if folder is None:
                yield name, f"{name}: files cannot be named here; deliver a file with its rows"
            elif not (folder / path).is_file():
                yield name, f"{name}: there is no such file beside the delivery"


def with_places(
    shape: ItemShape, values: Mapping[str, object], *, folder: Path
) -> dict[str, object]:
    """Return the values with every named file's absolute path in place of its name."""
    placed = dict(values)
    for name in file_fields(shape):
        match placed.get(name):
            case str(path):
                placed[name] = str(folder / path)
            case list(paths):
                placed[name] = [str(folder / path) for path in paths]
            case _:
                continue
    return placed


def _paths(value: object) -> list[str]:
    match value:
        case str(path):
            return [path]
        case list(paths):
            return [str(path) for path in paths]
        case _:
            return []
