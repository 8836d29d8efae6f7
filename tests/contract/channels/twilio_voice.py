"""Twilio Voice on the bench."""

from __future__ import annotations

from dataclasses import replace

from channels.address import phone
from channels.contract import CallEvent, CallEventKind, WebhookRequest
from channels.twilio.voice import TwilioVoice, TwilioVoiceSettings
from hub.runtime.clock import FakeClock
from tests.contract.channels.bench import CANARY_PHONE, CANARY_SECRET, Genuine, ReceiverTable, Unusable
from tests.contract.channels.twilio_sms import ACCOUNT_SID, AT, PUBLIC_URL, posted, signed, unsigned, without

SETTINGS = TwilioVoiceSettings(
    channel="voice-12389",
    line="12389",
    account_sid=ACCOUNT_SID,
    auth_tokens=(CANARY_SECRET,),
    public_url=PUBLIC_URL,
)
CALL = "CA" + "b" * 32
RECORDING = "RE" + "c" * 32
AUDIO = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT_SID}/Recordings/{RECORDING}"
PATH = "/webhooks/twilio/voice-12389"
STEP = f"{PATH}/step?r=3&n=complaint.story"


def call_fields(**more: str) -> dict[str, str]:
    """A voice webhook's form."""
    return {
        "AccountSid": ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
        "CallSid": CALL,
        "CallStatus": "in-progress",
        "Direction": "inbound",
        "From": f"+86{CANARY_PHONE}",
        "To": "+8612389",
        **more,
    }


def requested(target: str, **more: str) -> WebhookRequest:
    """A voice webhook before it is signed, with a token that does not change."""
    request = posted(target, call_fields(**more))
    return replace(request, headers={**request.headers, "i-twilio-idempotency-token": "token-1"})


def event(kind: CallEventKind, **more: object) -> CallEvent:
    """The event expected of a webhook that belongs to revision 3; ids and details are not compared."""
    plain = CallEvent(
        channel="voice-12389",
        call_id=CALL,
        kind=kind,
        event_id="",
        line="12389",
        caller=phone(CANARY_PHONE),
        received_at=AT,
        revision=3,
        node="complaint.story",
    )
    return replace(plain, **more)  # type: ignore[arg-type]


RECORDED = {"RecordingSid": RECORDING, "RecordingUrl": AUDIO, "RecordingDuration": "20"}
HEARD = {"recording_id": RECORDING, "recording_url": AUDIO, "recording_seconds": 20.0}
NO_ANSWER_OF_OURS = {"revision": -1, "node": ""}

