"""The portal as a whole: its world, its database, its accounts, its clock and its habits."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from deskhand.testing import AppFaults
from tests.portals.payer.accounts import Accounts, Draft, Session
from tests.portals.payer.holding import arrived, as_held
from tests.portals.payer.ledger import FiledClaim, Ledger, Submission
from tests.portals.payer.rules import Refusal, refusal_of
from tests.portals.payer.world import Claim, Member, Payer, World


@dataclass(frozen=True, slots=True, kw_only=True)
class PossibleDuplicate:
    """The same service is on file: the person decides whether to send it anyway."""

    confirmation: str
    claim_number: str

    @property
    def text(self) -> str:
        """What the warning says."""
        return (
            "A claim for the same member, provider, date, code, units and charge may already be "
            f"on file as {self.confirmation} ({self.claim_number})."
        )


class Portal:
    """Everything behind the pages."""

    def __init__(
        self, world: World, ledger: Ledger, *, today: date, session_lasts: timedelta
    ) -> None:
        self.world = world
        self.ledger = ledger
        self.today = today
        self.accounts = Accounts(world.logins, session_lasts=session_lasts)
        self._payers = {payer.id: payer for payer in world.payers}
        self._members = {member.member_id: member for member in world.members}
        self._npis = {organisation.name: organisation.npis for organisation in world.organisations}
        self._needing_authorisation = frozenset(world.codes_needing_authorisation)
        self._started = self.now()
        ledger.preload([(self._owner(claim.provider_npi), claim) for claim in world.claims])

    def now(self) -> datetime:
        """The portal's clock."""
        return datetime.now(UTC)

    def payers(self) -> list[Payer]:
        """The payers that claims can be sent to."""
        return list(self._payers.values())

    def payer(self, payer_id: str) -> Payer:
        """One payer."""
        return self._payers[payer_id]

    def npis(self, organisation: str) -> list[str]:
        """The providers of an organisation."""
        return self._npis[organisation]

    def index_time(self, faults: AppFaults) -> datetime:
        """The moment up to which the search knows all claims.

        It is now, unless the fault `stale-read` lets the index be rebuilt only now and then.
        """
        now = self.now()
        if not faults.strike("stale-read"):
            return now
        every = timedelta(seconds=faults.value("stale-read"))
        return self._started + (now - self._started) // every * every

    def refusal(
        self, claim: Claim, session: Session, *, one_submission: bool = True
    ) -> Refusal | None:
        """Give the first reason to refuse the claim, if there is one."""
        register = _OrganisationRegister(self, session.organisation)
        held = register.on_file(claim.claim_number) if one_submission else None
        if held is not None:
            text = f"Claim number {claim.claim_number} is already on file as {held}."
            return Refusal(code="DUPLICATE", text=text)
        return refusal_of(claim, register, self.today)

    def possible_duplicate(
        self, claim: Claim, session: Session, faults: AppFaults
    ) -> PossibleDuplicate | None:
        """Give the claim that an original claim may repeat, if there is one."""
        if claim.frequency != "original":
            return None
        same = self.ledger.same_service(session.organisation, claim)
        if same is not None:
            return PossibleDuplicate(
                confirmation=same.confirmation, claim_number=same.claim.claim_number
            )
        if faults.strike("duplicate-warning", claim.claim_number):
            return PossibleDuplicate(confirmation="ACM-0000000", claim_number="CLM-000000")
        return None

    def take(self, claim: Claim, draft: Draft, session: Session, faults: AppFaults) -> str:
        """Commit the claim and give its confirmation number."""
        draft.confirmation = self.ledger.commit(
            Submission(
                received=claim,
                held=as_held(claim, faults),
                attachments=arrived(draft.attachments, claim, faults),
                organisation=session.organisation,
                user=session.login.user,
                session=session.token[:8],
                prefix=_prefix(self.payer(claim.payer_id)),
                at=self.now(),
                received_on=self.today,
            )
        )
        return draft.confirmation

    def filed(self, session: Session, confirmation: str) -> FiledClaim | None:
        """Give one claim of the session's organisation."""
        return self.ledger.filed(session.organisation, confirmation)

    def member(self, member_id: str) -> Member | None:
        """Give the member of that id."""
        return self._members.get(member_id)

    def needs_authorisation(self, code: str) -> bool:
        """Say whether a service needs a prior authorization."""
        return code in self._needing_authorisation

    def _owner(self, npi: str) -> str:
        return next(name for name, npis in self._npis.items() if npi in npis)


def _prefix(payer: Payer) -> str:
    letters = "".join(filter(str.isalpha, payer.name.upper()))
    return f"{letters:X<3}"[:3]


class _OrganisationRegister:
    """What the rules may look up on behalf of one organisation."""

    def __init__(self, portal: Portal, organisation: str) -> None:
        self.payer = portal.payer
        self.member = portal.member
        self.needs_authorisation = portal.needs_authorisation
        self._ledger = portal.ledger
        self._organisation = organisation

    def on_file(self, reference: str) -> str | None:
        return self._ledger.on_file(self._organisation, reference)
