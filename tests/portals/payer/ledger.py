"""What the portal holds, in one SQLite file: claims, and the ledger of commits as the oracle."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec

from tests.portals.payer.rules import line_keys
from tests.portals.payer.world import Claim, HeldClaim

_SCHEMA = """
create table if not exists ledger(
  seq integer primary key autoincrement, at text not null, claim_number text not null,
  organisation text not null, user text not null, session text not null,
  confirmation text not null unique, received text not null, attachments text not null,
  held_differs text not null
);
create table if not exists claim(
  confirmation text primary key, claim_number text not null, organisation text not null,
  member_id text not null, committed_at text not null, received_on text not null,
  held text not null, attachments text not null
);
create index if not exists claim_by_number on claim(organisation, claim_number);
create index if not exists claim_by_member on claim(organisation, member_id);
create table if not exists service(key text not null, organisation text not null,
  confirmation text not null);
create index if not exists service_by_key on service(key, organisation);
"""


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A file that came with a claim: its name, size and fingerprint."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One claim on its way into the ledger, with who sent it and what the portal will hold."""

    received: Claim
    held: Claim
    attachments: Sequence[Attachment]
    organisation: str
    user: str
    session: str
    prefix: str
    at: datetime
    received_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledClaim:
    """A claim as the portal holds it."""

    claim: Claim
    confirmation: str
    received_on: date
    attachments: Sequence[Attachment]


class Ledger:
    """The portal's database; every commit is one transaction."""

    def __init__(self, file: Path) -> None:
        self._sql = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self._sql.row_factory = sqlite3.Row
        self._sql.execute("pragma journal_mode=wal")
        self._sql.execute("pragma synchronous=normal")
        self._sql.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._sql.close()

    def preload(self, claims: Sequence[tuple[str, HeldClaim]]) -> None:
        """Put the world's own claims in, unless this file already holds some."""
        self._sql.execute("begin immediate")
        if self._sql.execute("select 1 from claim limit 1").fetchone() is None:
            for organisation, claim in claims:
                at = datetime.combine(claim.received_on, datetime.min.time()).isoformat()
                self._hold(claim, organisation, claim.confirmation, (at, claim.received_on, ()))
        self._sql.execute("commit")

    def commit(self, submission: Submission) -> str:
        """Write the claim and its ledger row in one transaction; give the confirmation number."""
        self._sql.execute("begin immediate")
        confirmation = self._next_confirmation(submission.prefix)
        received, held = submission.received, submission.held
        arrival = (submission.at.isoformat(), submission.received_on, submission.attachments)
        self._hold(held, submission.organisation, confirmation, arrival)
        self._sql.execute(
            "insert into ledger(at, claim_number, organisation, user, session, confirmation,"
            " received, attachments, held_differs) values (?,?,?,?,?,?,?,?,?)",
            (
                submission.at.isoformat(),
                received.claim_number,
                submission.organisation,
                submission.user,
                submission.session,
                confirmation,
                _json(received),
                _json(submission.attachments),
                _json(_differing(received, held)),
            ),
        )
        self._sql.execute("commit")
        return confirmation

    def _hold(
        self,
        claim: Claim,
        organisation: str,
        confirmation: str,
        arrival: tuple[str, date, Sequence[Attachment]],
    ) -> None:
        at, received_on, attachments = arrival
        self._sql.execute(
            "insert into claim values (?,?,?,?,?,?,?,?)",
            (
                confirmation,
                claim.claim_number,
                organisation,
                claim.member_id,
                at,
                received_on.isoformat(),
                _json(claim),
                _json(attachments),
            ),
        )
        self._sql.executemany(
            "insert into service values (?,?,?)",
            [(key, organisation, confirmation) for key in line_keys(claim)],
        )

    def _next_confirmation(self, prefix: str) -> str:
        last = self._sql.execute(
            "select max(confirmation) from claim where confirmation between ? and ?",
            (f"{prefix}-0", f"{prefix}-9999999"),
        ).fetchone()[0]
        number = int(last.removeprefix(f"{prefix}-")) + 1 if last else 1
        return f"{prefix}-{number:07d}"

    def on_file(self, organisation: str, reference: str) -> str | None:
        """Give the confirmation of a claim known by its claim number or confirmation."""
        row = self._sql.execute(
            "select confirmation from claim where organisation = ?1"
            " and (claim_number = ?2 or confirmation = ?2)",
            (organisation, reference),
        ).fetchone()
        return None if row is None else str(row["confirmation"])

    def same_service(self, organisation: str, claim: Claim) -> FiledClaim | None:
        """Give a claim on file that bills one of this claim's services already."""
        for key in line_keys(claim):
            row = self._sql.execute(
                "select confirmation from service where key = ? and organisation = ?",
                (key, organisation),
            ).fetchone()
            if row is not None:
                return self.filed(organisation, row["confirmation"])
        return None

    def filed(self, organisation: str, confirmation: str) -> FiledClaim | None:
        """Give one claim as it is held."""
        row = self._sql.execute(
            "select * from claim where organisation = ? and confirmation = ?",
            (organisation, confirmation),
        ).fetchone()
        return None if row is None else _filed(row)

    def search(
        self, organisation: str, *, claim_number: str, member_id: str, until: datetime
    ) -> list[FiledClaim]:
        """Give the claims that match, of those that were committed by then; newest first."""
        rows = self._sql.execute(
            "select * from claim where organisation = ?1 and (?2 = '' or claim_number = ?2)"
            " and (?3 = '' or member_id = ?3) and committed_at <= ?4"
            " order by committed_at desc, confirmation desc",
            (organisation, claim_number, member_id, until.isoformat()),
        )
        return [_filed(row) for row in rows]

    def latest(self, organisation: str, *, most: int) -> list[FiledClaim]:
        """Give the claims that came last."""
        rows = self._sql.execute(
            "select * from claim where organisation = ? order by committed_at desc limit ?",
            (organisation, most),
        )
        return [_filed(row) for row in rows]

    def rows(self) -> list[dict[str, Any]]:
        """Give the ledger: every commit since the practice began, oldest first."""
        documents = {"received", "attachments", "held_differs"}
        return [
            {
                key: msgspec.json.decode(row[key]) if key in documents else row[key]
                for key in dict(row)
            }
            for row in self._sql.execute("select * from ledger order by seq")
        ]


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _differing(received: Claim, held: Claim) -> list[str]:
    return [
        name for name in Claim.__struct_fields__ if getattr(received, name) != getattr(held, name)
    ]


def _filed(row: sqlite3.Row) -> FiledClaim:
    return FiledClaim(
        claim=msgspec.json.decode(row["held"], type=Claim),
        confirmation=row["confirmation"],
        received_on=date.fromisoformat(row["received_on"]),
        attachments=msgspec.json.decode(row["attachments"], type=list[Attachment]),
    )
