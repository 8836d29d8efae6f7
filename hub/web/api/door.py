"""What every call of the API passes: size, signature, scope; then its operation, and errors as documents."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from aiohttp import web
from multidict import CIMultiDict
from pydantic import BaseModel, ValidationError

from channels.outbox.ports import OutboxUnavailable
from hub.actions.departments.one_platform import NotLive
from hub.actions.departments.prove_call import NotFromThere, NotProven, SignedCall
from hub.actions.departments.refusals import NotTaken, OtherBody, TooMuch
from hub.actions.departments.signature import KEY_HEADER, NONCE_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER
from hub.model.departments.department_key import DepartmentKey, Scope
from hub.runtime.errors import NotFound
from hub.store.documents import Conflict, Duplicate, StoreUnavailable
from hub.web.api.models import FieldProblem
from hub.web.api.problem import of_business, of_validation, problem_response
from hub.web.i18n import msgid
from hub.web.keys import HUB, SOURCE
from hub.web.machines.webhooks import read_body
from hub.web.render import translator
from hub.web.route import Handler

log = logging.getLogger(__name__)

MOST_BYTES = 262_144
_UNKNOWN_QUERY = msgid("没有这个查询参数")

Asked = TypeVar("Asked", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class ApiCall:
    """A call that was proven."""

    request: web.Request
    key: DepartmentKey
    body: bytes


@dataclass(frozen=True, slots=True)
class Operation:
    """One line of the API: how it is called, what it takes and gives.

    path: as aiohttp and OpenAPI write it. query: its parameters with what they are. problems: codes it may
    answer with beside those of every call.
    """

    method: str
    path: str
    name: str
    summary: str
    scope: Scope
    run: Callable[[ApiCall], Awaitable[web.Response]]
    answers: Mapping[int, type[BaseModel]]
    takes: type[BaseModel] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def door(operation: Operation) -> Handler:
    """The handler of an operation."""

    async def handle(request: web.Request) -> web.Response:
        hub = request.app[HUB]
        body = await read_body(request, MOST_BYTES)
        if body is None:
            return problem_response(request, "too_large")
        try:
            key = await hub.departments.prove(_signed(request, body))
            return await _answer(operation, ApiCall(request, key, body))
        except NotProven as refused:
            return _refused(request, refused.code)
        except NotFromThere:
            return _refused(request, "source_not_allowed")
        except NotLive as refused:
            return problem_response(request, "not_live", errors=of_business(request, refused.problems))
        except NotTaken as refused:
            return problem_response(request, "invalid", errors=of_business(request, refused.problems))
        except ValidationError as refused:
            return problem_response(request, "invalid", errors=of_validation(request, refused))
        except OtherBody:
            return problem_response(request, "other_body")
        except TooMuch as refused:
            wait = max(1, -(-(refused.beyond.until - hub.clock.now_ms()) // 1000))
            return problem_response(request, refused.beyond.code, retry_after=wait)
        except NotFound:
            return problem_response(request, "not_found")
        except (StoreUnavailable, OutboxUnavailable, Conflict, Duplicate) as problem:
            log.warning("api.deferred", extra={"problem": type(problem).__name__})
            return problem_response(request, "unavailable", retry_after=2)

    return handle


def read(call: ApiCall, model: type[Asked]) -> Asked:
    """The body as a model. Raises `ValidationError`."""
    return model.model_validate_json(call.body)


def given(document: BaseModel, *, status: int = 200) -> web.Response:
    """The answer of a call that was taken."""
    return web.Response(
        status=status,
        text=document.model_dump_json(by_alias=True),
        content_type="application/json",
        charset="utf-8",
        headers={"Cache-Control": "no-store"},
    )


async def _answer(operation: Operation, call: ApiCall) -> web.Response:
    request = call.request
    if operation.scope not in call.key.scopes:
        return problem_response(request, "scope_not_allowed")
    unknown = sorted(set(request.query) - operation.query.keys())
    if unknown:
        text = translator(request)(_UNKNOWN_QUERY)
        errors = [FieldProblem(field=name, code="query_unknown", message=text) for name in unknown]
        return problem_response(request, "invalid", errors=errors)
    if operation.takes is not None and request.content_type != "application/json":
        return problem_response(request, "not_json")
    return await operation.run(call)


def _signed(request: web.Request, body: bytes) -> SignedCall:
    # Bytes that are no ASCII are no key, no nonce and no signature; they would only be in the way.
    headers = CIMultiDict((name, value) for name, value in request.headers.items() if value.isascii())
    return SignedCall(
        method=request.method,
        target=request.raw_path,
        key=headers.get(KEY_HEADER, ""),
        timestamp=headers.get(TIMESTAMP_HEADER, ""),
        nonce=headers.get(NONCE_HEADER, ""),
        signature=headers.get(SIGNATURE_HEADER, ""),
        body=body,
        source=request[SOURCE],
    )


def _refused(request: web.Request, code: str) -> web.Response:
    hub = request.app[HUB]
    hub.refused.add("departments")
    log.warning("api.refused", extra={"code": code, "source": hub.vault.log_mark(request[SOURCE])})
    return problem_response(request, code)
