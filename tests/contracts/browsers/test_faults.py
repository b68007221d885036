from collections.abc import Mapping
from datetime import timedelta

import pytest

from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.retry_policy import RetryPolicy
from deskhand.ports.action import Absent, Doubtful, Failed, Returned
from tests.contracts.browsers.desk import IN_TIME, Desk
from tests.contracts.browsers.loop_thread import in_loop
from tests.contracts.browsers.tiny_portal import Answer, Asked, TinyPortal, guarded

pytestmark = pytest.mark.browser

SENSITIVE = frozenset({"Maria Alvarez"})
QUICKLY = RetryPolicy(tries=3, first=timedelta(milliseconds=10), max=timedelta(seconds=1))


async def cause_of(desk: Desk, what: str) -> Cause:
    """The cause with which the action ends when it meets such trouble on the home page."""
    async with desk.session(sensitive=SENSITIVE) as session:
        await session.perform("tiny.look", {"name": "Home"}, timeout=IN_TIME)
        answer = await session.perform("tiny.do", {"what": what}, timeout=IN_TIME)
    assert isinstance(answer, Failed)
    return answer.cause


TABLE: Mapping[str, str] = {
    "click nothing": SystemCode.LAYOUT_CHANGED,
    "click many": SystemCode.LAYOUT_CHANGED,
    "expect": SystemCode.LAYOUT_CHANGED,
    "bad address": SystemCode.CONFIGURATION,
    "nobody there": SystemCode.TRANSIENT,
    "crash": SystemCode.BROWSER_LOST,
    "close": SystemCode.BROWSER_LOST,
    "bug": SystemCode.BOT_FAULTY,
}


@pytest.mark.parametrize(("what", "code"), TABLE.items())
@in_loop
async def test_an_error_says_what_it_means(
    desk: Desk, portal: TinyPortal, what: str, code: str
) -> None:
    home = "<h1>Home</h1><button>Send claim</button><button>Cancel</button>"
    portal.pages["/home"] = guarded(home)

    cause = await cause_of(desk, what)

    assert (cause.kind, cause.code) == (CauseKind.SYSTEM, code), cause
    assert "Maria" not in repr(cause)


@in_loop
async def test_a_changed_layout_comes_with_a_suggestion(desk: Desk, portal: TinyPortal) -> None:
    portal.pages["/home"] = guarded("<h1>Home</h1><button>Send claim</button>")

    cause = await cause_of(desk, "click nothing")

    assert 'get_by_role("button", name="Submit claim")' in cause.message
    assert cause.hint == 'perhaps now get_by_role("button", name="Send claim")'


@in_loop
async def test_a_missing_file_is_a_matter_of_the_data(desk: Desk, portal: TinyPortal) -> None:
    portal.pages["/home"] = guarded("<h1>Home</h1><label>File <input type=file></label>")

    cause = await cause_of(desk, "upload")

    assert (cause.kind, cause.code) == (CauseKind.BUSINESS, "FILE_MISSING")
    assert cause.message == "there is no file scan.pdf"


@in_loop
async def test_a_bots_bug_is_told_by_its_class_and_line_alone(desk: Desk) -> None:
    cause = await cause_of(desk, "bug")

    assert cause.message.startswith("KeyError at actions.py, line ")


@in_loop
async def test_what_a_bot_raises_is_told_without_sensitive_values(desk: Desk) -> None:
    refused = await cause_of(desk, "refuse")
    stopped = await cause_of(desk, "stop")

    assert refused == Cause(
        kind=CauseKind.BUSINESS, code="NOT_INSURED", message="*** is not insured"
    )
    assert stopped == Cause(kind=CauseKind.STOP, code="PASSWORD_EXPIRED")


@in_loop
async def test_the_page_tells_a_better_cause_than_the_error(desk: Desk, portal: TinyPortal) -> None:
    portal.pages["/home"] = guarded("<h1>Home</h1><h2>Are you human?</h2>")

    cause = await cause_of(desk, "click nothing")

    assert (cause.kind, cause.code) == (CauseKind.STOP, "CAPTCHA")


@in_loop
async def test_a_maintenance_page_is_seen_without_waiting_for_the_page_that_should_be_there(
    desk: Desk, portal: TinyPortal
) -> None:
    portal.pages["/home"] = guarded("<h1>Maintenance</h1>")

    answer = await desk.perform("look", name="Home")

    assert isinstance(answer, Failed)
    assert answer.cause.code == SystemCode.PORTAL_DOWN


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (404, SystemCode.TRANSIENT),
        (429, SystemCode.PORTAL_BUSY),
        (500, SystemCode.TRANSIENT),
        (503, SystemCode.PORTAL_DOWN),
    ],
)
@in_loop
async def test_an_http_error_is_noticed_though_nothing_raises(
    desk: Desk, portal: TinyPortal, status: int, code: str
) -> None:
    portal.pages["/home"] = Answer(status=status, headers={"retry-after": "7"})

    answer = await desk.perform("look", name="Home")

    assert isinstance(answer, Failed)
    assert answer.cause.code == code
    assert answer.cause.retry_after == 7


@in_loop
async def test_an_http_error_after_a_click_ends_the_wait_at_once(
    desk: Desk, portal: TinyPortal
) -> None:
    portal.pages["/form"] = "<script>setTimeout(() => location = '/gone', 300)</script>"
    portal.pages["/gone"] = Answer(status=502, html="<h1>Bad gateway</h1>")

    answer = await desk.perform("do", what="wait for an answer")

    assert isinstance(answer, Failed)
    assert answer.cause.code == SystemCode.PORTAL_DOWN


