"""What a person does about cases, from the command line, and what the bots make of it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from deploy.demo.values import Claim
from tests.practice.portal import Practice

CLIENT = "lakeside"
REASON = ("--reason", "asked the clinic")


class Refused:
    """Four claims of members whom the portal does not know; each is decided in another way."""

    def __init__(self, practice: Practice) -> None:
        self.practice = practice
        self.project = practice.empty_project()
        self.right = practice.deal(CLIENT, 4)
        wrong = [replace(claim, member_id=f"W90000000{n}") for n, claim in enumerate(self.right)]
        self.first = self.project.run(self.project.deliver(CLIENT, wrong))
        self.cases = {self._place(case): case for case in self.told("list")}
        fixed, by_hand, rejected, retried = (self.cases[place]["id"] for place in range(4))
        self.taken = self.told("take", fixed, "--as", "ann")
        self.by_others = self.exceptions("reject", fixed, *REASON, "--as", "bob")
        self.given_back = self.told("give-back", fixed, "--as", "ann")
        self.unfit = self.exceptions("fix", fixed, "patient_dob=1985-02-30")
        self.said = {
            "fix": self.told("fix", fixed, f"member_id={self.right[0].member_id}", *REASON),
            "done": self.told("done", by_hand, "--number", "ACM-7654321", *REASON),
            "reject": self.told("reject", rejected, *REASON),
            "retry": self.told("retry", retried, *REASON),
        }
        self.second = self.project.run()

    def _place(self, case: Mapping[str, Any]) -> int:
        numbers = [claim.claim_number for claim in self.right]
        return next(n for n, number in enumerate(numbers) if number in case["reference"])

    def exceptions(self, *words: str) -> Any:
        return self.project.deskhand("exceptions", *words)

    def told(self, *words: str) -> Any:
        return self.project.told("exceptions", *words)

    def item(self, place: int) -> Any:
        return self.project.told("items", "show", self.cases[place]["item"])

    def commits(self, claim: Claim) -> int:
        numbers = [row["claim_number"] for row in self.practice.portal.ledger()]
        return numbers.count(claim.claim_number)


@pytest.fixture(scope="module")
def refused(practice: Practice) -> Refused:
    return Refused(practice)


@pytest.mark.browser
def test_a_refused_claim_waits_for_a_person_with_the_portals_reason(refused: Refused) -> None:
    assert refused.first["items"] == {"with_person": 4}
    assert {case["code"] for case in refused.cases.values()} == {"MEMBER_NOT_FOUND"}


@pytest.mark.browser
def test_a_case_that_somebody_has_taken_is_theirs_until_they_give_it_back(
    refused: Refused,
) -> None:
    assert (refused.taken["state"], refused.taken["taken_by"]) == ("taken", "ann")
    assert refused.by_others.returncode == 1
    assert "is with ann" in refused.by_others.stderr
    assert (refused.given_back["state"], refused.given_back["taken_by"]) == ("open", None)


@pytest.mark.browser
def test_a_correction_that_is_no_date_is_not_taken(refused: Refused) -> None:
    assert refused.unfit.returncode == 1
    assert "patient_dob" in refused.unfit.stderr


@pytest.mark.browser
def test_each_decision_says_what_comes_next(refused: Refused) -> None:
    states = {decision: said["state"] for decision, said in refused.said.items()}

    assert states == {
        "fix": "waiting",
        "done": "waiting",
        "reject": "rejected",
        "retry": "waiting",
    }


@pytest.mark.browser
def test_a_corrected_claim_is_submitted(refused: Refused) -> None:
    item = refused.item(0)

    assert item["state"] == "done"
    assert refused.commits(refused.right[0]) == 1


@pytest.mark.browser
def test_a_number_that_the_portal_does_not_know_comes_back(refused: Refused) -> None:
    item = refused.item(1)

    assert item["state"] == "with_person"
    assert [case["code"] for case in item["cases"]] == ["MEMBER_NOT_FOUND", "NUMBER_NOT_FOUND"]
    assert refused.commits(refused.right[1]) == 0


@pytest.mark.browser
def test_a_rejected_claim_is_answered_as_such_and_not_submitted(refused: Refused) -> None:
    (totals,) = (file["totals"] for file in refused.project.told("files", "answer"))

    assert refused.item(2)["state"] == "rejected"
    assert totals["rejected_by_person"]["count"] == 1
    assert refused.commits(refused.right[2]) == 0


@pytest.mark.browser
def test_a_claim_that_is_refused_again_comes_back_as_such(refused: Refused) -> None:
    (case,) = (case for case in refused.told("list") if case["item"] == refused.cases[3]["item"])

    assert (case["code"], case["came_back"]) == ("MEMBER_NOT_FOUND", True)
    assert refused.second["items"] == {"done": 1, "with_person": 2, "rejected": 1}


@pytest.mark.browser
def test_every_decision_is_on_the_record_with_its_reason(refused: Refused) -> None:
    decisions = [
        (record["data"]["decision"], record["data"]["reason"])
        for place in range(4)
        for record in refused.project.told("audit", "show", refused.cases[place]["item"])
        if record["type"] == "human.decision"
    ]

    assert decisions == [(word, REASON[1]) for word in ("fix", "done", "reject", "retry")]
    assert refused.project.deskhand("audit", "verify").returncode == 0
