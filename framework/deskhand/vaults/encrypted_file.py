"""Secrets in one encrypted file, opened with a key that lies elsewhere."""

import base64
import binascii
import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from deskhand.domain.sealed import Sealed
from deskhand.errors import SealBrokenError, SecretMissingError, VaultError

KEY_BYTES = 32
_NONCE_BYTES = 12
_CONTEXT = b"deskhand vault 1"


class EncryptedFileVault:
    """A file of named secrets under AES-256-GCM. `key` is what `new_key` made."""

    def __init__(self, file: Path, *, key: Sealed[str]) -> None:
        self._file = file
        self._key = key
        self._opened: Mapping[str, str] = {}
        self._opened_as: tuple[int, ...] | None = None

    def secret(self, name: str) -> Sealed[str]:
        found = self._secrets().get(name)
        if found is None:
            raise SecretMissingError(name, advice=f"add it with: deskhand vault set {name}")
        return Sealed(found)

    def names(self) -> list[str]:
        """Return the names of all secrets, never their values."""
        return sorted(self._secrets())

    def put(self, name: str, value: Sealed[str]) -> None:
        """Add or replace a secret; the file is replaced as a whole, or not at all."""
        with self._alone():
            self._write({**self._secrets(), name: value.reveal()})

    def put_once(self, name: str, value: Sealed[str]) -> None:
        """Add a secret, unless there is one of this name: that one stays."""
        with self._alone():
            known = self._secrets()
            if name not in known:
                self._write({**known, name: value.reveal()})

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let nobody else change the file meanwhile, else one of two secrets would be lost."""
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder = os.open(self._file.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise self._not_written(error) from error
        try:
            with suppress(OSError):  # some network file systems lock no folder
                fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def _secrets(self) -> Mapping[str, str]:
        # Read anew when another process has replaced it: a secret is changed while we work.
        found = self._identity()
        if found != self._opened_as:
            self._opened = self._read() if found is not None else {}
            self._opened_as = found
        return self._opened

    def _identity(self) -> tuple[int, ...] | None:
        try:
            status = self._file.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            # Not an empty vault: whoever adds a secret would write a file without all the others.
            raise self._not_read(error) from error
        return (status.st_ino, status.st_mtime_ns, status.st_size)

    def _read(self) -> Mapping[str, str]:
        cipher = self._cipher()
        try:
            sealed = self._file.read_bytes()
        except OSError as error:
            raise self._not_read(error) from error
        try:
            plain = cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _CONTEXT)
        except (InvalidTag, ValueError):
            # A ValueError: too short to hold even its nonce.
            raise SealBrokenError(f"the vault {self._file}") from None
        content: Mapping[str, str] = json.loads(plain)
        return content

    def _write(self, content: Mapping[str, str]) -> None:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + self._cipher().encrypt(nonce, json.dumps(content).encode(), _CONTEXT)
        try:
            write_private(self._file, sealed)
        except OSError as error:
            raise self._not_written(error) from error

    def _not_read(self, error: OSError) -> VaultError:
        return VaultError(f"the vault {self._file} cannot be read: {error.strerror}")

    def _not_written(self, error: OSError) -> VaultError:
        return VaultError(f"the vault {self._file} cannot be written: {error.strerror}")

    def _cipher(self) -> AESGCM:
        return AESGCM(key_bytes(self._key, what="the vault's key"))


def new_key() -> Sealed[str]:
    """Make a key: 32 random bytes, as text."""
    return Sealed(base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode())


def key_bytes(key: Sealed[str], *, what: str) -> bytes:
    """Return a key's bytes; raises `VaultError` when the text is no key."""
    try:
        decoded = base64.urlsafe_b64decode(key.reveal().strip())
    except (binascii.Error, ValueError):
        decoded = b""
    if len(decoded) != KEY_BYTES:
        raise VaultError(f"{what} is not a key: 32 bytes in URL-safe base64 are expected")
    return decoded


def write_private(file: Path, content: bytes, *, once: bool = False) -> None:
    """Write a file that only its owner reads; a crash leaves the old one or the new one.

    `once` leaves a file alone that is there, or that another process writes at this moment.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if not once:
            draft.replace(file)
            return
        with suppress(FileExistsError):
            os.link(draft, file)
    finally:
        draft.unlink(missing_ok=True)
