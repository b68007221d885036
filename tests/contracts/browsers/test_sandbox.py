"""The sandbox around the pages: there for everybody but root, or no browser at all."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

import pytest

pytestmark = pytest.mark.browser

# Root within the new namespace is nobody outside of it; here it is a person, whom Chromium lets
# have a sandbox. The count of namespaces below it is then set to none.
PERSON = ("unshare", "--user", "--map-user=1000", "--keep-caps")
WITHOUT_NAMESPACES = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
START = """\
import asyncio
from deskhand.browsers.pool import BrowserPool
from deskhand.browsers.stage_settings import StageSettings
from deskhand.errors import BrowserUnavailableError

async def start() -> None:
    pool = BrowserPool(StageSettings())
    try:
        await pool.start()
        print("started")
    except BrowserUnavailableError as error:
        print(error)
    finally:
        await pool.stop()

asyncio.run(start())
"""


def where_there_are_no_namespaces(*command: str) -> Sequence[str]:
    return [*PERSON, "sh", "-c", WITHOUT_NAMESPACES, "sh", *command]


def can_be_tried() -> bool:
    if shutil.which("unshare") is None:
        return False
    words = where_there_are_no_namespaces("true")
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def start(sandbox: str) -> str:
    environment = {**os.environ, "DESKHAND_SANDBOX": sandbox}
    ended = subprocess.run(
        where_there_are_no_namespaces(sys.executable, "-c", START),
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return ended.stdout


@pytest.mark.skipif(not can_be_tried(), reason="this machine lends no user namespace")
def test_where_no_sandbox_can_be_made_no_browser_starts_unless_somebody_says_so() -> None:
    refused, told_to = start("on"), start("off")

    assert "this machine does not let it make its sandbox" in refused
    assert "DESKHAND_SANDBOX=off" in refused
    assert told_to == "started\n"
