"""How each target of `notify.yaml` is reached: by mail, or by a signed request."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from deskhand.domain.receiver import Receiver
from deskhand.domain.target import Encryption, MailServer
from deskhand.settings.web_address import LOOPBACK, is_safe
from deskhand.settings.yaml_file import Entry

MAIL_KEYS = ("server", "from", "encryption", "port", "login", "certificate")
WEBHOOK_KEYS = ("url", "secret")

_PORTS = {Encryption.STARTTLS: 587, Encryption.TLS: 465, Encryption.NONE: 25}
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\Z")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,60}\Z")
_HOST = re.compile(r"[A-Za-z0-9.:-]+\Z")


def mail_server(entry: Entry) -> MailServer:
    """Read how mails go out; raises `SettingsError`."""
    host = entry.text("server")
    if not _HOST.match(host):
        raise entry.mistake("`server` is the name of a host, as in mail.example.com")
    encryption = Encryption(entry.choice("encryption", [way.value for way in Encryption]))
    if encryption is Encryption.NONE and host not in LOOPBACK:
        raise entry.mistake("`encryption: none` is for a mail server on this machine only")
    return MailServer(
        host=host,
        port=whole_number(entry, "port", _PORTS[encryption], least=1, most=65_535),
        sender=_address(entry, entry.text("from"), "`from`"),
        encryption=encryption,
        login=entry.text("login") if "login" in entry else None,
        certificate=_certificate(entry) if "certificate" in entry else None,
    )


def _certificate(entry: Entry) -> Path:
    file = (entry.file.parent / entry.text("certificate")).resolve()
    if not file.is_file():
        raise entry.mistake(f"`certificate`: there is no file {file.name} beside {entry.file.name}")
    return file


def _address(entry: Entry, text: object, of: str) -> str:
    if not isinstance(text, str) or not _ADDRESS.match(text) or len(text) > 254:
        raise entry.mistake(f"{of} is a plain mail address, as in ann@example.com")
    return text


def people(entry: Entry, mail: MailServer | None) -> Iterator[tuple[str, str]]:
    """Yield names and addresses; raises `SettingsError`."""
    for name, address in entry.mapping("people"):
        if mail is None:
            raise entry.mistake(
                "`people` are told by mail, and `mail` is missing; one is "
                "mail: {server: mail.example.com, from: deskhand@example.com}"
            )
        yield _named(entry, name), _address(entry, address, f"people.{name}")


def _named(entry: Entry, name: str) -> str:
    if not _NAME.match(name):
        raise entry.mistake(f"`{name}` is no name of a target: letters, digits, dots, hyphens")
    return name


def webhooks(entry: Entry, taken: Collection[str]) -> Iterator[tuple[str, Receiver]]:
    """Yield names and web addresses; `taken` are names of people. Raises `SettingsError`."""
    for name, told in entry.mapping("webhooks"):
        inner = Entry(told, known=WEBHOOK_KEYS, file=entry.file, where=f"webhook {name}")
        if name in taken:
            raise inner.mistake("one of the people has this name, too; give it another one")
        url = inner.text("url")
        if not is_safe(url):
            raise inner.mistake(
                "`url` begins with https:// and a host follows; http:// is for this machine only"
            )
        yield (
            _named(inner, name),
            Receiver(name=name, url=url, events=("*",), secret=inner.text("secret")),
        )


def link(entry: Entry) -> str:
    """Return where the console is, empty where nobody said; raises `SettingsError`."""
    if "link" not in entry:
        return ""
    told = entry.text("link")
    if not is_safe(told) or urlsplit(told).query or urlsplit(told).fragment:
        raise entry.mistake("`link` is where the console is, as in https://deskhand.example.com")
    return told


def whole_number(entry: Entry, key: str, default: int, *, least: int, most: int) -> int:
    """Return a number within its limits, the default where there is none."""
    value = entry.of(key) if key in entry else default
    if type(value) is not int or not least <= value <= most:
        raise entry.mistake(f"`{key}` is a whole number from {least} to {most}")
    return value
