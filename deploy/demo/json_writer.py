"""Writes claims as JSON, amounts as numbers, as a billing system's interface would."""

import json
import re
from collections.abc import Iterable
from typing import Final, TextIO

from deploy.demo.values import Claim, claim_as_json

_AMOUNT: Final = re.compile(r'("(?:total_)?charge": )"([0-9.]+)"')


def write_json(stream: TextIO, claims: Iterable[Claim]) -> int:
    """Write an object whose member `claims` is the array of the claims; return their count."""
    written = 0
    stream.write('{"claims": [')
    for claim in claims:
        stream.write(",\n" if written else "\n")
        stream.write(claim_line(claim))
        written += 1
    stream.write("\n]}\n")
    return written


def write_jsonl(stream: TextIO, claims: Iterable[Claim]) -> int:
    """Write one claim a line; return their count."""
    written = 0
    for claim in claims:
        stream.write(claim_line(claim) + "\n")
        written += 1
    return written


def claim_line(claim: Claim) -> str:
    """The claim as one line of JSON, its amounts as numbers that keep their two decimals."""
    return _AMOUNT.sub(r"\1\2", json.dumps(claim_as_json(claim)))
