"""An account: one login on one portal, with its limits."""

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import SplitResult, urlsplit

from deskhand.domain.identifiers import AccountName


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One login, as `accounts.yaml` describes it.

    `login` is the vault path under which `user`, `password` and, where needed, `totp` lie.
    `at_once` is how many sessions the portal allows at the same time. `hosts` are the other hosts
    that belong to the portal, such as that of its login page, each with its port where it has one.
    """

    name: AccountName
    portal: str
    client: str
    url: str
    login: str
    at_once: int = 1
    hosts: tuple[str, ...] = ()

    def is_at(self, address: str) -> bool:
        """Whether a page's address is the portal's: of the account's own origin, or of its hosts.

        >>> own = dict(portal="p", client="c", login="p/c", url="https://p.example/desk")
        >>> account = Account(name=account_name("p", "c"), hosts=("login.example",), **own)
        >>> [account.is_at(f"{host}/x") for host in ("https://p.example", "https://login.example")]
        [True, True]
        >>> [account.is_at(f"{host}/x") for host in ("http://p.example", "https://p.example.net")]
        [False, False]
        """
        own, there = urlsplit(self.url), urlsplit(address)
        if own.scheme != there.scheme:  # what is kept from others must not be sent in clear
            return False
        return _host(there) in {_host(own), *(host.lower() for host in self.hosts)}


def account_name(portal: str, client: str) -> AccountName:
    """Return the name of a client's account on a portal.

    >>> account_name("payer_portal", "lakeside")
    'payer_portal/lakeside'
    """
    return AccountName(f"{portal}/{client}")


def portal_of(account: AccountName) -> str:
    """Return the portal of an account; empty for none.

    >>> portal_of(AccountName("payer_portal/lakeside"))
    'payer_portal'
    """
    return account.partition("/")[0]


def _host(parts: SplitResult) -> str:
    """Return a host, with its port unless it is that of the scheme."""
    host = parts.netloc.rpartition("@")[2].lower()
    return host.removesuffix({"http": ":80", "https": ":443"}.get(parts.scheme, ":"))


SAME_CAUSE_LIMIT = 5
"""After so many attempts in a row that ended for the same system cause, an account is held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountHealth:
    """What the store knows of an account: whether it may work, and its last causes.

    `audit_seq` is the number of the record in the account's stream that tells of this state.
    """

    name: AccountName
    audit_seq: int = 0
    held: bool = False
    held_for: str | None = None
    held_at: datetime | None = None
    last_cause: str | None = None
    in_a_row: int = 0

    @property
    def stream(self) -> str:
        """The audit stream that tells this account's story."""
        return f"account:{self.name}"

    def after_cause(self, group: str) -> "AccountHealth":
        """Count a system cause; the same one again counts up, another one starts anew."""
        in_a_row = self.in_a_row + 1 if group == self.last_cause else 1
        return replace(self, last_cause=group, in_a_row=in_a_row)

    def after_answer(self) -> "AccountHealth":
        """Forget the causes: the portal answered."""
        return replace(self, last_cause=None, in_a_row=0)

    @property
    def worn_out(self) -> bool:
        """Whether the same cause came so often that trying on would help nobody."""
        return self.in_a_row >= SAME_CAUSE_LIMIT
