"""Who is told of events: a web address of somebody else's, or a runbook of ours."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

INSIDE = "runbook:"
"""What the names of receivers inside begin with; behind it the runbook's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """A web address that is told of some events, as `receivers.yaml` describes it.

    `events` and `clients` are patterns (`claims.*`); without clients it hears of all of them.
    `secret` is the vault path of the secret that signs.
    """

    name: str
    url: str
    events: tuple[str, ...]
    secret: str
    clients: tuple[str, ...] = ("*",)

    def wants(self, event: str, *, client: str) -> bool:
        """Whether it is to be told of an event.

        >>> emr = Receiver(name="emr", url="https://emr", events=("claims.*",), secret="s")
        >>> emr.wants("claims.submitted", client="lakeside"), emr.wants("aid.verified", client="a")
        (True, False)
        """
        return _fits(event, self.events) and _fits(client, self.clients)


def _fits(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
