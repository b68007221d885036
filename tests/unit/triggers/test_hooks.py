import json
from datetime import timedelta
from pathlib import Path

import pytest

from deskhand.domain.work_item import ItemState
from tests.unit.triggers.hook_desk import NEXT_SECRET, ROW, SECRET, HookDesk, signed_headers
from tests.unit.use_cases.office import MEMBER

NOTHING = {"accepted": 0, "repeats": 0, "conflicts": 0, "rejected": []}


def row(claim: str, **more: object) -> dict[str, object]:
    return {"claim_number": claim, "member_id": MEMBER, **more}


@pytest.mark.parametrize(
    ("body", "accepted"),
    [(ROW, 1), ([ROW, row("C-2")], 2), ({"rows": [ROW, row("C-2"), row("C-3")]}, 3)],
    ids=["one row", "a list of rows", "rows under their name"],
)
def test_rows_of_a_signed_request_are_items_when_it_is_answered(
    desk: HookDesk, body: object, accepted: int
) -> None:
    answer = desk.post(body)

    assert (answer.status_code, answer.json()) == (202, NOTHING | {"accepted": accepted})
    assert {(item.client, item.state) for item in desk.items()} == {("lakeside", ItemState.WAITING)}


def test_numbers_keep_the_text_that_the_sender_wrote(desk: HookDesk) -> None:
    desk.post(b'{"claim_number": 12.10, "member_id": "W123456789"}')

    assert [item.reference for item in desk.items()] == ["12.10"]


def test_a_row_that_does_not_fit_is_set_aside_and_told_without_its_data(desk: HookDesk) -> None:
    answer = desk.post([ROW, {"claim_number": "C-2", "member_id": "odd number 4711!"}, "no row"])

    assert answer.status_code == 202
    assert answer.json()["accepted"] == 1
    assert [(one["row"], one["field"]) for one in answer.json()["rejected"]] == [
        (2, "member_id"),
        (3, "row"),
    ]
    assert "4711" not in answer.text


def test_repeats_and_conflicts_are_counted_as_those_of_a_file(desk: HookDesk) -> None:
    desk.post([ROW])

    answer = desk.post([ROW, row("C-1", note="other")], id="msg-2")

    assert answer.json() == NOTHING | {"repeats": 1, "conflicts": 1}


def test_a_request_that_comes_again_changes_nothing_and_gets_its_first_answer(
    desk: HookDesk,
) -> None:
    first = desk.post([ROW, {"claim_number": "C-2"}])
    desk.office.clock.turn(timedelta(hours=9))

    again = desk.post([ROW, {"claim_number": "C-2"}])

    assert (again.status_code, again.json()) == (202, first.json())
    assert first.json()["accepted"] == 1
    assert len(desk.items()) == 1


def test_another_body_under_the_same_id_is_refused(desk: HookDesk) -> None:
    desk.post(ROW)

    answer = desk.post(row("C-2"))

    assert answer.status_code == 409
    assert "used before" in answer.json()["problem"]
    assert [item.reference for item in desk.items()] == ["C-1"]


def test_the_same_id_of_another_client_is_another_request(desk: HookDesk) -> None:
    desk.office.open_account("hillside")
    desk.post(ROW)

    answer = desk.post(row("C-2"), path="/hooks/hillside/claims")

    assert answer.json()["accepted"] == 1
    assert {item.client for item in desk.items()} == {"lakeside", "hillside"}


def test_while_a_secret_is_changed_both_are_good(desk: HookDesk) -> None:
    desk.secrets["hooks/lakeside/claims/secret_next"] = NEXT_SECRET

    old, new = desk.post(ROW), desk.post(row("C-2"), id="msg-2", secret=NEXT_SECRET)

    assert (old.status_code, new.status_code) == (202, 202)


def test_one_good_signature_among_several_is_enough(desk: HookDesk) -> None:
    body = json.dumps(ROW).encode()
    headers = signed_headers(body, id="msg-1", secret=SECRET, at=desk.office.clock.at)
    headers["webhook-signature"] = f"v1,AAAA v1a,BBBB {headers['webhook-signature']}"

    answer = desk.ask(
        "POST",
        "/hooks/lakeside/claims",
        content=body,
        headers={"content-type": "application/json", **headers},
    )

    assert answer.status_code == 202


