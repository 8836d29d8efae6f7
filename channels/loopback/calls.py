"""Calls through the simulated carrier: fetch TwiML, do what it says, play the caller's part.

The provider's traps are played as they are: a Gather without `actionOnEmptyResult` falls through
in silence, a Record's action is requested on hang-up with `Digits=hangup`, its own callback comes
in any order or not at all, and an address that fails is replaced by the fallback address.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from secrets import token_hex
from urllib.parse import urljoin
from xml.etree import ElementTree  # parses only what the hub under test answers on loopback

from channels.http import HttpAnswer, HttpError
from channels.loopback.audio import tone
from channels.loopback.script import (
    CallConditions,
    CallEnd,
    CallerAction,
    CallResult,
    HangUp,
    Press,
    RecordingNews,
    Speak,
    Transferred,
    Utter,
)
from channels.loopback.webhooks import WebhookSender

MAX_WEBHOOKS = 200
MAX_RECORDINGS = 200
_RECOGNISED = frozenset({"cmn-Hans-CN", "yue-Hant-HK", "en-US"})
_ANY_KEY = "1234567890*#"


@dataclass(frozen=True, slots=True)
class LineAddresses:
    """Where a number's calls are answered, as configured at the provider; "" = nowhere."""

    voice_url: str
    fallback_url: str = ""
    status_url: str = ""


class Recordings:
    """Audio that can be downloaded, the newest `MAX_RECORDINGS`."""

    def __init__(self) -> None:
        self._audio: OrderedDict[str, bytes] = OrderedDict()
        self._calls: dict[str, str] = {}

    def add(self, audio: bytes, call_sid: str = "") -> str:
        """Keep `audio`; returns its sid."""
        sid = f"RE{token_hex(16)}"
        self._audio[sid], self._calls[sid] = audio, call_sid
        if len(self._audio) > MAX_RECORDINGS:
            oldest, _ = self._audio.popitem(last=False)
            del self._calls[oldest]
        return sid

    def of_call(self, call_sid: str) -> list[str]:
        """The sids of what was recorded in a call."""
        return [sid for sid, call in self._calls.items() if call == call_sid]

    def get(self, sid: str) -> bytes | None:
        """The audio, or None."""
        return self._audio.get(sid)


class _Ended(Exception):
    """The call is over."""

    def __init__(self, by: CallEnd) -> None:
        super().__init__(by)
        self.by = by


@dataclass(slots=True)
class _Heard:
    texts: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    recordings: list[str] = field(default_factory=list)
    dialled: list[str] = field(default_factory=list)
    repeats_equal: bool = True


