"""A PostgreSQL server for the tests: found, installed as root on Debian, started, thrown away.

`DESKHAND_TEST_POSTGRES_URL` names a server of your own instead; its user must be allowed to create
databases. `python -m tests.postgres --provision` only sees to it that the programs are there.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

VARIABLE = "DESKHAND_TEST_POSTGRES_URL"
DRIVER = "postgresql+psycopg"
START_SECONDS = 60
POLLS_A_SECOND = 50
STOP_SECONDS = 20
PORTS_TO_TRY = 3

# A test's data is worth nothing after a power failure, so nothing waits for the disk.
FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
CLUSTER_SETTINGS = Path("/etc/postgresql-common/createcluster.conf")


class PostgresUnavailableError(Exception):
    """PostgreSQL cannot be had on this machine; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _User:
    """Whom the server runs as; nothing set means: as whoever runs the tests."""

    number: int | None = None
    group: int | None = None
    other_groups: Sequence[int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresServer:
    """A running server on which this user may create databases."""

    url: URL

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """Lend an empty database by its SQLAlchemy URL, and drop it afterwards."""
        name = f"deskhand_test_{secrets.token_hex(6)}"
        self._command("CREATE DATABASE {}", name)
        try:
            yield self.url.set(database=name).render_as_string(hide_password=False)
        finally:
            self._command("DROP DATABASE {} WITH (FORCE)", name)

    def _command(self, command: str, database: str) -> None:
        conninfo = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(sql.SQL(command).format(sql.Identifier(database)))


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """Lend the server that the environment names, or else one that lives as long as this block."""
    named = os.environ.get(VARIABLE)
    if named:
        yield PostgresServer(url=make_url(named).set(drivername=DRIVER))
        return
    programs = provision_postgres()
    # Not the tests' own temporary folder: the path of a socket has 107 characters at most.
    with (
        tempfile.TemporaryDirectory(prefix="deskhand-pg-", ignore_cleanup_errors=True) as folder,
        _server(programs, folder=Path(folder)) as url,
    ):
        yield PostgresServer(url=url)


def find_postgres() -> Path | None:
    """Find the folder of PostgreSQL's programs; the newest where there are several."""
    on_path = shutil.which("postgres")
    if on_path and shutil.which("initdb"):
        return Path(on_path).resolve().parent
    packaged = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(packaged, key=lambda path: float(path.parent.name), default=None)


def provision_postgres() -> Path:
    """Find PostgreSQL's programs; as root on Debian, install what is missing."""
    programs = find_postgres()
    if programs is None and is_root_on_debian():
        sys.stderr.write("tests: installing postgresql with apt-get\n")
        _install_package()
        programs = find_postgres()
    if programs is None:
        raise PostgresUnavailableError(
            "the tests need PostgreSQL: install it (apt-get install postgresql, "
            f"brew install postgresql), or name a server in {VARIABLE}, "
            "or leave these tests out: ./run test -m 'not postgres'"
        )
    return programs


def is_root_on_debian() -> bool:
    """Whether packages come from apt, and this user may install them."""
    return os.geteuid() == 0 and Path("/etc/debian_version").exists()


def _install_package() -> None:
    # The package would start a server of its own, which nobody here needs.
    if not CLUSTER_SETTINGS.exists():
        CLUSTER_SETTINGS.parent.mkdir(parents=True, exist_ok=True)
        CLUSTER_SETTINGS.write_text("create_main_cluster = false\n", encoding="utf-8")
    install = ["install", "-y", "-q", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"]
    for arguments in (["update", "-q"], [*install, "postgresql"]):
        subprocess.run(
            ["apt-get", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            check=False,
        )


@contextmanager
def _server(programs: Path, *, folder: Path) -> Iterator[URL]:
    password = secrets.token_urlsafe(16)
    user = _server_user()
    _make_cluster(programs, folder=folder, password=password, user=user)
    process, port = _start(programs, folder=folder, user=user)
    try:
        yield _url(port, password=password)
    finally:
        _stop(process)


def _server_user() -> _User:
    # PostgreSQL refuses to run as root.
    if os.geteuid() != 0:
        return _User()
    names = {entry.pw_name for entry in pwd.getpwall()}
    entry = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return _User(number=entry.pw_uid, group=entry.pw_gid, other_groups=())


def _make_cluster(programs: Path, *, folder: Path, password: str, user: _User) -> None:
    password_file = folder / "password"
    password_file.write_text(password, encoding="utf-8")
    if user.number is not None:
        shutil.chown(folder, user.number)
        shutil.chown(password_file, user.number)
    made = subprocess.run(
        [
            programs / "initdb",
            f"--pgdata={folder / 'data'}",
            "--username=deskhand",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ],
        user=user.number,
        group=user.group,
        extra_groups=user.other_groups,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        raise PostgresUnavailableError(f"initdb failed: {made.stderr.strip()}")


def _start(programs: Path, *, folder: Path, user: _User) -> tuple[subprocess.Popen[bytes], int]:
    log = folder / "log"
    for _ in range(PORTS_TO_TRY):
        # Another process may take the port in between; then the server ends, and we try again.
        port = _free_port()
        with log.open("wb") as output:
            process = subprocess.Popen(
                _server_command(programs, folder=folder, port=port),
                user=user.number,
                group=user.group,
                extra_groups=user.other_groups,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # The terminal's Ctrl-C is for the tests, which then stop the server.
                start_new_session=True,
            )
        if _becomes_ready(process, status=folder / "data" / "postmaster.pid"):
            return process, port
        _stop(process)
    said = log.read_text(encoding="utf-8", errors="replace").strip()
    raise PostgresUnavailableError(f"PostgreSQL did not start: {said}")


def _server_command(programs: Path, *, folder: Path, port: int) -> Sequence[str | Path]:
    settings = [
        *FORGETFUL,
        "listen_addresses=127.0.0.1",
        f"port={port}",
        f"unix_socket_directories={folder}",
        "timezone=UTC",
    ]
    command: list[str | Path] = [programs / "postgres", "-D", folder / "data"]
    for setting in settings:
        command += ["-c", setting]
    # Where the system offers it, the server does not outlive tests that were killed.
    mortal = ["setpriv", "--pdeathsig", "INT"]
    return [*mortal, *command] if _runs([*mortal, "true"]) else command


def _runs(command: Sequence[str]) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _becomes_ready(process: subprocess.Popen[bytes], *, status: Path) -> bool:
    # The port alone proves nothing: another server may answer there. The last line of the
    # server's own status file is its word.
    for _ in range(START_SECONDS * POLLS_A_SECOND):
        if status.exists() and status.read_text(encoding="utf-8").rstrip().endswith("\nready"):
            return True
        with suppress(subprocess.TimeoutExpired):
            process.wait(1 / POLLS_A_SECOND)
            return False
    return False


def _url(port: int, *, password: str) -> URL:
    return URL.create(
        DRIVER,
        username="deskhand",
        password=password,
        host="127.0.0.1",
        port=port,
        database="postgres",
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait(STOP_SECONDS)


def main(arguments: Sequence[str]) -> int:
    """Provision PostgreSQL; quiet when it is there."""
    if list(arguments) != ["--provision"]:
        sys.stderr.write("usage: python -m tests.postgres --provision\n")
        return 2
    if os.environ.get(VARIABLE):
        return 0
    try:
        provision_postgres()
    except PostgresUnavailableError as error:
        sys.stderr.write(f"tests: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
