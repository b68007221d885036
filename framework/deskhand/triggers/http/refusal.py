"""A request that is refused: what is wrong, and what to do next, never the data."""

from collections.abc import Mapping
from http import HTTPStatus


class HttpRefusal(Exception):  # noqa: N818 - an answer, raised where the request is judged
    """Ends a request with an answer of its own."""

    def __init__(
        self,
        status: HTTPStatus,
        problem: str,
        *,
        advice: str,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status
        self.problem = problem
        self.advice = advice
        self.headers = headers
        super().__init__(f"{problem}; {advice}")


def not_signed() -> HttpRefusal:
    """Return the one answer to whoever cannot sign: it does not tell which hooks there are."""
    return HttpRefusal(
        HTTPStatus.UNAUTHORIZED,
        "the signature does not fit this hook, or the time of it is too far from ours",
        advice="sign as Standard Webhooks says, with this hook's secret and the present time; "
        "an event says in deskhandclient whose it is",
    )
