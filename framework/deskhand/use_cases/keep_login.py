"""Keep a saved login, sealed, with its record; one login at a time."""

from datetime import timedelta

from deskhand.domain.entry import Actor, Entry, RecordType
from deskhand.domain.identifiers import AccountName
from deskhand.ports.clock import Clock
from deskhand.ports.store import Store
from deskhand.ports.vault import Seal
from deskhand.use_cases.sealing import login_context

LOCK_FOR = timedelta(minutes=2)
"""A login takes seconds; a lock that outlived its holder is free after this."""


def load_login(account: AccountName, *, store: Store, seal: Seal) -> bytes | None:
    """Return an account's saved login, opened; raises `SealBrokenError`."""
    with store.reading() as tx:
        sealed = tx.accounts.login(account)
    return None if sealed is None else seal.open(sealed, context=login_context(account))


def save_login(
    account: AccountName, state: bytes | None, *, by: Actor, store: Store, seal: Seal, clock: Clock
) -> None:
    """Keep the state of a fresh login, or forget one that the portal no longer honours."""
    now = clock.now()
    sealed = None if state is None else seal.close(state, context=login_context(account))
    with store.transaction() as tx:
        if state is not None:
            tx.record(
                Entry(
                    stream=f"account:{account}",
                    type=RecordType.PORTAL_LOGIN,
                    subject="login",
                    actor=by,
                    at=now,
                )
            )
        tx.accounts.save_login(account, sealed, at=now)


def lock_login(account: AccountName, *, holder: str, store: Store, clock: Clock) -> bool:
    """Take an account's login lock; False while another holds it."""
    now = clock.now()
    with store.transaction() as tx:
        return tx.accounts.lock_login(account, holder=holder, now=now, until=now + LOCK_FOR)


def unlock_login(account: AccountName, *, holder: str, store: Store) -> None:
    """Give an account's login lock back."""
    with store.transaction() as tx:
        tx.accounts.unlock_login(account, holder=holder)
