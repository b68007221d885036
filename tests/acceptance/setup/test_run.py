import signal
import sys
from pathlib import Path

import pytest

from tests.acceptance.setup.door import Machine, make_machine

pytestmark = pytest.mark.timeout(60)

COMMANDS = ("demo", "test", "check", "bench", "setup", "lock", "help")
INSTALLED = [
    "venv",
    "python -m pip --disable-pip-version-check --no-input -qq install"
    " --require-hashes --no-deps -r PROJECT/requirements.txt",
    "python -m pip --disable-pip-version-check --no-input -qq install"
    " --no-deps --no-build-isolation --editable PROJECT",
]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return make_machine(tmp_path)


def test_the_help_names_every_command(machine: Machine) -> None:
    ended = machine.run("help")

    assert ended.returncode == 0
    assert [command for command in COMMANDS if f"./run {command}" not in ended.stdout] == []


def test_an_unknown_command_shows_the_help_and_fails(machine: Machine) -> None:
    ended = machine.run("tset")

    assert ended.returncode == 1
    assert "./run test" in ended.stderr
    assert "there is no './run tset'" in ended.stderr


def test_the_first_set_up_installs_the_lock_and_then_the_project(machine: Machine) -> None:
    ended = machine.run("setup")

    assert ended.returncode == 0, ended.stderr
    assert machine.diary() == INSTALLED
    assert "packages of requirements.txt" in ended.stderr


def test_a_finished_set_up_does_nothing_and_says_nothing(machine: Machine) -> None:
    machine.run("setup")
    machine.diary()

    ended = machine.run("setup")

    assert ended.returncode == 0
    assert ended.stdout + ended.stderr == ""
    assert machine.diary() == []


def test_a_changed_lock_is_installed_into_a_new_environment(machine: Machine) -> None:
    machine.run("setup")
    machine.diary()
    left_over = machine.project / ".venv" / "left-over"
    left_over.touch()

    (machine.project / "requirements.txt").write_text("a==2\n", encoding="utf-8")
    machine.run("setup")

    assert machine.diary() == INSTALLED
    assert not left_over.exists()


def test_a_changed_project_file_only_installs_the_project_again(machine: Machine) -> None:
    machine.run("setup")
    machine.diary()

    (machine.project / "pyproject.toml").write_text("[project] # new\n", encoding="utf-8")
    machine.run("setup")

    assert machine.diary() == INSTALLED[2:]


def test_a_folder_that_was_moved_is_set_up_anew(machine: Machine) -> None:
    machine.run("setup")
    machine.diary()

    moved = Machine(
        project=machine.project.rename(machine.project.with_name("moved")),
        practice=machine.practice,
    )
    moved.run("setup")

    assert moved.diary() == INSTALLED


@pytest.mark.parametrize("failing", ["--require-hashes", "--editable"])
def test_a_set_up_that_failed_fails_the_command_and_is_done_again(
    machine: Machine, failing: str
) -> None:
    failure = machine.practice / "failing"
    failure.write_text(failing, encoding="utf-8")

    failed = machine.run("test")
    asked = machine.diary()
    failure.unlink()
    ended = machine.run("setup")

    assert failed.returncode != 0
    assert [line for line in asked if "pytest" in line] == []
    assert ended.returncode == 0
    assert machine.diary()[-1] == INSTALLED[-1]


def test_a_set_up_that_was_killed_is_begun_anew(machine: Machine) -> None:
    machine.close_gate()
    killed = machine.begin("setup")
    machine.wait_at_gate()

    killed.send_signal(signal.SIGKILL)
    killed.wait()
    machine.open_gate()
    killed.communicate()
    machine.diary()
    ended = machine.run("setup")

    assert ended.returncode == 0, ended.stderr
    assert machine.diary() == INSTALLED


