from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from deskhand.domain.business_hours import BusinessHours, Opening
from deskhand.domain.calendars import Calendars
from deskhand.domain.notification import Rule
from deskhand.domain.notify_rules import Fallback, NotifyRule, rule_of
from deskhand.domain.target import Encryption, MailServer
from deskhand.errors import SettingsError
from deskhand.settings.notify import RULES, NotifySettings, load_notify

NEW_YORK = ZoneInfo("America/New_York")
OFFICE = BusinessHours(timezone=NEW_YORK, week=(*[(Opening(time(8), time(17)),)] * 5, (), ()))
CALENDARS = Calendars(hours={"us-office": OFFICE})
SMALLEST = """\
mail: {server: mail.example.com, from: deskhand@example.com}
people: {ann: ann@example.com}
"""
MINUTE = timedelta(minutes=1)


def load(folder: Path, text: str) -> NotifySettings:
    file = folder / "notify.yaml"
    file.write_text(text, encoding="utf-8")
    settings = load_notify(file, calendars=CALENDARS)
    assert settings is not None
    return settings


def test_without_the_file_nobody_is_told(tmp_path: Path) -> None:
    assert load_notify(tmp_path / "notify.yaml", calendars=CALENDARS) is None


def test_the_smallest_file_tells_everybody_of_everything(tmp_path: Path) -> None:
    settings = load(tmp_path, SMALLEST)

    assert settings.mail == MailServer(
        host="mail.example.com", port=587, sender="deskhand@example.com"
    )
    assert settings.targets == ["ann"]
    assert settings.book.rules == tuple(rule_of(Rule(word), to=("ann",)) for word in RULES)
    assert (settings.book.digest, settings.book.shift) == (None, None)
    assert (settings.book.link, settings.book.timezone) == ("", UTC)


