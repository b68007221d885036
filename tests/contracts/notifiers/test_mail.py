import socket
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest

from deskhand.domain.target import Encryption, MailServer
from deskhand.notifiers.mail import MailNotifier
from deskhand.ports.notifier import Delivered, NotDelivered
from deskhand.vaults.environment import EnvironmentVault, variable_name
from tests.contracts.notifiers.announcements import an_announcement
from tests.practice.mailbox import (
    PASSWORD,
    USER,
    Certified,
    Mailbox,
    Temper,
    certified,
    serving,
    with_logins,
)

pytestmark = pytest.mark.asyncio
TO = "ann@example.com"
SOON = timedelta(seconds=10)
IN_CLEAR = Encryption.NONE


def notifier(
    port: int,
    encryption: Encryption = IN_CLEAR,
    *,
    trusted: Path | None = None,
    password: str | None = None,
    within: timedelta = SOON,
) -> MailNotifier:
    secrets = {"mail/user": USER, "mail/password": password} if password else {}
    server = MailServer(
        host="127.0.0.1",
        port=port,
        sender="deskhand@example.com",
        encryption=encryption,
        login="mail" if password else None,
        certificate=trusted,
    )
    vault = EnvironmentVault({variable_name(name): str(value) for name, value in secrets.items()})
    return MailNotifier(server, to=TO, vault=vault, within=within)


async def test_a_mail_says_who_sends_what_to_whom(mailbox: Mailbox) -> None:
    answer = await notifier(mailbox.port).deliver(
        an_announcement(subject="2 Fälle überfällig", body="Zwei.\n.\nUnd Schluß.\n")
    )

    (mail,) = mailbox.taken
    assert answer == Delivered(said="250 kept as 17")
    assert (mail["From"], mail["To"], mailbox.recipients) == ("deskhand@example.com", TO, [TO])
    assert mail["Subject"] == "2 Fälle überfällig"
    assert mail.get_content().splitlines() == ["Zwei.", ".", "Und Schluß."]
    assert mail["Date"].datetime.isoformat() == "2026-05-04T09:00:00+00:00"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mailbox.wire[0].isascii()


async def test_a_message_has_the_same_id_every_time(mailbox: Mailbox) -> None:
    for _ in range(2):
        await notifier(mailbox.port).deliver(an_announcement())

    assert [mail["Message-ID"] for mail in mailbox.taken] == ["<0197a1@example.com>"] * 2


@pytest.mark.parametrize(
    ("temper", "problem", "for_good"),
    [
        (Temper.UNKNOWN_RECIPIENT, "the mail server refused the recipient (550)", True),
        (Temper.BUSY_RECIPIENT, "the mail server refused the recipient (450)", False),
        (Temper.REJECTS, "the mail server refused the message (554)", True),
        (Temper.PUTS_OFF, "the mail server refused the message (451)", False),
        (Temper.HANGS_UP, "mail server not reached (SMTPServerDisconnected)", False),
        (Temper.TAKES_AND_HANGS_UP, "mail server not reached (SMTPServerDisconnected)", False),
    ],
)
async def test_whatever_a_server_does_is_an_answer(
    mailbox: Mailbox, temper: Temper, problem: str, for_good: bool
) -> None:
    mailbox.temper = lambda: temper

    answer = await notifier(mailbox.port).deliver(an_announcement())

    assert isinstance(answer, NotDelivered)
    assert (answer.problem, answer.for_good) == (problem, for_good)
    assert "secret-words" not in answer.problem


async def test_a_slow_server_is_waited_for_so_long_only(
    mailbox: Mailbox,
) -> None:
    mailbox.temper = lambda: Temper.DAWDLES

    answer = await notifier(mailbox.port, within=timedelta(seconds=0.5)).deliver(an_announcement())

    assert answer == NotDelivered(problem="no answer within 0.5 s")
    assert mailbox.taken == []


async def test_a_server_that_never_greets_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]

        answer = await notifier(port, within=timedelta(seconds=0.3)).deliver(an_announcement())

    assert isinstance(answer, NotDelivered)
    assert not answer.for_good


