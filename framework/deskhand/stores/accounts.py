"""Accounts: their health, their slots, their saved logins."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from deskhand.domain.account import AccountHealth
from deskhand.domain.identifiers import AccountName, AttemptId, WorkerId
from deskhand.stores.locks import lock_name
from deskhand.stores.mapping import columns_of, value_of
from deskhand.stores.tables import (
    account_health,
    account_slot,
    account_visit,
    login_lock,
    login_state,
)


class SqlAccounts:
    """The tables `account_health`, `account_slot`, `account_visit` and those of logins."""

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

    def free_slots(self, name: AccountName, *, at_once: int, now: datetime) -> list[int]:
        lock_name(self._connection, f"account:{name}")
        taken = self._taken(name)
        # A limit may have been lowered: slots above it count as long as they are held.
        left = at_once - len(taken) - len(self._visitors(name, now=now))
        return sorted(set(range(at_once)) - taken)[: max(0, left)]

    def take_slot(self, name: AccountName, slot: int, *, attempt: AttemptId) -> None:
        self._connection.execute(
            insert(account_slot).values(account=name, slot=slot, attempt=attempt)
        )

    def free_slot(self, attempt: AttemptId) -> None:
        self._connection.execute(delete(account_slot).where(account_slot.c.attempt == attempt))

    def visit(
        self, name: AccountName, *, visitor: str, at_once: int, now: datetime, until: datetime
    ) -> bool:
        lock_name(self._connection, f"account:{name}")
        mine = account_visit.c.visitor == visitor
        asked = self._connection.execute(update(account_visit).where(mine).values(until=until))
        if asked.rowcount == 0:
            self._connection.execute(
                insert(account_visit).values(
                    visitor=visitor, account=name, asked_at=now, until=until, entered=False
                )
            )
        before = self._visitors(name, now=now).index(visitor)
        enters = len(self._taken(name)) + before < at_once
        if enters:
            self._connection.execute(update(account_visit).where(mine).values(entered=True))
        return enters

    def end_visit(self, visitor: str) -> None:
        self._connection.execute(delete(account_visit).where(account_visit.c.visitor == visitor))

    def _taken(self, name: AccountName) -> set[int]:
        held = select(account_slot.c.slot).where(account_slot.c.account == name)
        return set(self._connection.execute(held).scalars())

    def _visitors(self, name: AccountName, *, now: datetime) -> list[str]:
        waiting = (
            select(account_visit.c.visitor)
            .where(account_visit.c.account == name, account_visit.c.until > now)
            .order_by(
                account_visit.c.entered.desc(), account_visit.c.asked_at, account_visit.c.visitor
            )
        )
        return list(self._connection.execute(waiting).scalars())

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
