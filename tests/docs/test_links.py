import re
from collections.abc import Iterator
from pathlib import Path

from tests.docs.pages import DOCS, ROOT, pages, text_of, without_blocks

LARGEST_PICTURE = 200_000
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def links(page: Path) -> Iterator[str]:
    for target in LINK.findall(without_blocks(page)):
        if not target.startswith(("http://", "https://", "mailto:")):
            yield target


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", without_blocks(page), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings
    }


def test_every_link_leads_somewhere() -> None:
    broken = []
    for page in pages():
        for link in links(page):
            name, _, anchor = link.partition("#")
            target = (page.parent / name).resolve() if name else page
            if not target.exists() or (anchor and anchor not in anchors(target)):
                broken.append(f"{page.relative_to(ROOT)}: {link}")

    assert broken == []


def test_every_page_can_be_found_from_the_readme() -> None:
    found: set[Path] = set()
    left = [ROOT / "README.md"]

    while left:
        page = left.pop()
        found.add(page)
        targets = [(page.parent / link.partition("#")[0]).resolve() for link in links(page)]
        left += [target for target in targets if target.suffix == ".md" and target not in found]

    assert set(DOCS.rglob("*.md")) - found - {DOCS / "README.md"} == set()


def test_pictures_are_small_and_shown() -> None:
    pictures = [file for file in (DOCS / "pictures").iterdir() if file.is_file()]
    shown = "".join(text_of(page) for page in pages())

    assert [file.name for file in pictures if file.stat().st_size > LARGEST_PICTURE] == []
    assert [file.name for file in pictures if file.name not in shown] == []
