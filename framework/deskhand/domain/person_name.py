"""Names of people, as they are typed: one person may be written in several ways."""

import unicodedata


def folded(name: str) -> str:
    """Return what all ways to write a name share: letter case, blanks and forms do not count.

    >>> folded(" Ann  LEE") == folded("ann lee")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def same_person(one: str, other: str) -> bool:
    """Whether two names are those of one person."""
    return folded(one) == folded(other)
