"""The project's files as the architecture tests read them."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FRAMEWORK = ROOT / "framework" / "deskhand"
CODE_FOLDERS = ("framework", "bots", "deploy", "tests")
TEXT_FOLDERS = (*CODE_FOLDERS, "docs", "runbooks", ".ci")
TEXT_ENDINGS = {"", ".css", ".html", ".ini", ".js", ".md", ".py", ".toml", ".txt", ".yaml", ".yml"}
MADE_BY_TOOLS = {"__pycache__", ".deskhand"}


def python_files(*folders: str) -> list[Path]:
    """List the Python files in folders of the project."""
    return [path for path in _files(*folders) if path.suffix == ".py"]


def text_files() -> list[Path]:
    """List every file that people write."""
    at_the_top = [path for path in ROOT.iterdir() if path.is_file()]
    return [path for path in [*at_the_top, *_files(*TEXT_FOLDERS)] if path.suffix in TEXT_ENDINGS]


def parsed(path: Path) -> ast.Module:
    """Read a Python file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported_modules(path: Path) -> set[str]:
    """Name the modules that a Python file imports, anywhere in it."""
    names = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def named(path: Path) -> str:
    """Name a file as a person would: from the project's folder."""
    return path.relative_to(ROOT).as_posix()


def _files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and not MADE_BY_TOOLS.intersection(path.parts):
                yield path
