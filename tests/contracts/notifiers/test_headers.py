"""Names come from files of clients and of people: none of them may change what a mail is."""

from datetime import UTC
from email import message_from_bytes
from email.policy import default

from hypothesis import given, settings
from hypothesis import strategies as st

from deskhand.domain.announcement import Wording
from deskhand.domain.identifiers import NotificationId
from deskhand.domain.notification import Line, Rule
from deskhand.notifiers.mail import written
from tests.making import NOW

HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "Content-Type",
    "Content-Transfer-Encoding",
    "MIME-Version",
}
names = st.text(st.characters(exclude_categories=["Cs"]), max_size=120) | st.sampled_from(
    [
        "a\r\nBcc: eve@example.com",
        "a\nBcc: eve@example.com",
        "a\r\n\r\nbody",
        "=?utf-8?q?a?=",
        "a\0",
    ]
)


@settings(max_examples=100)
@given(name=names)
def test_no_name_begins_a_header_or_ends_a_mail(name: str) -> None:
    line = Line(rule=Rule.CASE_OVERDUE, queue=name, client=name, count=2, first_due=NOW)
    said = Wording(log=name, timezone=UTC).announced(
        NotificationId("n1"), "case.overdue", [line], at=NOW
    )

    wire = written(said, sender="deskhand@example.com", to="ann@example.com")

    mail = message_from_bytes(wire, policy=default)
    assert set(mail.keys()) == HEADERS
    assert (mail["To"], mail["From"]) == ("ann@example.com", "deskhand@example.com")
    assert len(mail["Subject"].splitlines()) == 1
    assert wire.isascii()
