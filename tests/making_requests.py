"""Test data of signed requests."""

from dataclasses import replace

from deskhand.ports.hook_log import SeenRequest
from tests.making import NOW


def a_request(**changes: object) -> SeenRequest:
    request = SeenRequest(
        client="lakeside", hook="claims", id="msg-1", digest="d1", answer="{}", seen_at=NOW
    )
    return replace(request, **changes)  # type: ignore[arg-type]
