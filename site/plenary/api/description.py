"""Completes ninja's OpenAPI description: errors every operation can answer with, problem media types, links of tags and terms."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from ninja.openapi.schema import OpenAPISchema

from plenary.core.api import ProblemBody
from plenary.core.languages import LANGUAGES
from plenary.core.problems import MEDIA_TYPE

if TYPE_CHECKING:
    from ninja import NinjaAPI

LANGUAGE = {
    "name": "lang",
    "in": "query",
    "required": False,
    "description": "Language of texts for people; it wins over Accept-Language.",
    "schema": {"type": "string", "enum": [language.code for language in LANGUAGES]},
}
PROBLEM = {"$ref": "#/components/schemas/ProblemBody"}
ALWAYS = (400, 404, 422, 500)
# As RFC 9110 names them; Python did from 3.13 on, and the description must not depend on who runs it.
_RFC_9110 = {413: "Content Too Large", 422: "Unprocessable Content"}


def complete(schema: OpenAPISchema, api: NinjaAPI) -> OpenAPISchema:
    """The description with every operation's errors; called once per process."""
    definition = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    schema["components"]["schemas"] |= definition.pop("$defs", {})
    schema["components"]["schemas"]["ProblemBody"] = definition
    schema["components"]["parameters"] = {"lang": LANGUAGE}
    schema["components"]["responses"] = {}
    for operations in schema["paths"].values():
        for operation in operations.values():
            _document_problems(operation, schema["components"]["responses"])
            _tidy(operation)
    schema["components"]["responses"] = dict(sorted(schema["components"]["responses"].items()))
    schema["components"]["schemas"] = dict(sorted(schema["components"]["schemas"].items()))
    for name, definition in schema["components"]["schemas"].items():
        if name.startswith("Page_"):
            definition["description"] = "One page of a list. `next` is the cursor of the following page."
    schema["tags"] = api.openapi_extra["tags"]
    return schema


def _document_problems(operation: dict[str, Any], shared: dict[str, Any]) -> None:
    responses = {int(status): answer for status, answer in operation["responses"].items()}
    for status in _expected(operation):
        responses.setdefault(status, {})
    for status in responses:
        if status >= 400:
            name = f"Problem{status}"
            shared[name] = _problem_response(status)
            responses[status] = {"$ref": f"#/components/responses/{name}"}
    operation["responses"] = {str(status): responses[status] for status in sorted(responses)}


def _expected(operation: dict[str, Any]) -> set[int]:
    """The statuses an operation can answer with though its author named none of them."""
    expected = {*ALWAYS}
    if "requestBody" in operation:
        expected |= {413, 415}
    if operation.get("security"):
        expected |= {401}
    return expected


def _problem_response(status: int) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": _RFC_9110.get(status) or HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": PROBLEM}},
    }
    if status == HTTPStatus.UNAUTHORIZED:
        response["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}, "required": True}}
    return response


def _tidy(operation: dict[str, Any]) -> None:
    """A 304 has no body; an operation without a description repeats its summary, so that no reader meets an empty one."""
    for status, answer in operation["responses"].items():
        if status == str(int(HTTPStatus.NOT_MODIFIED)):
            answer.pop("content", None)
    operation.setdefault("description", operation["summary"])
    operation["parameters"].append({"$ref": "#/components/parameters/lang"})
