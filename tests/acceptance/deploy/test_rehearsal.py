"""The how-to of deployment, followed word by word as far as a machine without systemd can go."""

import shutil
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.acceptance.deploy.files import compose, dockerfile, unit
from tests.acceptance.deploy.rehearsal import Rehearsal, clean_machine, steps, with_variables
from tests.acceptance.deploy.service_user import sandbox_can_be_made, user_and_group
from tests.docs.pages import Block
from tests.postgres import PostgresServer
from tests.practice.away import cut_off
from tests.practice.waiting import eventually

pytestmark = pytest.mark.browser

ONE_MACHINE = "One machine, with systemd"
INSTALLED = "vault init"


@pytest.fixture(scope="module")
def machine() -> Iterator[Rehearsal]:
    """A machine on which the steps up to the vault were followed: the program is installed."""
    with tempfile.TemporaryDirectory(prefix="deskhand-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        folder.chmod(0o755)
        rehearsal = clean_machine(folder)
        for block in steps(ONE_MACHINE, running=False):
            if INSTALLED in block.text:
                break
            followed(rehearsal, block)
        yield rehearsal


def followed(rehearsal: Rehearsal, block: Block) -> None:
    """Follow a block, and fail when something else was printed than the how-to shows."""
    differs = rehearsal.follow(block)

    assert not differs, f"{block.place}\n{differs}"


def test_who_follows_the_how_to_has_a_service_that_lives_works_and_ends(machine: Rehearsal) -> None:
    blocks = steps(ONE_MACHINE, running=False)
    begin = next(place for place, block in enumerate(blocks) if INSTALLED in block.text)
    for block in blocks[begin:]:
        followed(machine, block)
    service = unit()
    handed = _credentials(machine)
    variables = {
        name: value.replace("%d", str(handed)) for name, value in service.environment.items()
    }
    as_service = with_variables(machine, variables)

    with as_service.service(service.value("ExecStart")) as running:
        begun = service.value("ExecStartPost").replace("$MAINPID", str(running.process.pid))
        started = as_service.command(begun)
        for block in [*steps(ONE_MACHINE, running=True), *steps("Back up", running=True)]:
            followed(as_service, block)
        browsers = running.browsers()
        code, said = running.ended_by(signal.Signals[service.value("KillSignal")])

    assert (started.returncode, started.stderr) == (0, "")
    assert started.stdout.splitlines()[0] == "ready"
    assert (code, said.splitlines()[-1]) == (0, "stopped")
    assert '"event": "worker_stopped"' in running.told()
    if sandbox_can_be_made():
        assert browsers
        assert [line for line in browsers if "--no-sandbox" in line] == []
        assert "browser_without_sandbox" not in running.told()
    _assert_the_backup_is_whole(machine)


def test_what_no_longer_runs_is_not_healthy(machine: Rehearsal) -> None:
    asked = machine.command("deskhand health")

    assert asked.returncode == 1
    assert "nothing answers at http://127.0.0.1:" in asked.stderr


def test_containers_work_as_the_how_to_says_and_tell_when_the_database_is_away(
    machine: Rehearsal, postgres_server: PostgresServer, postgres_url: str
) -> None:
    containers = _without_containers(machine, postgres_url)
    for block in steps("Containers", running=False):
        followed(containers, block)
        _bring_secrets(containers, password=str(make_url(postgres_url).password))
    image = dockerfile()
    (entry,), (signalled,) = image.of("ENTRYPOINT"), image.of("STOPSIGNAL")
    (asking,) = image.of("HEALTHCHECK")
    program, health = " ".join(entry.listed), " ".join(asking.listed)
    services = compose()["services"]
    migrate, up = (" ".join(services[name]["command"]) for name in ("migrate", "deskhand"))

    migrated = containers.command(f"{program} {migrate}")
    with containers.service(f"{program} {up}") as running:
        assert containers.command(f"{health} --wait 30").returncode == 0
        for block in steps("Containers", running=True):
            followed(containers, block)
        with cut_off(postgres_server, postgres_url):
            away = eventually(
                lambda: _failed(containers, health), what="the health check misses the database"
            )
        eventually(lambda: not _failed(containers, health), what="it is healthy again")
        code, said = running.ended_by(signal.Signals[signalled.rest])

    assert migrated.stdout.endswith("; it was empty\n"), migrated.stderr
    assert away == "not ready: the database cannot be written\n"
    assert (code, said.splitlines()[-1]) == (0, "stopped")


def _credentials(machine: Rehearsal) -> Path:
    """Hand the credentials over in a folder of the service's own, as systemd does."""
    folder = machine.folder / "run" / "credentials"
    folder.mkdir(parents=True)
    for value in unit().values("LoadCredential"):
        name, _, path = value.partition(":")
        shutil.copy(machine.where(path), folder / name)
        shutil.chown(folder / name, *user_and_group())
        (folder / name).chmod(0o400)
    return folder


def _assert_the_backup_is_whole(machine: Rehearsal) -> None:
    copy = machine.here / "backup.db"
    restored = machine.folder / "restored.db"
    shutil.copy(copy, restored)
    shutil.chown(restored, *user_and_group())
    folder = machine.where("/var/lib/deskhand")
    shutil.move(restored, folder / "restored.db")

    verified = machine.command(
        "deskhand audit verify",
        DESKHAND_DATABASE_URL=f"sqlite:///{folder / 'restored.db'}",
    )

    assert verified.returncode == 0, verified.stderr


def _without_containers(machine: Rehearsal, url: str) -> Rehearsal:
    """Return the same machine, where a container's folders are those that compose mounts."""
    here = machine.here / "deploy"
    state = machine.folder / "volumes" / "state"
    state.mkdir(parents=True)
    shutil.chown(state, *user_and_group())
    place = make_url(url)
    words = {
        "docker compose run --rm --no-deps deskhand ": "deskhand ",
        "docker compose exec deskhand ": "",
        "/opt/deskhand": machine.words["/opt/deskhand"],
        "/srv/project": str(here / "project"),
        "/var/lib/deskhand": str(state),
        "/run/secrets": f"{machine.folder}/run/secrets",
        "deskhand@database/deskhand": (
            f"{place.username}@{place.host}:{place.port}/{place.database}"
        ),
    }
    return replace(
        machine,
        here=here,
        project=here / "project",
        words=words,
        variables=compose()["services"]["deskhand"]["environment"],
    )


def _bring_secrets(containers: Rehearsal, *, password: str) -> None:
    """Mount the secrets where compose does; the database of the tests has its password already."""
    secrets = containers.where("/run/secrets")
    secrets.mkdir(parents=True, exist_ok=True)
    for name, secret in compose()["secrets"].items():
        file = containers.here / secret["file"]
        if file.is_file() and not (secrets / name).exists():
            shutil.copy(file, secrets / name)
            (secrets / name).chmod(0o444)
            if name == "database_password":
                (secrets / name).write_text(f"{password}\n", encoding="utf-8")


def _failed(containers: Rehearsal, health: str) -> str:
    asked = containers.command(health)
    return asked.stderr if asked.returncode else ""
