import json
import subprocess
import sys
from pathlib import Path

from tests.architecture.contracts import contracts
from tests.architecture.source import FRAMEWORK, imported_modules, named, python_files

FRONT_DOORS = {"deskhand", "deskhand.testing"}


def libraries_of_the_framework() -> set[str]:
    roots = {
        module.split(".")[0]
        for path in python_files("framework")
        for module in imported_modules(path)
    }
    return roots - set(sys.stdlib_module_names) - {"deskhand"}


def test_every_library_has_one_home() -> None:
    homes = {
        library
        for contract in contracts().values()
        if contract["type"] == "protected"
        for library in contract["protected_modules"].split()
    }

    homeless = libraries_of_the_framework() - homes

    assert homeless == set()


def test_importing_deskhand_loads_no_library() -> None:
    program = "import json, sys, deskhand; print(json.dumps(sorted(sys.modules)))"

    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    loaded = {name.split(".")[0] for name in json.loads(ended.stdout)}
    assert "deskhand" in loaded
    assert loaded & libraries_of_the_framework() == set()


def test_bots_come_in_by_the_front_door() -> None:
    side_doors = [
        f"{named(path)} imports {module}"
        for path in python_files("bots")
        for module in sorted(imported_modules(path))
        if module.split(".")[0] == "deskhand" and module not in FRONT_DOORS
    ]

    assert side_doors == []


def test_nobody_imports_the_framework_by_its_folder() -> None:
    wrong = [
        named(path)
        for path in python_files("framework", "bots", "deploy", "tests")
        if any(module.split(".")[0] == "framework" for module in imported_modules(path))
    ]

    assert wrong == []


def test_no_module_of_the_framework_has_the_name_of_its_package() -> None:
    folders = [path for path in FRAMEWORK.iterdir() if path.is_dir() and any(path.glob("*.py"))]

    without_init = [named(path) for path in folders if not Path(path, "__init__.py").exists()]

    assert without_init == []
