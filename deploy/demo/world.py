"""Makes the practice world: the day's claims of two clinics, with all that can be wrong in them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count, cycle, islice
from typing import Final

from deploy.demo.invent import CODE_NEEDING_AUTHORISATION, PAYERS, Inventor, total_of
from deploy.demo.values import (
    Claim,
    ClientFile,
    Expectation,
    FileRow,
    Flaw,
    HeldClaim,
    Login,
    Member,
    Organisation,
    Refusal,
    World,
)

FEWEST_ITEMS: Final = 12
# Which client sends which file, in the order in which ordinary claims are dealt out to them.
_CLIENT_OF: Final = {"837": "lakeside", "csv": "northgate", "json": "lakeside"}
_DEAL: Final = ("csv", "837", "json", "837", "csv", "837", "json", "csv", "837", "json")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Quotas:
    """How many rows of each kind a world of so many rows has; of 64 rows these make 18."""

    flawed: int
    repeats: int
    conflicting: int
    already_there: int
    each_refusal: int
    wrong_digit: int
    attached: int
    replacements: int
    ordinary: int

    @classmethod
    def of(cls, items: int) -> "_Quotas":
        def share(of_64: int) -> int:
            return max(1, items * of_64 // 64)

        odd = {
            "flawed": share(5),
            "repeats": share(3),
            "conflicting": share(1),
            "already_there": share(2),
            "each_refusal": share(1),
            "wrong_digit": share(1),
            "attached": share(1),
            "replacements": share(1),
        }
        others = items - sum(odd.values()) - odd["each_refusal"] * (len(Refusal) - 1)
        return cls(**odd, ordinary=others)


def make_world(*, items: int, seed: int, today: date) -> World:
    """A world whose clients' files hold `items` rows together, bad ones and repeats included.

    The same arguments make the same world. Raises `ValueError` below 12 items, which is one of
    each kind.
    """
    if items < FEWEST_ITEMS:
        raise ValueError(f"a practice world has at least {FEWEST_ITEMS} items, not {items}")
    making = _Making(today, Inventor(seed=seed, today=today), _Quotas.of(items))
    making.make()
    return making.world(items)


@dataclass(slots=True)
class _Making:
    today: date
    inventor: Inventor
    quotas: _Quotas
    clinics: Mapping[str, Organisation] = field(init=False)
    members: list[Member] = field(default_factory=list)
    held: list[HeldClaim] = field(default_factory=list)
    wrong_digit: list[str] = field(default_factory=list)
    rows: dict[str, list[FileRow]] = field(
        default_factory=lambda: {"837": [], "csv": [], "json": []}
    )
    later: list[tuple[str, FileRow]] = field(default_factory=list)
    confirmations: Iterator[int] = field(default_factory=lambda: count(101))

    def make(self) -> None:
        self.clinics = {
            "lakeside": self._clinic("Lakeside Clinic", "lakeside", "1234567893"),
            "northgate": self._clinic("Northgate Orthopedics", "northgate", self.inventor.npi()),
        }
        ordinary = [(kind, self._add(kind)) for kind in islice(cycle(_DEAL), self.quotas.ordinary)]
        self._make_flawed()
        self._make_already_there()
        self._make_refused()
        self._make_other_oddities()
        self._make_repeats([each for each in ordinary if each[0] != "837"])
        for rows in self.rows.values():
            self.inventor.random.shuffle(rows)
        # A repeat comes after the row that it repeats.
        for kind, row in self.later:
            self.rows[kind].append(row)

    def world(self, items: int) -> World:
        quotas = self.quotas
        refusals = {refusal.value: quotas.each_refusal for refusal in Refusal}
        return World(
            today=self.today,
            payers=PAYERS,
            organisations=tuple(self.clinics.values()),
            logins=tuple(self._login(clinic) for clinic in self.clinics.values()),
            members=tuple(self.members),
            codes_needing_authorisation=(CODE_NEEDING_AUTHORISATION,),
            held=tuple(self.held),
            wrong_digit=tuple(self.wrong_digit),
            files=tuple(
                ClientFile(client=_CLIENT_OF[kind], format=kind, rows=tuple(rows))
                for kind, rows in self.rows.items()
            ),
            expectation=Expectation(
                rows=items,
                rejected_rows=quotas.flawed,
                repeats=quotas.repeats,
                conflicting=quotas.conflicting,
                already_there=quotas.already_there,
                refused=sum(refusals.values()),
                wrong_digit=quotas.wrong_digit,
                refusals=refusals,
            ),
        )

    def _make_flawed(self) -> None:
        for flaw in islice(cycle(Flaw), self.quotas.flawed):
            self._add("csv", flaw=flaw)

    def _make_already_there(self) -> None:
        for kind in islice(cycle(("837", "json")), self.quotas.already_there):
            self._hold(self._add(kind))

    def _make_refused(self) -> None:
        kinds = cycle(("837", "csv", "json"))
        for _ in range(self.quotas.each_refusal):
            for refusal, kind in zip(Refusal, kinds, strict=False):
                self._add_refused(refusal, kind)

    def _make_other_oddities(self) -> None:
        for kind in islice(cycle(("837", "csv", "json")), self.quotas.wrong_digit):
            self.wrong_digit.append(self._add(kind).claim_number)
        for kind in islice(cycle(("json", "csv")), self.quotas.attached):
            claim = self._claim(kind)
            name = f"attachments/{claim.claim_number}.pdf"
            self._take(kind, replace(claim, attachments=(name,)))
        for kind in islice(cycle(("837", "json", "csv")), self.quotas.replacements):
            original = self._claim(kind)
            confirmation = self._hold(original)
            number = self._claim(kind, member=self.members[-1]).claim_number
            corrected = replace(_corrected(original), claim_number=number)
            self._take(kind, replace(corrected, frequency="replacement", original_ref=confirmation))

    def _make_repeats(self, ordinary: Sequence[tuple[str, Claim]]) -> None:
        for kind, claim in islice(cycle(ordinary), self.quotas.repeats):
            self.later.append((kind, FileRow(claim=claim)))
        for kind, claim in islice(cycle(reversed(ordinary)), self.quotas.conflicting):
            self.later.append((kind, FileRow(claim=_corrected(claim))))

    def _add(self, kind: str, *, flaw: Flaw | None = None) -> Claim:
        return self._take(kind, self._claim(kind), flaw=flaw)

    def _add_refused(self, refusal: Refusal, kind: str) -> None:
        member = self.inventor.member()
        claim = self._claim(kind, member=member)
        match refusal:
            case Refusal.MEMBER_NOT_FOUND:
                pass
            case Refusal.MEMBER_INACTIVE:
                ended = claim.lines[0].service_date - timedelta(days=30)
                self.members.append(replace(member, covered_to=ended))
            case Refusal.OTHER_INSURANCE:
                self.members.append(replace(member, other_insurance=True))
            case Refusal.AUTH_MISSING:
                self.members.append(member)
                first, *others = claim.lines
                lines = (replace(first, code=CODE_NEEDING_AUTHORISATION), *others)
                claim = replace(claim, lines=lines)
        self._take(kind, claim)

    def _claim(self, kind: str, *, member: Member | None = None) -> Claim:
        if member is None:
            member = self.inventor.member()
            self.members.append(member)
        return self.inventor.claim(member, self.clinics[_CLIENT_OF[kind]])

    def _take(self, kind: str, claim: Claim, *, flaw: Flaw | None = None) -> Claim:
        self.rows[kind].append(FileRow(claim=claim, flaw=flaw))
        return claim

    def _hold(self, claim: Claim) -> str:
        payer = next(payer for payer in PAYERS if payer.id == claim.payer_id)
        confirmation = f"{payer.name[:3].upper()}-{next(self.confirmations):07}"
        received_on = claim.lines[-1].service_date + timedelta(days=1)
        held = HeldClaim(claim=claim, confirmation=confirmation, received_on=received_on)
        self.held.append(held)
        return confirmation

    def _clinic(self, name: str, client: str, npi: str) -> Organisation:
        return Organisation(name=name, client=client, npis=(npi, self.inventor.npi()))

    def _login(self, clinic: Organisation) -> Login:
        return Login(
            user=f"{clinic.client}-bot",
            password=f"practice-{self.inventor.secret(12)}",
            totp_secret=self.inventor.secret(32),
            organisation=clinic.name,
        )


def _corrected(claim: Claim) -> Claim:
    """The claim with another charge, and the total that follows from it."""
    first, *others = claim.lines
    lines = (replace(first, charge=first.charge + Decimal("10.00")), *others)
    return replace(claim, lines=lines, total_charge=total_of(lines))
