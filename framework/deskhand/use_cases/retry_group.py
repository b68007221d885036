"""Retry all cases of one cause: after the repair, each on its own, the account's with them."""

from dataclasses import dataclass, replace

from deskhand.domain.exception_case import ExceptionCase
from deskhand.domain.identifiers import AccountName, CaseId, ItemId
from deskhand.errors import (
    DecisionRefusedError,
    DeskhandError,
    NotFoundError,
    StoreUnavailableError,
)
from deskhand.ports.case_store import CaseFilter
from deskhand.use_cases.decide_case import retry_case
from deskhand.use_cases.desk import Desk, Word, about_no_item
from deskhand.use_cases.hold_account import Release, release_account

_MANY = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRetried:
    """What became of each case of a group: the three together are all of them."""

    group: str
    retried: tuple[ItemId, ...]
    released: tuple[AccountName, ...]
    refused: tuple[tuple[CaseId, str], ...]

    @property
    def total(self) -> int:
        """How many cases the group had."""
        return len(self.retried) + len(self.released) + len(self.refused)


def retry_group(group: str, word: Word, *, desk: Desk) -> GroupRetried:
    """Retry every open case of a cause, or of an incident; a refusal keeps no other case back.

    An account that was held for it is released: else what is retried would wait for nothing.
    `word` says who and why; its case stays empty. Raises `NotFoundError` when no case is open.
    """
    with desk.store.reading() as tx:
        cases = [
            *tx.cases.find(CaseFilter(cause_group=group, unclosed=True), limit=_MANY),
            *tx.cases.find(CaseFilter(incident=CaseId(group), unclosed=True), limit=_MANY),
        ]
    if not cases:
        raise NotFoundError(
            "open case of the cause", group, advice="see them with: deskhand exceptions causes"
        )
    retried: list[ItemId] = []
    released: list[AccountName] = []
    refused: list[tuple[CaseId, str]] = []
    for case in cases:
        try:
            if case.item is None:
                released.append(_release(case, word, desk=desk))
            else:
                retried.append(retry_case(replace(word, case=case.id), desk=desk).id)
        except StoreUnavailableError:
            raise
        except DeskhandError as error:
            refused.append((case.id, str(error)))
    return GroupRetried(
        group=group, retried=tuple(retried), released=tuple(released), refused=tuple(refused)
    )


def _release(case: ExceptionCase, word: Word, *, desk: Desk) -> AccountName:
    if not case.account:
        raise DecisionRefusedError(about_no_item(case))
    release = Release(account=case.account, by=word.by, reason=word.reason)
    return release_account(release, store=desk.store, clock=desk.clock, book=desk.book).name
