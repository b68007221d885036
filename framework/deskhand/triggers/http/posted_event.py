"""A CloudEvent that was posted: in one JSON (structured), or with its attributes in headers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import unquote

from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.v1.event import CloudEvent

from deskhand.ports.reader import BodyReader, Row
from deskhand.triggers.http.refusal import HttpRefusal

STRUCTURED = "application/cloudevents+json"
CLIENT = "deskhandclient"
_PREFIX = "ce-"
_OWN_MEMBERS = ("data", "data_base64")


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedEvent:
    """An event as it came, not yet checked."""

    attributes: Mapping[str, object]
    data: object = field(repr=False)

    @classmethod
    def of(cls, headers: Mapping[str, str], body: bytes, *, reader: BodyReader) -> "PostedEvent":
        """Take an event apart; raises `BrokenBodyError` when the body is no JSON."""
        value = reader.read(body)
        if not headers.get("content-type", "").lower().startswith(STRUCTURED):
            return cls(attributes=_in_headers(headers), data=value)
        if not isinstance(value, dict):
            return cls(attributes={}, data=None)
        attributes = {name: part for name, part in value.items() if name not in _OWN_MEMBERS}
        return cls(attributes=attributes, data=value.get("data"))

    @property
    def type(self) -> str:
        """The event's name, as runbooks listen to it."""
        return str(self.attributes.get("type", ""))

    @property
    def client(self) -> str:
        """Whose event it is, by its own word."""
        return str(self.attributes.get(CLIENT, ""))

    def row(self, *, of: str) -> Row:
        """Return its data, which is the row of this client.

        Raises `HttpRefusal` unless it is a CloudEvent 1.0, or when it says another client.
        """
        if self.client not in ("", of):
            raise _no_event(f"its own {CLIENT} is another client than the header says")
        # The time is its sender's and decides nothing here.
        told = {name: value for name, value in self.attributes.items() if name != "time"}
        if told.get("specversion") != "1.0":
            raise _no_event("specversion must be 1.0")
        try:
            CloudEvent(told)
        except CloudEventValidationError as error:
            raise _no_event(f"wrong or missing: {', '.join(sorted(error.errors))}") from None
        if not isinstance(self.data, dict):
            raise _no_event("its data must be an object: it is the row")
        return Row(number=1, line=1, values=self.data)


def _in_headers(headers: Mapping[str, str]) -> Mapping[str, object]:
    return {
        name.removeprefix(_PREFIX): unquote(value)
        for name, value in headers.items()
        if name.startswith(_PREFIX)
    }


def _no_event(problem: str) -> HttpRefusal:
    return HttpRefusal(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        f"this is no CloudEvent that can be taken: {problem}",
        advice="send a CloudEvent 1.0 in JSON, structured or binary",
    )
