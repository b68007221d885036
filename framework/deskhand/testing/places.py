"""Where a portal does what: the faults are aimed by these patterns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from deskhand.testing.catalogue import KINDS, Place
from deskhand.testing.timing import Fault, Hit


def _no_subject(_hit: Hit) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The routes of a portal, as patterns of a method and a glob: `"POST /claims/*/submit"`.

    `subject` names what a request is about (a claim number), so that draws do not depend on
    the order of requests. `session_cookie` is the cookie that carries the login session.
    `other_words` maps labels to the words that `renamed-labels` puts in their place.
    """

    any: str = "* *"
    page: str = "GET *"
    form: str = "GET *"
    post: str = "POST *"
    commit: str = "POST *"
    login: str = "POST /login"
    upload: str = "POST *upload*"
    session_cookie: str = "session"
    subject: Callable[[Hit], str] = _no_subject
    other_words: Mapping[str, str] = field(default_factory=dict)

    def covers(self, fault: Fault, hit: Hit) -> bool:
        """Say whether the fault is aimed at this request."""
        place = KINDS[fault.name].place
        if place is Place.APP:
            return False
        pattern = fault.route or str(getattr(self, place.value))
        method, _, glob = pattern.partition(" ")
        return method in {"*", hit.method} and fnmatchcase(hit.path, glob)
