"""Which recordings the provider has of a call, for one whose callbacks never came.

Source: https://www.twilio.com/docs/voice/api/recording (list by call; deleted ones are left out).
"""

from __future__ import annotations

import re
from typing import Any

from channels.contract import ListedRecording
from channels.errors import Permanent, Temporary
from channels.http import AnswerLost, AnswerTooLarge, HttpClient, NotReached, destination
from channels.twilio.client import basic_authorization, json_object

_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
_SECONDS = 10.0
_BYTES = 1 << 20
_PAGE_SIZE = 100
"""No call of a line has more."""
_WITHOUT_SOUND = frozenset({"absent", "deleted", "failed"})
_READY = "completed"


class CallRecordings:
    """Asks for one account."""

    def __init__(self, http: HttpClient, *, api_base: str, account_sid: str, auth_token: str) -> None:
        self._http = http
        self._account = f"{api_base.rstrip('/')}/2010-04-01/Accounts/{account_sid}"
        self._headers = {
            "Authorization": basic_authorization(account_sid, auth_token),
            "Accept": "application/json",
        }

    async def of_call(self, call_sid: str) -> tuple[ListedRecording, ...]:
        """See `ListsRecordings`. Raises `Temporary` and `Permanent`."""
        if not _ID.fullmatch(call_sid):
            raise Permanent("call-refused", "no id of a call")
        url = f"{self._account}/Calls/{call_sid}/Recordings.json?PageSize={_PAGE_SIZE}"
        to = destination(url, self._headers, total_seconds=_SECONDS, limit_bytes=_BYTES)
        try:
            answer = await self._http.get(to)
        except (NotReached, AnswerLost, AnswerTooLarge) as problem:
            raise Temporary("not-reached", "the provider's list could not be read") from problem
        listed = json_object(answer.body).get("recordings")
        if answer.status != 200 or not isinstance(listed, list):
            raise Temporary(f"http-{answer.status}", "the provider gave no list")
        found = (self._recording(one, call_sid) for one in listed if isinstance(one, dict))
        return tuple(one for one in found if one is not None)

    def _recording(self, listed: dict[str, Any], call_sid: str) -> ListedRecording | None:
        id, status = listed.get("sid"), listed.get("status", _READY)
        of = listed.get("call_sid", call_sid)
        if not isinstance(id, str) or not _ID.fullmatch(id) or of != call_sid or status in _WITHOUT_SOUND:
            return None
        # By its id, never by an address the answer names: our token goes there.
        url = f"{self._account}/Recordings/{id}" if status == _READY else ""
        return ListedRecording(id, url, _seconds(listed.get("duration")))


def _seconds(said: object) -> float:
    try:
        return max(0.0, float(said)) if isinstance(said, str | int | float) else 0.0
    except ValueError:
        return 0.0
