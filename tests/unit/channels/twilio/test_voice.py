"""Calls over Twilio: events, TwiML and downloads, beyond the bench's cases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from aiohttp import web

from channels.contract import (
    Ask,
    CallAnswer,
    CallEvent,
    CallEventKind,
    CallStep,
    Hangup,
    Pause,
    Record,
    RecordedAudio,
    Say,
    Transfer,
    WebhookRequest,
)
from channels.errors import Misconfigured, Permanent, SendError, Temporary
from channels.http import HttpClient
from channels.loopback.audio import tone
from channels.loopback.faults import Fault, FaultKind, Resource
from channels.loopback.simulator import CarrierAccount, CarrierSimulator
from channels.twilio import form
from channels.twilio.client import MAX_HOPS
from channels.twilio.signature import sign
from channels.twilio.voice import TwilioVoice, TwilioVoiceSettings
from hub.runtime.clock import FakeClock

PUBLIC_URL = "https://hub.example.gov.cn"
SETTINGS = TwilioVoiceSettings(
    channel="voice-12389",
    line="12389",
    account_sid="AC" + "1" * 32,
    auth_tokens=("token",),
    public_url=PUBLIC_URL,
)
BASE = f"{PUBLIC_URL}/webhooks/twilio/voice-12389"


@pytest.fixture
async def voice() -> AsyncIterator[TwilioVoice]:
    async with HttpClient() as http:
        yield TwilioVoice(SETTINGS, http, FakeClock())


def rendered(voice: TwilioVoice, *steps: CallStep, node: str = "main") -> ElementTree.Element:
    response = voice.render(CallAnswer(steps, 4, node))
    assert response.content_type == "text/xml"
    return ElementTree.fromstring(response.body)  # noqa: S314 - our own


async def received(voice: TwilioVoice, body: bytes, token: str, target: str = "/w/step?r=1&n=a") -> CallEvent:
    headers = {"x-twilio-signature": sign("token", PUBLIC_URL + target, form.parse(body))}
    if token:
        headers["i-twilio-idempotency-token"] = token
    events = (await voice.receive(WebhookRequest("POST", target, headers, body, 7), part="step")).events
    assert isinstance(events[0], CallEvent)
    return events[0]


async def test_a_record_action_without_an_id_has_that_of_its_address(voice: TwilioVoice) -> None:
    """Somleng's action names the address and the length only; its callback has the id."""
    sid = "4b0e2d76-91a3-4b0e-a1c5-3c6b1f0c2d11"
    for url in (f"https://api.gw.test/x/Recordings/{sid}", f"https://api.gw.test/x/Recordings/{sid}.wav"):
        body = urlencode({"CallSid": "CA1", "RecordingUrl": url, "RecordingDuration": "4"}).encode()
        event = await received(voice, body, "t")
        assert (event.kind, event.recording_id) == (CallEventKind.RECORDED, sid)
    transfer = urlencode({"CallSid": "CA1", "RecordingUrl": url, "DialCallStatus": "completed"}).encode()
    event = await received(voice, transfer, "t")
    assert (event.kind, event.recording_id) == (CallEventKind.DIGITS, "")


async def test_pauses_stand_inside_the_question_so_that_keys_count_in_them(voice: TwilioVoice) -> None:
    [gather] = rendered(voice, Ask((Say("编号"), Say("一，二"), Pause(1), Say("三，四")), 1, 6))
    assert [(verb.tag, verb.text or verb.get("length")) for verb in gather] == [
        ("Say", "编号"),
        ("Say", "一，二"),
        ("Pause", "1"),
        ("Say", "三，四"),
    ]


async def test_a_question_always_gets_an_answer_back(voice: TwilioVoice) -> None:
    gather = rendered(voice, Ask((Say("请按1"), Say("Press 1", "en")), 1, 6, barge_in=False))[0]
    assert gather.tag == "Gather"
    assert gather.attrib == {
        "input": "dtmf",
        "action": f"{BASE}/step?r=4&n=main",
        "method": "POST",
        "timeout": "6",
        "numDigits": "1",
        "finishOnKey": "#",
        "bargeIn": "false",
        "actionOnEmptyResult": "true",
    }
    assert [(said.text, said.get("language")) for said in gather] == [
        ("请按1", "cmn-CN"),
        ("Press 1", "en-US"),
    ]


