"""Who is told: a person's mailbox, or a web address."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path


class Encryption(Enum):
    """How the way to a mail server is encrypted."""

    STARTTLS = "starttls"  # from the first command on; refused where the server offers none
    TLS = "tls"  # from the first byte on
    NONE = "none"  # not at all: a server on this machine


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """The server that takes our mails, and in whose name they go out.

    `login` is the vault path under which `user` and `password` lie; without it nobody logs in.
    `certificate` is the file of a certificate authority that is trusted beside the machine's own.
    """

    host: str
    port: int
    sender: str
    encryption: Encryption = Encryption.STARTTLS
    login: str | None = None
    certificate: Path | None = None
