"""The JSON body of a request: one value, read as files of clients are."""

import json

from deskhand.errors import BrokenBodyError
from deskhand.intake.json_values import ValueDecoder

_SPACE = " \t\r\n"


class JsonBodyReader:
    """Reads JSON with every number kept as its text (`deskhand.ports.reader.BodyReader`).

    What is a fault in a row of a file breaks a body as a whole: its sender is a program, which
    is told at once.
    """

    def __init__(self) -> None:
        self._decoder = ValueDecoder()

    def read(self, body: bytes) -> object:
        text = _text(body)
        try:
            decoded = self._decoder.decode(text, len(text) - len(text.lstrip(_SPACE)))
        except json.JSONDecodeError as error:
            raise BrokenBodyError(f"is not JSON: {error.msg}, line {error.lineno}") from None
        except RecursionError:
            raise BrokenBodyError("is nested too deeply") from None
        if text[decoded.end :].strip(_SPACE):
            raise BrokenBodyError("has more text after its end")
        if decoded.fault is not None:
            raise BrokenBodyError(f"{decoded.fault.reason} (at {decoded.fault.field})")
        return decoded.value


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BrokenBodyError("is not UTF-8") from None
