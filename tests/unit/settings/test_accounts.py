from collections.abc import Mapping
from pathlib import Path

import pytest

from deskhand.domain.account import Account
from deskhand.domain.identifiers import AccountName
from deskhand.errors import SettingsError
from deskhand.settings.accounts import load_accounts

GOOD = "portal: payer_portal, client: lakeside, url: 'https://payer.example/'"


def load(folder: Path, text: str) -> Mapping[AccountName, Account]:
    file = folder / "accounts.yaml"
    file.write_text(text, encoding="utf-8")
    return load_accounts(file)


def test_accounts_are_read_by_their_name_with_defaults(tmp_path: Path) -> None:
    accounts = load(
        tmp_path,
        f"""
        accounts:
          - {{{GOOD}}}
          - portal: payer_portal
            client: hill
            url: http://127.0.0.1:8000/path
            login: shared/hill
            at_once: 4
        """,
    )

    assert list(accounts.values()) == [
        Account(
            name=AccountName("payer_portal/lakeside"),
            portal="payer_portal",
            client="lakeside",
            url="https://payer.example",
            login="payer_portal/lakeside",
            at_once=1,
        ),
        Account(
            name=AccountName("payer_portal/hill"),
            portal="payer_portal",
            client="hill",
            url="http://127.0.0.1:8000/path",
            login="shared/hill",
            at_once=4,
        ),
    ]
    assert list(accounts) == ["payer_portal/lakeside", "payer_portal/hill"]


def test_without_the_file_there_are_no_accounts(tmp_path: Path) -> None:
    assert load_accounts(tmp_path / "accounts.yaml") == {}
    assert load(tmp_path, "accounts: []") == {}


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("[]", "expected keys such as `portal: …`"),
        ("just text", "expected keys such as `portal: …`"),
        ("{client: a, url: 'https://a'}", "`portal` is missing or no text"),
        ("{portal: a, url: 'https://a'}", "`client` is missing or no text"),
        ("{portal: a, client: b}", "`url` is missing or no text"),
        ("{portal: 5, client: b, url: 'https://a'}", "`portal` is missing or no text"),
        ("{portal: '', client: b, url: 'https://a'}", "`portal` is missing or no text"),
        (
            "{portal: a/b, client: c, url: 'https://a'}",
            "`portal` and `client` are names, without a slash",
        ),
        (
            "{portal: a, client: b/c, url: 'https://a'}",
            "`portal` and `client` are names, without a slash",
        ),
        (f"{{{GOOD}, user: ann}}", "unknown key `user`; known are portal, client, url, login"),
        (f"{{{GOOD}, login: }}", "`login` is missing or no text"),
        (f"{{{GOOD}, login: 5}}", "`login` is missing or no text"),
        (f"{{{GOOD}, at_once: 0}}", "`at_once` is a number from 1 to 64"),
        (f"{{{GOOD}, at_once: 65}}", "`at_once` is a number from 1 to 64"),
        (f"{{{GOOD}, at_once: true}}", "`at_once` is a number from 1 to 64"),
        (f"{{{GOOD}, at_once: '2'}}", "`at_once` is a number from 1 to 64"),
        ("{portal: a, client: b, url: payer.example}", "`url` begins with https://"),
        ("{portal: a, client: b, url: 'ftp://payer.example'}", "`url` begins with https://"),
        ("{portal: a, client: b, url: 'https://'}", "a host follows"),
        ("{portal: a, client: b, url: 'https://[payer'}", "a host follows"),
    ],
)
def test_each_mistake_is_told_with_the_account_that_has_it(
    tmp_path: Path, entry: str, problem: str
) -> None:
    with pytest.raises(SettingsError) as refusal:
        load(tmp_path, f"accounts:\n  - {{{GOOD}}}\n  - {entry}\n")

    assert str(refusal.value).startswith(f"{tmp_path}/accounts.yaml: account 2: ")
    assert problem in str(refusal.value)


def test_an_account_that_is_listed_twice_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="account 2: payer_portal/lakeside is listed twice"):
        load(tmp_path, f"accounts:\n  - {{{GOOD}}}\n  - {{{GOOD}}}\n")


@pytest.mark.parametrize("text", ["", "[]", "accounts: {}", "accounts: text", "account: []", "5"])
def test_a_file_without_a_list_of_accounts_tells_what_is_expected(
    tmp_path: Path, text: str
) -> None:
    with pytest.raises(SettingsError, match="expected `accounts:` with a list of accounts"):
        load(tmp_path, text)


@pytest.mark.parametrize(
    "text", ["accounts: [", "accounts:\n\t- x", "accounts: []\naccounts: []", "a: \x00", "a: *b"]
)
def test_a_file_that_is_no_yaml_is_told_with_its_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match=r"accounts\.yaml: "):
        load(tmp_path, text)


def test_a_file_that_is_no_text_is_told_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "accounts.yaml").write_bytes(b"\xff\xfe\xff")

    with pytest.raises(SettingsError, match=r"accounts\.yaml: this is not UTF-8 text"):
        load_accounts(tmp_path / "accounts.yaml")


def test_a_file_that_is_no_yaml_is_told_by_line_and_without_the_parsers_own_words(
    tmp_path: Path,
) -> None:
    with pytest.raises(SettingsError, match=r"accounts.yaml: line 3, column 1: not valid YAML"):
        load(tmp_path, "accounts:\n  - portal: a\n\t client: b\n")