class SimulatedCall:
    """One call, walked to its end by `run`."""

    def __init__(
        self,
        webhooks: WebhookSender,
        recordings: Recordings,
        line: LineAddresses,
        *,
        account_sid: str,
        api_base: str,
        caller: str,
        number: str,
        script: Sequence[CallerAction],
        conditions: CallConditions,
    ) -> None:
        self._webhooks = webhooks
        self._recordings = recordings
        self._line = line
        self._api = f"{api_base}/2010-04-01/Accounts/{account_sid}"
        self._conditions = conditions
        self._script = deque(script)
        self._typed = ""
        self._heard = _Heard()
        self._sid = f"CA{token_hex(16)}"
        self._here = line.voice_url
        self._facts = {
            "AccountSid": account_sid,
            "ApiVersion": "2010-04-01",
            "CallSid": self._sid,
            "CallStatus": "ringing",
            "Called": number,
            "Caller": caller,
            "Direction": "inbound",
            "From": caller,
            "To": number,
        }
        self._status_sent = False

    async def run(self) -> CallResult:
        """Ring, and go on until somebody hangs up."""
        try:
            document = await self._request(self._line.voice_url, {})
            self._facts["CallStatus"] = "in-progress"
            while True:
                document = await self._walk(document)
        except _Ended as end:
            ended = end.by
        await self._report_end()
        heard = self._heard
        return CallResult(
            call_sid=self._sid,
            ended=ended,
            heard=tuple(heard.texts),
            statuses=tuple(heard.statuses),
            recordings=tuple(heard.recordings),
            dialled=tuple(heard.dialled),
            repeats_equal=heard.repeats_equal,
        )

    async def _walk(self, document: ElementTree.Element) -> ElementTree.Element:
        """Do the verbs in order; returns the next document, or raises `_Ended`."""
        for verb in document:
            following = await self._do(verb)
            if following is not None:
                return following
        raise _Ended(CallEnd.LINE)

    async def _do(self, verb: ElementTree.Element) -> ElementTree.Element | None:
        match verb.tag:
            case "Say":
                self._heard.texts.append(verb.text or "")
            case "Gather":
                return await self._gather(verb)
            case "Record":
                return await self._record(verb)
            case "Dial":
                return await self._dial(verb)
            case "Redirect":
                return await self._request(self._address(verb.text or ""), {})
            case "Hangup" | "Reject":
                raise _Ended(CallEnd.LINE)
        return None

    async def _gather(self, verb: ElementTree.Element) -> ElementTree.Element | None:
        for said in verb.iter("Say"):
            self._heard.texts.append(said.text or "")
        if not self._typed and self._script and isinstance(uttered := self._script[0], Utter):
            self._script.popleft()
            return await self._utter(verb, uttered)
        pressed = self._keys(int(verb.get("numDigits") or 100), verb.get("finishOnKey", "#"))
        if not pressed and verb.get("actionOnEmptyResult") != "true":
            return None
        return await self._request(self._address(verb.get("action", "")), {"Digits": pressed})

    async def _utter(self, verb: ElementTree.Element, uttered: Utter) -> ElementTree.Element | None:
        """What was said goes to a Gather that listens in a language it knows; else it is silence."""
        fields = {"Digits": ""}
        if "speech" in verb.get("input", "").split() and verb.get("language") in _RECOGNISED:
            fields = {"SpeechResult": uttered.text}
            if uttered.confidence is not None:
                fields["Confidence"] = str(uttered.confidence)
        elif verb.get("actionOnEmptyResult") != "true":
            return None
        return await self._request(self._address(verb.get("action", "")), fields)

    def _keys(self, most: int, finish: str) -> str:
        """What the caller presses now, without the key that ends it; "" when nothing comes."""
        if not self._typed:
            action = self._next()
            if isinstance(action, HangUp):
                raise _Ended(CallEnd.CALLER)
            self._typed = action.keys if isinstance(action, Press) else ""
        taken = ""
        while self._typed and len(taken) < most:
            key, self._typed = self._typed[0], self._typed[1:]
            if key in finish:
                break
            taken += key
        return taken

    async def _record(self, verb: ElementTree.Element) -> ElementTree.Element | None:
        action = Press(self._typed) if self._typed else self._next()
        self._typed = ""
        finish = verb.get("finishOnKey", _ANY_KEY)
        step = self._address(verb.get("action", ""))
        news = verb.get("recordingStatusCallback", "")
        hangs_up = isinstance(action, HangUp) or (isinstance(action, Speak) and action.hangs_up)
        fields: dict[str, str] = {}
        if isinstance(action, Speak):
            seconds = min(action.seconds, float(verb.get("maxLength") or 3600))
            sid = self._recordings.add(action.audio or tone(seconds), self._sid)
            url = f"{self._api}/Recordings/{sid}"
            self._heard.recordings.append(url)
            announced = self._conditions.announced
            length = str(round(seconds)) if announced is None else announced
            fields = {"RecordingSid": sid, "RecordingUrl": url, "RecordingDuration": length}
            fields["Digits"] = action.finish if action.finish in finish else ""
        if isinstance(action, Press):
            fields["Digits"] = action.keys[:1] if action.keys[:1] in finish else ""
        if hangs_up:
            fields["Digits"] = "hangup"
            self._facts["CallStatus"] = "completed"
            if self._conditions.status_first:
                await self._report_end()
        if self._conditions.loses_recorded_step:
            raise _Ended(CallEnd.FAILED)
        conditions = self._conditions.recording_news
        if conditions is RecordingNews.BEFORE_STEP:
            await self._tell_recording(news, fields)
        unnamed = () if self._conditions.names_recordings else ("RecordingSid",)
        acted = {name: value for name, value in fields.items() if name not in unnamed}
        if hangs_up:  # whatever is answered, nobody hears it
            await self._post(step, {**self._facts, **acted})
            document = None
        else:
            document = await self._request(step, acted)
        if conditions is RecordingNews.AFTER_STEP:
            await self._tell_recording(news, fields)
        if hangs_up:
            raise _Ended(CallEnd.CALLER)
        return document

    async def _tell_recording(self, url: str, recorded: Mapping[str, str]) -> None:
        if not url:
            return
        facts = {"AccountSid": self._facts["AccountSid"], "CallSid": self._sid}
        if "RecordingSid" in recorded:
            facts |= {name: recorded[name] for name in ("RecordingSid", "RecordingUrl", "RecordingDuration")}
            facts |= {
                "RecordingStatus": "completed",
                "RecordingChannels": "1",
                "RecordingSource": "RecordVerb",
            }
        else:
            facts |= {"RecordingStatus": "absent", "RecordingDuration": "-1", "ErrorCode": "16102"}
        await self._post(self._address(url), facts)

    async def _dial(self, verb: ElementTree.Element) -> ElementTree.Element | None:
        self._heard.dialled.extend(
            number for number in [verb.text or "", *[n.text or "" for n in verb]] if number.strip()
        )
        action = self._next()
        if isinstance(action, HangUp):
            raise _Ended(CallEnd.CALLER)
        outcome = action if isinstance(action, Transferred) else Transferred("no-answer", 0)
        if not verb.get("action"):
            return None
        fields = {"DialCallStatus": outcome.outcome, "DialCallSid": f"CA{token_hex(16)}"}
        if outcome.outcome == "completed":
            fields["DialCallDuration"] = str(outcome.seconds)
        return await self._request(self._address(verb.get("action", "")), fields)

    def _next(self) -> CallerAction:
        return self._script.popleft() if self._script else HangUp()

    def _address(self, url: str) -> str:
        """No address means the document that is being read, again."""
        return urljoin(self._here, url) if url else self._here

    async def _request(self, url: str, fields: Mapping[str, str]) -> ElementTree.Element:
        """The document at `url`, or the fallback's in its place."""
        if len(self._heard.statuses) >= MAX_WEBHOOKS:
            raise _Ended(CallEnd.LOOPED)
        answer = await self._post(url, {**self._facts, **fields})
        document = _document(answer)
        if document is not None:
            self._here = url
            return document
        if self._line.fallback_url and url != self._line.fallback_url:
            lost = {"ErrorCode": "11205" if answer is None else "11200", "ErrorUrl": url}
            document = _document(await self._post(self._line.fallback_url, {**self._facts, **lost}))
            if document is not None:
                self._here = self._line.fallback_url
                return document
        raise _Ended(CallEnd.FAILED)

    async def _post(self, url: str, fields: Mapping[str, str]) -> HttpAnswer | None:
        """Deliver one webhook as often as the conditions say; the first answer counts."""
        token = token_hex(16)
        first: HttpAnswer | None = None
        for copy in range(self._conditions.copies):
            try:
                answer = await self._webhooks.post(url, fields, token=token)
            except HttpError:
                self._heard.statuses.append(0)
                continue
            self._heard.statuses.append(answer.status)
            if copy and first is not None and answer.body != first.body:
                self._heard.repeats_equal = False
            first = first or answer
        return first

    async def _report_end(self) -> None:
        """The status callback that the call is over, once."""
        if self._status_sent or not self._line.status_url:
            return
        self._status_sent = True
        self._facts["CallStatus"] = "completed"
        facts = {**self._facts, "CallDuration": "60", "Duration": "1", "SequenceNumber": "0"}
        await self._post(self._line.status_url, {**facts, "CallbackSource": "call-progress-events"})


def _document(answer: HttpAnswer | None) -> ElementTree.Element | None:
    if answer is None or not 200 <= answer.status < 300:
        return None
    try:
        root = ElementTree.fromstring(answer.body)  # noqa: S314 - our own answer, over loopback
    except ElementTree.ParseError:
        return None
    return root if root.tag == "Response" else None
