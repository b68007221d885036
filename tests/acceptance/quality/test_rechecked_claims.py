"""From a bot's claim to a held version and back, on the command line and a real portal."""

import csv
import json
import subprocess
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from tests.practice.portal import Practice
from tests.practice.project import RUNBOOK

CLIENT = "lakeside"
QUALITY = """\
rechecks:
  - {runbook: claims.submit, first_of_version: 2, share: 0%, queue: quality, hold_queue: leads,
     fields: [confirmation, total, member_id]}
"""
QUEUES = """\
queues:
  quality: {role: checker, within: 2bd}
  leads: {role: lead}
"""
PEOPLE = """\
people:
  - {name: que, roles: [checker]}
  - {name: lea, roles: [lead]}
"""

Ended = subprocess.CompletedProcess[str]


class Checked:
    """Three claims of a bot; the first two are checked again, the second is found critical."""

    def __init__(self, practice: Practice) -> None:
        self.project = practice.empty_project()
        for name, text in (
            ("quality.yaml", QUALITY),
            ("queues.yaml", QUEUES),
            ("people.yaml", PEOPLE),
        ):
            (self.project.folder / name).write_text(text, encoding="utf-8")
        self.claims = practice.deal(CLIENT, 5)
        self.first = self.project.run(self.project.deliver(CLIENT, self.claims[:3]))
        self.items = self.each("items", "list", "--json").told
        self.ledger = {row["claim_number"]: row for row in practice.portal.ledger()}
        self.chosen = self.each("quality", "list", "--json").told
        good, bad = (one["item"] for one in self.chosen)
        self.blind = self._many(
            ("quality", "next", "--as", "eve"),
            ("quality", "answer", good, *self.seen(good), "--as", "eve"),
            ("next", "--as", "que", "--client", CLIENT),
            ("quality", "show", good),
            ("quality", "show", good, "--json"),
            ("quality", "show", bad, "--json"),
            ("exceptions", "show", good),
            ("exceptions", "list"),
            ("quality", "list"),
            ("quality", "grade", good, "pass", "--as", "que"),
            ("quality", "explain", good),
            ("quality", "explain", self._other_than(good, bad)),
        )
        self.answers = self._many(
            ("quality", "answer", good, *self.seen(good), "--as", "que"),
            ("quality", "answer", good, *self.seen(good), "--as", "que", "--json"),
            ("quality", "grade", good, "pass", "--as", "que"),
            ("quality", "answer", bad, *self.seen(bad, total="1.00"), "--as", "que", "--json"),
            ("quality", "grade", bad, "critical", "--as", "que"),
            ("quality", "grade", bad, "critical", "--note", "wrong total", "--as", "que", "--json"),
        )
        self.second = self.project.run(
            self.project.deliver(CLIENT, self.claims[3:], name="more.csv")
        )
        waiting = [
            item for item in self.each("items", "list", "--json").told if item["state"] == "waiting"
        ]
        self.held = self._many(
            ("items", "show", waiting[0]["id"]),
            ("quality", "holds"),
            ("items", "list", "--state", "waiting"),
            ("exceptions", "list", "--json"),
            ("quality", "release", RUNBOOK, "1", "--reason", "fixed", "--as", "que"),
            ("quality", "release", RUNBOOK, "1", "--reason", "fixed the bot", "--as", "lea"),
            ("quality", "holds"),
        )
        self.third = self.project.run()
        table = self.project.folder / "report.csv"
        self.report = self._many(
            ("report", "--json"),
            ("report",),
            ("report", "--csv", str(table)),
            ("report", "--since", "2099-01-01", "--json"),
            ("report", "--since", "yesterday"),
            ("audit", "verify"),
            ("audit", "show", f"runbook:{RUNBOOK}"),
        )
        with table.open(encoding="utf-8", newline="") as stream:
            self.table = [*csv.DictReader(stream)]

    def each(self, *words: str) -> "Told":
        (ended,) = self._many(words)
        return Told(ended)

    def _many(self, *commands: Sequence[str]) -> list[Ended]:
        return self.project.deskhand_each(commands)

    def _other_than(self, *items: str) -> str:
        (other,) = {one["id"] for one in self.items} - {*items}
        return str(other)

    def claim_of(self, item: str) -> Any:
        reference = next(one["reference"] for one in self.items if one["id"] == item)
        number = next(n for n in self.ledger if n in reference)
        return next(claim for claim in self.claims if claim.claim_number == number)

    def seen(self, item: str, **otherwise: str) -> Iterator[str]:
        """What a person types who looks at the portal's own ledger."""
        claim = self.claim_of(item)
        values = {
            "confirmation": self.ledger[claim.claim_number]["confirmation"],
            "total": f"{claim.total_charge:,}",
            "member_id": claim.member_id,
        }
        return (f"{name}={value}" for name, value in {**values, **otherwise}.items())


class Told:
    """How a command ended, and what it told."""

    def __init__(self, ended: Ended) -> None:
        assert ended.returncode == 0, ended.stderr
        self.told: Any = json.loads(ended.stdout)


@pytest.fixture(scope="module")
def checked(practice: Practice) -> Checked:
    return Checked(practice)


@pytest.mark.browser
def test_the_first_two_of_a_version_are_chosen_and_rest_as_done(checked: Checked) -> None:
    assert checked.first["items"] == {"done": 3}
    assert [one["why"] for one in checked.chosen] == [["first_of_version"]] * 2
    assert [one["ordinal"] for one in checked.chosen] == [1, 2]


