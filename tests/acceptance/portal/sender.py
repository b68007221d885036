"""A client without a browser: it posts the portal's forms as a browser would."""

import re
from collections.abc import Sequence
from html import unescape

import httpx
import pyotp

from tests.portals.payer.world import Claim, Login

_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
_ALERT = re.compile(r'role="alert"[^>]*>(.*?)</div>\s*</div>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


class Sender:
    """Signs in and sends claims; `page` is the page that came last."""

    def __init__(self, url: str, login: Login) -> None:
        self.login = login
        self.draft = ""
        self.page = httpx.Response(204)
        self._client = httpx.Client(base_url=url, follow_redirects=True, trust_env=False)

    def close(self) -> None:
        self._client.close()

    def sign_in(self, *, payer: str = "60054") -> None:
        self.get("/login")
        self.post("/login", user=self.login.user, password=self.login.password)
        self.post("/login/code", code=pyotp.TOTP(self.login.totp_secret).now())
        self.post("/select", organization=self.login.organisation, payer=payer)

    def get(self, path: str, **query: str) -> httpx.Response:
        self.page = self._client.get(path, params=query)
        return self.page

    def post(self, path: str, **fields: str | list[str]) -> httpx.Response:
        """Send a form with the hidden fields of the page that came last."""
        hidden = dict(_HIDDEN.findall(self.page.text))
        self.page = self._client.post(path, data=hidden | fields)
        return self.page

    def enter(self, claim: Claim, *, files: Sequence[tuple[str, bytes]] = ()) -> None:
        """Fill all pages up to the review."""
        self.begin(claim)
        self.post(
            f"{self.draft}/provider",
            provider_npi=claim.provider_npi,
            place_of_service=claim.place_of_service,
        )
        self.send_services(claim)
        for file in files:
            self.upload(*file)
        self.get(f"{self.draft}/review")

    def begin(self, claim: Claim) -> None:
        self.get("/claims/new")
        self.post(
            "/claims/new",
            claim_number=claim.claim_number,
            frequency=claim.frequency,
            original_ref=claim.original_ref or "",
            member_id=claim.member_id,
            patient_name=claim.patient_name,
            patient_dob=f"{claim.patient_dob:%m/%d/%Y}",
            provider_npi=claim.provider_npi,
            place_of_service=claim.place_of_service,
        )
        self.draft = str(self.page.url.path).rpartition("/")[0]

    def send_services(self, claim: Claim) -> None:
        self.post(
            f"{self.draft}/services",
            diagnosis=claim.diagnosis_codes,
            service_date=[line.service_date.isoformat() for line in claim.lines],
            code=[line.code for line in claim.lines],
            modifier=[line.modifier or "" for line in claim.lines],
            units=[str(line.units) for line in claim.lines],
            charge=[str(line.charge) for line in claim.lines],
            total_charge=str(claim.total_charge),
            prior_auth=claim.prior_auth or "",
        )

    def upload(self, name: str, content: bytes) -> None:
        hidden = dict(_HIDDEN.findall(self.page.text))
        self.page = self._client.post(
            f"{self.draft}/files", data=hidden, files={"files": (name, content)}
        )

    def submit(self, **fields: str) -> httpx.Response:
        return self.post(f"{self.draft}/submit", **fields)

    def submit_whole(self, claim: Claim) -> httpx.Response:
        self.enter(claim)
        return self.submit()

    @property
    def alert(self) -> str:
        found = _ALERT.search(self.page.text)
        return unescape(_TAG.sub("", found[1]).strip()) if found else ""

    @property
    def title(self) -> str:
        found = re.search(r"<h1>(.*?)</h1>", self.page.text)
        return found[1] if found else ""
