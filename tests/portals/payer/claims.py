"""Finding claims and reading what the portal holds of them."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tests.portals.payer.accounts import Session
from tests.portals.payer.ledger import FiledClaim
from tests.portals.payer.web import faults_of, portal_of, show

_USUAL_PAGE = 10
_SHORT_PAGE = 3


async def dashboard(request: Request, session: Session) -> Response:
    """Greet, and show the claims that came last."""
    latest = portal_of(request).ledger.latest(session.organisation, most=5)
    return show(request, "dashboard.html", latest=latest)


async def search(request: Request, session: Session) -> Response:
    """Search the index by claim number, member id or both."""
    query = request.query_params
    claim_number = query.get("claim_number", "").strip().upper()
    member_id = query.get("member_id", "").strip().upper()
    portal = portal_of(request)
    until = portal.index_time(faults_of(request))
    asked = bool(claim_number or member_id)
    found: list[FiledClaim] = []
    if asked:
        found = portal.ledger.search(
            session.organisation, claim_number=claim_number, member_id=member_id, until=until
        )
    return show(
        request,
        "search.html",
        claim_number=claim_number,
        member_id=member_id,
        asked=asked,
        until=until,
        **_one_page(request, found),
    )


def _one_page(request: Request, found: list[FiledClaim]) -> dict[str, Any]:
    size = _USUAL_PAGE
    if found and faults_of(request).strike("pagination", found[0].claim.claim_number):
        found, size = found[::-1], _SHORT_PAGE
    wanted = request.query_params.get("page", "1")
    number = int(wanted) if wanted.isdecimal() and int(wanted) else 1
    pages = max(1, -(-len(found) // size))
    rows = found[(number - 1) * size : number * size]
    return {"found": rows, "total": len(found), "number": number, "pages": pages}


async def detail(request: Request, session: Session) -> Response:
    """Show every field of a claim as the portal holds it."""
    filed = portal_of(request).filed(session, request.path_params["confirmation"])
    if filed is None:
        return show(request, "not_found.html", status=404)
    return show(request, "claim.html", filed=filed, claim=filed.claim)