@pytest.mark.parametrize(
    ("path", "secret", "late"),
    [
        ("/hooks/lakeside/claims", NEXT_SECRET, timedelta(0)),
        ("/hooks/lakeside/nothing", SECRET, timedelta(0)),
        ("/hooks/nobody/claims", SECRET, timedelta(0)),
        ("/hooks/../claims", SECRET, timedelta(0)),
        ("/hooks/lakeside/claims", SECRET, timedelta(minutes=5, seconds=1)),
        ("/hooks/lakeside/claims", SECRET, timedelta(minutes=-5, seconds=-1)),
    ],
    ids=["wrong secret", "no such hook", "no such client", "no name", "too old", "too new"],
)
def test_whoever_cannot_sign_learns_nothing(
    desk: HookDesk, path: str, secret: str, late: timedelta
) -> None:
    body = json.dumps(ROW).encode()
    at = desk.office.clock.at - late
    headers = signed_headers(body, id="msg-1", secret=secret, at=at)
    known = desk.post(ROW, secret=NEXT_SECRET, id="msg-0")

    answer = desk.ask(
        "POST",
        path.replace("..", "%2e%2e%20"),
        content=body,
        headers={"content-type": "application/json", **headers},
    )

    assert (answer.status_code, answer.json()) == (401, known.json())
    assert desk.items() == []


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
@pytest.mark.parametrize("text", ["", "x" * 500, "-1", "1e9", "v1", "v1,é"])
def test_headers_that_sign_nothing_are_refused(desk: HookDesk, name: str, text: str) -> None:
    body = json.dumps(ROW).encode()
    headers = signed_headers(body, id="msg-1", secret=SECRET, at=desk.office.clock.at)
    sent = {"content-type": "application/json", **headers, name: text}

    answer = desk.ask(
        "POST",
        "/hooks/lakeside/claims",
        content=body,
        headers=[(key.encode(), value.encode()) for key, value in sent.items()],
    )

    assert answer.status_code == 401


def test_a_changed_body_is_no_longer_signed(desk: HookDesk) -> None:
    body = json.dumps(ROW).encode()
    headers = signed_headers(body, id="msg-1", secret=SECRET, at=desk.office.clock.at)

    answer = desk.ask(
        "POST",
        "/hooks/lakeside/claims",
        content=body.replace(b"C-1", b"C-9"),
        headers={"content-type": "application/json", **headers},
    )

    assert answer.status_code == 401


def test_a_secret_that_is_none_opens_nothing_and_is_told_to_operators(desk: HookDesk) -> None:
    desk.secrets["hooks/lakeside/claims/secret"] = "whsec_é"

    answer = desk.post(ROW)

    assert answer.status_code == 401
    assert ("hook_secret_unusable", {"place": "hooks/lakeside/claims/secret"}) in (
        desk.observer.heard
    )


def test_a_client_without_an_account_is_told_what_is_missing(desk: HookDesk) -> None:
    answer = desk.post(ROW, path="/hooks/hillside/claims")

    assert answer.status_code == 404
    assert answer.json()["problem"] == "there is no account payer_portal/hillside"


def test_a_hook_that_leads_to_no_runbook_is_told_to_who_can_sign(desk: HookDesk) -> None:
    desk.secrets["hooks/lakeside/referrals/secret"] = SECRET

    answer = desk.post(ROW, path="/hooks/lakeside/referrals")

    assert answer.status_code == 404
    assert "webhook: referrals" in answer.json()["next"]


def test_neither_logs_nor_answers_tell_of_a_row(desk: HookDesk) -> None:
    answers = [desk.post(ROW), desk.post([{"member_id": MEMBER}], id="msg-2")]

    assert MEMBER not in "".join(answer.text for answer in answers)
    assert MEMBER not in repr(desk.observer.heard)


def test_the_database_holds_nothing_of_a_request_in_clear(desk: HookDesk) -> None:
    desk.post([ROW, {"claim_number": "C-2", "member_id": "odd number 4711!"}])

    database = Path(str(desk.office.store._engine.url.database))
    written = b"".join(file.read_bytes() for file in database.parent.glob(f"{database.name}*"))
    assert b"msg-1" in written
    assert MEMBER.encode() not in written
    assert b"4711" not in written
