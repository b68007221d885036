"""Evidence as sealed files in a folder, named by their hash."""

import hashlib
import os
import re
import secrets
from pathlib import Path

from deskhand.errors import NotFoundError, SealBrokenError, StoreUnavailableError
from deskhand.ports.vault import Seal

_HASH = re.compile(r"[0-9a-f]{64}\Z")


class FolderEvidenceStore:
    """Keeps each piece under `<folder>/<first two digits>/<hash>`; never overwrites one."""

    def __init__(self, folder: Path, *, seal: Seal) -> None:
        self._folder = folder
        self._seal = seal

    def put(self, content: bytes, *, context: str) -> str:
        sealed = self._seal.close(content, context=context)
        sha256 = hashlib.sha256(sealed).hexdigest()
        try:
            self._write(self._place(sha256), sealed)
        except OSError as error:
            raise StoreUnavailableError(str(self._folder), str(error.strerror)) from error
        return sha256

    def get(self, sha256: str, *, context: str) -> bytes:
        place = self._place(sha256)
        if not place.is_file():
            raise NotFoundError("evidence", sha256)
        try:
            sealed = place.read_bytes()
        except OSError as error:
            raise StoreUnavailableError(str(self._folder), str(error.strerror)) from error
        if hashlib.sha256(sealed).hexdigest() != sha256:
            # Well sealed, perhaps, but not the piece that the record names.
            raise SealBrokenError(f"evidence {sha256}")
        return self._seal.open(sealed, context=context)

    def _place(self, sha256: str) -> Path:
        # A name is a hash or nothing: no path can be smuggled in.
        if not _HASH.match(sha256):
            raise NotFoundError("evidence", sha256)
        return self._folder / sha256[:2] / sha256

    def _write(self, place: Path, sealed: bytes) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
        try:
            with draft.open("xb") as stream:
                stream.write(sealed)
                stream.flush()
                os.fsync(stream.fileno())
            draft.replace(place)
        finally:
            draft.unlink(missing_ok=True)
        # The name, too, must outlast a power failure: a record is about to name it.
        for folder in (place.parent, self._folder):
            _sync(folder)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
