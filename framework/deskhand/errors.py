"""Every error that deskhand raises.

An error is a surprise: something that the code around it could not settle.
Expected endings of an attempt are values (`deskhand.domain.outcome`), not errors.
Each class builds its own message from facts: what happened, where, what to do next.

    DeskhandError
    ├── SettingsError              deskhand.toml or a settings file beside it is wrong
    │   └── ProjectNotFoundError   no deskhand.toml here or above
    ├── RunbookInvalidError        `deskhand check` found mistakes; carries the diagnostics
    ├── ExpressionError            an expression could not be computed from this item's data
    ├── BrokenFileError            an intake file is unreadable as a whole; nothing was taken in
    │   └── FileUnreadableError    the system does not give the file out; nothing is known of it
    ├── BrokenBodyError            a request's body is unreadable as a whole; nothing was taken in
    ├── FileBusyError              another process is taking the same file in
    ├── DropFolderError            a drop folder, or a file in it, cannot be read or moved
    ├── OutsideDeliveryError       a row names a file that lies outside its delivery's folder
    ├── ReportNotWrittenError      a report could not be written
    ├── AnswerNotWrittenError      the answer to a file could not be written
    ├── NotFoundError              no item, case, runbook, … of that name
    ├── IllegalMoveError           a state was asked to move where it cannot go
    ├── DecisionRefusedError       a person's decision does not fit the case
    ├── StaleVersionError          somebody else changed it in between
    ├── FencedError                the attempt belongs to another worker now
    ├── StoreError
    │   ├── StoreUnavailableError  the database cannot be reached or written
    │   ├── StoreVersionError      the state folder belongs to another version
    │   ├── StoreBusyError         another worker holds the state folder
    │   ├── ClockDiffersError      this machine's clock and the database's are too far apart
    │   └── StoreConflictError     another transaction came first, or a guard refused the change
    ├── VaultError
    │   ├── SecretMissingError     a secret is not in the vault
    │   └── SealBrokenError        a sealed value cannot be opened: wrong key or changed bytes
    ├── CannotListenError          the HTTP server finds its address taken or forbidden
    ├── BrowserUnavailableError    no browser could be found or started
    ├── BotError                   a bot is written in a way that cannot be performed
    └── AuditError
        └── RecordInvalidError     a record breaks the canonical profile

    BusinessException              raised by bots: the portal, or a rule, says no
    StopException                  raised by bots: the account must rest (captcha, locked, …)
"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path


class DeskhandError(Exception):
    """The root of everything that deskhand raises on purpose."""


class SettingsError(DeskhandError):
    """A settings file is wrong: which file, where in it, and what was expected."""

    def __init__(self, problem: str, *, file: Path, where: str = "") -> None:
        self.file = file
        self.problem = f"{where}: {problem}" if where else problem
        place = f"{file}: {where}" if where else str(file)
        super().__init__(f"{place}: {problem}")


class ProjectNotFoundError(DeskhandError):
    """There is no `deskhand.toml` in the folder or above it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"no deskhand.toml in {folder} or above it; "
            "go to your project's folder, or name it with --project DIR"
        )


class RunbookInvalidError(DeskhandError):
    """A runbook has mistakes; `diagnostics` holds them, `rendered` shows them to a person."""

    def __init__(self, diagnostics: Sequence[object], *, rendered: str) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(rendered)


class ExpressionError(DeskhandError):
    """An expression met data that it cannot compute with. Never contains the data."""

    def __init__(self, source: str, problem: str) -> None:
        self.source = source
        self.problem = problem
        super().__init__(f"{source}: {problem}")


class BrokenFileError(DeskhandError):
    """An intake file cannot be read as a whole; nothing of it was taken in."""

    def __init__(self, file: Path, problem: str, *, line: int | None = None) -> None:
        self.file = file
        self.problem = problem
        self.line = line
        place = f"{file.name}, line {line}" if line else file.name
        super().__init__(f"{place}: {problem}; nothing of this file was taken in")


class FileUnreadableError(BrokenFileError):
    """The operating system does not give the file out: it may later, and then be whole."""


class BrokenBodyError(DeskhandError):
    """A request's body cannot be read as a whole; nothing of it was taken in."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(f"the body {problem}; nothing of this request was taken in")


class FileBusyError(DeskhandError):
    """Another process is taking the same file in right now."""

    def __init__(self, file: Path) -> None:
        super().__init__(f"{file.name} is being taken in by another process; nothing to do here")


class DropFolderError(DeskhandError):
    """A drop folder, or a file in it, cannot be read or moved; it is tried again."""

    def __init__(self, place: str, problem: str, *, advice: str = "") -> None:
        self.place = place
        self.problem = problem
        super().__init__(f"{place}: {problem}" + (f"; {advice}" if advice else ""))


class OutsideDeliveryError(DeskhandError):
    """A row names a file that does not lie in its delivery's folder, or below it."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(f"a file that the item names is not taken: {problem}")


