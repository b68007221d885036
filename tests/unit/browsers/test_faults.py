import traceback
from pathlib import Path

import pytest
from playwright.async_api import Error
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

from deskhand.browsers.faults import verdict
from deskhand.browsers.repair import suggested
from deskhand.browsers.watch import answer_cause
from deskhand.domain.cause import CauseKind, SystemCode
from deskhand.errors import BrowserUnavailableError

HERE = Path(__file__).parent


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("Page.goto: net::ERR_CONNECTION_REFUSED at http://x/", SystemCode.TRANSIENT),
        ("Page.goto: net::ERR_NAME_NOT_RESOLVED at http://x/", SystemCode.TRANSIENT),
        ("Page.goto: net::ERR_CERT_AUTHORITY_INVALID at https://x/", SystemCode.CONFIGURATION),
        ("Page.goto: Cannot navigate to invalid URL", SystemCode.CONFIGURATION),
        ("Page.goto: Navigation is interrupted by another one", SystemCode.TRANSIENT),
        ("Locator.click: Frame was detached", SystemCode.TRANSIENT),
        ("Page.evaluate: Execution context was destroyed", SystemCode.TRANSIENT),
        ("Page.click: Target crashed", SystemCode.BROWSER_LOST),
        ("Browser.new_context: Connection closed while reading", SystemCode.BROWSER_LOST),
        ("Download.save_as: canceled", SystemCode.TRANSIENT),
        ("Locator.fill: Error: Element is not an <input>", SystemCode.LAYOUT_CHANGED),
        ("Locator.click: something new", SystemCode.TRANSIENT),
    ],
)
def test_a_message_of_playwright_has_one_meaning(message: str, code: str) -> None:
    found = verdict(Error(message), folder=None).cause

    assert (found.kind, found.code) == (CauseKind.SYSTEM, code)


def test_a_typed_value_in_a_message_is_not_kept() -> None:
    log = 'Call log:\n  - waiting for get_by_label("Member ID")\n  - fill("W100000001")\n'
    error = PlaywrightTimeoutError(f"Locator.fill: Timeout 15000ms exceeded.\n{log}")

    found = verdict(error, folder=None)

    assert found.probe
    assert found.locator == 'get_by_label("Member ID")'
    assert found.cause.message == 'fill: not possible in time: get_by_label("Member ID")'


def test_an_ambiguous_locator_is_told_with_the_number_of_its_elements() -> None:
    error = Error(
        'Locator.click: Error: strict mode violation: get_by_role("button") resolved to 2 '
        "elements:\n    1) <button>Maria Alvarez</button>\n"
    )

    found = verdict(error, folder=None)

    assert found.cause.code == SystemCode.LAYOUT_CHANGED
    assert "2 elements" in found.cause.message
    assert "Alvarez" not in found.cause.message


@pytest.mark.parametrize(
    ("waited_for", "told"),
    [
        (
            'get_by_role("heading", name="Home").visible.locator("deskhand-glance=at-0").or_('
            'get_by_role("alert").visible.locator("deskhand-glance=at-1"))',
            'wait: not possible in time: get_by_role("heading", name="Home").or_('
            'get_by_role("alert"))',
        ),
        (
            'get_by_label("Member ID").locator("deskhand-glance=placed")',
            'read: not possible in time: get_by_label("Member ID")',
        ),
    ],
)
def test_what_a_glance_waited_for_is_told_in_the_bots_own_words(waited_for: str, told: str) -> None:
    log = f"Call log:\n  - waiting for {waited_for}\n"
    found = verdict(
        PlaywrightTimeoutError(f"Locator.input_value: Timeout 1000ms exceeded.\n{log}"),
        folder=None,
    )

    assert found.cause.message == told
    assert found.probe


def test_the_browsers_log_is_cut_off() -> None:
    found = verdict(BrowserUnavailableError("the browser does not start"), folder=None)

    assert found.cause.code == SystemCode.CONFIGURATION
    assert not found.cause.retried


def test_a_bug_is_placed_in_the_bots_own_file() -> None:
    try:
        traceback.extract_tb(None).format()[7]
    except IndexError as error:
        inside, outside = verdict(error, folder=HERE), verdict(error, folder=HERE / "elsewhere")

    assert inside.cause.message.startswith("IndexError at test_faults.py, line ")
    assert outside.cause.message == "IndexError"


@pytest.mark.parametrize("status", [200, 303, 400, 409, 422])
def test_an_answer_that_may_be_meant_for_the_form_is_no_trouble(status: int) -> None:
    assert answer_cause(status) is None


@pytest.mark.parametrize(
    ("wish", "kept"),
    [("30", 30), ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("9" * 14, None), ("30 s", None)],
)
def test_a_wish_to_wait_is_kept_when_it_is_a_number(wish: str, kept: float | None) -> None:
    busy = answer_cause(429, wish)

    assert busy is not None
    assert busy.retry_after == kept


@pytest.mark.parametrize(
    ("snapshot", "locator", "expected"),
    [
        (
            '- button "Cancel"\n- button "Send claim"',
            'get_by_role("dialog").get_by_role("button", name="Submit claim")',
            'perhaps now get_by_role("button", name="Send claim")',
        ),
        (
            '- button "Sign out"\n- textbox "Subscriber number"',
            'get_by_label("Member ID")',
            'the page has get_by_role("textbox", name="Subscriber number")',
        ),
        ('- link "Maria Alvarez"\n- cell "W1"', 'get_by_role("button", name="Go")', ""),
    ],
)
def test_a_suggestion_names_controls_and_never_content(
    snapshot: str, locator: str, expected: str
) -> None:
    assert suggested(snapshot, locator) == expected
