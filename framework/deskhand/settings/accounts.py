"""`accounts.yaml`: the logins that a project's bots use, and their limits."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from deskhand.domain.account import Account, account_name
from deskhand.domain.identifiers import AccountName
from deskhand.errors import SettingsError
from deskhand.settings.yaml_file import read_yaml

_REQUIRED = ("portal", "client", "url")
_KNOWN = (*_REQUIRED, "login", "at_once", "hosts")


def load_accounts(file: Path) -> Mapping[AccountName, Account]:
    """Read the accounts by name; a missing file has none. Raises `SettingsError`."""
    content = read_yaml(file)
    if content is None:
        return {}
    listed = content.get("accounts") if isinstance(content, dict) else None
    if not isinstance(listed, list):
        raise SettingsError("expected `accounts:` with a list of accounts", file=file)
    accounts: dict[AccountName, Account] = {}
    for number, entry in enumerate(listed, start=1):
        account = _account(entry, file=file, where=f"account {number}")
        if account.name in accounts:
            raise SettingsError(
                f"{account.name} is listed twice", file=file, where=f"account {number}"
            )
        accounts[account.name] = account
    return accounts


def _account(entry: Any, *, file: Path, where: str) -> Account:
    if not isinstance(entry, dict):
        raise SettingsError("expected keys such as `portal: …`", file=file, where=where)
    for problem in _problems(entry):
        raise SettingsError(problem, file=file, where=where)
    name = account_name(entry["portal"], entry["client"])
    return Account(
        name=name,
        portal=entry["portal"],
        client=entry["client"],
        url=entry["url"].rstrip("/"),
        login=entry.get("login", name),
        at_once=entry.get("at_once", 1),
        hosts=tuple(entry.get("hosts", ())),
    )


def _problems(entry: dict[Any, Any]) -> Iterator[str]:
    texts = {**dict.fromkeys(_REQUIRED), "login": "the account's name", **entry}
    for key in (*_REQUIRED, "login"):
        if not isinstance(texts[key], str) or not texts[key]:
            yield f"`{key}` is missing or no text"
    for key in sorted(map(str, entry.keys() - set(_KNOWN))):
        yield f"unknown key `{key}`; known are {', '.join(_KNOWN)}"
    if "/" in entry["portal"] or "/" in entry["client"]:
        yield "`portal` and `client` are names, without a slash"
    at_once = entry.get("at_once", 1)
    if type(at_once) is not int or not 1 <= at_once <= 64:
        yield "`at_once` is a number from 1 to 64"
    yield from _wrong_hosts(entry.get("hosts", []))
    if not _is_address(entry["url"]):
        yield (
            "`url` begins with https:// or http://, and a host follows; "
            "that of a bot without a page may be file:///…"
        )


def _wrong_hosts(hosts: Any) -> Iterator[str]:
    if not isinstance(hosts, list):
        yield "`hosts` is a list of hosts: [login.example]"
        return
    for host in hosts:
        if not isinstance(host, str) or not _is_host(host):
            yield f"`hosts`: {host!r} is no host; expected its name, such as login.example"


def _is_host(host: str) -> bool:
    try:
        parts = urlsplit(f"//{host}")
        return parts.netloc == host and bool(parts.hostname) and parts.username is None
    except ValueError:
        return False


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.scheme == "file":
        return not parts.netloc and len(parts.path) > 1
    return parts.scheme in ("http", "https") and bool(parts.hostname)
