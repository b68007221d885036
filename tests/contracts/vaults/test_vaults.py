import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deskhand.domain.sealed import Sealed
from deskhand.errors import SealBrokenError, SecretMissingError, VaultError
from deskhand.ports.vault import Vault
from deskhand.vaults.encrypted_file import (
    EncryptedFileVault,
    key_bytes,
    new_key,
    write_private,
)
from deskhand.vaults.environment import EnvironmentVault, variable_name
from tests.contracts.vaults.vault_contract import SECRETS, VaultContract

NAME = "payer_portal/lakeside/password"


class TestEnvironmentVault(VaultContract):
    @pytest.fixture
    def vault(self) -> Vault:
        return EnvironmentVault({variable_name(name): value for name, value in SECRETS.items()})

    def test_an_empty_variable_is_no_secret(self) -> None:
        vault = EnvironmentVault({variable_name(NAME): ""})

        with pytest.raises(SecretMissingError, match=variable_name(NAME)):
            vault.secret(NAME)


class TestEncryptedFileVault(VaultContract):
    @pytest.fixture
    def vault(self, file: Path, key: Sealed[str]) -> Vault:
        vault = EncryptedFileVault(file, key=key)
        for name, value in SECRETS.items():
            vault.put(name, Sealed(value))
        return EncryptedFileVault(file, key=key)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "vault.sealed"


@pytest.fixture
def key() -> Sealed[str]:
    return new_key()


def test_a_vault_without_a_file_is_empty_and_makes_none(file: Path, key: Sealed[str]) -> None:
    vault = EncryptedFileVault(file, key=key)

    assert vault.names() == []
    with pytest.raises(SecretMissingError, match="deskhand vault set"):
        vault.secret(NAME)
    assert not file.exists()


def test_a_secret_is_replaced_and_the_others_stay(file: Path, key: Sealed[str]) -> None:
    vault = EncryptedFileVault(file, key=key)
    for name, value in (("b", "1"), ("a", "2"), ("b", "3")):
        vault.put(name, Sealed(value))

    opened = EncryptedFileVault(file, key=key)

    assert opened.names() == ["a", "b"]
    assert [opened.secret(name).reveal() for name in ("a", "b")] == ["2", "3"]


def test_secrets_that_many_add_at_once_are_all_there(file: Path, key: Sealed[str]) -> None:
    names = [f"portal/client-{number}/password" for number in range(8)]

    def add(name: str) -> None:
        EncryptedFileVault(file, key=key).put(name, Sealed(name))

    with ThreadPoolExecutor(len(names)) as many:
        list(many.map(add, names))

    opened = EncryptedFileVault(file, key=key)
    assert opened.names() == names
    assert [opened.secret(name).reveal() for name in names] == names


def test_of_many_who_begin_at_once_all_have_the_first_ones_keys(
    file: Path, key: Sealed[str]
) -> None:
    def begin(number: int) -> tuple[str, str]:
        key_file = file.with_name("vault.key")
        write_private(key_file, f"key {number}".encode(), once=True)
        vault = EncryptedFileVault(file, key=key)
        vault.put_once("seal/keys", Sealed(str(number)))
        return key_file.read_text(), vault.secret("seal/keys").reveal()

    with ThreadPoolExecutor(8) as many:
        found = set(many.map(begin, range(8)))

    assert len(found) == 1
    assert [one.name for one in file.parent.iterdir() if one.name.startswith(".vault.key")] == []


def test_a_vault_that_cannot_be_looked_at_is_not_taken_for_an_empty_one(
    tmp_path: Path, key: Sealed[str]
) -> None:
    no_folder = tmp_path / "file"
    no_folder.write_text("no folder")
    vault = EncryptedFileVault(no_folder / "vault.sealed", key=key)

    with pytest.raises(VaultError, match=r"vault\.sealed cannot be read: Not a directory"):
        vault.names()
    with pytest.raises(VaultError, match="cannot be written"):
        vault.put(NAME, Sealed("x"))


