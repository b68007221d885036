"""Mails, with the standard library, in a thread of their own."""

import asyncio
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime

from deskhand.domain.announcement import Announcement
from deskhand.domain.target import Encryption, MailServer
from deskhand.errors import VaultError
from deskhand.ports.notifier import Delivered, NotDelivered
from deskhand.ports.vault import Vault

WITHIN = timedelta(seconds=30)
_TAKEN = (250, 251, 252)
_FOR_GOOD = range(500, 600)
_LONGEST_WORDS = 200
_LONGEST_LINE = 998


class MailNotifier:
    """Mails one address (`deskhand.ports.notifier.Notifier`).

    A message has the same Message-ID at every try, so that a mail that comes twice is known.
    """

    def __init__(
        self, server: MailServer, *, to: str, vault: Vault, within: timedelta = WITHIN
    ) -> None:
        self._server = server
        self._to = to
        self._vault = vault
        self._within = within

    async def deliver(self, announcement: Announcement) -> Delivered | NotDelivered:
        try:
            login = self._login()
        except VaultError:
            return NotDelivered(problem="the vault has no user and password for the mail server")
        mail = written(announcement, sender=self._server.sender, to=self._to)
        talk = _Talk(self._server, login=login, within=self._within)
        try:
            async with asyncio.timeout(self._within.total_seconds()):
                return await asyncio.to_thread(talk.hand_over, mail, self._to)
        except TimeoutError:
            talk.hang_up()
            return NotDelivered(problem=f"no answer within {self._within.total_seconds():g} s")

    def _login(self) -> tuple[str, str] | None:
        path = self._server.login
        if path is None:
            return None
        user, password = (self._vault.secret(f"{path}/{one}") for one in ("user", "password"))
        return user.reveal(), password.reveal()


def written(announcement: Announcement, *, sender: str, to: str) -> bytes:
    """Return a message as it crosses the network.

    Nothing that stands in a header can begin another one: the library refuses it.
    """
    # A plain line is not broken: the library would begin it on the next one. Encoded words are.
    longest = _LONGEST_LINE if announcement.subject.isascii() else WIRE.max_line_length
    mail = EmailMessage(policy=WIRE.clone(cte_type="7bit", max_line_length=longest))
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = announcement.subject
    mail["Date"] = format_datetime(announcement.at)
    mail["Message-ID"] = f"<{announcement.id}@{_domain(sender)}>"
    mail["Auto-Submitted"] = "auto-generated"  # no holiday notice comes back
    mail.set_content(announcement.body)
    return mail.as_bytes()


class _Talk:
    """One conversation with a mail server, which another thread may end."""

    def __init__(
        self, server: MailServer, *, login: tuple[str, str] | None, within: timedelta
    ) -> None:
        self._server = server
        self._login = login
        self._within = within
        self._smtp: smtplib.SMTP | None = None
        self._given_up = False

    def hand_over(self, mail: bytes, to: str) -> Delivered | NotDelivered:
        """Hand a mail over; whatever the server does is an answer."""
        try:
            self._smtp = smtp = self._connected()
            try:
                refused = self._let_in(smtp)
                return refused or self._handed_over(smtp, mail, to)
            finally:
                self._leave(smtp)
        except ssl.SSLCertVerificationError:
            return NotDelivered(problem="the mail server's certificate is not trusted")
        except ssl.SSLError:
            return NotDelivered(problem="there is no encrypted way to the mail server")
        except smtplib.SMTPResponseException as error:
            return _refused("conversation", error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            return NotDelivered(problem=f"mail server not reached ({type(error).__name__})")

    def hang_up(self) -> None:
        """End the conversation from another thread; nothing that was not said yet is said."""
        self._given_up = True
        if self._smtp is not None and self._smtp.sock is not None:
            with suppress(OSError):
                self._smtp.sock.shutdown(socket.SHUT_RDWR)

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        # By the sender's domain: asking for our own name may take long, and would tell it.
        known_as = _domain(server.sender)
        seconds = self._within.total_seconds()
        if server.encryption is Encryption.TLS:
            return smtplib.SMTP_SSL(
                server.host,
                server.port,
                local_hostname=known_as,
                timeout=seconds,
                context=self._trusted(),
            )
        return smtplib.SMTP(server.host, server.port, local_hostname=known_as, timeout=seconds)

    def _let_in(self, smtp: smtplib.SMTP) -> NotDelivered | None:
        """Encrypt the way and log in; return why not."""
        smtp.ehlo_or_helo_if_needed()
        if self._server.encryption is Encryption.STARTTLS:
            if not smtp.has_extn("starttls"):
                return NotDelivered(problem="the mail server offers no STARTTLS; nothing was sent")
            smtp.starttls(context=self._trusted())
            smtp.ehlo()
        if self._login is None:
            return None
        try:
            smtp.login(*self._login)
        except smtplib.SMTPAuthenticationError as error:
            # Somebody may set the right one meanwhile: it is tried again.
            return NotDelivered(
                problem=f"the mail server refused the login ({error.smtp_code})",
                said=_words(error.smtp_code, error.smtp_error),
            )
        return None

    def _handed_over(self, smtp: smtplib.SMTP, mail: bytes, to: str) -> Delivered | NotDelivered:
        parts: tuple[tuple[str, Callable[[], tuple[int, bytes]]], ...] = (
            ("sender", lambda: smtp.mail(self._server.sender)),
            ("recipient", lambda: smtp.rcpt(to)),
            ("message", lambda: smtp.data(mail)),
        )
        code, said = 0, b""
        for part, act in parts:
            if self._given_up:
                raise TimeoutError
            try:
                code, said = act()
            except smtplib.SMTPDataError as error:
                code, said = error.smtp_code, _bytes(error.smtp_error)
            if code not in _TAKEN:
                return _refused(part, code, said, for_good=code in _FOR_GOOD)
        return Delivered(said=_words(code, said))

    def _leave(self, smtp: smtplib.SMTP) -> None:
        """Say goodbye and do not wait for the answer: it would change nothing."""
        with suppress(OSError, smtplib.SMTPException):
            smtp.putcmd("quit")
        smtp.close()

    def _trusted(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self._server.certificate is not None:
            context.load_verify_locations(self._server.certificate)
        return context


def _refused(part: str, code: int, said: bytes | str, *, for_good: bool = False) -> NotDelivered:
    return NotDelivered(
        problem=f"the mail server refused the {part} ({code})",
        for_good=for_good,
        said=_words(code, said),
    )


def _words(code: int, said: bytes | str) -> str:
    """Return a server's words in one harmless line."""
    text = f"{code} {_bytes(said).decode('utf-8', 'replace')}"[:_LONGEST_WORDS]
    return "".join(char if char.isprintable() else " " for char in text).strip()


def _bytes(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode()


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
