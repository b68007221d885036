"""An officer without a browser: posts the aid portal's forms as a browser would."""

import re
from html import unescape

import httpx
import pyotp

from tests.portals.aid.world import Login

_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
_ALERT = re.compile(r'role="alert">(.*?)</(?:div|p)>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
YEAR = "2026-27"


class Hand:
    """Signs in and works on students' files; `page` is the page that came last."""

    def __init__(self, url: str, login: Login) -> None:
        self.login = login
        self.page = httpx.Response(204)
        self._client = httpx.Client(base_url=url, follow_redirects=True, trust_env=False)

    def close(self) -> None:
        self._client.close()

    def sign_in(self, *, password: str = "", code: str = "") -> None:
        self.get("/SignIn.aspx")
        self.post("/SignIn.aspx", user=self.login.user, password=password or self.login.password)
        if self.page.url.path == "/Challenge.aspx":
            self.post("/Challenge.aspx", code=code or pyotp.TOTP(self.login.totp_secret).now())

    def get(self, path: str, **query: str) -> httpx.Response:
        self.page = self._client.get(path, params=query)
        return self.page

    def post(self, path: str, **fields: str) -> httpx.Response:
        """Send a form with the hidden fields of the page that came last."""
        hidden = dict(_HIDDEN.findall(self.page.text))
        self.page = self._client.post(path, data=hidden | fields)
        return self.page

    def look(self, page: str, student_id: str, *, year: str = YEAR) -> str:
        return self.get(f"/Frame/{page}.aspx", sid=student_id, year=year).text

    def mark(self, student_id: str, *, transaction: int = 1, year: str = YEAR) -> None:
        self.look("Verification", student_id, year=year)
        self.post(f"/Frame/Verification.aspx?sid={student_id}&year={year}", trn=str(transaction))

    def correct(self, student_id: str, agi: str, *, transaction: int = 1) -> None:
        self.look("Correction", student_id)
        address = f"/Frame/Correction.aspx?sid={student_id}&year={YEAR}"
        self.post(address, trn=str(transaction), agi=agi)

    def find(self, beginning: str, *, page: int = 1) -> list[str]:
        self.get("/Students.aspx")
        fields = {"beginning": beginning, "award_year": YEAR, "__EVENTARGUMENT": f"Page${page}"}
        self.post("/Students.aspx", **fields)
        return re.findall(r"<tr><td>([A-Z]-[0-9]+)</td>", self.page.text)

    def alert(self) -> str:
        found = _ALERT.search(self.page.text)
        return unescape(_TAG.sub("", found[1])).partition(":")[0] if found else ""

    def reference(self) -> str:
        found = re.search(r"[A-Z]{3}-[0-9]{7}", str(self.page.url))
        return found[0] if found else ""
