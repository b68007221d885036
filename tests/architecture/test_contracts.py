from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.architecture.contracts import contracts, copy_framework, lint

PROTECTED = [
    (name, library)
    for name, contract in contracts().items()
    if contract["type"] == "protected"
    for library in contract["protected_modules"].split()
]

# contract, the file that breaks it (in the framework) and its text, what the report must say
VIOLATIONS = [
    ("layers", {"errors.py": "import deskhand.domain"}, "deskhand.errors -> deskhand.domain"),
    ("layers", {"domain/new.py": "import deskhand.ports"}, "deskhand.domain.new -> deskhand.ports"),
    ("layers", {"ports/new.py": "import deskhand.audit"}, "deskhand.ports.new -> deskhand.audit"),
    ("layers", {"audit/new.py": "import deskhand.stores"}, "deskhand.audit.new -> deskhand.stores"),
    ("layers", {"vaults/new.py": "import deskhand.logs"}, "deskhand.vaults.new -> deskhand.logs"),
    (
        "layers",
        {"stores/new.py": "import deskhand.use_cases"},
        "deskhand.stores.new -> deskhand.use_cases",
    ),
    (
        "layers",
        {"use_cases/new.py": "import deskhand.runtime"},
        "deskhand.use_cases.new -> deskhand.runtime",
    ),
    (
        "layers",
        {"runtime/new.py": "import deskhand.cli", "cli/__init__.py": ""},
        "deskhand.runtime.new -> deskhand.cli",
    ),
    ("layers", {"newcomer.py": ""}, "newcomer"),
    (
        "adapters",
        {"use_cases/new.py": "import deskhand.stores"},
        "deskhand.use_cases.new -> deskhand.stores",
    ),
    (
        "adapters",
        {"runtime/new.py": "import deskhand.engines"},
        "deskhand.runtime.new -> deskhand.engines",
    ),
    ("content", {"runtime/new.py": "import bots.payer"}, "deskhand.runtime.new -> bots"),
    ("content", {"stores/new.py": "import framework"}, "deskhand.stores.new -> framework"),
    ("content", {"testing/new.py": "import tests"}, "deskhand.testing.new -> tests"),
    (
        "cycles",
        {
            "domain/one.py": "import deskhand.domain.two",
            "domain/two.py": "import deskhand.domain.one",
        },
        "deskhand.domain",
    ),
]


def broken(folder: Path, files: Mapping[str, str]) -> Path:
    package = copy_framework(folder)
    for name, text in files.items():
        (package / name).parent.mkdir(exist_ok=True)
        with (package / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{text}\n")
    return folder


def test_every_contract_is_broken_once_on_purpose() -> None:
    tried = {name for name, _, _ in VIOLATIONS} | {name for name, _ in PROTECTED}

    assert tried == set(contracts())


@pytest.mark.parametrize("contract", contracts())
def test_a_contract_is_kept(tmp_path: Path, contract: str) -> None:
    copy_framework(tmp_path)

    ended = lint(tmp_path, contract=contract)

    assert ended.returncode == 0, ended.stdout
    assert "1 kept, 0 broken" in ended.stdout


@pytest.mark.parametrize(("contract", "files", "said"), VIOLATIONS)
def test_a_violation_is_reported(
    tmp_path: Path, contract: str, files: Mapping[str, str], said: str
) -> None:
    folder = broken(tmp_path, files)

    ended = lint(folder, contract=contract)

    assert ended.returncode == 1, ended.stdout
    assert "0 kept, 1 broken" in ended.stdout
    assert said in ended.stdout


@pytest.mark.parametrize(("contract", "library"), PROTECTED)
def test_a_library_outside_of_its_home_is_reported(
    tmp_path: Path, contract: str, library: str
) -> None:
    folder = broken(tmp_path, {"ports/new.py": f"import {library}"})

    ended = lint(folder, contract=contract)

    assert ended.returncode == 1, ended.stdout
    assert f"deskhand.ports.new -> {library}" in ended.stdout