@pytest.mark.browser
def test_before_the_answer_no_command_of_the_checker_prints_what_the_bot_recorded(
    checked: Checked,
) -> None:
    said = "".join(ended.stdout + ended.stderr for ended in checked.blind)
    recorded = [item["portal_number"] for item in checked.items]

    assert all(recorded)
    assert [number for number in recorded if number in said] == []
    assert [claim.member_id for claim in checked.claims if claim.member_id in said] == []
    totals = [f"{claim.total_charge}" for claim in checked.claims[:3]]
    form = json.loads(checked.blind[4].stdout)
    assert [total for total in totals if f'"total": "{total}"' in said] == []
    assert form["found"] is None
    assert list(form["form"]) == ["confirmation", "total", "member_id"]


@pytest.mark.browser
def test_only_a_checker_is_handed_a_re_check_and_grades_none_before_the_answer(
    checked: Checked,
) -> None:
    by_eve, answer, by_que, graded = *checked.blind[:3], checked.blind[9]

    assert by_eve.stdout == "nothing waits for you\n"
    assert "not for eve" in answer.stderr
    assert "re-check   waiting" in by_que.stdout
    assert "say first what the portal shows" in graded.stderr


@pytest.mark.browser
def test_an_auditor_repeats_why_an_item_was_chosen(checked: Checked) -> None:
    said = checked.blind[10].stdout

    assert "it is number 1 of the first 2 of its version" in said
    assert "computed again with the project's key: the same" in said
    left_out = checked.blind[11].stdout
    assert "not chosen:" in left_out
    assert "is not within the share of 0%" in left_out
    assert "the first 2 of its version were chosen before it" in left_out


@pytest.mark.browser
def test_what_a_person_saw_agrees_with_a_right_claim_and_passes(checked: Checked) -> None:
    found, again, passed = checked.answers[:3]

    assert found.returncode == 0, found.stderr
    assert "differs" not in found.stdout
    assert "que has answered it already" in again.stderr
    assert passed.returncode == 0, passed.stderr


@pytest.mark.browser
def test_a_difference_is_named_and_a_critical_finding_needs_a_note(checked: Checked) -> None:
    answered = json.loads(checked.answers[3].stdout)
    held = json.loads(checked.answers[5].stdout)

    assert [one["field"] for one in answered["found"] if one["differs"]] == ["total"]
    assert "a mistake needs a note" in checked.answers[4].stderr
    assert (held["grade"], held["differing"], held["hold"]["version"]) == ("critical", ["total"], 1)


@pytest.mark.browser
def test_what_a_person_typed_lies_about_nowhere_in_clear(checked: Checked) -> None:
    kept = [file.read_bytes() for file in checked.project.state.rglob("*") if file.is_file()]

    assert kept
    for claim in checked.claims:
        assert not any(claim.member_id.encode() in content for content in kept)


@pytest.mark.browser
def test_the_held_version_lets_no_claim_go_to_the_portal_and_says_so(checked: Checked) -> None:
    assert checked.second["items"] == {"done": 3, "waiting": 2}
    assert [hold["version"] for hold in checked.second["held_versions"]] == [1]
    for ended in checked.held[:2]:
        assert "held by quality since" in ended.stdout
        assert "by que" in ended.stdout
        assert f"deskhand quality release {RUNBOOK} 1" in ended.stdout
    assert checked.held[2].stdout.count("held by quality") == 2
    (incident,) = json.loads(checked.held[3].stdout)
    assert (incident["code"], incident["queue"]) == ("QUALITY_CRITICAL", "leads")


@pytest.mark.browser
def test_a_person_with_the_role_releases_it_and_the_claims_go_on(checked: Checked) -> None:
    by_que, by_lea, holds = checked.held[4:]

    assert "not for que" in by_que.stderr
    assert by_lea.stdout == f"{RUNBOOK} version 1 may be performed again\n"
    assert holds.stdout == "no version is held\n"
    assert checked.third["items"] == {"done": 5}
    assert checked.third["held_versions"] == []


@pytest.mark.browser
def test_the_report_tells_what_was_read_back_by_field_and_what_people_found(
    checked: Checked,
) -> None:
    told = json.loads(checked.report[0].stdout)
    (whole,) = told["read_backs"]
    fields = {line["field"]: line for line in told["fields"]}

    assert (whole["portal"], whole["runbook"], whole["version"]) == ("payer_portal", RUNBOOK, 1)
    assert (whole["share"], whole["left_wrong"]) == ("100.00%", 0)
    assert sum(line["checked"] for line in fields.values()) == whole["checked"]
    assert fields["total_charge"]["checked"] == fields["lines.code"]["checked"] == 5
    assert checked.third["read_back"] == {"checked": whole["checked"], "right": whole["right"]}
    (items,) = told["items"]
    assert (items["done"], items["done_with_help"]) == (5, 0)
    assert told["attempts"] == [{"runbook": RUNBOOK, "version": 1, "outcome": "done", "count": 5}]
    (quality,) = told["rechecks"]
    assert quality == {
        "runbook": RUNBOOK,
        "version": 1,
        "chosen": 2,
        "waiting": 0,
        "checked": 2,
        "pass": 1,
        "minor": 0,
        "critical": 1,
    }


@pytest.mark.browser
def test_the_report_is_a_table_too_and_knows_its_time(checked: Checked) -> None:
    _, text, _, later, unread, verified, story = checked.report
    rows = {(row["figure"], row["of"]): row["value"] for row in checked.table}

    assert "total_charge" in text.stdout
    assert (rows["rechecks", "critical"], rows["items", "done"]) == ("1", "5")
    assert rows["fields_right", "total_charge"] == "5"
    assert not any(json.loads(later.stdout).values())
    assert "--since: 'yesterday' is no moment" in unread.stderr
    assert verified.returncode == 0, verified.stdout
    assert "runbook.version_held" in story.stdout
    assert "runbook.version_released" in story.stdout
