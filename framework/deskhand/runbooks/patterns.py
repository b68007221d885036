"""Regular expressions that cannot be made to run for long: RE2 has no backtracking."""

from collections.abc import Callable
from typing import cast

import re2

MAX_PATTERN = 500
_MAX_MEMORY = 8 << 20  # bytes; `[\\p{L} '-]{1,120}`, a name in any script, needs about half of it


def full_match(pattern: str) -> Callable[[str], bool]:
    """Return the question whether a whole text matches; raises `ValueError` saying what is wrong.

    >>> full_match("CLM-[0-9]{6}")("CLM-123456")
    True
    """
    if len(pattern) > MAX_PATTERN:
        raise ValueError(f"a pattern may have {MAX_PATTERN} characters at most")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MAX_MEMORY
    # A set of one is asked seven times faster than the wrapper's own fullmatch.
    matcher = re2.Set.FullMatchSet(options)
    try:
        re2.compile(pattern, options)
        matcher.Add(pattern)
        matcher.Compile()
    except re2.error as error:
        raise ValueError(_reason(error)) from error

    def matches(text: str) -> bool:
        return matcher.Match(text) is not None

    return matches


def _reason(error: Exception) -> str:
    said = cast("object", error.args[0] if error.args else "")
    words = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    too_large = "too large" in words or "failed to compile Set" in words
    return "it is too large: repeat less, or fewer kinds of letter" if too_large else words
