"""A project's folder: its vault, its runbooks."""

import re
from pathlib import Path

from deskhand.bootstrap.workplace import Workplace, open_file_vault
from deskhand.domain.runbook import Runbook
from deskhand.domain.trigger_names import twins
from deskhand.errors import NotFoundError, SettingsError, VaultError
from deskhand.settings.project import Project, load_project
from deskhand.vaults.encrypted_file import new_key, write_private
from deskhand.vaults.seal import SEAL_KEYS

_RUNBOOK_NAME = re.compile(r"^runbook:\s*['\"]?([\w.-]+)", re.MULTILINE)


def begin_project(folder: Path) -> Path:
    """Make the vault's key and the seal's keys where there are none; return the key's file.

    Raises `VaultError`, also where there is a vault without its key: a new one would not open it.
    """
    project = load_project(folder.resolve())
    key_file = project.vault_key_file
    if project.vault_key is None and not key_file.exists():
        if project.vault_file.exists():
            raise VaultError(
                f"the vault {project.vault_file} is there, and its key is not: put that one at "
                f"{key_file}, or into DESKHAND_VAULT_KEY; a new key would not open it"
            )
        write_private(key_file, new_key().reveal().encode(), once=True)
    # Several machines may begin at the same moment: all of them seal with the same keys.
    open_file_vault(project).put_once(SEAL_KEYS, new_key())
    return key_file


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


def compiled_runbook(place: Workplace, file: Path) -> Runbook:
    """Compile a runbook's file; raises `RunbookInvalidError`, also when it is no text.

    How a machine or an editor ends lines and marks encodings makes no other version of it.
    """
    content = file.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Told as the check tells it, with its place. Loads slowly, as the library says.
        from deskhand.runbooks.compiler import compile_runbook  # noqa: PLC0415

        return compile_runbook(content, file=str(file), bots=place.bots)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return place.library.compile(text, file=str(file))


def project_runbooks(place: Workplace) -> list[Runbook]:
    """Compile every runbook of the project.

    Raises `RunbookInvalidError`, and `SettingsError` when two triggers of one are called alike.
    """
    compiled = [compiled_runbook(place, file) for file in runbook_files(place.project)]
    for runbook in compiled:
        for _, name in twins(runbook):
            raise SettingsError(
                f"two triggers are called {name}: a pause could not tell which of them is meant; "
                "give one of them a name of its own, as `name: evening`",
                file=Path(runbook.file),
                where=runbook.name,
            )
    return compiled


def runbook_name(file: Path) -> str | None:
    """Return the name that a runbook gives itself, without compiling it."""
    found = _RUNBOOK_NAME.search(file.read_text(encoding="utf-8", errors="replace"))
    return found.group(1) if found else None


def _is_runbook(file: Path) -> bool:
    return file.suffix in (".yaml", ".yml") and file.name != "queues.yaml"
