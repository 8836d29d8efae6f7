"""Calls over Twilio: webhooks become call events, call steps become TwiML, recordings are fetched.

Rules protected: nothing is believed before its signature is checked; an event's id is equal
across the provider's retries, so that one key never moves a call two steps; a call is never
refused because its caller's number is odd or withheld; recordings come from the provider's own
address only.

Source: https://www.twilio.com/docs/voice/twiml#request-parameters and the project's voice
reference, sections 3.1, 3.4 to 3.6 and 6.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from channels.address import Address, AddressKind, BadAddress, phone
from channels.clock import Clock
from channels.contract import (
    CallAnswer,
    CallEvent,
    CallEventKind,
    ListedRecording,
    Received,
    RecordedAudio,
    WebhookRequest,
    WebhookResponse,
)
from channels.errors import Malformed
from channels.http import HttpClient
from channels.twilio import form
from channels.twilio.call_recordings import CallRecordings
from channels.twilio.client import RecordingsClient
from channels.twilio.signature import SignatureCheck
from channels.twilio.twiml import EMPTY, CallbackPaths, document

_IDEMPOTENCY_HEADER = "i-twilio-idempotency-token"
_ENDED = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
_KEYS = frozenset("0123456789*#ABCD")
_WITH_KEYS = frozenset({CallEventKind.DIGITS, CallEventKind.RECORDED})
_MAX_KEYS = 64
_MAX_ID = 100
_XML = "text/xml"
_SILENCE = WebhookResponse(content_type=_XML, body=EMPTY)
_NOTED = WebhookResponse(status=204)


@dataclass(frozen=True, slots=True)
class TwilioVoiceSettings:
    """One line at one account.

    line: what citizens dial, e.g. `12389`. auth_tokens: any of them signs webhooks; the first one
        authenticates downloads. public_url, webhook_path, api_base: as in `TwilioSmsSettings`.
    timeout_seconds: for one download, in total. limit_bytes: the largest recording taken.
    """

    channel: str
    line: str
    account_sid: str
    auth_tokens: tuple[str, ...] = field(repr=False)
    public_url: str
    api_base: str = "https://api.twilio.com"
    webhook_path: str = ""
    timeout_seconds: float = 120.0
    limit_bytes: int = 50 * 1024 * 1024

    @property
    def path(self) -> str:
        """The webhook path without a slash at its end."""
        return (self.webhook_path or f"/webhooks/twilio/{quote(self.channel)}").rstrip("/")


@dataclass(frozen=True, slots=True)
class _Answered:
    """Which answer of ours a webhook belongs to."""

    revision: int = -1
    node: str = ""


class TwilioVoice:
    """Receives call events, renders call steps, fetches recordings."""

    def __init__(self, settings: TwilioVoiceSettings, http: HttpClient, clock: Clock) -> None:
        self._settings = settings
        self._check = SignatureCheck(settings.public_url, settings.auth_tokens)
        self._base = settings.public_url.rstrip("/") + settings.path
        self._recordings = RecordingsClient(
            http,
            clock,
            api_base=settings.api_base,
            account_sid=settings.account_sid,
            auth_token=settings.auth_tokens[0],
            timeout_seconds=settings.timeout_seconds,
            limit_bytes=settings.limit_bytes,
        )

        self._lists = CallRecordings(
            http,
            api_base=settings.api_base,
            account_sid=settings.account_sid,
            auth_token=settings.auth_tokens[0],
        )

    async def recordings_of(self, call_id: str) -> tuple[ListedRecording, ...]:
        """What the provider has of a call. See `ListsRecordings`."""
        return await self._lists.of_call(call_id)

    async def fetch(self, url: str) -> RecordedAudio:
        """The recording as WAV. See `FetchesRecordings`."""
        return await self._recordings.fetch(url)

    def render(self, answer: CallAnswer) -> WebhookResponse:
        """`answer` as TwiML. See `RendersCalls`."""
        return WebhookResponse(content_type=_XML, body=document(answer, CallbackPaths(self._base)))

    async def receive(self, request: WebhookRequest, *, part: str) -> Received:
        """part: `call`, `step`, `recording`, `status` or `fallback`. See `ReceivesWebhooks`.

        The response is empty; for `call`, `step` and `fallback` the caller puts a rendered answer
        in its place.
        """
        pairs = form.parse(request.body)
        self._check.check(request, pairs)
        fields = form.texts(pairs)
        match part:
            case "call":
                event = self._event(request, fields, CallEventKind.STARTED, _Answered())
                return Received((event,), _SILENCE)
            case "step":
                return Received((self._step(request, fields),), _SILENCE)
            case "recording":
                ready = self._recording(request, fields)
                return Received((ready,) if ready else (), _NOTED)
            case "status":
                return Received((self._status(request, fields),), _NOTED)
            case "fallback":
                return Received((self._lost(request, fields),), _SILENCE)
            case _:
                raise Malformed("path: no such callback")

    def _step(self, request: WebhookRequest, fields: Mapping[str, str]) -> CallEvent:
        answered = _answered(request.target)
        if fields.get("Digits") == "hangup" or fields.get("CallStatus") in _ENDED:
            kind = CallEventKind.HANGUP
        elif _recording_id(fields):
            kind = CallEventKind.RECORDED
        elif fields.get("SpeechResult"):
            kind = CallEventKind.SPEECH
        else:
            kind = CallEventKind.DIGITS
        return self._event(request, fields, kind, answered)

    def _recording(self, request: WebhookRequest, fields: Mapping[str, str]) -> CallEvent | None:
        """None while the recording is still being made."""
        status = form.required(fields, "RecordingStatus")
        answered = _answered(request.target)
        if status == "completed":
            form.required(fields, "RecordingUrl")
            return self._event(request, fields, CallEventKind.RECORDING_READY, answered)
        if status in {"absent", "failed"}:
            return self._event(request, fields, CallEventKind.RECORDING_ABSENT, answered)
        return None

    def _status(self, request: WebhookRequest, fields: Mapping[str, str]) -> CallEvent:
        form.required(fields, "CallStatus")
        return self._event(request, fields, CallEventKind.STATUS, _Answered())

    def _lost(self, request: WebhookRequest, fields: Mapping[str, str]) -> CallEvent:
        """The address we failed on says where the caller was, so the call can go on from there."""
        failed = fields.get("ErrorUrl", "")
        try:
            answered = _answered(failed) if failed.startswith(f"{self._base}/step?") else _Answered()
        except Malformed:
            answered = _Answered()
        return self._event(request, fields, CallEventKind.LOST, answered)

    def _event(
        self,
        request: WebhookRequest,
        fields: Mapping[str, str],
        kind: CallEventKind,
        answered: _Answered,
    ) -> CallEvent:
        call_id = form.required(fields, "CallSid")
        return CallEvent(
            channel=self._settings.channel,
            call_id=call_id,
            kind=kind,
            event_id=f"{call_id}:{answered.revision}:{kind}:{_fingerprint(request)}",
            line=self._settings.line,
            caller=_caller(fields.get("From", "")),
            received_at=request.received_at,
            revision=answered.revision,
            node=answered.node,
            digits=_keys(fields.get("Digits", "")) if kind in _WITH_KEYS else "",
            text=fields.get("SpeechResult", ""),
            confidence=_fraction(fields.get("Confidence", "")),
            recording_id=_recording_id(fields),
            recording_url=fields.get("RecordingUrl", ""),
            recording_seconds=_seconds(fields.get("RecordingDuration", "")),
            ended=fields.get("CallStatus") in _ENDED or kind is CallEventKind.HANGUP,
            details={ours: fields[theirs] for ours, theirs in _DETAILS.items() if fields.get(theirs)},
        )


_DETAILS: Mapping[str, str] = {
    "call_status": "CallStatus",
    "call_seconds": "CallDuration",
    "sequence": "SequenceNumber",
    "dial_status": "DialCallStatus",
    "dial_seconds": "DialCallDuration",
    "recording_status": "RecordingStatus",
    "error_code": "ErrorCode",
}
"""Facts about the call that carry nothing personal: our name → the provider's field."""


