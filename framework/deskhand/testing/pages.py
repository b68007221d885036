"""The pages that stand in a portal's way: maintenance, errors, captcha, terms and the like."""

from html import escape

_FRAME = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1.5rem;
color:#1d2b3a}}button{{font:inherit;padding:.4rem 1rem}}</style></head>
<body><main><h1>{title}</h1>{content}</main></body></html>
"""


def page(title: str, content: str) -> str:
    """Build a small page; `content` is markup."""
    return _FRAME.format(title=escape(title), content=content)


def plain(title: str, text: str) -> str:
    """Build a page with one paragraph."""
    return page(title, f"<p>{escape(text)}</p>")


def alert(title: str, text: str) -> str:
    """Build a page with one alert."""
    return page(title, f'<p role="alert">{escape(text)}</p>')


MAINTENANCE = plain(
    "Scheduled maintenance", "The portal is closed for maintenance. Please come back later."
)
UNAVAILABLE = plain("Service unavailable", "The service is too busy. Please try again later.")
BAD_GATEWAY = plain("Bad gateway", "The proxy received an invalid answer.")
GATEWAY_TIMEOUT = plain("Gateway time-out", "The server did not answer in time.")
TOO_MANY_REQUESTS = plain("Too many requests", "You have sent too many requests. Slow down.")
SERVER_ERROR = plain("Internal server error", "Something went wrong. Reference 5f2c.")
TOKEN_REFUSED = alert(
    "Request refused", "This page's security token is no longer valid. Open the page again."
)
CAPTCHA = page(
    "Verify that you are human",
    '<p>We have seen unusual traffic.</p><div class="captcha"><label><input type="checkbox">'
    " I am not a robot</label></div><button>Verify</button>",
)
ACCOUNT_LOCKED = alert(
    "Account locked", "ACCOUNT_LOCKED: This account is locked. Call your administrator."
)
PASSWORD_EXPIRED = page(
    "Your password has expired",
    '<p role="alert">PASSWORD_EXPIRED: Choose a new password to go on.</p><form method="post">'
    '<label>New password <input type="password" name="new"></label> <button>Change</button></form>',
)


def terms(*, accept_at: str, go_on_to: str) -> str:
    """Build the page that asks to accept new terms of use."""
    return page(
        "Updated terms of use",
        "<p>Our terms of use have changed. Accept them to go on.</p>"
        f'<form method="post" action="{escape(accept_at)}">'
        f'<input type="hidden" name="next" value="{escape(go_on_to)}">'
        '<p><label><input type="checkbox" name="accept" required> I accept the terms of use'
        "</label></p><button>Accept and continue</button></form>",
    )
