"""Writes docs/reference out of the code: names, defaults and types, each with its meaning.

    .venv/bin/python docs/generate.py            writes the pages
    .venv/bin/python docs/generate.py --check    names the pages that say other than the code

What a name means is in `reference/meanings.toml`: a name without a meaning is an error here, and
so is a meaning without a name.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from generator import language, system
from generator.meanings import Meanings

_REFERENCE = Path(__file__).resolve().parent / "reference"
_MADE = "<!-- Made by docs/generate.py from the code and meanings.toml: change those. -->\n\n"
_PAGES: Mapping[str, Callable[[Meanings], Iterator[str]]] = {
    "cli": system.cli,
    "language": language.language,
    "expressions": language.expressions,
    "types": language.types,
    "settings": system.settings,
    "errors-and-causes": system.errors_and_causes,
    "records": system.records,
    "states": system.states,
}


def made_pages() -> dict[Path, str]:
    """Make every page; raises `LookupError` when code and meanings do not know the same names."""
    meanings = Meanings(_REFERENCE / "meanings.toml")
    made = {
        _REFERENCE / f"{name}.md": _MADE + "".join(page(meanings)) for name, page in _PAGES.items()
    }
    if unused := meanings.unused():
        raise LookupError(f"the code does not know: {', '.join(unused)}")
    return made


def main(arguments: list[str]) -> int:
    """Write the pages, or with `--check` compare them; return the exit code."""
    made = made_pages()
    if "--check" in arguments:
        stale = [
            file.name
            for file, text in made.items()
            if not file.is_file() or file.read_text(encoding="utf-8") != text
        ]
        if stale:
            sys.stderr.write(f"not as the code is: {', '.join(stale)}; run docs/generate.py\n")
        return 1 if stale else 0
    for file, text in made.items():
        file.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
