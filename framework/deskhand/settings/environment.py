"""What the environment says in place of `deskhand.toml`: where secrets lie, as files.

A secret in a file is not seen by who lists processes, and is how containers and systemd hand
secrets out.
"""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from deskhand.errors import SettingsError

KEY = "DESKHAND_VAULT_KEY"
KEY_FILE = "DESKHAND_VAULT_KEY_FILE"
PASSWORD_FILE = "DESKHAND_DATABASE_PASSWORD_FILE"  # noqa: S105 - a variable's name

_EXPECTED_URL = "expected a database with a user and no password: postgresql+psycopg://USER@HOST/…"


def key_file_named(environment: Mapping[str, str]) -> Path | None:
    """Return the file of the vault's key, if the environment names one; raises `SettingsError`."""
    named = environment.get(KEY_FILE)
    if not named:
        return None
    file = Path(named).absolute()
    if environment.get(KEY):
        raise SettingsError(f"{KEY} gives a key, too; keep one of the two", file=file)
    return file


def with_password_of(environment: Mapping[str, str], url: str) -> str:
    """Return a database's URL with the password of the file that the environment names, if any.

    Raises `SettingsError`, which never quotes URL or password.
    """
    named = environment.get(PASSWORD_FILE)
    if not named:
        return url
    file = Path(named).absolute()
    scheme, _, rest = url.partition("://")
    end = min((rest.index(mark) for mark in "/?" if mark in rest), default=len(rest))
    user, at, host = rest[:end].rpartition("@")
    if not at or not user or ":" in user or not scheme.startswith("postgresql"):
        raise SettingsError(_EXPECTED_URL, file=file, where=PASSWORD_FILE)
    return f"{scheme}://{user}:{quote(_secret(file), safe='')}@{host}{rest[end:]}"


def _secret(file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SettingsError("expected text in UTF-8", file=file, where=PASSWORD_FILE) from error
    except OSError as error:
        raise SettingsError(str(error.strerror), file=file, where=PASSWORD_FILE) from error
    # Editors and `echo` end a file with a line's end, which is no part of the secret.
    secret = text.removesuffix("\n").removesuffix("\r")
    if not secret:
        raise SettingsError("the file is empty", file=file, where=PASSWORD_FILE)
    return secret