RECEIVER = ReceiverTable(
    name="twilio voice",
    adapter=lambda http: TwilioVoice(SETTINGS, http, FakeClock()),
    sign=signed,
    unsign=unsigned,
    secret=CANARY_SECRET,
    genuine=(
        Genuine(
            "a call",
            "call",
            requested(f"{PATH}/call", CallStatus="ringing"),
            (event(CallEventKind.STARTED, **NO_ANSWER_OF_OURS),),
        ),
        Genuine("keys", "step", requested(STEP, Digits="12*"), (event(CallEventKind.DIGITS, digits="12*"),)),
        Genuine("no keys", "step", requested(STEP, Digits=""), (event(CallEventKind.DIGITS),)),
        Genuine(
            "a recording step",
            "step",
            requested(STEP, Digits="#", **RECORDED),
            (event(CallEventKind.RECORDED, digits="#", **HEARD),),
        ),
        Genuine(
            "hanging up while recording",
            "step",
            requested(STEP, **{"Digits": "hangup", **RECORDED, "CallStatus": "completed"}),
            (event(CallEventKind.HANGUP, ended=True, **HEARD),),
        ),
        Genuine(
            "hanging up while being connected",
            "step",
            requested(STEP, CallStatus="completed", DialCallStatus="canceled"),
            (event(CallEventKind.HANGUP, ended=True),),
        ),
        Genuine(
            "a transfer nobody took",
            "step",
            requested(STEP, DialCallStatus="no-answer"),
            (event(CallEventKind.DIGITS),),
        ),
        Genuine(
            "speech",
            "step",
            requested(STEP, SpeechResult="投诉", Confidence="0.8"),
            (event(CallEventKind.SPEECH, text="投诉", confidence=0.8),),
        ),
        Genuine(
            "a recording that is ready",
            "recording",
            posted(
                f"{PATH}/recording?r=3&n=complaint.story",
                {"CallSid": CALL, "RecordingStatus": "completed", **RECORDED},
            ),
            (event(CallEventKind.RECORDING_READY, caller=phone(""), **HEARD),),
            204,
        ),
        Genuine(
            "a recording of nothing",
            "recording",
            posted(
                f"{PATH}/recording?r=3&n=complaint.story",
                {"CallSid": CALL, "RecordingStatus": "absent", "RecordingDuration": "-1"},
            ),
            (event(CallEventKind.RECORDING_ABSENT, caller=phone("")),),
            204,
        ),
        Genuine(
            "a recording that goes on",
            "recording",
            posted(f"{PATH}/recording?r=3&n=x", {"CallSid": CALL, "RecordingStatus": "in-progress"}),
            (),
            204,
        ),
        Genuine(
            "the end of a call",
            "status",
            requested(f"{PATH}/status", CallStatus="completed", SequenceNumber="3"),
            (event(CallEventKind.STATUS, ended=True, **NO_ANSWER_OF_OURS),),
            204,
        ),
        Genuine(
            "a call that is answered",
            "status",
            requested(f"{PATH}/status", CallStatus="in-progress"),
            (event(CallEventKind.STATUS, **NO_ANSWER_OF_OURS),),
            204,
        ),
        Genuine(
            "a call the provider lost",
            "fallback",
            requested(f"{PATH}/fallback", ErrorCode="11205", ErrorUrl=PUBLIC_URL + STEP, Digits="hangup"),
            (event(CallEventKind.LOST),),
        ),
        Genuine(
            "a call lost elsewhere",
            "fallback",
            requested(f"{PATH}/fallback", ErrorCode="11205", ErrorUrl="https://elsewhere.example/step?r=9"),
            (event(CallEventKind.LOST, **NO_ANSWER_OF_OURS),),
        ),
        Genuine(
            "a withheld caller",
            "call",
            requested(f"{PATH}/call", From="anonymous"),
            (event(CallEventKind.STARTED, caller=phone(""), **NO_ANSWER_OF_OURS),),
        ),
        Genuine(
            "a caller behind a gateway",
            "call",
            requested(f"{PATH}/call", From=f"sip:{CANARY_PHONE}@gateway.example"),
            (event(CallEventKind.STARTED, **NO_ANSWER_OF_OURS),),
        ),
        Genuine(
            "a caller without a number",
            "call",
            requested(f"{PATH}/call", From="sip:reception@gateway.example"),
            (event(CallEventKind.STARTED, caller=phone(""), **NO_ANSWER_OF_OURS),),
        ),
    ),
    unusable=(
        Unusable("no call", "call", posted("/c", without(call_fields(), "CallSid")), "CallSid"),
        Unusable("no revision", "step", posted(f"{PATH}/step", call_fields(Digits="1")), "r"),
        Unusable("odd revision", "step", posted(f"{PATH}/step?r=-1&n=x", call_fields(Digits="1")), "r"),
        Unusable("odd keys", "step", posted(STEP, call_fields(Digits="<script>")), "Digits"),
        Unusable("no recording state", "recording", posted(STEP, call_fields()), "RecordingStatus"),
        Unusable(
            "no audio address",
            "recording",
            posted(STEP, call_fields(RecordingStatus="completed")),
            "RecordingUrl",
        ),
        Unusable("no state", "status", posted("/c", without(call_fields(), "CallStatus")), "CallStatus"),
        Unusable("no such callback", "sms", posted("/c", call_fields()), "path"),
    ),
)
