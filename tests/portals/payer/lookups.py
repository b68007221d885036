"""The lists behind the autocomplete fields."""

import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.portals.payer.rules import DIAGNOSIS
from tests.portals.payer.web import portal_of, session_of

_MOST_OPTIONS = 8
_NAMES = ("Keller", "Osei", "Lindqvist", "Moreau", "Tanaka", "Haddad", "Novak", "Reyes", "Sato")
DIAGNOSES = {
    "E11.9": "Type 2 diabetes mellitus without complications",
    "E78.5": "Hyperlipidemia, unspecified",
    "F41.1": "Generalized anxiety disorder",
    "I10": "Essential (primary) hypertension",
    "I25.10": "Atherosclerotic heart disease of native coronary artery",
    "J06.9": "Acute upper respiratory infection, unspecified",
    "J45.909": "Unspecified asthma, uncomplicated",
    "K21.9": "Gastro-esophageal reflux disease without esophagitis",
    "M17.11": "Unilateral primary osteoarthritis, right knee",
    "M25.561": "Pain in right knee",
    "M54.50": "Low back pain, unspecified",
    "N39.0": "Urinary tract infection, site not specified",
    "R05.9": "Cough, unspecified",
    "S83.241A": "Tear of medial meniscus, right knee, initial encounter",
    "Z00.00": "General adult medical examination without abnormal findings",
    "Z23": "Encounter for immunization",
}


async def providers(request: Request) -> Response:
    """Give the organization's providers whose number or name contains what was typed."""
    session = session_of(request)
    if session is None:
        return JSONResponse({"error": "signed out"}, status_code=401)
    wanted = _wanted(request)
    options = [
        {"value": npi, "text": provider_text(npi)}
        for npi in portal_of(request).npis(session.organisation)
    ]
    return _some_of([option for option in options if wanted in option["text"].upper()])


async def diagnoses(request: Request) -> Response:
    """Give the diagnoses that match; any well-formed code is one, described or not."""
    if session_of(request) is None:
        return JSONResponse({"error": "signed out"}, status_code=401)
    wanted = _wanted(request)
    codes = [
        code
        for code, text in DIAGNOSES.items()
        if code.startswith(wanted) or wanted in text.upper()
    ]
    if DIAGNOSIS.match(wanted) and wanted not in codes:
        codes.insert(0, wanted)
    return _some_of([{"value": code, "text": _diagnosis_text(code)} for code in codes])


def provider_text(npi: str) -> str:
    """Show a provider: the number and a name."""
    return f"{npi} - Dr. {_NAMES[int(npi) % len(_NAMES)]}" if npi else ""


def _diagnosis_text(code: str) -> str:
    return f"{code} - {DIAGNOSES.get(code, 'see the code book')}"


def _wanted(request: Request) -> str:
    return re.sub(r"\s+", " ", request.query_params.get("q", "")).strip().upper()


def _some_of(options: list[dict[str, str]]) -> Response:
    return JSONResponse(options[:_MOST_OPTIONS], headers={"cache-control": "no-store"})
