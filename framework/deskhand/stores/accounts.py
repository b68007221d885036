"""Accounts: their health, their slots, their saved logins."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from deskhand.domain.account import AccountHealth
from deskhand.domain.identifiers import AccountName, AttemptId, WorkerId
from deskhand.stores.locks import lock_name
from deskhand.stores.mapping import columns_of, value_of
from deskhand.stores.tables import account_health, account_slot, login_lock, login_state


class SqlAccounts:
    """The tables `account_health`, `account_slot`, `login_state` and `login_lock`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def health(self, name: AccountName) -> AccountHealth:
        lock_name(self._connection, f"account:{name}")
        row = self._connection.execute(
            select(account_health).where(account_health.c.name == name)
        ).first()
        return AccountHealth(name=name) if row is None else value_of(AccountHealth, row)

    def save_health(self, health: AccountHealth) -> None:
        changed = self._connection.execute(
            update(account_health).where(account_health.c.name == health.name),
            columns_of(health),
        )
        if changed.rowcount == 0:
            self._connection.execute(insert(account_health), columns_of(health))

    def all_health(self) -> list[AccountHealth]:
        rows = self._connection.execute(select(account_health).order_by(account_health.c.name))
        return [value_of(AccountHealth, row) for row in rows]

    def free_slots(self, name: AccountName, *, at_once: int) -> list[int]:
        lock_name(self._connection, f"account:{name}")
        held = self._connection.execute(
            select(account_slot.c.slot).where(account_slot.c.account == name)
        ).scalars()
        taken = set(held)
        # A limit may have been lowered: slots above it count as long as they are held.
        return sorted(set(range(at_once)) - taken)[: max(0, at_once - len(taken))]

    def take_slot(self, name: AccountName, slot: int, *, attempt: AttemptId) -> None:
        self._connection.execute(
            insert(account_slot).values(account=name, slot=slot, attempt=attempt)
        )

    def free_slot(self, attempt: AttemptId) -> None:
        self._connection.execute(delete(account_slot).where(account_slot.c.attempt == attempt))

    def login(self, name: AccountName) -> bytes | None:
        return self._connection.execute(
            select(login_state.c.sealed_state).where(login_state.c.account == name)
        ).scalar()

    def save_login(self, name: AccountName, sealed: bytes | None, *, at: datetime) -> None:
        lock_name(self._connection, f"login:{name}")
        self._connection.execute(delete(login_state).where(login_state.c.account == name))
        if sealed is not None:
            self._connection.execute(
                insert(login_state).values(account=name, sealed_state=sealed, saved_at=at)
            )

    def lock_login(self, name: AccountName, *, holder: str, now: datetime, until: datetime) -> bool:
        lock_name(self._connection, f"login:{name}")
        self._connection.execute(
            delete(login_lock).where(login_lock.c.account == name, login_lock.c.until <= now)
        )
        taken = self._connection.execute(
            select(login_lock.c.holder).where(login_lock.c.account == name)
        ).scalar()
        if taken is None:
            self._connection.execute(
                insert(login_lock).values(account=name, holder=holder, until=until)
            )
        return taken is None

    def unlock_login(self, name: AccountName, *, holder: str) -> None:
        self._connection.execute(
            delete(login_lock).where(login_lock.c.account == name, login_lock.c.holder == holder)
        )

    def unlock_logins_of(self, worker: WorkerId) -> None:
        held = login_lock.c.holder.startswith(f"{worker}/", autoescape=True)
        self._connection.execute(delete(login_lock).where(held))