def _answered(target: str) -> _Answered:
    asked = form.query(target)
    return _Answered(form.number(asked, "r"), asked.get("n", "")[:100])


def _fingerprint(request: WebhookRequest) -> str:
    """Equal for the retries of one webhook, whatever they carry to be recognised by.

    The header is not signed, so it is never an id by itself: only together with the call,
    revision and kind that are.
    """
    token = request.headers.get(_IDEMPOTENCY_HEADER, "")
    mark = token.encode(errors="backslashreplace") if token else request.body
    return hashlib.blake2b(mark, digest_size=12).hexdigest()


def _caller(text: str) -> Address:
    try:
        return phone(text)
    except BadAddress:
        return Address(AddressKind.PHONE, "")


def _recording_id(fields: Mapping[str, str]) -> str:
    """The recording's id. Gateways leave it out of the Record action; its address ends with it."""
    if "DialCallStatus" in fields:
        return ""
    last = fields.get("RecordingUrl", "").partition("?")[0].rstrip("/").rpartition("/")[2]
    return fields.get("RecordingSid") or last.partition(".")[0][:_MAX_ID]


def _keys(text: str) -> str:
    if len(text) > _MAX_KEYS or not _KEYS.issuperset(text):
        raise Malformed("Digits: not keys of a telephone")
    return text


def _seconds(text: str) -> float:
    """An absent recording has -1 or nothing."""
    return float(text) if text.isascii() and text.isdigit() else 0.0


def _fraction(text: str) -> float:
    try:
        value = float(text or 0)
    except ValueError:
        return 0.0
    return value if 0 <= value <= 1 else 0.0
