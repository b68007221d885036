"""The portal as a process: how it starts, ends and remembers."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import monotonic

import pytest

from tests.acceptance.portal.sender import Sender
from tests.portals.payer.process import PortalProcess
from tests.portals.payer.world import Claim, World, WorldInvalidError, load_world
from tests.portals.process import PortalDidNotStartError

Sending = Callable[..., Sender]


def test_a_stopped_portal_is_gone_within_two_seconds_even_while_a_request_hangs(
    tmp_path: Path, world: World
) -> None:
    portal = PortalProcess.start(data_dir=tmp_path, world=world, faults="hang~60")
    with subprocess.Popen(
        [sys.executable, "-c", f"import urllib.request as u; u.urlopen('{portal.url}/login')"],
        stderr=subprocess.DEVNULL,
    ) as waiting:
        while portal.faults()["injected"] != {"hang": 1}:
            assert waiting.poll() is None

        began = monotonic()
        portal.stop()

        assert monotonic() - began < 2.0


def test_the_portal_ends_when_its_parent_dies(tmp_path: Path, world: World) -> None:
    script = (
        "import sys; from pathlib import Path;"
        "from tests.portals.payer.process import PortalProcess;"
        "p = PortalProcess.start(data_dir=Path(sys.argv[1]), world=Path(sys.argv[2]));"
        "print(p.pid, flush=True); sys.stdin.read()"
    )
    world_file = world.save(tmp_path / "world.json")
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "data"), str(world_file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
        text=True,
    ) as parent:
        assert parent.stdout is not None
        portal_pid = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)

    watch = os.pidfd_open(portal_pid)
    try:
        assert _ended(watch, within=5.0)
    finally:
        os.close(watch)


def test_a_restarted_portal_holds_what_it_held(
    tmp_path: Path, world: World, today: date, sending: Sending, a_claim: Callable[..., Claim]
) -> None:
    with PortalProcess.start(data_dir=tmp_path, world=world, today=today) as portal:
        sending(portal).submit_whole(a_claim("CLM-0000500"))
        before = portal.ledger()

    with PortalProcess.start(data_dir=tmp_path, world=world, today=today) as again:
        sender = sending(again)
        sender.submit_whole(a_claim("CLM-0000500"))

        assert again.ledger() == before
        assert sender.alert.startswith("DUPLICATE: Claim number CLM-0000500 is already on file")


def test_a_mistake_in_the_fault_plan_is_told_at_the_start(tmp_path: Path, world: World) -> None:
    with pytest.raises(PortalDidNotStartError) as caught:
        PortalProcess.start(data_dir=tmp_path, world=world, faults="dropp-after-commit")

    assert "did you mean 'drop-after-commit'?" in str(caught.value)


def test_a_world_that_points_nowhere_is_refused(tmp_path: Path, world: World) -> None:
    file = world.save(tmp_path / "world.json")
    file.write_text(file.read_text().replace('"payer_id": "60054"', '"payer_id": "60055"'))

    with pytest.raises(WorldInvalidError) as caught:
        load_world(file)

    assert "member W100000001: no payer '60055'" in str(caught.value)


def _ended(watch: int, *, within: float) -> bool:
    ready, _, _ = select.select([watch], [], [], within)
    return bool(ready)
