"""Shadow copies and reports of an old platform."""

from __future__ import annotations

import logging

from aiohttp import web

from channels.outbox.delivery import MessageClass
from hub.actions.departments.cutover.report_sent import Told
from hub.actions.departments.submit_texts import Caller
from hub.actions.departments.wording import TextsWanted
from hub.model.departments.department_key import DepartmentKey
from hub.model.departments.shadow import Outcome, ShadowCopy
from hub.model.departments.submission import TextState
from hub.runtime.clock import to_local
from hub.web.api.door import ApiCall, given, read
from hub.web.api.models import SentReport, ShadowAnswer, ShadowNumber, ShadowProblem
from hub.web.keys import HUB

log = logging.getLogger(__name__)

REPEATED_HEADER = "X-Hub-Repeated"


async def shadowed(call: ApiCall, wanted: TextsWanted) -> web.Response:
    """POST /api/v1/sms/submit with `shadow`"""
    found = await call.request.app[HUB].departments.cutover.shadow(caller_of(call.key), wanted)
    log.info("api.shadowed", extra={"copy": found.copy.id, "repeated": found.repeated})
    response = given(_answer(found.copy))
    if found.repeated:
        response.headers[REPEATED_HEADER] = "true"
    return response


async def report(call: ApiCall) -> web.Response:
    """POST /api/v1/sms/shadow/report"""
    asked = read(call, SentReport)
    told = [Told(one.to, Outcome(one.outcome), one.parts) for one in asked.results]
    to = tuple(one.to for one in asked.results)
    texts = TextsWanted(asked.client_ref, to, asked.text, message_class=asked.message_class)
    copy = await call.request.app[HUB].departments.cutover.report(
        caller_of(call.key), asked.client_ref, told, texts if asked.text else None
    )
    log.info("api.reported", extra={"copy": copy.id, "numbers": len(told)})
    return given(_answer(copy))


def caller_of(key: DepartmentKey) -> Caller:
    """Who calls with a key."""
    return Caller(key.department, key.line, key.id, key.classes, key.sandbox)


def _answer(copy: ShadowCopy) -> ShadowAnswer:
    return ShadowAnswer(
        client_ref=copy.client_ref,
        would_take=not copy.refused,
        problems=[ShadowProblem(field=one.field, code=one.code) for one in copy.refused],
        try_again_at=to_local(copy.until) if copy.until else None,
        message_class=MessageClass(copy.message_class) if copy.message_class else None,
        sender=copy.sender,
        extension=copy.extension,
        parts_per_text=copy.parts,
        would_leave=copy.would(TextState.QUEUED),
        would_be_held=copy.would(TextState.HELD),
        would_not_leave=len(copy.results) - copy.would(TextState.QUEUED, TextState.HELD),
        cost_milli=copy.cost_milli,
        differences=copy.differences(),
        results=[
            ShadowNumber(
                to=one.to,
                state=one.state,
                reason=one.reason,
                until=to_local(one.until) if one.until else None,
            )
            for one in copy.results
        ],
    )
