import ast
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

from tests.architecture.source import CODE_FOLDERS, ROOT, named, parsed, python_files, text_files

DRAWERS = {
    "base",
    "common",
    "data",
    "helper",
    "helpers",
    "info",
    "manager",
    "managers",
    "misc",
    "shared",
    "util",
    "utilities",
    "utils",
}
LONGEST_FILE = 300
# A longer file is listed here with the reason why it is one.
LONGER = {
    "framework/deskhand/stores/migrations/versions/0001_first_tables.py": "all the first tables",
    "framework/deskhand/stores/tables.py": "all the tables side by side",
}
LONGEST_USUAL_FUNCTION = 30
# Ann is the person of the practice paths.
MACHINE_PATH = re.compile(r"/(?:home|Users)/(?!ann\b)\w+|/root/\w+|" + re.escape(str(ROOT)) + r"\b")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, Function):
            yield node


def lines_without_docstring(function: Function) -> int:
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    return lines - len((ast.get_docstring(function) or "").splitlines())


def test_no_file_or_folder_is_named_as_a_drawer_for_anything() -> None:
    drawers = [
        named(path)
        for path in python_files(*CODE_FOLDERS)
        if DRAWERS.intersection(part.removesuffix(".py") for part in Path(named(path)).parts)
    ]

    assert drawers == []


def test_no_file_is_long_without_a_reason() -> None:
    lengths = {
        named(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files(*CODE_FOLDERS)
    }

    longer = {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE}

    assert longer.keys() - LONGER.keys() == set(), longer
    assert LONGER.keys() - longer.keys() == set(), "listed, but short by now"


def test_nine_functions_of_ten_are_short() -> None:
    lengths = [
        lines_without_docstring(function)
        for path in python_files("framework", "bots")
        for function in functions(path)
    ]

    ninth_decile = quantiles(lengths, n=10)[-1]

    assert ninth_decile < LONGEST_USUAL_FUNCTION


def test_what_is_public_says_what_it_promises() -> None:
    silent = [
        f"{named(path)}: {node.name}"
        for path in python_files("framework", "bots")
        for node in parsed(path).body
        if "migrations" not in path.parts  # their docstring is the module's
        and isinstance(node, Function | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]

    assert silent == []


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    found = [
        f"{named(path)}: {match.group()}"
        for path in text_files()
        for match in MACHINE_PATH.finditer(path.read_text(encoding="utf-8"))
    ]

    assert found == []
