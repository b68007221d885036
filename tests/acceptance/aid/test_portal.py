"""The practice aid portal's own rules, without a browser."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.acceptance.aid.by_hand import Hand
from tests.portals.aid.process import AidPortalProcess
from tests.portals.aid.world import WorldInvalidError, example_world, load_world

TODAY = date(2026, 11, 16)
WORLD = example_world(TODAY)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AidPortalProcess]:
    folder = tmp_path_factory.mktemp("aid-portal")
    with AidPortalProcess.start(
        data_dir=folder, world=WORLD, today=TODAY, options=["--correction-seconds=0"]
    ) as started:
        yield started


@pytest.fixture
def seated(request: pytest.FixtureRequest) -> Callable[..., Hand]:
    """Seat an officer before a portal, signed in."""

    def seat(portal: AidPortalProcess, *, login: int = 0) -> Hand:
        hand = Hand(portal.url, WORLD.logins[login])
        request.addfinalizer(hand.close)
        hand.sign_in()
        return hand

    return seat


@pytest.fixture
def hand(portal: AidPortalProcess, seated: Callable[..., Hand]) -> Hand:
    return seated(portal)


def test_a_new_sign_in_ends_the_other_sessions_of_the_user(
    portal: AidPortalProcess, seated: Callable[..., Hand]
) -> None:
    first, other = seated(portal), seated(portal, login=1)
    seated(portal)

    first.look("Isir", "S-1001")
    other.look("Isir", "S-1001")

    assert first.page.url.path == "/SignIn.aspx"
    assert "signed in elsewhere" in first.page.text
    assert other.page.url.path == "/Frame/Isir.aspx"


def test_a_password_alone_opens_nothing(portal: AidPortalProcess) -> None:
    hand = Hand(portal.url, WORLD.logins[0])
    hand.sign_in(code="000000")

    hand.look("Isir", "S-1001")

    assert hand.page.url.path == "/Challenge.aspx"
    hand.close()


def test_three_wrong_passwords_lock_the_user(tmp_path: Path) -> None:
    with AidPortalProcess.start(data_dir=tmp_path, world=WORLD, today=TODAY) as portal:
        hand = Hand(portal.url, WORLD.logins[0])
        alerts = []
        for password in ("a", "b", "c", ""):
            hand.sign_in(password=password)
            alerts.append(hand.alert())
        hand.close()

    assert alerts == ["SIGN_IN_FAILED", "SIGN_IN_FAILED", "ACCOUNT_LOCKED", "ACCOUNT_LOCKED"]


def test_results_are_turned_page_by_page(hand: Hand) -> None:
    pages = [hand.find("S-1001", page=number) for number in (1, 2, 3)]

    assert [len(page) for page in pages] == [8, 8, 5]
    assert len({student for page in pages for student in page}) == 21
    assert pages[2][-1] == "S-1001"


def test_every_id_of_an_element_is_made_anew_at_each_render(hand: Hand) -> None:
    ids = [set(re.findall(r'id="([^"]+)"', hand.look("Isir", "S-1001"))) for _ in range(2)]

    assert ids[0]
    assert not ids[0] & ids[1]


def test_dates_have_the_portals_own_form(hand: Hand) -> None:
    assert "<td>07-Mar-2006</td>" in hand.look("Isir", "S-1001")


def test_a_social_security_number_is_never_shown_whole(hand: Hand) -> None:
    text = hand.look("Isir", "S-1001")

    assert "XXX-XX-1001" in text
    assert "911001001" not in text


@pytest.mark.parametrize(
    ("student", "year", "transaction", "code"),
    [
        ("S-1002", "2026-27", 1, "NOT_NEWEST"),
        ("S-1003", "2026-27", 1, "IDENTITY_RESULT_MISSING"),
        ("S-1004", "2019-20", 1, "YEAR_CLOSED"),
        ("S-1005", "2026-27", 1, "PAST_REPORTING"),
        ("S-9999", "2026-27", 1, "NOT_FOUND"),
    ],
)
def test_what_breaks_a_rule_is_refused_with_its_code(
    hand: Hand, portal: AidPortalProcess, student: str, year: str, transaction: int, code: str
) -> None:
    hand.mark(student, transaction=transaction, year=year)

    assert hand.alert() == code
    assert [row for row in portal.ledger() if row["student_id"] == student] == []


def test_a_transaction_is_marked_once(hand: Hand) -> None:
    hand.mark("S-100101")
    reference = hand.reference()
    hand.mark("S-100101")

    assert reference.startswith("VER-")
    assert hand.alert() == "ALREADY_VERIFIED"
    assert reference in hand.look("Isir", "S-100101")


def test_a_correction_becomes_the_newest_transaction(hand: Hand) -> None:
    hand.correct("S-100102", "$52,325.00")
    hand.mark("S-100102", transaction=1)
    older = hand.alert()
    hand.mark("S-100102", transaction=2)

    assert older == "NOT_NEWEST"
    assert hand.reference().startswith("VER-")


@pytest.mark.parametrize("amount", ["", "52k", "52300.5", "1,2", "--1"])
def test_a_correction_needs_an_amount(hand: Hand, amount: str) -> None:
    hand.correct("S-100103", amount)

    assert hand.alert() == "INVALID_AMOUNT"


def test_nothing_is_taken_while_a_correction_is_processed(
    tmp_path: Path, seated: Callable[..., Hand]
) -> None:
    with AidPortalProcess.start(
        data_dir=tmp_path, world=WORLD, today=TODAY, options=["--correction-seconds=3600"]
    ) as portal:
        hand = seated(portal)
        hand.correct("S-1001", "52325.00")
        hand.mark("S-1001")

    assert hand.alert() == "CORRECTION_PENDING"


def test_a_page_without_the_sessions_state_is_refused(hand: Hand) -> None:
    hand.look("Verification", "S-100104")
    hand.post("/Frame/Verification.aspx?sid=S-100104&year=2026-27", trn="1", __VIEWSTATE="x")

    assert hand.page.status_code == 403


def test_a_restart_keeps_what_was_committed(tmp_path: Path, seated: Callable[..., Hand]) -> None:
    with AidPortalProcess.start(data_dir=tmp_path, world=WORLD, today=TODAY) as portal:
        hand = seated(portal)
        hand.mark("S-1001")
        reference = hand.reference()
    with AidPortalProcess.start(data_dir=tmp_path, world=WORLD, today=TODAY) as portal:
        shown = seated(portal).look("Isir", "S-1001")

    assert reference in shown


def test_a_world_with_a_number_that_could_be_given_out_is_refused(tmp_path: Path) -> None:
    file = WORLD.save(tmp_path / "world.json")
    file.write_text(file.read_text().replace('"911001001"', '"123456789"'))

    with pytest.raises(WorldInvalidError, match=r"world.json.*ssn"):
        load_world(file)