async def test_a_question_in_words_is_listened_to_in_the_callers_language(voice: TwilioVoice) -> None:
    for language, tag in (("zh", "cmn-Hans-CN"), ("en", "en-US"), ("nan", "cmn-Hans-CN")):
        gather = rendered(voice, Ask((Say("请说"),), 1, 6, speech=language))[0]
        heard = {name: gather.get(name) for name in ("input", "language", "speechTimeout", "profanityFilter")}
        assert heard == {
            "input": "dtmf speech",
            "language": tag,
            "speechTimeout": "auto",
            "profanityFilter": "false",
        }
        assert gather.get("actionOnEmptyResult") == "true"


async def test_recognised_words_are_a_speech_event_with_their_confidence(voice: TwilioVoice) -> None:
    body = urlencode({"CallSid": "CA1", "SpeechResult": "身份证丢了。", "Confidence": "0.87"}).encode()
    event = await received(voice, body, "t")
    assert (event.kind, event.text, event.confidence) == (CallEventKind.SPEECH, "身份证丢了。", 0.87)
    silent = await received(voice, b"CallSid=CA1&SpeechResult=&Digits=", "t")
    assert silent.kind is CallEventKind.DIGITS


async def test_a_question_may_have_no_key_that_ends_it(voice: TwilioVoice) -> None:
    assert rendered(voice, Ask((), 18, 6, finish_on=""))[0].get("finishOnKey") == ""


async def test_a_recording_is_evidence(voice: TwilioVoice) -> None:
    said, record, again = rendered(voice, Record((Say("请讲"),), 300, 6, "#"))
    assert said.text == "请讲"
    assert record.attrib == {
        "action": f"{BASE}/step?r=4&n=main",
        "method": "POST",
        "maxLength": "300",
        "timeout": "6",
        "finishOnKey": "#",
        "playBeep": "true",
        "trim": "do-not-trim",
        "recordingStatusCallback": f"{BASE}/recording?r=4&n=main",
        "recordingStatusCallbackMethod": "POST",
        "recordingStatusCallbackEvent": "completed absent",
    }
    assert (again.tag, again.text) == ("Redirect", f"{BASE}/step?r=4&n=main")


async def test_a_transfer_comes_back_with_its_outcome(voice: TwilioVoice) -> None:
    dial = rendered(voice, Transfer("+8659187654321", 25))[0]
    assert (dial.get("action"), dial.get("timeout")) == (f"{BASE}/step?r=4&n=main", "25")
    assert dial[0].text == "+8659187654321"


async def test_steps_keep_their_order(voice: TwilioVoice) -> None:
    assert [verb.tag for verb in rendered(voice, Say("a"), Pause(2), Say("b"), Hangup())] == [
        "Say",
        "Pause",
        "Say",
        "Hangup",
    ]


async def test_whatever_is_said_the_document_is_well_formed(voice: TwilioVoice) -> None:
    said = rendered(voice, Say("<b>&amp; \x00\x1b\ud83d\ufffe 完"), Say("侬好", "nan"))
    assert said[0].text == "<b>&amp;      完"
    assert said[1].get("language") == "cmn-CN"


async def test_a_nodes_name_is_only_ever_a_name(voice: TwilioVoice) -> None:
    action = rendered(voice, Ask((), 1, 5), node="a&r=9 字")[0].get("action")
    assert action is not None
    event = await received(voice, b"CallSid=CA1&Digits=1", "t", action.removeprefix(PUBLIC_URL))
    assert (event.revision, event.node) == (4, "a&r=9 字")


async def test_an_events_id_is_equal_across_retries_and_different_otherwise(voice: TwilioVoice) -> None:
    one = await received(voice, b"CallSid=CA1&Digits=1", "token-1")
    retry = await received(voice, b"CallSid=CA1&Digits=1&Extra=2", "token-1")
    assert retry.event_id == one.event_id
    others = [
        await received(voice, b"CallSid=CA1&Digits=1", "token-2"),
        await received(voice, b"CallSid=CA2&Digits=1", "token-1"),
        await received(voice, b"CallSid=CA1&Digits=1", "token-1", "/w/step?r=2&n=a"),
        await received(voice, b"CallSid=CA1&Digits=1", ""),
        await received(voice, b"CallSid=CA1&Digits=2", ""),
    ]
    assert len({one.event_id, *(other.event_id for other in others)}) == 6


