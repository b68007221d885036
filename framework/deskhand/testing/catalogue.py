"""Every fault of real portals that the kit can bring about, and the named sets of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from deskhand.testing.timing import Fault, When


class Place(StrEnum):
    """Where a fault belongs; `Places` says what these are in a given portal."""

    ANY = "any"
    PAGE = "page"
    FORM = "form"
    POST = "post"
    COMMIT = "commit"
    LOGIN = "login"
    UPLOAD = "upload"
    APP = "app"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A sort of fault: where it belongs, when it strikes if nobody says, and how much."""

    name: str
    place: Place
    says: str
    when: When
    value: float = 0.0


_ONCE_A_SUBJECT = When()
_EACH_REQUEST = When(per="request")
_FROM_THE_FIRST_ON = When(per="plan", times=None)
_ALWAYS = When(times=None)


def _kind(
    name: str, place: Place, says: str, when: When = _ONCE_A_SUBJECT, value: float = 0.0
) -> Kind:
    return Kind(name=name, place=place, says=says, when=when, value=value)


# The order is the order of nesting: an earlier fault lies around a later one.
_ALL_KINDS = (
    _kind("slow", Place.ANY, "the answer takes long (median seconds)", _EACH_REQUEST, 0.3),
    _kind("hang", Place.ANY, "no answer for so many seconds, then none at all", value=60.0),
    _kind("slow-body", Place.PAGE, "the page drips in over so many seconds", value=2.0),
    _kind("captcha", Place.PAGE, "a page asks for proof of being human", _FROM_THE_FIRST_ON),
    _kind("account-locked", Place.LOGIN, "the account is locked", _FROM_THE_FIRST_ON),
    _kind("password-expired", Place.LOGIN, "the password must be changed", _FROM_THE_FIRST_ON),
    _kind("terms", Place.PAGE, "new terms of use must be accepted first", When(per="plan")),
    _kind("rate-limit", Place.ANY, "429, Retry-After so many seconds", value=1.0),
    _kind("maintenance", Place.PAGE, "a maintenance page, with status 200"),
    _kind("unavailable", Place.ANY, "503, Retry-After so many seconds", value=1.0),
    _kind("bad-gateway", Place.ANY, "502 from a proxy"),
    _kind("session-expiry", Place.FORM, "the login session ends in the middle of a form"),
    _kind("csrf", Place.POST, "403: the security token is no longer valid"),
    _kind("upload-unavailable", Place.UPLOAD, "500 for an upload"),
    _kind("error-before-commit", Place.COMMIT, "500, and nothing was committed"),
    _kind("drop-after-commit", Place.COMMIT, "committed, then the connection closes unanswered"),
    _kind("timeout-after-commit", Place.COMMIT, "committed, then 504 from a proxy"),
    _kind("cookie-banner", Place.PAGE, "a cookie banner covers the page's lower part"),
    _kind("toast", Place.PAGE, "a message covers the buttons for so many seconds", value=3.0),
    _kind("dialog", Place.PAGE, "a JavaScript dialog opens"),
    _kind("field-wiped", Place.FORM, "a late re-render empties what was typed so far"),
    _kind("js-error", Place.FORM, "a script error leaves the buttons dead"),
    _kind("renderer-frozen", Place.PAGE, "the page freezes for so many seconds", value=5.0),
    _kind("renderer-crash", Place.PAGE, "the page crashes its renderer process"),
    _kind("renamed-ids", Place.PAGE, "ids are made anew at each render", _EACH_REQUEST),
    _kind("renamed-labels", Place.PAGE, "labels have other words", _EACH_REQUEST),
    _kind("layout-b", Place.APP, "a session sees another order of pages", _ALWAYS),
    _kind(
        "stale-read", Place.APP, "the search index is rebuilt every so many seconds", _ALWAYS, 20.0
    ),
    _kind("wrong-digit", Place.APP, "one digit is stored wrong", _ALWAYS),
    _kind("normalised-field", Place.APP, "fields are stored in another spelling", _ALWAYS),
    _kind("upload-lost", Place.APP, "an upload is answered with success and lost", _ALWAYS),
    _kind("duplicate-warning", Place.APP, "a warning asks whether this is a duplicate"),
    _kind("double-submit", Place.APP, "two submits commit twice", _ALWAYS),
    _kind("single-session", Place.APP, "a second sign-in ends the first session", _ALWAYS),
    _kind("totp-skew", Place.APP, "the portal's clock is off by so many seconds", value=90.0),
    _kind("no-confirmation", Place.APP, "no confirmation number is shown", _ALWAYS),
    _kind("odd-confirmation", Place.APP, "the confirmation is written in another format", _ALWAYS),
    _kind("pagination", Place.APP, "result pages are shorter and in another order", _ALWAYS),
)

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL_KINDS}

_STOPS = ("captcha", "account-locked", "password-expired", "terms")

# What a correct client survives by itself, or ends as a case for a person; never twice, never lost.
_DEFAULT: Mapping[str, When] = {
    "slow": When(per="request", percent=8),
    "unavailable": When(first=None, percent=6),
    "session-expiry": When(first=None, percent=4),
    "drop-after-commit": When(percent=4),
    "timeout-after-commit": When(percent=3),
    "cookie-banner": When(first=None, percent=10),
    "toast": When(first=None, percent=6),
    "dialog": When(first=None, percent=5),
    "field-wiped": When(first=None, percent=10),
    "wrong-digit": KINDS["wrong-digit"].when,
}


def _of(name: str, when: When | None = None) -> Fault:
    kind = KINDS[name]
    return Fault(name=name, when=when or kind.when, value=kind.value)


def _in_some(name: str) -> Fault:
    kind = KINDS[name]
    return _of(name, _DEFAULT.get(name) or replace(kind.when, percent=5))


SETS: Mapping[str, tuple[Fault, ...]] = {
    "none": (),
    "default": tuple(_of(name, when) for name, when in _DEFAULT.items()),
    "all": tuple(_in_some(name) for name in KINDS if name not in _STOPS),
    "stops": tuple(_of(name) for name in _STOPS),
}


def bare(name: str) -> Fault:
    """Give the fault of that name as it is when nobody says more."""
    return _of(name)