@in_loop
async def test_what_was_waited_for_in_vain_is_told_as_the_bot_wrote_it(
    desk: Desk, portal: TinyPortal
) -> None:
    portal.pages["/form"] = "<h1>Something else</h1>"

    answer = await desk.perform("do", what="wait for an answer")

    assert isinstance(answer, Failed)
    assert answer.cause.code == SystemCode.LAYOUT_CHANGED
    assert answer.cause.message == (
        'wait: not possible in time: get_by_role("heading", name="Done")'
        '.or_(get_by_role("heading", name="Refused"))'
    )


@in_loop
async def test_a_transient_cause_is_tried_again_within_the_step(
    desk: Desk, portal: TinyPortal
) -> None:
    answers = [Answer(status=503), Answer(status=500), Answer(html="<h1>Home</h1>")]
    portal.pages["/home"] = lambda _: answers.pop(0)
    await desk.logins.save(desk.account.name, b'{"state": {}, "code_step": null}')

    async with desk.session() as session:
        arguments = {"name": "Home"}
        answer = await session.perform("tiny.look", arguments, timeout=IN_TIME, retry=QUICKLY)

    assert answer == Returned(value={"text": "Home"})
    assert answers == []


@in_loop
async def test_a_business_cause_is_not_tried_again(desk: Desk, portal: TinyPortal) -> None:
    async with desk.session() as session:
        arguments = {"what": "refuse"}
        answer = await session.perform("tiny.do", arguments, timeout=IN_TIME, retry=QUICKLY)

    assert isinstance(answer, Failed)
    assert [asked.path for asked in portal.asked].count("/login") == 2  # one login: GET and POST


@in_loop
async def test_a_portal_that_asks_for_more_patience_than_a_step_has_is_not_pressed(
    desk: Desk, portal: TinyPortal
) -> None:
    asked: list[Asked] = []

    def busy(request: Asked) -> Answer:
        asked.append(request)
        return Answer(status=429, headers={"retry-after": "120"})

    portal.pages["/form"] = busy

    async with desk.session() as session:
        arguments = {"what": "wait for an answer"}
        answer = await session.perform("tiny.do", arguments, timeout=IN_TIME, retry=QUICKLY)

    assert isinstance(answer, Failed)
    assert answer.cause.retry_after == 120
    assert len(asked) == 1


@in_loop
async def test_an_action_that_takes_too_long_is_ended(desk: Desk) -> None:
    async with desk.session() as session:
        timeout = timedelta(seconds=1)
        answer = await session.perform("tiny.do", {"what": "wait"}, timeout=timeout)

    assert isinstance(answer, Failed)
    assert answer.cause.code == SystemCode.TIMED_OUT


@in_loop
async def test_a_banner_over_the_page_is_cleared_away(desk: Desk, portal: TinyPortal) -> None:
    portal.pages["/home"] = guarded("""
      <h1>Home</h1><dialog open aria-label=Cookies><button onclick="this.parentNode.remove()"
      >Reject</button></dialog>""")

    async with desk.session() as session:
        await session.perform("tiny.look", {"name": "Home"}, timeout=IN_TIME)
        seen = await session.perform("tiny.do", {"what": "click many"}, timeout=IN_TIME)

    # With the banner's button gone there is none to click.
    assert isinstance(seen, Failed)
    assert "not possible in time" in seen.cause.message


@in_loop
async def test_every_answer_of_an_action_is_an_answer_of_the_session(desk: Desk) -> None:
    async with desk.session(sensitive=SENSITIVE) as session:

        async def answer(how: str) -> object:
            return await session.perform("tiny.answer", {"how": how}, timeout=IN_TIME)

        assert await answer("not there") == Absent()
        assert await answer("unsure") == Doubtful(reason="its index is behind")
        assert await answer("nothing") == Returned(value=None)
        assert await answer("refused") == Failed(
            cause=Cause(kind=CauseKind.BUSINESS, code="NO", message="*** is not insured")
        )


@in_loop
async def test_an_unknown_action_or_argument_is_a_faulty_use(desk: Desk) -> None:
    unknown = await desk.perform("fly")
    missing = await desk.perform("look")
    wrong = await desk.perform("look", name=7)

    for answer in (unknown, missing, wrong):
        assert isinstance(answer, Failed)
        assert answer.cause.kind is CauseKind.SYSTEM
        assert not answer.cause.retried


@in_loop
async def test_words_in_the_place_of_a_code_are_no_code_and_are_redacted(desk: Desk) -> None:
    async with desk.session(sensitive=frozenset({"Maria Alvarez"})) as session:
        answer = await session.perform("tiny.answer", {"how": "refused in words"}, timeout=IN_TIME)

    assert isinstance(answer, Failed)
    assert answer.cause.kind is CauseKind.BUSINESS
    assert (answer.cause.code, answer.cause.message) == (
        "PORTAL_REFUSED",
        "*** is not insured",
    )


@in_loop
async def test_a_result_without_what_it_declares_is_the_bots_fault(desk: Desk) -> None:
    async with desk.session() as session:
        answer = await session.perform("tiny.answer", {"how": "empty"}, timeout=IN_TIME)

    assert isinstance(answer, Failed)
    assert answer.cause.code == SystemCode.BOT_FAULTY
    assert "Seen.text must be str, and is NoneType" in answer.cause.message
