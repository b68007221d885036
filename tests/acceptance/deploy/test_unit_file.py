import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from deskhand.domain.duration import parse_duration
from deskhand.runbooks.model import TimeoutsModel
from deskhand.settings.environment import KEY_FILE, PASSWORD_FILE
from deskhand.settings.project import load_project
from tests.acceptance.deploy.files import DROP_IN, EXAMPLES, UNIT, Unit, unit

SERVICE = unit()
PROJECT = load_project(EXAMPLES, environment={})
ANALYZER = shutil.which("systemd-analyze")


def test_it_runs_as_a_user_of_its_own_without_privilege() -> None:
    assert SERVICE.value("User") == SERVICE.value("Group") == "deskhand"
    assert SERVICE.value("CapabilityBoundingSet") == SERVICE.value("AmbientCapabilities") == ""
    for name in ("NoNewPrivileges", "RestrictSUIDSGID", "PrivateTmp", "PrivateDevices"):
        assert SERVICE.value(name) == "yes", name


def test_it_may_write_to_the_state_folder_of_the_examples_and_nowhere_else() -> None:
    assert SERVICE.value("ProtectSystem") == "strict"
    assert PROJECT.state == Path("/var/lib") / SERVICE.value("StateDirectory")
    assert PROJECT.vault_file.is_relative_to(PROJECT.state)
    assert SERVICE.values("ReadWritePaths") == ["-/srv/project/inbox"]


def test_the_browser_can_still_make_its_sandbox() -> None:
    assert SERVICE.value("RestrictNamespaces").split() == ["user", "pid", "net"]
    assert SERVICE.value("MemoryDenyWriteExecute") == "no"
    assert "chroot" in SERVICE.values("SystemCallFilter")[0].split()
    assert {"AF_UNIX", "AF_INET", "AF_INET6", "AF_NETLINK"} == set(
        SERVICE.value("RestrictAddressFamilies").split()
    )


def test_only_deskhand_is_told_to_end_and_it_has_longer_than_an_attempt() -> None:
    patience = parse_duration(SERVICE.value("TimeoutStopSec").removesuffix("in"))

    assert (SERVICE.value("KillMode"), SERVICE.value("KillSignal")) == ("mixed", "SIGTERM")
    assert timedelta(0) < patience - TimeoutsModel().item <= timedelta(minutes=5)


def test_it_is_started_anew_for_as_long_as_it_takes() -> None:
    assert SERVICE.value("Restart") == "always"
    assert SERVICE.value("StartLimitIntervalSec") == "0"


@pytest.mark.parametrize(
    ("service", "variable", "credential"),
    [(SERVICE, KEY_FILE, "vault.key"), (unit(DROP_IN), PASSWORD_FILE, "database.password")],
)
def test_secrets_are_handed_over_by_systemd(service: Unit, variable: str, credential: str) -> None:
    assert service.value("LoadCredential") == f"{credential}:/etc/deskhand/{credential}"
    assert service.environment[variable] == f"%d/{credential}"


def test_the_key_lies_where_the_examples_say() -> None:
    assert str(PROJECT.vault_key_file) == SERVICE.value("LoadCredential").partition(":")[2]


@pytest.mark.skipif(ANALYZER is None, reason="systemd-analyze is not there")
def test_systemd_understands_every_setting(tmp_path: Path) -> None:
    # The programs are not on this machine; everything else is taken as it is.
    text = UNIT.read_text(encoding="utf-8")
    programs = text.replace("/opt/deskhand/bin/deskhand", shutil.which("true") or "/bin/true")
    (tmp_path / "deskhand.service").write_text(programs, encoding="utf-8")
    beside = tmp_path / "deskhand.service.d"
    beside.mkdir()
    shutil.copy(DROP_IN, beside)

    ended = subprocess.run(
        [str(ANALYZER), "verify", "--man=no", tmp_path / "deskhand.service"],
        capture_output=True,
        text=True,
        check=False,
    )

    about_ours = [line for line in ended.stderr.splitlines() if "deskhand" in line]
    assert (ended.returncode, about_ours) == (0, [])
