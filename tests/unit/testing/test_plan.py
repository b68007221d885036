"""Which requests a plan strikes, and how it is written."""

import json

import pytest

from deskhand.testing import KINDS, SETS, AppFaults, Fault, FaultPlan, Hit, When


def hit(subject: str = "", *, session: str = "", **form: str) -> Hit:
    return Hit(method="POST", path="/submit", subject=subject, session=session, form=form)


def struck(plan: FaultPlan, name: str, hits: list[Hit]) -> list[bool]:
    return [plan.struck(name, each) is not None for each in hits]


def test_a_number_after_the_at_sign_is_the_hit_that_is_struck() -> None:
    plan = FaultPlan.parse("drop-after-commit@2")

    fates = struck(plan, "drop-after-commit", [hit("a"), hit("b"), hit("a")])

    assert fates == [False, True, False]


def test_a_number_after_the_x_is_how_many_hits_in_a_row_are_struck() -> None:
    plan = FaultPlan.parse("unavailable@3x2")

    fates = struck(plan, "unavailable", [hit()] * 6)

    assert fates == [False, False, True, True, False, False]


def test_a_star_strikes_every_hit_from_there_on() -> None:
    plan = FaultPlan.parse("captcha@2x*")

    fates = struck(plan, "captcha", [hit()] * 4)

    assert fates == [False, True, True, True]


def test_hits_can_be_counted_for_each_session_by_itself() -> None:
    plan = FaultPlan.parse("csrf@2/session")
    one, other = hit(session="one"), hit(session="other")

    fates = struck(plan, "csrf", [one, other, one, other, one])

    assert fates == [False, False, True, True, False]


def test_a_bare_fault_strikes_each_subject_once() -> None:
    plan = FaultPlan.parse("maintenance")

    fates = struck(plan, "maintenance", [hit("a"), hit("a"), hit("b")])

    assert fates == [True, False, True]


def test_a_fault_can_be_limited_to_one_subject() -> None:
    plan = FaultPlan.parse("drop-after-commit:CLM-7")

    fates = struck(plan, "drop-after-commit", [hit("CLM-6"), hit("CLM-7")])

    assert fates == [False, True]


def test_a_fault_can_wait_for_a_value_in_a_submitted_form() -> None:
    plan = FaultPlan.parse("csrf:frequency=void")

    fates = struck(plan, "csrf", [hit(frequency="original"), hit(frequency="void")])

    assert fates == [False, True]


def test_a_percentage_is_the_share_of_subjects_that_is_struck() -> None:
    plan = FaultPlan.parse("maintenance%20", seed=3)

    fates = struck(plan, "maintenance", [hit(f"CLM-{number}") for number in range(1000)])

    assert 150 < sum(fates) < 250


def test_the_order_of_requests_does_not_change_the_fate_of_a_subject() -> None:
    claims = [hit(f"CLM-{number}") for number in range(60)] * 3
    forwards, backwards = FaultPlan.parse("default", seed=5), FaultPlan.parse("default", seed=5)

    struck(forwards, "unavailable", claims)
    struck(backwards, "unavailable", claims[::-1])

    fates = [
        sorted(event["subject"] for event in plan.report()["events"])
        for plan in (forwards, backwards)
    ]
    assert fates[0]
    assert fates[0] == fates[1]


def test_another_seed_strikes_other_subjects() -> None:
    claims = [hit(f"CLM-{number}") for number in range(100)]

    fates = [struck(FaultPlan.parse("csrf%30", seed=seed), "csrf", claims) for seed in (1, 2)]

    assert fates[0] != fates[1]


def test_the_amount_of_a_fault_follows_the_tilde() -> None:
    plan = FaultPlan.parse("hang@2~0.5")

    fault = plan.fault("hang")

    assert fault is not None
    assert fault.value == 0.5


def test_a_plan_can_name_a_set_and_take_faults_out_of_it() -> None:
    plan = FaultPlan.parse("default,-slow,csrf@1")

    names = {fault.name for fault in plan}

    assert names == {fault.name for fault in SETS["default"]} - {"slow"} | {"csrf"}


def test_a_later_mention_of_a_fault_wins() -> None:
    plan = FaultPlan.parse("default,drop-after-commit@2")

    fault = plan.fault("drop-after-commit")

    assert fault is not None
    assert fault.when == When(first=2, per="plan")


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("slw", "did you mean 'slow'?"),
        ("default,drop-after-comit@2", "did you mean 'drop-after-commit'?"),
        ("-terns", "did you mean 'terms'?"),
        ("defalt", "did you mean 'default'?"),
        ("slow@0", "cannot read the fault 'slow@0'"),
        ("xyzzy", "known are none, default, all, stops, slow"),
    ],
)
def test_a_mistake_in_a_plan_is_answered_with_advice(text: str, advice: str) -> None:
    with pytest.raises(ValueError, match="fault") as caught:
        FaultPlan.parse(text)

    assert advice in str(caught.value)


def test_the_set_all_holds_every_fault_but_the_stops() -> None:
    stops = {fault.name for fault in SETS["stops"]}

    names = {fault.name for fault in SETS["all"]}

    assert names == set(KINDS) - stops
    assert {"captcha", "account-locked", "password-expired"} <= stops


def test_the_set_none_is_empty() -> None:
    plan = FaultPlan.parse("none")

    assert list(plan) == []


def test_subjects_named_by_the_portal_hold_while_the_plan_says_nothing_else() -> None:
    named = {"wrong-digit": ["CLM-7"]}
    bare = FaultPlan.parse("wrong-digit", subjects=named)
    told = FaultPlan.parse("wrong-digit:CLM-8", subjects=named)

    fates = [struck(plan, "wrong-digit", [hit("CLM-7"), hit("CLM-8")]) for plan in (bare, told)]

    assert fates == [[True, False], [False, True]]


def test_a_fault_whose_named_subjects_are_none_never_strikes() -> None:
    plan = FaultPlan.parse("wrong-digit", subjects={"wrong-digit": []})

    assert struck(plan, "wrong-digit", [hit(""), hit("CLM-7")]) == [False, False]


def test_the_app_asks_for_the_faults_that_it_acts_out_itself() -> None:
    plan = FaultPlan([Fault(name="stale-read", when=When(times=None), value=20.0)])
    faults = AppFaults(plan, hit())

    answers = (faults.enabled("stale-read"), faults.enabled("layout-b"))

    assert answers == (True, False)
    assert faults.value("stale-read") == 20.0
    assert plan.report()["hits"] == {}
    assert faults.strike("stale-read", "CLM-1")
    assert plan.report()["injected"] == {"stale-read": 1}


def test_an_app_that_asks_for_an_unknown_fault_is_told_so() -> None:
    faults = AppFaults(FaultPlan(), hit())

    with pytest.raises(ValueError, match="'stale' that the catalogue does not have"):
        faults.strike("stale")


def test_the_report_of_a_plan_is_json() -> None:
    plan = FaultPlan.parse("csrf@1", seed=9)
    struck(plan, "csrf", [hit("CLM-1"), hit("CLM-2")])

    report = json.loads(json.dumps(plan.report()))

    assert report == {
        "seed": 9,
        "planned": ["csrf"],
        "hits": {"csrf": 2},
        "injected": {"csrf": 1},
        "events": [{"fault": "csrf", "method": "POST", "path": "/submit", "subject": "CLM-1"}],
    }
