"""The description of the API (OpenAPI 3.1), made from the operations and their models when it is asked
for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from hub.actions.departments.signature import KEY_HEADER, NONCE_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER
from hub.web.api.door import Operation
from hub.web.api.models import ProblemDocument, ReceiptDocument
from hub.web.api.problem import PROBLEM_TYPE, TITLES
from hub.web.route import Handler

VERSION = "1.1.0"
_REF = "#/components/schemas/{model}"
_ALWAYS = (
    "not_signed",
    "wrong_signature",
    "wrong_time",
    "bad_nonce",
    "nonce_used",
    "key_ended",
    "source_not_allowed",
    "scope_not_allowed",
    "too_large",
    "invalid",
    "unavailable",
)
_HEADERS = {
    KEY_HEADER: "The key, as it was given out.",
    TIMESTAMP_HEADER: "Seconds since 1970 UTC, within 300 of the hub's.",
    NONCE_HEADER: "16 to 64 characters, new for every request.",
    SIGNATURE_HEADER: "v1=hex(HMAC-SHA256(secret, method\\npath?query\\ntimestamp\\nnonce\\n"
    "sha256hex(body)))",
}


def served(operations: Sequence[Operation]) -> Handler:
    """GET /api/v1/openapi.json"""

    @cache
    def document() -> dict[str, Any]:
        return described(operations)

    async def handle(request: web.Request) -> web.Response:
        return web.json_response(document())

    return handle


def described(operations: Sequence[Operation]) -> dict[str, Any]:
    """The whole description."""
    taken = [(one.takes, "validation") for one in operations if one.takes is not None]
    given = [(model, "serialization") for one in operations for model in one.answers.values()]
    given += [(ProblemDocument, "serialization"), (ReceiptDocument, "serialization")]
    wanted: Any = list(dict.fromkeys([*taken, *given]))
    _, schemas = models_json_schema(wanted, ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "12110 统一短信服务平台 部门接口",
            "version": VERSION,
            "description": "Signed requests only; how to sign, with a test vector: docs/departments.md.",
        },
        "paths": paths,
        "webhooks": {"receipts": {"post": _receipts()}},
        "security": [{name: [] for name in _HEADERS}],
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {
                name: {"type": "apiKey", "in": "header", "name": name, "description": text}
                for name, text in _HEADERS.items()
            },
        },
    }


def _operation(one: Operation) -> dict[str, Any]:
    codes: dict[int, list[str]] = {}
    for code in (*_ALWAYS, *one.problems):
        codes.setdefault(TITLES[code][0], []).append(code)
    answers = {str(status): _answer(model) for status, model in one.answers.items()}
    problems = {str(status): _problem(names) for status, names in sorted(codes.items())}
    described: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "description": f"Scope: {one.scope.value}",
        "responses": answers | problems,
    }
    parameters = [_parameter(name, "path", "") for name in _places(one.path)]
    parameters += [_parameter(name, "query", text) for name, text in one.query.items()]
    if parameters:
        described["parameters"] = parameters
    if one.takes is not None:
        described["requestBody"] = {"required": True, "content": {"application/json": _schema(one.takes)}}
    return described


def _answer(model: type[BaseModel]) -> dict[str, Any]:
    return {"description": _first_line(model), "content": {"application/json": _schema(model)}}


def _problem(codes: list[str]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "description": "code: " + ", ".join(codes),
        "content": {PROBLEM_TYPE: _schema(ProblemDocument)},
    }
    if TITLES[codes[0]][0] in (429, 503):
        described["headers"] = {
            "Retry-After": {"description": "Seconds", "schema": {"type": "integer", "minimum": 1}}
        }
    return described


def _receipts() -> dict[str, Any]:
    return {
        "summary": "回执 Receipts, posted to the callback address, signed alike",
        "requestBody": {"required": True, "content": {"application/json": _schema(ReceiptDocument)}},
        "responses": {"200": {"description": "Any 2xx acknowledges; anything else is tried again."}},
    }


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return {"schema": {"$ref": _REF.format(model=model.__name__)}}


def _parameter(name: str, place: str, text: str) -> dict[str, Any]:
    described = {"name": name, "in": place, "required": True, "schema": {"type": "string"}}
    return described | ({"description": text} if text else {})


def _places(path: str) -> list[str]:
    return [piece.strip("{}") for piece in path.split("/") if piece.startswith("{")]


def _first_line(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip().splitlines()[0]
