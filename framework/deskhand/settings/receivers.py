"""`receivers.yaml`: who outside is told of which events."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from deskhand.domain.receiver import Receiver
from deskhand.errors import SettingsError
from deskhand.settings.web_address import is_safe
from deskhand.settings.yaml_file import read_yaml

_REQUIRED = ("name", "url", "events", "secret")
_KNOWN = (*_REQUIRED, "clients")


def load_receivers(file: Path) -> Mapping[str, Receiver]:
    """Read the receivers by name; a missing file has none. Raises `SettingsError`."""
    content = read_yaml(file)
    if content is None:
        return {}
    listed = content.get("receivers") if isinstance(content, dict) else None
    if not isinstance(listed, list):
        raise SettingsError("expected `receivers:` with a list of receivers", file=file)
    receivers: dict[str, Receiver] = {}
    for number, entry in enumerate(listed, start=1):
        where = f"receiver {number}"
        receiver = _receiver(entry, file=file, where=where)
        if receiver.name in receivers:
            raise SettingsError(f"{receiver.name} is listed twice", file=file, where=where)
        receivers[receiver.name] = receiver
    return receivers


def _receiver(entry: Any, *, file: Path, where: str) -> Receiver:
    if not isinstance(entry, dict):
        raise SettingsError("expected keys such as `name: …`", file=file, where=where)
    for problem in _problems(entry):
        raise SettingsError(problem, file=file, where=where)
    return Receiver(
        name=entry["name"],
        url=entry["url"],
        events=tuple(entry["events"]),
        secret=entry["secret"],
        clients=tuple(entry.get("clients", ("*",))),
    )


def _problems(entry: dict[Any, Any]) -> Iterator[str]:
    for key in sorted(map(str, entry.keys() - set(_KNOWN))):
        yield f"unknown key `{key}`; known are {', '.join(_KNOWN)}"
    for key in ("name", "url", "secret"):
        if not isinstance(entry.get(key), str) or not entry[key]:
            yield f"`{key}` is missing or no text"
    if ":" in entry["name"]:
        yield "`name` has no colon: what begins with `runbook:` is inside"
    for key in ("events", "clients"):
        if not _is_list_of_texts(entry.get(key, ["*"] if key == "clients" else None)):
            yield f"`{key}` is a list of names, such as [claims.*]"
    if not is_safe(entry["url"]):
        yield (
            "`url` begins with https://, and a host follows, perhaps a port up to 65535; "
            "http:// is for this machine only"
        )


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)