class AnswerNotWrittenError(DeskhandError):
    """The answer to a client's file could not be written; it can be written again any time."""

    def __init__(self, file: Path, problem: str) -> None:
        self.problem = problem.lower()
        elsewhere = "write it elsewhere with: deskhand files answer --to DIR"
        super().__init__(f"the answer to {file} was not written: {self.problem}; {elsewhere}")


class ReportNotWrittenError(DeskhandError):
    """A report could not be written where it was wanted."""

    def __init__(self, file: Path, problem: str) -> None:
        super().__init__(f"the report {file} was not written: {problem.lower()}; name another file")


class NotFoundError(DeskhandError):
    """Something was asked for by a name that nothing has."""

    def __init__(self, kind: str, name: str, *, advice: str = "") -> None:
        self.kind = kind
        self.name = name
        super().__init__(f"no {kind} {name!r}" + (f"; {advice}" if advice else ""))


class IllegalMoveError(DeskhandError):
    """A state was asked to move where its table of moves does not lead."""

    def __init__(self, thing: str, *, at: str, to: str) -> None:
        super().__init__(f"{thing} cannot move from {at} to {to}")


class DecisionRefusedError(DeskhandError):
    """A person's decision does not fit the case as it is now."""


class StaleVersionError(DeskhandError):
    """The thing has changed since it was read."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"{kind} {name} was changed by someone else meanwhile; look again")


class FencedError(DeskhandError):
    """The attempt is no longer this worker's: it lets go and writes nothing."""

    def __init__(self, attempt: str) -> None:
        super().__init__(f"attempt {attempt} is no longer owned by this worker")


class StoreError(DeskhandError):
    """The store could not do what was asked."""


class StoreUnavailableError(StoreError):
    """The database cannot be reached, read or written."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"the store at {place} is unavailable: {problem}")


class StoreVersionError(StoreError):
    """The state was made by another version of deskhand than this one can use."""

    def __init__(self, place: str, *, found: str, known: str) -> None:
        super().__init__(
            f"the store at {place} is of version {found}, this deskhand knows {known}; "
            "use the deskhand that made it, or a newer one"
        )


class StoreBusyError(StoreError):
    """Another worker holds this SQLite state folder."""

    def __init__(self, place: str, *, holder: str) -> None:
        super().__init__(
            f"another worker ({holder}) is using {place}; one worker per SQLite file: "
            "stop it first, or move to PostgreSQL for more"
        )


class ClockDiffersError(StoreError):
    """This machine's clock and the database's are too far apart for acts to be safe."""

    def __init__(self, by: timedelta) -> None:
        by_how = f"{by.total_seconds():+.0f} s from"
        super().__init__(f"this clock is {by_how} the database's: set both (NTP), then start again")


class StoreConflictError(StoreError):
    """Another transaction came first, or a guard refused the change; nothing was written."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"the store refused a change, and nothing was written: {problem}")


class VaultError(DeskhandError):
    """The vault could not do what was asked."""


class SecretMissingError(VaultError):
    """A secret is not in the vault."""

    def __init__(self, name: str, *, advice: str) -> None:
        self.name = name
        super().__init__(f"the vault has no secret {name!r}; {advice}")


class SealBrokenError(VaultError):
    """A sealed value cannot be opened: another key sealed it, or its bytes were changed."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} cannot be opened: sealed with another key, or changed since")


class CannotListenError(DeskhandError):
    """The HTTP server cannot listen at its address."""

    def __init__(self, host: str, port: int, *, problem: str, advice: str) -> None:
        super().__init__(
            f"cannot listen on {host}:{port}: {problem.lower()}; {advice} in deskhand.toml: [http]"
        )


class BrowserUnavailableError(DeskhandError):
    """No browser could be found or started."""


class BotError(DeskhandError):
    """A bot is written in a way that cannot be performed."""


class AuditError(DeskhandError):
    """The audit log could not do what was asked."""


class RecordInvalidError(AuditError):
    """A record breaks the canonical profile, so its bytes would not be reproducible."""


class BusinessException(Exception):  # noqa: N818 - the field's own word
    """Raised by a bot when the portal, or a rule of the business, says no.

    `code` is a constant of the bot (`MEMBER_NOT_FOUND`); `message` is what a person
    should read. It ends the attempt with a case of kind business and is never retried.
    """

    def __init__(self, code: str, message: str = "") -> None:
        self.code = code
        self.message = message
        super().__init__(f"{code}: {message}" if message else code)


class StopException(Exception):  # noqa: N818 - as `BusinessException`: a word for bot authors
    """Raised by a bot when the account must rest until a person has looked at it.

    `code` says why: `CAPTCHA`, `LOCKED`, `PASSWORD_EXPIRED`, `NEW_TERMS`. The account pauses
    and one case is opened; going on would only make it worse.
    """

    def __init__(self, code: str, message: str = "") -> None:
        self.code = code
        self.message = message
        super().__init__(f"{code}: {message}" if message else code)
