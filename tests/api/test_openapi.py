"""The description is complete and changes only when somebody means it.

After a change that is meant: `python manage.py export_openapi_schema --api plenary.api.api --sorted --indent 1
--ensure-ascii --output tests/api/openapi.json`, and tell it in the changelog.
"""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.test import Client

GOLDEN = Path(__file__).parent / "openapi.json"


@pytest.fixture
def description(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/v1/openapi.json").json()
    return found


def operations(description: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for methods in description["paths"].values() for operation in methods.values()]


def test_the_contract_is_the_one_others_rely_on(description: dict[str, Any]) -> None:
    assert description == json.loads(GOLDEN.read_text(encoding="utf-8")), (
        "the API's description changed: see this file's first lines if that is meant"
    )


def test_every_operation_describes_itself_and_its_errors(description: dict[str, Any]) -> None:
    assert description["openapi"] == "3.1.0"
    for operation in operations(description):
        name = operation["operationId"]
        assert operation["description"], name
        assert operation["tags"], name
        assert {"400", "404", "422", "500"} <= set(operation["responses"]), name
        if "requestBody" in operation:
            assert {"413", "415"} <= set(operation["responses"]), name
        if "security" in operation:
            assert "401" in operation["responses"], name
        assert any(int(status) < 300 for status in operation["responses"]), name


def test_every_error_is_a_problem(description: dict[str, Any]) -> None:
    for name, response in description["components"]["responses"].items():
        assert list(response["content"]) == ["application/problem+json"], name
    for operation in operations(description):
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                assert response == {"$ref": f"#/components/responses/Problem{status}"}, operation["operationId"]


def test_every_tag_is_explained(description: dict[str, Any]) -> None:
    explained = {tag["name"] for tag in description["tags"]}
    assert {tag for operation in operations(description) for tag in operation["tags"]} <= explained


def test_every_schema_is_a_json_schema(description: dict[str, Any]) -> None:
    for name, schema in description["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema.get("description"), f"{name} has no description"


def test_request_bodies_bound_every_value(description: dict[str, Any]) -> None:
    """A text without a length, a number without a range, an object that takes anything: each is a way past the schema."""
    schemas = description["components"]["schemas"]
    for operation in operations(description):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            name = content["schema"].get("$ref", "").rpartition("/")[2]
            for field, schema in schemas.get(name, {}).get("properties", {}).items():
                for kind in [schema, *schema.get("anyOf", [])]:
                    if kind.get("type") == "string":
                        assert {"maxLength", "pattern", "enum", "format"} & set(kind), f"{name}.{field}"
                    if kind.get("type") == "integer":
                        assert {"minimum", "maximum"} <= set(kind), f"{name}.{field}"
            if name:
                assert schemas[name].get("additionalProperties") is False, name
