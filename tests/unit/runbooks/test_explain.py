"""A runbook in words."""

from pathlib import Path

from deskhand.runbooks.compiler import compile_runbook
from deskhand.runbooks.explain import explained
from tests.unit.runbooks.bots import BOTS
from tests.unit.runbooks.test_compiled_runbooks import AID
from tests.unit.runbooks.texts import CLAIMS, runbook

GOLDEN = Path(__file__).parent / "golden"


def words(text: str) -> str:
    made = compile_runbook(text, file="a.yaml", bots=BOTS)
    return explained(made).replace(made.hash[:12], "VERSION")


def golden(name: str) -> str:
    return (GOLDEN / name).read_text(encoding="utf-8")


def test_the_claims_runbook_is_explained_in_full() -> None:
    assert words(CLAIMS.read_text(encoding="utf-8")) == golden("claims-submit.txt")


def test_the_aid_runbook_is_explained_in_full() -> None:
    assert words(AID) == golden("aid-verify.txt")


def test_what_a_runbook_does_not_say_is_marked_as_a_default() -> None:
    told = words(runbook())

    assert "retried: 3 tries, pauses from 2 s to 1 min (default)" in told
    assert "at most 1 min (default)" in told
    assert "business cases         queue aid.check-review (default)" in told
    assert "Started by (default)" in told


def test_what_a_runbook_says_is_no_default() -> None:
    told = words(
        runbook(
            steps="  - use: read_award\n    timeout: 90s\n    retry: {tries: 1}\n",
            rest="cases: {ops: [system]}\ntimeouts: {item: 1d}\n",
        )
    )

    assert "retried: 1 try\n" in told
    assert "at most 90 s\n" in told
    assert "system cases           queue ops\n" in told
    assert "an attempt             at most 1 d\n" in told
