"""Tells the 110 command centre's own system of an emergency: one signed POST, acknowledged by its status.

Rules protected: what is told goes to the one configured place, in a signed body, never in an address or a
log; no answer is followed elsewhere or waited for beyond its time; anything but an acknowledgement is
none, and the same report, under the same id, is told again by whoever asks. The contract stands in
docs/alarms.md.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from secrets import token_hex

from channels.http import HttpClient, HttpError, destination
from hub.actions.alarms.report import AlarmReport
from hub.actions.alarms.report_aid import ToldByCarrier
from hub.other_systems.checked_address import checked_address
from hub.runtime.clock import Clock, to_local
from hub.runtime.signing import NONCE_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, signature

log = logging.getLogger(__name__)

ID_HEADER = "X-Hub-Alarm"
"""The id under which a report is the same one, however often it is told."""
_ANSWER_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class CentreSystem:
    """A configured command centre."""

    url: str
    secret: str = field(repr=False)
    timeout_seconds: float


class HttpCommandCentre:
    """See `CommandCentre`."""

    def __init__(self, system: CentreSystem, http: HttpClient, clock: Clock) -> None:
        self._system = system
        self._http = http
        self._clock = clock

    async def tell(self, report: AlarmReport) -> bool:
        """See the port."""
        body = json.dumps(as_json(report), ensure_ascii=False, separators=(",", ":")).encode()
        timestamp, nonce = str(self._clock.now_ms() // 1000), token_hex(16)
        try:
            to = destination(
                self._system.url,
                {"Content-Type": "application/json", ID_HEADER: report.id},
                total_seconds=self._system.timeout_seconds,
                limit_bytes=_ANSWER_BYTES,
                address=await checked_address(self._system.url),
            )
            headers = {
                TIMESTAMP_HEADER: timestamp,
                NONCE_HEADER: nonce,
                SIGNATURE_HEADER: signature(self._system.secret, timestamp, nonce, body),
            }
            answer = await self._http.post(to, body, headers=headers)
        except HttpError as problem:
            log.warning("alarm.centre_failed", extra={"problem": type(problem).__name__})
            return False
        if answer.status // 100 != 2:
            log.warning("alarm.centre_failed", extra={"problem": f"status {answer.status}"})
            return False
        return True


def as_json(report: AlarmReport) -> Mapping[str, object]:
    """The body; instants in local time with their offset. What is not known of who wrote is left out."""
    aid: dict[str, object] = {}
    if report.registered:
        aid["registered"] = asdict(report.registered)
    if report.carrier:
        aid["carrier"] = _of_carrier(report.carrier)
    return aid | {
        "id": report.id,
        "reference": report.reference,
        "raised_at": _local(report.raised_at),
        "received_at": _local(report.received_at),
        "channel": report.channel,
        "kind": report.kind,
        "region": report.region,
        "number": report.number,
        "places": list(report.places),
        "danger": report.danger,
        "text": report.text,
        "reason": str(report.reason),
        **({"unit": report.unit, "note": report.note} if report.unit else {}),
    }


def _of_carrier(told: ToldByCarrier) -> Mapping[str, object]:
    where = told.position
    position = None if where is None else {**asdict(where), "at": _local(where.at)}
    return {"name": told.name, "address": told.address, "position": position}


def _local(at: int) -> str:
    return to_local(at).isoformat(timespec="seconds")
