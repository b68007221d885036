from decimal import Decimal
from pathlib import Path

import pytest

from deskhand.domain.quality import QualityBook, RecheckRule
from deskhand.errors import SettingsError
from deskhand.settings.quality import load_quality


def load(folder: Path, text: str) -> QualityBook:
    file = folder / "quality.yaml"
    file.write_text(text, encoding="utf-8")
    return load_quality(file)


def test_rules_are_read_in_their_order_with_defaults(tmp_path: Path) -> None:
    book = load(
        tmp_path,
        """
        rechecks:
          - runbook: claims.submit
            clients: [lakeside, hill]
            share: 2.5%
            first_of_version: 50
            all_above: "10000.00"
            queue: checks
            hold_queue: leads
            fields: [confirmation, total]
          - {runbook: claims.submit, share: 100%}
          - {runbook: aid.verify, first_of_version: 5, queue: aid-checks}
        """,
    )

    assert book.rules == (
        RecheckRule(
            runbook="claims.submit",
            clients=frozenset({"lakeside", "hill"}),
            share=Decimal("2.5"),
            first_of_version=50,
            all_above=Decimal("10000.00"),
            queue="checks",
            hold_queue="leads",
            fields=("confirmation", "total"),
        ),
        RecheckRule(runbook="claims.submit", share=Decimal(100)),
        RecheckRule(
            runbook="aid.verify", first_of_version=5, queue="aid-checks", hold_queue="aid-checks"
        ),
    )


def test_without_the_file_nothing_is_checked_again(tmp_path: Path) -> None:
    assert load_quality(tmp_path / "quality.yaml") == QualityBook()


MISTAKES = {
    "no list": ("rechecks: 2%", "expected `rechecks:` with a list"),
    "something beside the list": ("rechecks: []\nshare: 2%", "and nothing else"),
    "no runbook": ("rechecks: [{share: 2%}]", "rule 1: `runbook` is missing"),
    "an unknown key": (
        "rechecks: [{runbook: a, shares: 2%}]",
        "rule 1: unknown key `shares`; did you mean `share`?",
    ),
    "nothing that chooses": ("rechecks: [{runbook: a}]", "it chooses nothing; say share"),
    "a share without its sign": ("rechecks: [{runbook: a, share: 2}]", "as in 2% or 0.5%"),
    "a share above all": ("rechecks: [{runbook: a, share: 101%}]", "from 0% to 100%"),
    "a share below none": ('rechecks: [{runbook: a, share: "-1%"}]', "from 0% to 100%"),
    "a number that is none": (
        "rechecks: [{runbook: a, first_of_version: many}]",
        "`first_of_version` is a number",
    ),
    "a number below none": ("rechecks: [{runbook: a, first_of_version: -1}]", "from 0 to"),
    "an amount that is none": ('rechecks: [{runbook: a, all_above: "x"}]', "`all_above` is an"),
    "an amount without quotes": ("rechecks: [{runbook: a, all_above: 10.00}]", "in quotes"),
    "an endless amount": ('rechecks: [{runbook: a, all_above: "inf"}]', "0 or more"),
    "no client": ("rechecks: [{runbook: a, share: 1%, clients: []}]", "`clients` names none"),
    "no field": ("rechecks: [{runbook: a, share: 1%, fields: []}]", "`fields` names none"),
    "a client twice": (
        "rechecks: [{runbook: a, share: 1%, clients: [x, y]},"
        " {runbook: a, share: 2%, clients: [y]}]",
        "rule 2: there is a rule for a of y already",
    ),
    "all clients twice": (
        "rechecks: [{runbook: a, share: 1%}, {runbook: a, share: 2%}]",
        "rule 2: there is a rule for a of all clients already",
    ),
}


@pytest.mark.parametrize(("text", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError) as mistake:
        load(tmp_path, text)

    assert said in str(mistake.value)
    assert "quality.yaml" in str(mistake.value)
