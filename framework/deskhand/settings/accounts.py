"""`accounts.yaml`: the logins that a project's bots use, and their limits."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from deskhand.domain.account import Account, account_name
from deskhand.domain.identifiers import AccountName
from deskhand.errors import SettingsError

_REQUIRED = ("portal", "client", "url")
_KNOWN = (*_REQUIRED, "login", "at_once")


def load_accounts(file: Path) -> Mapping[AccountName, Account]:
    """Read the accounts by name; a missing file has none. Raises `SettingsError`."""
    if not file.is_file():
        return {}
    try:
        content = YAML(typ="safe", pure=False).load(file.read_text(encoding="utf-8"))
    except (MarkedYAMLError, UnicodeDecodeError) as error:
        raise SettingsError(str(error), file=file) from error
    listed = (content or {}).get("accounts") if isinstance(content, dict) else None
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
    for key in _REQUIRED:
        if not isinstance(entry.get(key), str):
            raise SettingsError(f"`{key}` is missing or no text", file=file, where=where)
    for key in entry:
        if key not in _KNOWN:
            expected = f"unknown key `{key}`; known are {', '.join(_KNOWN)}"
            raise SettingsError(expected, file=file, where=where)
    name = account_name(entry["portal"], entry["client"])
    at_once = entry.get("at_once", 1)
    if type(at_once) is not int or not 1 <= at_once <= 64:
        raise SettingsError("`at_once` is a number from 1 to 64", file=file, where=where)
    if urlsplit(entry["url"]).scheme not in ("http", "https"):
        raise SettingsError("`url` begins with https:// or http://", file=file, where=where)
    return Account(
        name=name,
        portal=entry["portal"],
        client=entry["client"],
        url=entry["url"].rstrip("/"),
        login=str(entry.get("login", name)),
        at_once=at_once,
    )
