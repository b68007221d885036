"""The JSON Schema for editors agrees with the checker."""

import json
from typing import Any

import pytest
from ruamel.yaml import YAML

from deskhand.runbooks.catalogue import STANDARD_TYPES, text_type
from deskhand.runbooks.json_schema import json_schema
from deskhand.runbooks.model import RunbookModel, keys_of
from tests.unit.runbooks.bots import BOTS, Catalogue
from tests.unit.runbooks.schema_subset import fits
from tests.unit.runbooks.test_compiled_runbooks import AID
from tests.unit.runbooks.texts import CLAIMS, runbook

SCHEMA = json_schema(BOTS)


def valid(text: str, schema: dict[str, Any] = SCHEMA) -> bool:
    return fits(YAML(typ="safe", pure=True).load(text), schema, schema)


@pytest.mark.parametrize("text", [CLAIMS.read_text(encoding="utf-8"), AID, runbook()])
def test_valid_runbooks_fit_the_schema(text: str) -> None:
    assert valid(text)


@pytest.mark.parametrize(
    "text",
    [
        runbook(steps="  - use: read_awrd\n"),
        runbook(steps="  - use: mark_verified\n"),
        runbook(steps="  - once: read_award\n"),
        runbook(steps="  - usee: read_award\n"),
        runbook(steps="  - use: read_award\n    tmeout: 5s\n"),
        runbook(steps="  - use: read_award\n    timeout: 5\n"),
        runbook(steps="  - finish: doen\n"),
        runbook(rest="tittle: x\n"),
        runbook(rest="triggers: [{cron: x}]\n"),
        runbook(rest="triggers: [{webhook: 'A b'}]\n"),
        runbook(item="  reference: [a]\n  fields: {a: strng}\n"),
        runbook(item="  reference: [a]\n  fields: {a: {type: string, patern: x}}\n"),
        runbook(item="  fields: {a: string}\n"),
        runbook(head="deskhand: 2\nrunbook: a\nportal: aid_portal\n"),
        runbook(head="deskhand: 1\nrunbook: a\nportal: aid_portl\n"),
    ],
)
def test_mistakes_that_a_schema_can_see_do_not_fit_it(text: str) -> None:
    assert not valid(text)


def test_the_schema_names_the_projects_actions_where_they_may_stand() -> None:
    use, once, *_ = SCHEMA["definitions"]["step"]["anyOf"]

    reads = {one["const"] for one in use["properties"]["use"]["anyOf"]}
    writes = {one["const"] for one in once["properties"]["once"]["anyOf"]}

    assert {"read_award", "aid_portal.read_award", "ledger.read_award", "fill_claim"} <= reads
    assert "submit_claim" in writes
    assert not reads & writes


def test_the_schema_has_every_key_of_the_language() -> None:
    assert set(SCHEMA["properties"]) == set(keys_of(RunbookModel))


def test_the_schema_knows_a_projects_own_types() -> None:
    types = STANDARD_TYPES.plus(text_type("policy_number", str))
    text = runbook(item="  reference: [a]\n  fields: {a: policy_number}\n")

    assert valid(text, json_schema(BOTS, types))
    assert not valid(text)


def test_the_schema_is_json_and_leaves_out_bots_that_cannot_be_loaded() -> None:
    schema = json_schema(Catalogue((), {"broken": "no module"}))

    assert json.loads(json.dumps(schema)) == schema
    assert valid(runbook(), schema) is False
