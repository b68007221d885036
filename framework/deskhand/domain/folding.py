"""Texts as they are compared with one another, and many words as one fast expression."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
APOSTROPHES = "\u2018\u2019\u02bc\u2032`"
# What nobody sees on a page, and what would otherwise keep a value from being found.
UNSEEN = frozenset(
    map(chr, (0xAD, 0x2060, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F)))
) | frozenset(map(chr, range(0x2066, 0x206A)))


def folded(text: str) -> tuple[str, list[int] | None]:
    """Return a text without accents and unseen characters, with plain hyphens and apostrophes.

    And at which place of the text each character of it stood, and where the text ends; None where
    nothing has changed.

    >>> folded("Jos\u00e9 O\u2019Brien")[0]
    "Jose O'Brien"
    >>> folded("Jose")
    ('Jose', None)
    """
    if text.isascii() and "`" not in text:
        return text, None
    letters: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        for letter in _plain(char):
            letters.append(letter)
            places.append(place)
    return "".join(letters), [*places, len(text)]


def any_of(words: Sequence[Sequence[str]]) -> str:
    """Return an expression for any of the words, each a row of tokens; the longest that fits.

    What words have in common at their beginning is looked at once: a thousand words are searched
    for nearly as fast as ten.

    >>> any_of(["jane", "jan", "joe"])
    '(?:j(?:an(?:e|)|oe))'
    """
    return f"(?:{_branches(sorted({tuple(word) for word in words}))})"


def _branches(words: Sequence[tuple[str, ...]]) -> str:
    branches = []
    for _, sharing in groupby(filter(None, words), key=lambda word: word[0]):
        group = list(sharing)
        size = _shared(group[0], group[-1])
        rest = [word[size:] for word in group]
        after = f"(?:{_branches(rest)})" if len(rest) > 1 else ""
        branches.append("".join(group[0][:size]) + after)
    return "|".join([*branches, *([""] if () in words else [])])


def _shared(first: Sequence[str], last: Sequence[str]) -> int:
    """Return how many tokens the first and the last of sorted words begin with, both."""
    pairs = zip(first, last, strict=False)
    return next(
        (at for at, (one, other) in enumerate(pairs) if one != other), min(len(first), len(last))
    )


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    if char in UNSEEN:
        return ""
    if char in HYPHENS:
        return "-"
    if char in APOSTROPHES:
        return "'"
    return "".join(
        part for part in unicodedata.normalize("NFD", char) if not unicodedata.combining(part)
    )
