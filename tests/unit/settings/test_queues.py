from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from deskhand.domain.business_hours import BusinessTime
from deskhand.domain.exception_case import Decision
from deskhand.domain.queue import ClockKind, Queue
from deskhand.errors import SettingsError
from deskhand.settings.queues import load_queues


def load(folder: Path, text: str) -> Mapping[str, Queue]:
    file = folder / "queues.yaml"
    file.write_text(text, encoding="utf-8")
    return load_queues(file)


def test_queues_are_read_by_their_name_with_defaults(tmp_path: Path) -> None:
    queues = load(
        tmp_path,
        """
        queues:
          claims-review:
            role: reviewer
            within: 1bd 4h
            risk_at: 75%
            escalate_to: supervisors
            second_person_above: "50000.00"
            may: [fix, retry]
            skills: [oncology]
          supervisors: {within: 3d, clock: always}
          ops:
        """,
    )

    assert list(queues.values()) == [
        Queue(
            name="claims-review",
            role="reviewer",
            within=BusinessTime(days=1, hours=timedelta(hours=4)),
            risk_at=75,
            escalate_to="supervisors",
            second_person_above=Decimal("50000.00"),
            may=frozenset({Decision.FIX, Decision.RETRY}),
            skills=frozenset({"oncology"}),
        ),
        Queue(
            name="supervisors",
            within=BusinessTime(hours=timedelta(days=3)),
            clock=ClockKind.ALWAYS,
        ),
        Queue(name="ops"),
    ]


def test_without_the_file_no_queue_is_described(tmp_path: Path) -> None:
    assert load_queues(tmp_path / "queues.yaml") == {}


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ("rolle: x", "queue a: unknown key `rolle`; did you mean `role`?"),
        ("role: ", "`role` says nothing; leave it out for its default"),
        ("second_person_above: ", "`second_person_above` says nothing"),
        ("role: 5", "`role` is missing or no text; write it in quotes"),
        ("within: 1d", "`within` is business days, open hours or minutes"),
        ("within: ''", "`within` is missing or no text"),
        ("within: soon", "`within` is business days"),
        ("within: 0bd", "`within` is more than nothing"),
        ("within: 999bd", "a year at most"),
        ("within: 1bd, clock: always", "`within` of a queue with `clock: always`"),
        ("clock: often", "`clock` is one of business, always"),
        ("risk_at: 0%", "`risk_at` is a share from 1% to 100%"),
        ("risk_at: 80", "`risk_at` is a share from 1% to 100%"),
        ("risk_at: most%", "`risk_at` is a share from 1% to 100%"),
        ("escalate_to: a", "`escalate_to` names `a`, which is no other queue"),
        ("escalate_to: bb", "did you mean `b`?"),
        ("second_person_above: 50000.00", "`second_person_above` is missing or no text; write it"),
        ("second_person_above: much", '`second_person_above` is an amount, as in "50000.00"'),
        ("second_person_above: '-1'", "`second_person_above` is an amount of 0 or more"),
        ("second_person_above: nan", "`second_person_above` is an amount of 0 or more"),
        ("may: [fixed]", "`may` has no `fixed`; did you mean `fix`?"),
        ("may: fix", "`may` is a list of names"),
        ("skills: [5]", "`skills` is a list of names"),
    ],
)
def test_each_mistake_is_told_with_its_queue(tmp_path: Path, keys: str, problem: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        load(tmp_path, f"queues: {{a: {{{keys}}}, b: }}")

    assert str(refusal.value).startswith(f"{tmp_path}/queues.yaml: queue a: ")
    assert problem in str(refusal.value)


@pytest.mark.parametrize("text", ["5", "queues: []", "queue: {}", "queues: {1: {}}", "queues: ["])
def test_a_file_that_describes_no_queues_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match=r"queues\.yaml: "):
        load(tmp_path, text)
