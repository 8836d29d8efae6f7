"""What the system of a command desk reports: one signed call for each report, as docs/alarms.md says.

Rules protected: nothing is read of a body that is not signed with the desk's own secret, or was signed long
ago; a body that was signed for another purpose is no report, because the secret is another one; a repeat
changes nothing, so that a signed call that somebody plays again does no harm.
"""

from __future__ import annotations

import hmac
import logging
import unicodedata
from typing import Annotated, Literal

from aiohttp import web
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from hub.actions.alarms.dispatch.hear_centre import TAKEN_OVER, CentreReport, Clash, Heard
from hub.hub import Hub
from hub.model.alarms.handling import Outcome, StepKind
from hub.runtime.clock import to_ms
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.runtime.signing import NONCE_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, signature
from hub.settings.alarms import CENTRE
from hub.store.documents import Conflict, Duplicate, StoreUnavailable
from hub.web.keys import HUB, SOURCE
from hub.web.machines.webhooks import read_body

log = logging.getLogger(__name__)

_VALID_SECONDS = 300
_MOST_NONCE = 200


def _without_controls(text: str) -> str:
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs")).strip()


_Said = Annotated[str, Field(max_length=40), AfterValidator(_without_controls)]


class _Report(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str = Field(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")
    alarm: str = Field(min_length=1, max_length=64)
    event: Literal["taken_over", "dispatched", "arrived", "feedback"]
    at: AwareDatetime
    outcome: Outcome | Literal[""] = ""
    unit: _Said = ""
    by: _Said = ""
    text: Annotated[str, Field(max_length=500), AfterValidator(_without_controls)] = ""

    @model_validator(mode="after")
    def _is_whole(self) -> _Report:
        if (self.event == "feedback") != bool(self.outcome):
            raise ValueError("outcome goes with feedback, and with nothing else")
        return self


async def report(request: web.Request) -> web.Response:
    """`POST /webhooks/alarms/{desk}`: 200 when it is stored, also the second time."""
    hub, name = request.app[HUB], request.match_info["desk"]
    secret = _secret(hub, name)
    if not secret:
        return _refused(404, "no such desk, or callback_secret is not set")
    body = await read_body(request, hub.settings.web.webhook_bytes)
    if body is None:
        return _refused(413, "too large")
    if unsigned := _unsigned(request, secret, body, hub.clock.now_ms() // 1000):
        hub.refused.add("alarms")
        source = hub.vault.log_mark(request[SOURCE])
        log.warning("alarm.report_forged", extra={"desk": name, "source": source})
        return _refused(403, unsigned)
    try:
        given = _Report.model_validate_json(body)
    except ValidationError as problem:
        log.warning("alarm.report_malformed", extra={"desk": name})
        wrong = (".".join(map(str, one["loc"])) + ": " + one["msg"] for one in problem.errors())
        return _refused(400, "; ".join(wrong))
    return await _heard(hub, name, given)


async def _heard(hub: Hub, name: str, given: _Report) -> web.Response:
    said = CentreReport(
        given.id,
        given.alarm,
        TAKEN_OVER if given.event == TAKEN_OVER else StepKind(given.event),
        to_ms(given.at),
        outcome=given.outcome,
        unit=given.unit,
        who=given.by,
        text=given.text,
    )
    try:
        heard = await hub.alarms.handling.hear("" if name == CENTRE else name, said)
    except NotFound:
        return _refused(404, "alarm: this desk was not given it")
    except Invalid as problem:
        return _refused(400, "; ".join(f"{field}: {text}" for field, text in problem.problems.items()))
    except Clash as problem:
        return _refused(409, f"id: {problem}")
    except (Conflict, Duplicate, Stale, StoreUnavailable) as problem:
        log.warning("alarm.report_deferred", extra={"desk": name, "problem": type(problem).__name__})
        return web.json_response({"error": "try again"}, status=503, headers={"Retry-After": "2"})
    return web.json_response({"received": True, "seen": heard is Heard.SEEN})


def _secret(hub: Hub, name: str) -> str:
    alarms = hub.settings.alarms
    table = alarms if name == CENTRE else alarms.desks.get(name)
    return table.callback_secret.get_secret_value() if table else ""


def _unsigned(request: web.Request, secret: str, body: bytes, now: int) -> str:
    """What is wrong with the signature, "" when it holds."""
    timestamp = request.headers.get(TIMESTAMP_HEADER, "")
    nonce = request.headers.get(NONCE_HEADER, "")
    given = request.headers.get(SIGNATURE_HEADER, "")
    if not (
        timestamp.isascii() and timestamp.isdecimal() and len(timestamp) < 12 and len(nonce) < _MOST_NONCE
    ):
        return "signature headers are missing"
    if not hmac.compare_digest(given.encode(), signature(secret, timestamp, nonce, body).encode()):
        return "signature"
    return "" if abs(now - int(timestamp)) <= _VALID_SECONDS else "signed too long ago, or in the future"


def _refused(status: int, why: str) -> web.Response:
    return web.json_response({"error": why}, status=status)