async def test_a_server_that_is_away_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]

    answer = await notifier(port).deliver(an_announcement())

    assert answer == NotDelivered(problem="mail server not reached (ConnectionRefusedError)")


async def test_a_login_crosses_the_network_encrypted_only(certificate: Certified) -> None:
    mailbox = Mailbox()
    with serving(mailbox, **with_logins(mailbox, certificate.context)):
        mail = notifier(
            mailbox.port, Encryption.STARTTLS, trusted=certificate.file, password=PASSWORD
        )
        answer = await mail.deliver(an_announcement())

    assert isinstance(answer, Delivered)
    assert (mailbox.encrypted, mailbox.logins) == ([True], [USER])


async def test_a_wrong_password_is_tried_again_as_somebody_may_set_the_right_one(
    certificate: Certified,
) -> None:
    mailbox = Mailbox()
    with serving(mailbox, **with_logins(mailbox, certificate.context)):
        mail = notifier(
            mailbox.port, Encryption.STARTTLS, trusted=certificate.file, password="wrong"
        )
        answer = await mail.deliver(an_announcement())

    assert isinstance(answer, NotDelivered)
    assert (answer.problem, answer.for_good) == ("the mail server refused the login (535)", False)
    assert mailbox.read == []


async def test_without_its_secret_nobody_is_talked_to(mailbox: Mailbox) -> None:
    server = MailServer(
        host="127.0.0.1", port=mailbox.port, sender="a@example.com", encryption=IN_CLEAR, login="x"
    )
    mail = MailNotifier(server, to=TO, vault=EnvironmentVault({}), within=SOON)

    answer = await mail.deliver(an_announcement())

    assert isinstance(answer, NotDelivered)
    assert "the vault has no user and password" in answer.problem


async def test_a_server_without_starttls_gets_nothing(mailbox: Mailbox) -> None:
    answer = await notifier(mailbox.port, Encryption.STARTTLS).deliver(an_announcement())

    assert answer == NotDelivered(problem="the mail server offers no STARTTLS; nothing was sent")
    assert mailbox.read == []


@pytest.mark.parametrize("encryption", [Encryption.STARTTLS, Encryption.TLS])
async def test_a_certificate_that_nobody_vouches_for_gets_nothing(
    certificate: Certified, encryption: Encryption
) -> None:
    mailbox = Mailbox()
    with _encrypted(mailbox, certificate, encryption):
        answer = await notifier(mailbox.port, encryption).deliver(an_announcement())

    assert answer == NotDelivered(problem="the mail server's certificate is not trusted")
    assert mailbox.read == []


async def test_a_certificate_for_another_server_gets_nothing(tmp_path: Path) -> None:
    other = certified(tmp_path, address="192.0.2.1")
    mailbox = Mailbox()
    with serving(mailbox, tls_context=other.context):
        mail = notifier(mailbox.port, Encryption.STARTTLS, trusted=other.file)
        answer = await mail.deliver(an_announcement())

    assert answer == NotDelivered(problem="the mail server's certificate is not trusted")


async def test_tls_from_the_first_byte(certificate: Certified) -> None:
    mailbox = Mailbox()
    with _encrypted(mailbox, certificate, Encryption.TLS):
        mail = notifier(mailbox.port, Encryption.TLS, trusted=certificate.file)
        answer = await mail.deliver(an_announcement())

    assert isinstance(answer, Delivered)
    assert mailbox.encrypted == [True]


async def test_a_server_in_clear_where_tls_is_expected_gets_nothing(mailbox: Mailbox) -> None:
    answer = await notifier(mailbox.port, Encryption.TLS, within=timedelta(seconds=2)).deliver(
        an_announcement()
    )

    assert isinstance(answer, NotDelivered)
    assert mailbox.read == []


def _encrypted(
    mailbox: Mailbox, certificate: Certified, encryption: Encryption
) -> AbstractContextManager[Mailbox]:
    if encryption is Encryption.STARTTLS:
        return serving(mailbox, tls_context=certificate.context)
    return serving(mailbox, ssl_context=certificate.context)
