"""A project's folder: its vault, its runbooks."""

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import combinations
from pathlib import Path

from deskhand.bootstrap.workplace import Workplace, open_file_vault
from deskhand.domain.drop import file_triggers
from deskhand.domain.file_pattern import FilePattern
from deskhand.domain.runbook import Runbook
from deskhand.errors import NotFoundError, SettingsError
from deskhand.runbooks.compiler import Checked, examine
from deskhand.runbooks.diagnostics import Diagnostic
from deskhand.settings.book import disagreements
from deskhand.settings.project import Project, load_project
from deskhand.vaults.encrypted_file import new_key, write_private
from deskhand.vaults.seal import SEAL_KEYS

_RUNBOOK_NAME = re.compile(r"^runbook:\s*['\"]?([\w.-]+)", re.MULTILINE)
_EVENT = re.compile(r"^emit:\s*['\"]?([\w.-]+)", re.MULTILINE)


def begin_project(folder: Path) -> Path:
    """Make the vault's key and the seal's keys where there are none; return the key's file."""
    project = load_project(folder.resolve())
    if not project.vault_key_file.exists():
        write_private(project.vault_key_file, new_key().reveal().encode())
    vault = open_file_vault(project)
    if SEAL_KEYS not in vault.names():
        vault.put(SEAL_KEYS, new_key())
    return project.vault_key_file


def runbook_file(project: Project, name: str) -> Path:
    """Return a runbook's file: by its path, or by the name that it gives itself."""
    given = Path(name)
    if given.suffix in (".yaml", ".yml") and given.is_file():
        return given
    files = runbook_files(project)
    for file in files:
        if runbook_name(file) == name:
            return file
    known = ", ".join(filter(None, (runbook_name(file) for file in files))) or "none"
    raise NotFoundError("runbook", name, advice=f"{project.runbooks} has: {known}")


def runbook_files(project: Project) -> list[Path]:
    """Return the project's runbooks, by name of file."""
    return sorted(file for file in project.runbooks.glob("*.y*ml") if _is_runbook(file))


def project_runbooks(place: Workplace) -> list[Runbook]:
    """Compile every runbook of the project; raises `RunbookInvalidError`."""
    return [
        place.library.compile(file.read_text(encoding="utf-8"), file=str(file))
        for file in runbook_files(place.project)
    ]


def runbook_name(file: Path) -> str | None:
    """Return the name that a runbook gives itself, without compiling it."""
    found = _RUNBOOK_NAME.search(file.read_text(encoding="utf-8", errors="replace"))
    return found.group(1) if found else None


def _is_runbook(file: Path) -> bool:
    return file.suffix in (".yaml", ".yml") and file.name != "queues.yaml"


def check_runbook(place: Workplace, file: Path, *, queues: Collection[str]) -> Checked:
    """Return a runbook's mistakes, the text that they point into, and the runbook without any.

    `queues` are the ones that the project describes.
    """
    events = _emitted(runbook_files(place.project))
    return examine(file.read_bytes(), file=str(file), bots=place.bots, queues=queues, events=events)


def _emitted(files: Sequence[Path]) -> frozenset[str]:
    """Return the events that runbooks emit, without compiling them."""
    texts = (file.read_text(encoding="utf-8", errors="replace") for file in files)
    return frozenset(found.group(1) for text in texts if (found := _EVENT.search(text)))


def check_patterns(checked: Sequence[Checked]) -> list[Diagnostic]:
    """Return what is wrong between runbooks; those with mistakes of their own are left out."""
    sound = [one.runbook for one in checked if one.runbook is not None]
    return [_at_file(error) for error in contested(sound)]


def contested(runbooks: Sequence[Runbook]) -> Iterator[SettingsError]:
    """Yield an error for each two runbooks that a file could fit both of."""
    patterns = [
        (runbook, FilePattern(trigger.pattern))
        for runbook in runbooks
        for trigger in file_triggers(runbook).values()
    ]
    for (one, ours), (other, theirs) in combinations(patterns, 2):
        if one is not other and ours.meets(theirs):
            yield SettingsError(
                f"a file could fit `{theirs.text}`, and `{ours.text}` of {one.name}, too: which of "
                "the two runbooks is meant cannot be told; let them differ in folder or suffix",
                file=Path(other.file or other.name),
                where=other.name,
            )


def check_settings(place: Workplace) -> tuple[Collection[str], Sequence[Diagnostic]]:
    """Return the queues that the project describes, and what is wrong with its settings files."""
    found: list[SettingsError] = []
    for load in (lambda: place.accounts, lambda: place.book):
        try:
            load()
        except SettingsError as error:
            found.append(error)
    if found:
        return (), [_at_file(error) for error in found]
    differing = disagreements(place.project, place.book)
    return place.book.queues.keys(), [_at_file(error) for error in differing]


def _at_file(error: SettingsError) -> Diagnostic:
    return Diagnostic(file=str(error.file), line=1, column=1, end_column=1, message=error.problem)
