"""The description of the API: whole, without loose ends, and the same as what is answered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from hub.actions.departments import (
    change_keys,
    department_desk,
    notice_text,
    one_platform,
    submit_texts,
    wording,
)
from hub.actions.departments.cutover import change_phase, checklist, report_sent
from hub.web.api.models import TextSubmission
from hub.web.api.openapi import described
from hub.web.api.operations import API_ROUTES, OPERATIONS
from hub.web.api.problem import TITLES
from hub.web.i18n import Language, shipped_catalogues
from tests.unit.hub.web.source_texts import CHINESE

DOCUMENT = described(OPERATIONS)
SAYING = (
    wording,
    submit_texts,
    notice_text,
    change_keys,
    department_desk,
    one_platform,
    change_phase,
    checklist,
    report_sent,
)


def _all(node: Any, key: str) -> Iterator[Any]:
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key:
                yield value
            yield from _all(value, key)
    elif isinstance(node, list):
        for one in node:
            yield from _all(one, key)


def test_it_is_valid_by_the_schema_of_openapi_3_1() -> None:
    validate(DOCUMENT, cls=OpenAPIV31SpecValidator)


def test_it_is_plain_json_of_version_3_1() -> None:
    assert json.loads(json.dumps(DOCUMENT)) == DOCUMENT
    assert DOCUMENT["openapi"] == "3.1.0"
    assert {"title", "version"} <= DOCUMENT["info"].keys()


def test_the_file_in_the_repository_is_what_is_served() -> None:
    """Whoever changes the API sees there what changes for departments: it is `/api/v1/openapi.json`."""
    kept = Path(__file__).parents[5] / "docs" / "departments_openapi.json"
    assert json.loads(kept.read_text("utf-8")) == DOCUMENT


def test_every_reference_leads_to_a_schema() -> None:
    references = set(_all(DOCUMENT, "$ref"))
    schemas = DOCUMENT["components"]["schemas"]
    assert references
    assert {reference.rpartition("/")[2] for reference in references} <= schemas.keys()
    assert all(reference.startswith("#/components/schemas/") for reference in references)


def test_every_schema_is_used() -> None:
    used = {reference.rpartition("/")[2] for reference in _all(DOCUMENT, "$ref")}
    assert used == DOCUMENT["components"]["schemas"].keys()


@pytest.mark.parametrize("one", OPERATIONS, ids=lambda one: one.name)
def test_an_operation_says_what_it_takes_and_gives(one: Any) -> None:
    found = DOCUMENT["paths"][one.path][one.method.lower()]
    assert all("description" in answer for answer in found["responses"].values())
    assert {str(status) for status in one.answers} <= found["responses"].keys()
    assert {"401", "403", "413", "422", "503"} <= found["responses"].keys()
    declared = {parameter["name"] for parameter in found.get("parameters", ()) if parameter["in"] == "path"}
    assert declared == {part.strip("{}") for part in one.path.split("/") if part.startswith("{")}
    assert ("requestBody" in found) == (one.takes is not None)


def test_names_of_operations_are_unique_and_every_one_is_served() -> None:
    names = list(_all(DOCUMENT["paths"], "operationId"))
    assert len(names) == len(set(names)) == len(OPERATIONS)
    assert {(route.method, route.path) for route in API_ROUTES} >= {(o.method, o.path) for o in OPERATIONS}


def test_every_code_of_a_problem_is_described_somewhere() -> None:
    described_codes = " ".join(str(text) for text in _all(DOCUMENT["paths"], "description"))
    assert [code for code in TITLES if code not in described_codes] == []


def test_a_field_is_called_as_callers_write_it() -> None:
    properties = DOCUMENT["components"]["schemas"]["TextSubmission"]["properties"]
    assert "class" in properties
    assert properties["to"]["maxItems"] == submit_texts.MOST_NUMBERS
    assert DOCUMENT["components"]["schemas"]["TextSubmission"]["additionalProperties"] is False
    assert TextSubmission.model_validate({"client_ref": "a", "to": ["1"], "class": "E1"}).message_class


def test_what_use_cases_refuse_is_said_in_english_too() -> None:
    texts = shipped_catalogues().of(Language.EN).texts
    said = {
        value
        for module in SAYING
        for name, value in vars(module).items()
        if name.isupper() and name != "OPT_OUT" and isinstance(value, str) and CHINESE.search(value)
    }
    assert len(said) > 15
    assert said - texts.keys() == set()
