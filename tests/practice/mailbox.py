"""A mail server on this machine that is as bad as a test wants it to be, with TLS and logins."""

import asyncio
import datetime as dt
import ipaddress
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from enum import Enum
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "deskhand", "practice-mail-word"


class Temper(Enum):
    """How a mail server answers a message."""

    TAKES = "takes"
    UNKNOWN_RECIPIENT = "unknown recipient"
    BUSY_RECIPIENT = "busy recipient"
    REJECTS = "rejects"
    PUTS_OFF = "puts off"
    HANGS_UP = "hangs up"
    TAKES_AND_HANGS_UP = "takes and hangs up"
    DAWDLES = "dawdles"


_AT_RCPT = {
    Temper.UNKNOWN_RECIPIENT: "550 nobody of the name secret-words lives here",
    Temper.BUSY_RECIPIENT: "450 come back later",
}
_AT_DATA = {Temper.REJECTS: "554 secret-words", Temper.PUTS_OFF: "451 secret-words"}


@dataclass(slots=True)
class Mailbox:
    """Keeps every mail that its server has read whole, and those that it took.

    `temper` is asked once a mail; `tempers` are for some addresses.
    """

    temper: Callable[[], Temper] = lambda: Temper.TAKES
    tempers: dict[str, Temper] = field(default_factory=dict)
    port: int = 0
    read: list[EmailMessage] = field(default_factory=list)
    taken: list[EmailMessage] = field(default_factory=list)
    wire: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    _now: dict[Session, Temper] = field(default_factory=dict)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._now[session] = temper = self.tempers.get(address) or self.temper()
        if answer := _AT_RCPT.get(temper):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.original_content or b""
        mail: Any = message_from_bytes(content, policy=default)
        temper = self._now.pop(session)
        self.read.append(mail)
        if temper in _AT_DATA:
            return _AT_DATA[temper]
        if temper is Temper.HANGS_UP:
            return _hung_up(server)
        if temper is Temper.DAWDLES:
            await self.let_go.wait()
            return "451 too late"
        self.taken.append(mail)
        self.wire.append(content)
        self.recipients += envelope.rcpt_tos
        assert server.transport is not None
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        return _hung_up(server) if temper is Temper.TAKES_AND_HANGS_UP else "250 kept as 17"

    def authenticated(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        """Check a login."""
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login.decode())
        right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)


@contextmanager
def serving(mailbox: Mailbox, *, port: int = 0, **options: Any) -> Iterator[Mailbox]:
    """Serve a mailbox on a free port, in a thread of its own."""
    controller = _Controller(mailbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    assert controller.server is not None
    mailbox.port = controller.server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    try:
        yield mailbox
    finally:
        controller.loop.call_soon_threadsafe(mailbox.let_go.set)
        controller.stop()


def with_logins(mailbox: Mailbox, context: ssl.SSLContext) -> dict[str, Any]:
    """Return the options of a server that asks for a login, after STARTTLS."""
    return {
        "tls_context": context,
        "require_starttls": True,
        "auth_required": True,
        "authenticator": mailbox.authenticated,
    }


@dataclass(frozen=True, slots=True)
class Certified:
    """A certificate for 127.0.0.1 that signs itself: its file, and a server's context."""

    file: Path
    context: ssl.SSLContext


def certified(folder: Path, *, address: str = "127.0.0.1") -> Certified:
    """Make a certificate for an address."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "practice")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file, key_file = folder / "practice.pem", folder / "practice.key"
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key_file)
    return Certified(file, context)


class _Controller(Controller):
    """aiosmtpd's own one, told the port that it was given for 0 before it looks for itself."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def _hung_up(server: SMTP) -> str:
    transport: Any = server.transport
    transport.abort()
    return "421 gone"