def test_two_at_once_wait_for_each_other_and_set_up_once(machine: Machine) -> None:
    machine.close_gate()
    first = machine.begin("setup")
    machine.wait_at_gate()
    second = machine.begin("setup")
    assert second.stderr
    said = second.stderr.readline()

    machine.open_gate()
    first.communicate()
    second.communicate()

    assert "another ./run is at it" in said
    assert (first.returncode, second.returncode) == (0, 0)
    assert machine.diary() == INSTALLED


def test_a_machine_without_python_is_told_what_to_install(machine: Machine) -> None:
    (machine.practice / "bin" / "python3.12").unlink()

    ended = machine.run("demo")

    assert ended.returncode == 1
    assert "no Python >= 3.11 was found: install one" in ended.stderr


def test_a_python_that_is_too_old_is_no_python(machine: Machine) -> None:
    (machine.practice / "old").touch()

    ended = machine.run("demo")

    assert ended.returncode == 1
    assert "no Python >= 3.11 was found" in ended.stderr


def test_a_chosen_python_is_taken_and_a_wrong_one_is_named(machine: Machine) -> None:
    chosen = machine.practice / "my python"
    (machine.practice / "bin" / "python3.12").rename(chosen)

    wrong = machine.run("setup", DESKHAND_PYTHON="python9")
    right = machine.run("setup", DESKHAND_PYTHON=str(chosen))

    assert (wrong.returncode, right.returncode) == (1, 0)
    assert "DESKHAND_PYTHON=python9 is no Python >= 3.11" in wrong.stderr


def test_debians_missing_module_is_installed_by_root(machine: Machine) -> None:
    (machine.practice / "no-ensurepip").touch()

    ended = machine.run_as("is_debian() { true; }; is_root() { true; }", "setup")

    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert ended.returncode == 0, ended.stderr
    assert machine.diary()[:2] == [
        "apt-get update -q",
        f"apt-get install -y -q -o DPkg::Lock::Timeout=300 python{version}-venv",
    ]


@pytest.mark.parametrize(
    ("functions", "advice"),
    [
        ("is_debian() { true; }; is_root() { false; }", "as root, apt-get install python3"),
        ("is_debian() { false; }", "install a complete Python"),
    ],
)
def test_others_are_told_what_the_python_lacks(
    machine: Machine, functions: str, advice: str
) -> None:
    (machine.practice / "no-ensurepip").touch()

    ended = machine.run_as(functions, "setup")

    assert ended.returncode == 1
    assert advice in ended.stderr
    assert machine.diary() == []


def test_the_demo_sees_to_the_browser_that_it_needs(machine: Machine) -> None:
    machine.run("setup")
    machine.diary()

    machine.run("demo", "--headed", "--items", "3")

    assert machine.diary() == [
        "python -m deskhand.browsers.provision --headed",
        "python -m deploy.demo --headed --items 3",
    ]


def test_a_demo_without_a_browser_is_not_begun(machine: Machine) -> None:
    machine.run("setup")
    machine.diary()
    (machine.practice / "failing").write_text("provision", encoding="utf-8")

    ended = machine.run("demo")

    assert ended.returncode != 0
    assert machine.diary() == ["python -m deskhand.browsers.provision"]


def test_the_tests_run_even_where_a_browser_or_a_database_cannot_be_had(machine: Machine) -> None:
    machine.run("setup")
    machine.diary()
    (machine.practice / "failing").write_text("provision", encoding="utf-8")

    ended = machine.run("test", "-k", "two words")

    assert ended.returncode == 0
    assert machine.diary()[-1] == (
        "python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder -k two words"
    )


def test_the_check_runs_every_tool_and_fails_when_one_does(machine: Machine) -> None:
    machine.run("setup")
    machine.diary()
    (machine.practice / "failing").write_text("ruff format", encoding="utf-8")

    ended = machine.run("check")

    assert ended.returncode == 1
    assert [line.split()[0] for line in machine.diary()] == ["ruff", "ruff", "mypy", "lint-imports"]