def test_everything_can_be_said(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").touch()

    settings = load(
        tmp_path,
        """\
mail:
  server: mail.example.com
  from: deskhand@example.com
  encryption: tls
  login: notify/mail
  certificate: ca.pem
link: https://deskhand.example.com
people: {ann: ann@example.com, boss: boss@example.com}
webhooks:
  pager: {url: "https://pager.example/hook", secret: notify/pager/secret}
rules:
  - rule: case.overdue
    queues: [claims*]
    clients: [lakeside]
    to: [ann, pager]
    group: 5m
    cool_down: 2h
    at_night: yes
  - {rule: cause.burst, more_than: 50, at_night: no}
  - {rule: queue.stopped, after: 4h, to: [boss]}
digest: {at: "08:30", to: [boss]}
night: {from: "18:00", to: "06:30", calendar: us-office}
""",
    )

    overdue, burst, stopped = settings.book.rules
    assert overdue == NotifyRule(
        rule=Rule.CASE_OVERDUE,
        to=("ann", "pager"),
        queues=("claims*",),
        clients=("lakeside",),
        group=5 * MINUTE,
        cool_down=120 * MINUTE,
        at_night=True,
    )
    assert (burst.to, burst.more_than, burst.at_night) == (("ann", "boss", "pager"), 50, False)
    assert (burst.group, stopped.after) == (timedelta(0), 240 * MINUTE)
    assert settings.mail is not None
    assert (settings.mail.port, settings.mail.encryption) == (465, Encryption.TLS)
    assert settings.mail.certificate == (tmp_path / "ca.pem").resolve()
    assert settings.webhooks["pager"].secret == "notify/pager/secret"
    digest = settings.book.digest
    assert digest is not None
    assert (digest.at, digest.timezone, digest.to) == (time(8, 30), NEW_YORK, ("boss",))
    assert digest.working_days is OFFICE
    assert settings.book.timezone is NEW_YORK
    friday = datetime(2026, 5, 8, 18, 0, tzinfo=NEW_YORK)
    assert settings.book.morning(friday - MINUTE) is None
    assert settings.book.morning(friday) == datetime(2026, 5, 11, 6, 30, tzinfo=NEW_YORK)


def test_a_digest_may_be_its_time_alone_and_a_night_has_its_usual_hours(tmp_path: Path) -> None:
    settings = load(tmp_path, SMALLEST + 'digest: "08:00"\nnight: {timezone: America/New_York}\n')

    digest = settings.book.digest
    assert digest is not None
    assert (digest.at, digest.to, digest.working_days) == (time(8), ("ann",), None)
    evening = datetime(2026, 5, 9, 19, 0, tzinfo=NEW_YORK)
    assert settings.book.morning(evening) == evening + timedelta(hours=12)
    assert settings.book.morning(evening - MINUTE) is None


def test_a_program_alone_needs_no_mail_server(tmp_path: Path) -> None:
    settings = load(tmp_path, "webhooks: {pager: {url: 'http://127.0.0.1:9/', secret: s}}\n")

    assert (settings.mail, settings.targets) == (None, ["pager"])


MISTAKES = [
    ("peple: {}", "unknown key `peple`; did you mean `people`?"),
    ("link: https://deskhand.example", "nobody is told: `people` and `webhooks` are missing"),
    ("people: {ann: ann@example.com}", "`people` are told by mail, and `mail` is missing"),
    ("mail: {server: 'a b', from: a@example.com}", "mail: `server` is the name of a host"),
    ("mail: {server: m.example, from: nobody}", "mail: `from` is a plain mail address"),
    ("mail: {server: m.example, form: a@example.com}", "mail: unknown key `form`; did you mean"),
    (
        "mail: {server: m.example, from: a@example.com, encryption: none}",
        "mail: `encryption: none` is for a mail server on this machine only",
    ),
    (
        "mail: {server: m.example, from: a@example.com, encryption: ssl}",
        "mail: `encryption` is one of starttls, tls, none",
    ),
    (
        "mail: {server: m.example, from: a@example.com, port: 99999}",
        "mail: `port` is a whole number from 1 to 65535",
    ),
    (
        "mail: {server: m.example, from: a@example.com, certificate: gone.pem}",
        "mail: `certificate`: there is no file gone.pem beside notify.yaml",
    ),
]
MORE = [
    ("link: http://deskhand.example", "`link` is where the console is"),
    ("link: https://deskhand.example/?a=b", "`link` is where the console is"),
    ("webhooks: {ann: {url: 'https://a', secret: s}}", "webhook ann: one of the people has this"),
    ("webhooks: {'a b': {url: 'https://a', secret: s}}", "`a b` is no name of a target"),
    ("webhooks: {p: {url: 'http://a', secret: s}}", "webhook p: `url` begins with https://"),
    ("webhooks: {p: {url: 'https://a'}}", "webhook p: `secret` is missing or no text"),
    ("rules: []", "`rules` is a list of rules; leave it out to tell everybody of all"),
    ("rules: [{to: [ann]}]", "rule 1: `rule` is missing or no text"),
    ("rules: [{rule: case.overdu}]", "rule 1: no rule `case.overdu`; did you mean `case.overdue`?"),
    ("rules: [{rule: case.open}]", "rule 1: no rule `case.open`"),
    ("rules: [{rule: case.overdue, to: [an]}]", "rule 1: `to` has no `an`; did you mean `ann`?"),
    ("rules: [{rule: case.overdue, to: []}]", "rule 1: `to` names nobody"),
    ("rules: [{rule: case.overdue, queues: []}]", "rule 1: `queues` names none"),
    ("rules: [{rule: case.overdue, group: 10}]", "rule 1: `group` is missing or no text"),
    ("rules: [{rule: case.overdue, group: 10x}]", "rule 1: `group`: a duration is a whole number"),
    ("rules: [{rule: case.overdue, cool_down: 8d}]", "rule 1: `cool_down` is a week at most"),
    ("rules: [{rule: case.overdue, at_night: maybe}]", "rule 1: `at_night` is yes or no"),
    ("rules: [{rule: case.overdue, more_than: 5}]", "`more_than` is for the rule cause.burst only"),
    ("rules: [{rule: cause.burst, more_than: 0}]", "rule 1: `more_than` is a whole number from 1"),
    ("rules: [{rule: cause.burst, after: 1h}]", "rule 1: `after` is for the rule queue.stopped"),
    ("digest: 8", "digest: expected keys such as `at: …`"),
    ("digest: '8 o clock'", 'digest: `at` is a time of day in quotes, as in "08:00"'),
    ("digest: '24:00'", "digest: `at` is a time of day"),
    ("digest: {at: '08:00', to: [eve]}", "digest: `to` has no `eve`"),
    ("digest: {at: '08:00', timezone: Mars/Base}", "digest: no time zone `Mars/Base` is known"),
    ("night: {from: '19:00'}", "night: `timezone` or `calendar` is missing: whose night is it?"),
    ("night: {timezone: UTC, from: '07:00', to: '07:00'}", "night: the night ends when it begins"),
    ("night: {calendar: us-offce}", "night: no calendar `us-offce`; did you mean `us-office`?"),
    ("fallbacks: [ann]", "`fallbacks` is a mapping, with a name on each line"),
    ("fallbacks: {an: ann}", "`fallbacks` has no `an`; did you mean `ann`?"),
    ("fallbacks: {ann: eve}", "fallback of ann: there is no `eve`; known are ann"),
    ("fallbacks: {ann: ann}", "`fallbacks` lead in a circle, ann > ann: nobody would be the last"),
    ("fallbacks: {ann: }", "fallback of ann: expected keys such as `to: …`"),
    ("fallbacks: {ann: {after: 5m}}", "fallback of ann: `to` is missing"),
    ("fallbacks: {ann: {to: ann, after: 0m}}", "fallback of ann: `after`"),
    ("fallbacks: {ann: {to: ann, after: 2d}}", "fallback of ann: `after` is more than 0, and a"),
    ("night: ", "`night` says nothing; leave it out for its default"),
]


@pytest.mark.parametrize(
    ("text", "problem"), [*MISTAKES, *((SMALLEST + text, problem) for text, problem in MORE)]
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load(tmp_path, text)

    assert problem in str(raised.value)
    assert str(tmp_path / "notify.yaml") in str(raised.value)


def test_every_target_has_one_fallback_at_most_and_a_way_to_the_last_one(tmp_path: Path) -> None:
    targets = SMALLEST.replace("}\n", ", bob: b@example.com, carl: c@example.com}\n")
    targets = targets.replace(
        "example.com, bob: b@example.com, carl: c@example.com}", "example.com}", 1
    )

    settings = load(tmp_path, targets + "fallbacks: {ann: bob, bob: {to: carl, after: 5m}}\n")

    assert settings.book.fallbacks == {
        "ann": Fallback(to="bob", after=15 * MINUTE),
        "bob": Fallback(to="carl", after=5 * MINUTE),
    }
    for circle, way in {
        "{ann: bob, bob: carl, carl: bob}": "bob > carl > bob",
        "{ann: bob, bob: carl, carl: ann}": "ann > bob > carl > ann",
    }.items():
        with pytest.raises(SettingsError, match=f"circle, {way}"):
            load(tmp_path, targets + f"fallbacks: {circle}\n")


def test_an_address_cannot_hold_another_command(tmp_path: Path) -> None:
    for address in (
        "a@b>\\r\\nRCPT TO:<c@d",
        "a b@example.com",
        "ann@example.com, eve@example.com",
    ):
        with pytest.raises(SettingsError, match="plain mail address"):
            load(tmp_path, SMALLEST.replace("ann@example.com", f'"{address}"'))