async def test_without_a_token_the_content_is_the_identity(voice: TwilioVoice) -> None:
    first = await received(voice, b"CallSid=CA1&Digits=1", "")
    assert (await received(voice, b"CallSid=CA1&Digits=1", "")).event_id == first.event_id


async def test_the_outcome_of_a_transfer_is_in_the_details(voice: TwilioVoice) -> None:
    event = await received(voice, b"CallSid=CA1&DialCallStatus=busy&CallStatus=in-progress", "t")
    assert event.details == {"dial_status": "busy", "call_status": "in-progress"}


async def test_odd_confidences_count_as_none(voice: TwilioVoice) -> None:
    for odd in (b"nan", b"2", b"-1", b"high", b""):
        event = await received(voice, b"CallSid=CA1&SpeechResult=a&Confidence=" + odd, "t")
        assert event.confidence == 0.0


# --- downloads ---------------------------------------------------------------------------------


@pytest.fixture
async def carrier() -> AsyncIterator[CarrierSimulator]:
    account = CarrierAccount(SETTINGS.account_sid, "token")
    async with CarrierSimulator(account, FakeClock()) as simulator:
        yield simulator


@pytest.fixture
async def downloads(carrier: CarrierSimulator) -> AsyncIterator[TwilioVoice]:
    async with HttpClient() as http:
        yield TwilioVoice(replace(SETTINGS, api_base=carrier.url, limit_bytes=100_000), http, FakeClock())


async def test_a_recording_is_fetched_with_our_account(
    carrier: CarrierSimulator, downloads: TwilioVoice
) -> None:
    audio = tone(2.0)
    url = carrier.add_recording(audio)
    assert await downloads.fetch(url) == RecordedAudio(audio)
    assert await downloads.fetch(f"{url}.wav") == RecordedAudio(audio)
    assert audio[:4] == b"RIFF"


async def test_the_token_goes_to_the_provider_only(carrier: CarrierSimulator, downloads: TwilioVoice) -> None:
    good = carrier.add_recording(tone(1.0))
    for url in (
        "https://evil.example/RE1",
        f"{carrier.url}.evil.example/RE1",
        f"{carrier.url}@evil.example/RE1",
        good.replace("http://", "https://"),
        good.replace("127.0.0.1", "localhost"),
        f"{good}?x=1",
        f"{good}#x",
        f"{good}/../../x",
        f"{good}%2e%2e/x",
        f"{good}\r\nX: y",
        f"{carrier.url}/",
        "file:///etc/passwd",
        "",
    ):
        with pytest.raises(Permanent) as refused:
            await downloads.fetch(url)
        assert refused.value.code == "address-refused"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(FaultKind.NOT_FOUND, where=Resource.RECORDINGS), Temporary),
        (Fault(FaultKind.SERVER_ERROR, where=Resource.RECORDINGS), Temporary),
        (Fault(FaultKind.UNAVAILABLE, where=Resource.RECORDINGS), Temporary),
        (Fault(FaultKind.TOO_MANY, where=Resource.RECORDINGS, retry_after="9"), Temporary),
    ],
)
async def test_a_recording_may_come_later(
    carrier: CarrierSimulator, downloads: TwilioVoice, fault: Fault, error: type[SendError]
) -> None:
    url = carrier.add_recording(tone(1.0))
    carrier.faults.add(fault)
    with pytest.raises(error) as raised:
        await downloads.fetch(url)
    assert isinstance(raised.value, Temporary)
    assert raised.value.slow_down == (fault.kind is FaultKind.TOO_MANY)
    assert (await downloads.fetch(url)).content


async def test_a_recording_that_is_too_large_is_not_taken(
    carrier: CarrierSimulator, downloads: TwilioVoice
) -> None:
    with pytest.raises(Permanent):
        await downloads.fetch(carrier.add_recording(tone(10.0)))


async def test_a_wrong_account_is_our_fault(carrier: CarrierSimulator) -> None:
    url = carrier.add_recording(tone(1.0))
    async with HttpClient() as http:
        wrong = replace(SETTINGS, api_base=carrier.url, auth_tokens=("expired",))
        with pytest.raises(Misconfigured):
            await TwilioVoice(wrong, http, FakeClock()).fetch(url)


