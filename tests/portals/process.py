"""A practice portal as a process that tests and demos start and stop."""

import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Protocol, Self
from urllib.request import ProxyHandler, build_opener

_ROOT = Path(__file__).parents[2]
_STARTS_WITHIN = 20.0
_STOPS_WITHIN = 3.0
_ANSWERS_WITHIN = 10.0


class PracticeWorld(Protocol):
    """What a portal knows before anybody comes."""

    def save(self, file: Path) -> Path: ...


class PortalDidNotStartError(RuntimeError):
    """The portal's process ended, or said nothing, before it took connections."""

    def __init__(self, said: str, data_dir: Path) -> None:
        super().__init__(f"the practice portal did not start; see {data_dir}/portal.log\n{said}")


class PracticePortal:
    """A running practice portal; use it in a `with` block, or call `stop()`.

    `module` is what `python -m` is given to run it.
    """

    module: ClassVar[str]

    def __init__(self, process: "subprocess.Popen[str]", url: str) -> None:
        self._process = process
        self._opener = build_opener(ProxyHandler({}))
        self.url = url
        self.pid = process.pid

    @classmethod
    def start(
        cls,
        *,
        data_dir: Path,
        world: PracticeWorld | Path,
        faults: str = "none",
        seed: int = 0,
        today: date | None = None,
        port: int = 0,
        options: Sequence[str] = (),
    ) -> Self:
        """Start the portal and come back when it takes connections.

        `options` are further options of the command line, `--session-seconds=2` for instance.
        The process ends with this one.
        """
        data_dir.mkdir(parents=True, exist_ok=True)
        file = world if isinstance(world, Path) else world.save(data_dir / "world.json")
        command = [
            *(sys.executable, "-m", cls.module, f"--data={data_dir.absolute()}"),
            *(f"--world={file.absolute()}", f"--faults={faults}", f"--seed={seed}"),
            *(f"--port={port}", f"--with-parent={os.getpid()}", *options),
            *([f"--today={today.isoformat()}"] if today else []),
        ]
        with (data_dir / "portal.err").open("w+") as errors:
            process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=_ROOT
            )
            line = _first_line(process)
            if not line:
                process.kill()
                process.communicate()
                errors.seek(0)
                raise PortalDidNotStartError(errors.read(), data_dir)
        return cls(process, json.loads(line)["url"])

    def ledger(self) -> list[dict[str, Any]]:
        """Give every commit so far, oldest first: the oracle."""
        rows: list[dict[str, Any]] = self._get("/practice/ledger")
        return rows

    def faults(self) -> dict[str, Any]:
        """Give what was injected so far."""
        report: dict[str, Any] = self._get("/practice/faults")
        return report

    def stop(self) -> None:
        """End the portal; a second call does nothing."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_STOPS_WITHIN)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _get(self, path: str) -> Any:
        with self._opener.open(self.url + path, timeout=_ANSWERS_WITHIN) as answer:
            return json.load(answer)


def _first_line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    until = time.monotonic() + _STARTS_WITHIN
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        ready = selector.select(max(0.0, until - time.monotonic()))
    return process.stdout.readline() if ready else ""
