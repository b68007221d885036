import re

import pytest

from tests.docs.pages import DOCS, pages, text_of, without_blocks

NEVER_RIGHT = ("artifact", "idempotent", "robot", "tenant", "ticket")
PROSE = [page for page in pages() if page.name not in ("glossary.md", "CHANGELOG.md")]


@pytest.mark.parametrize("word", NEVER_RIGHT)
def test_the_docs_keep_to_the_glossary(word: str) -> None:
    pattern = re.compile(rf"\b{word}s?\b", re.IGNORECASE)

    assert [page.name for page in PROSE if pattern.search(without_blocks(page))] == []


def test_the_glossary_is_in_order_and_says_each_word_once() -> None:
    words = re.findall(r"^\| ([a-z][a-z -]*) \|", text_of(DOCS / "glossary.md"), re.MULTILINE)[1:]

    assert words == sorted(set(words))


def test_the_words_to_avoid_are_in_the_glossary() -> None:
    said = text_of(DOCS / "glossary.md")

    assert [word for word in NEVER_RIGHT if word not in said] == []
