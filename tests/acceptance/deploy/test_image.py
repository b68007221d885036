import json
import re
import shutil
import subprocess

import pytest

from tests.acceptance.deploy.files import DEPLOY, SECCOMP, dockerfile, in_the_context
from tests.docs.pages import ROOT

PINNED = re.compile(r"^[\w./-]+:\d+\.\d+(\.\d+)?-[\w.-]+$")
SECRET = re.compile(r"password|secret|token|key|credential", re.IGNORECASE)
IMAGE = dockerfile()
LAST = IMAGE.last_stage


def test_every_stage_begins_with_an_image_of_a_fixed_version() -> None:
    begun = [IMAGE.with_arguments(one.operands[0]) for one in IMAGE.of("FROM")]

    assert len(begun) == 2
    assert [image for image in begun if not PINNED.match(image)] == []


def test_it_runs_as_a_user_of_its_own_before_it_runs_anything() -> None:
    words = [one.word for one in IMAGE.instructions if one.stage == LAST]
    (user,) = IMAGE.of("USER", stage=LAST)
    made = " ".join(one.rest for one in IMAGE.of("RUN", stage=LAST))

    assert user.rest not in ("root", "0")
    assert f" {user.rest} " in f"{made} "
    assert words.index("USER") < words.index("ENTRYPOINT")
    assert "RUN" not in words[words.index("USER") :]


def test_the_users_number_is_the_one_that_the_how_to_names() -> None:
    told = (ROOT / "docs" / "how-to" / "deploy.md").read_text(encoding="utf-8")

    assert f"number {IMAGE.with_arguments('$DESKHAND_UID')}." in told


def test_nothing_is_fetched_from_an_address() -> None:
    assert IMAGE.of("ADD") == []
    assert [one.rest for one in IMAGE.of("RUN") if "://" in one.rest or "curl" in one.rest] == []


def test_everything_that_is_installed_comes_by_hash_or_from_the_wheel() -> None:
    commands = [
        command.strip()
        for one in IMAGE.of("RUN")
        for command in one.rest.split("&&")
        if "pip install" in command
    ]

    assert len(commands) == 3
    for command in commands:
        assert "--require-hashes" in command or "--no-index" in command, command


@pytest.mark.parametrize("source", [s for one in IMAGE.of("COPY") for s in one.operands[:-1]])
def test_what_it_copies_is_in_the_repository_and_in_the_context(source: str) -> None:
    if source.startswith("/opt/"):  # out of the first stage
        return

    assert (ROOT / source).exists()
    assert in_the_context(source)


@pytest.mark.parametrize(
    "path",
    [
        "vault.key",
        "deploy/secrets/vault.key",
        "deploy/project/deskhand.toml",
        ".deskhand/deskhand.db",
        ".git/config",
        ".venv/bin/python",
        "tests/making.py",
        "framework/deskhand/__pycache__/errors.pyc",
    ],
)
def test_neither_secrets_nor_what_is_not_needed_can_get_in(path: str) -> None:
    assert not in_the_context(path)


def test_no_variable_and_no_argument_holds_a_secret() -> None:
    names = re.findall(
        r"(\w+)=", " ".join(one.rest for word in ("ENV", "ARG") for one in IMAGE.of(word))
    )

    assert "PYTHONUNBUFFERED" in names
    assert [name for name in names if SECRET.search(name)] == []


def test_it_starts_up_asks_for_its_health_and_ends_by_the_signal_that_up_knows() -> None:
    (entry,) = IMAGE.of("ENTRYPOINT", stage=LAST)
    (command,) = IMAGE.of("CMD", stage=LAST)
    (asked,) = IMAGE.of("HEALTHCHECK", stage=LAST)
    (signal,) = IMAGE.of("STOPSIGNAL", stage=LAST)

    assert (entry.listed, command.listed) == (["deskhand"], ["up"])
    assert asked.listed == ["deskhand", "health"]
    assert {"interval", "timeout", "start-period", "retries"} <= asked.flags.keys()
    assert signal.rest == "SIGTERM"


def test_the_filter_of_system_calls_denies_what_it_does_not_name() -> None:
    profile = json.loads(SECCOMP.read_text(encoding="utf-8"))
    plain = [name for rule in profile["syscalls"] if "args" not in rule for name in rule["names"]]

    assert profile["defaultAction"] == "SCMP_ACT_ERRNO"
    assert {rule["action"] for rule in profile["syscalls"]} == {"SCMP_ACT_ALLOW"}
    assert plain == sorted(set(plain))
    assert {"clone", "unshare", "chroot", "seccomp"} <= set(plain)
    assert not {"mount", "bpf", "ptrace", "keyctl", "kexec_load", "init_module"} & set(plain)


def test_a_linter_of_dockerfiles_finds_nothing_where_there_is_one() -> None:
    linter = shutil.which("hadolint")
    file = DEPLOY / "container" / "Dockerfile"
    command = [linter, str(file)] if linter else ["true"]

    ended = subprocess.run(command, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stdout