def test_the_file_holds_neither_names_nor_values_and_is_its_owners_alone(
    file: Path, key: Sealed[str]
) -> None:
    before = os.umask(0)
    try:
        EncryptedFileVault(file, key=key).put(NAME, Sealed("hush"))
    finally:
        os.umask(before)

    content = file.read_bytes()
    assert b"hush" not in content
    assert b"payer_portal" not in content
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_another_key_does_not_open_it(file: Path, key: Sealed[str]) -> None:
    EncryptedFileVault(file, key=key).put(NAME, Sealed("hush"))

    with pytest.raises(SealBrokenError, match=r"vault\.sealed cannot be opened"):
        EncryptedFileVault(file, key=new_key()).secret(NAME)


def test_a_vault_that_does_not_open_is_not_written_over(file: Path, key: Sealed[str]) -> None:
    EncryptedFileVault(file, key=key).put(NAME, Sealed("hush"))
    content = file.read_bytes()

    with pytest.raises(SealBrokenError):
        EncryptedFileVault(file, key=new_key()).put("other", Sealed("x"))

    assert file.read_bytes() == content


def test_a_file_of_which_any_byte_was_changed_does_not_open(file: Path, key: Sealed[str]) -> None:
    EncryptedFileVault(file, key=key).put("a", Sealed("b"))
    content = file.read_bytes()
    opened = []

    for place in range(len(content)):
        damaged = bytearray(content)
        damaged[place] ^= 1
        file.write_bytes(damaged)
        try:
            opened.append(EncryptedFileVault(file, key=key).secret("a"))
        except SealBrokenError:
            continue

    assert opened == []


@pytest.mark.parametrize("length", [0, 1, 7, 11, 12, 20])
def test_a_file_that_was_cut_off_does_not_open(file: Path, key: Sealed[str], length: int) -> None:
    EncryptedFileVault(file, key=key).put("a", Sealed("b"))
    file.write_bytes(file.read_bytes()[:length])

    with pytest.raises(SealBrokenError):
        EncryptedFileVault(file, key=key).secret("a")


def test_a_crash_while_writing_leaves_the_old_file_and_no_draft(
    file: Path, key: Sealed[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = EncryptedFileVault(file, key=key)
    vault.put(NAME, Sealed("old"))

    def no_space(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(VaultError, match="cannot be written: No space left"):
        vault.put(NAME, Sealed("new"))

    assert vault.secret(NAME).reveal() == "old"
    assert EncryptedFileVault(file, key=key).secret(NAME).reveal() == "old"
    assert [path.name for path in file.parent.iterdir()] == ["vault.sealed"]


def test_a_place_that_is_no_file_is_told_as_the_vaults_trouble(
    file: Path, key: Sealed[str]
) -> None:
    file.mkdir(parents=True)

    with pytest.raises(VaultError, match=r"vault\.sealed cannot be read: Is a directory"):
        EncryptedFileVault(file, key=key).names()


def test_two_writings_of_the_same_content_differ(file: Path, key: Sealed[str]) -> None:
    vault = EncryptedFileVault(file, key=key)
    vault.put("a", Sealed("b"))
    first = file.read_bytes()

    vault.put("a", Sealed("b"))

    assert file.read_bytes() != first


def test_new_keys_differ_and_are_keys() -> None:
    first, second = new_key(), new_key()

    assert first != second
    assert len(key_bytes(first, what="a key")) == 32
    assert key_bytes(Sealed(f" {first.reveal()}\n"), what="a key") == key_bytes(first, what="")


@pytest.mark.parametrize("text", ["", "short", "ä" * 44, "A" * 43, json.dumps([1] * 20)])
def test_what_is_no_key_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(VaultError, match="the vault's key is not a key") as refusal:
        key_bytes(Sealed(text), what="the vault's key")

    assert not text or text not in str(refusal.value)
