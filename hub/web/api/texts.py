"""Texts: handing over, asking what became of them, asking what is left."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import datetime

from aiohttp import web

from hub.actions.departments.submit_texts import Submitted
from hub.actions.departments.text_states import TextStanding
from hub.actions.departments.wording import TextsWanted
from hub.model.departments.submission import Submission, TextState
from hub.runtime.clock import to_local, to_ms
from hub.web.api.door import ApiCall, given, read
from hub.web.api.models import (
    NumberResult,
    QuotaStatus,
    SubmissionAnswer,
    SubmissionStatus,
    TextStatus,
    TextSubmission,
)
from hub.web.api.shadow import REPEATED_HEADER, caller_of, shadowed
from hub.web.keys import HUB

log = logging.getLogger(__name__)


async def submit(call: ApiCall) -> web.Response:
    """POST /api/v1/sms/submit"""
    asked = read(call, TextSubmission)
    wanted = TextsWanted(
        client_ref=asked.client_ref,
        to=tuple(asked.to),
        text=asked.text,
        template=asked.template,
        variables=asked.variables,
        message_class=asked.message_class,
        not_before=_ms(asked.not_before),
        expires_at=_ms(asked.expires_at),
        sender=asked.sender,
        extension=asked.extension,
        signature=asked.signature,
        callback_url=asked.callback,
        responsible=asked.responsible,
    )
    if asked.shadow:
        return await shadowed(call, wanted)
    submitted = await call.request.app[HUB].departments.submit(caller_of(call.key), wanted)
    return taken(submitted)


async def status(call: ApiCall) -> web.Response:
    """GET /api/v1/sms/submissions/{submission_id}"""
    id = call.request.match_info["submission_id"]
    return _standing(*await call.request.app[HUB].departments.read(call.key.department, id))


async def status_by_reference(call: ApiCall) -> web.Response:
    """GET /api/v1/sms/submissions?client_ref="""
    key, reference = call.key, call.request.query.get("client_ref", "")
    read_one = call.request.app[HUB].departments.read.by_reference
    return _standing(*await read_one(key.department, key.line, reference))


async def quota(call: ApiCall) -> web.Response:
    """GET /api/v1/quota"""
    read_quota = call.request.app[HUB].departments.read.quota
    used = await read_quota(call.key.department, sandbox=call.key.sandbox)
    return given(
        QuotaStatus(
            daily_parts=used.quota.daily_parts,
            daily_used=used.day_used,
            monthly_parts=used.quota.monthly_parts,
            monthly_used=used.month_used,
            parts_per_second=used.parts_per_second,
        )
    )


def taken(submitted: Submitted) -> web.Response:
    """The same answer however often the same is submitted; a header tells that it was before."""
    one = submitted.submission
    log.info(
        "api.submitted",
        extra={"submission": one.id, "accepted": one.accepted, "repeated": submitted.repeated},
    )
    answer = SubmissionAnswer(
        submission_id=one.id,
        client_ref=one.client_ref,
        message_class=one.message_class,
        parts_per_text=one.parts,
        accepted=one.accepted,
        rejected=one.rejected,
        sandbox=one.sandbox,
        expires_at=to_local(one.expires_at),
        results=[
            NumberResult(
                to=result.to,
                state=TextState.REJECTED if result.problem else TextState.QUEUED,
                message_id=result.message_id,
                problem=result.problem,
            )
            for result in one.results
        ],
    )
    response = given(answer, status=202)
    if submitted.repeated:
        response.headers[REPEATED_HEADER] = "true"
    return response


def _standing(submission: Submission, standings: list[TextStanding]) -> web.Response:
    return given(
        SubmissionStatus(
            submission_id=submission.id,
            client_ref=submission.client_ref,
            message_class=submission.message_class,
            submitted_at=to_local(submission.at),
            sandbox=submission.sandbox,
            states=Counter(one.state for one in standings),
            messages=[
                TextStatus(to=one.to, message_id=one.message_id, state=one.state, reason=one.reason)
                for one in standings
            ],
        )
    )


def _ms(moment: datetime | None) -> int:
    return 0 if moment is None else to_ms(moment)