async def test_a_provider_that_is_away_may_come_back(
    carrier: CarrierSimulator, downloads: TwilioVoice
) -> None:
    url = carrier.add_recording(tone(1.0))
    await carrier.stop()
    with pytest.raises(Temporary):
        await downloads.fetch(url)


class Storage:
    """Where a gateway keeps its audio: another origin, which says what it was asked."""

    def __init__(self) -> None:
        self.asked: list[web.Request] = []
        self.onward = ""
        app = web.Application()
        app.router.add_get("/{name}", self._answer)
        self._runner = web.AppRunner(app)
        self.url = ""

    async def __aenter__(self) -> Storage:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked.append(request)
        if self.onward:
            return web.Response(status=302, headers={"Location": self.onward})
        return web.Response(body=tone(1.0))


@pytest.fixture
async def storage() -> AsyncIterator[Storage]:
    async with Storage() as storage:
        yield storage


def redirected(carrier: CarrierSimulator, location: str) -> str:
    """A recording that is somewhere else."""
    carrier.faults.add(Fault(FaultKind.REDIRECT, times=None, where=Resource.RECORDINGS, location=location))
    return carrier.add_recording(tone(2.0))


async def test_a_redirect_is_followed_without_our_token(
    carrier: CarrierSimulator, downloads: TwilioVoice, storage: Storage
) -> None:
    url = redirected(carrier, f"{storage.url}/a%2Fb.wav?X-Signature=a%2Bb")
    assert await downloads.fetch(url) == RecordedAudio(tone(1.0))
    [asked] = storage.asked
    assert asked.raw_path == "/a%2Fb.wav?X-Signature=a%2Bb"
    assert asked.headers["Host"] == storage.url.removeprefix("http://")
    assert "Authorization" not in asked.headers


async def test_a_redirect_at_the_provider_keeps_our_token(
    carrier: CarrierSimulator, downloads: TwilioVoice
) -> None:
    other = carrier.add_recording(tone(1.0))
    carrier.faults.add(Fault(FaultKind.REDIRECT, where=Resource.RECORDINGS, location=f"{other}.wav"))
    assert await downloads.fetch(carrier.add_recording(tone(2.0))) == RecordedAudio(tone(1.0))


@pytest.mark.parametrize(
    "location",
    [
        "http://10.0.0.1/x.wav",
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:169.254.169.254]/x.wav",
        "https://192.168.1.1/x.wav",
        "ftp://127.0.0.1/x.wav",
        "file:///etc/passwd",
        "http://user:password@127.0.0.1:1/x.wav",
    ],
)
async def test_a_redirect_leads_no_further_inside_than_the_provider_stands(
    carrier: CarrierSimulator, downloads: TwilioVoice, location: str
) -> None:
    with pytest.raises(Permanent) as refused:
        await downloads.fetch(redirected(carrier, location))
    assert refused.value.code == "redirect-refused"


async def test_every_hop_is_checked(
    carrier: CarrierSimulator, downloads: TwilioVoice, storage: Storage
) -> None:
    url = redirected(carrier, f"{storage.url}/x")
    storage.onward = "http://10.0.0.1/x.wav"
    with pytest.raises(Permanent) as refused:
        await downloads.fetch(url)
    assert refused.value.code == "redirect-refused"
    storage.asked.clear()
    storage.onward = "/again"
    with pytest.raises(Permanent):
        await downloads.fetch(url)
    assert len(storage.asked) == MAX_HOPS


@pytest.mark.parametrize("kind", [FaultKind.CUT, FaultKind.DRIP])
async def test_of_a_download_that_breaks_off_we_keep_what_came(
    carrier: CarrierSimulator, kind: FaultKind
) -> None:
    audio = tone(1.0)
    url = carrier.add_recording(audio)
    carrier.faults.add(Fault(kind, where=Resource.RECORDINGS, seconds=0.02))
    async with HttpClient() as http:
        settings = replace(SETTINGS, api_base=carrier.url, timeout_seconds=0.5)
        fetched = await TwilioVoice(settings, http, FakeClock()).fetch(url)
    assert not fetched.whole
    assert 0 < len(fetched.content) < len(audio)
    assert audio.startswith(fetched.content)
