"""The simulated carrier keeps the provider's promises, and breaks them on demand."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from aiohttp import web

from channels.adapter import ReceivesWebhooks
from channels.contract import (
    Ask,
    CallAnswer,
    CallEvent,
    CallEventKind,
    Hangup,
    InboundEvent,
    InboundMessage,
    Receipt,
    Record,
    Say,
    Transfer,
    WebhookRequest,
    WebhookResponse,
)
from channels.errors import Ambiguous, Forged
from channels.http import HttpClient
from channels.loopback.faults import Fault, FaultKind
from channels.loopback.script import (
    CallConditions,
    CallEnd,
    HangUp,
    Press,
    RecordingNews,
    Silence,
    Speak,
    Transferred,
)
from channels.loopback.simulator import CarrierAccount, CarrierSimulator
from channels.loopback.texts import ReceiptOrder, ReceiptPlan
from channels.loopback.webhooks import UnknownNumber
from channels.twilio.sms import TwilioSms
from channels.twilio.voice import TwilioVoice
from hub.runtime.clock import FakeClock
from tests.contract.channels import twilio_sms, twilio_voice
from tests.contract.channels.bench import CANARY_PHONE, CANARY_SECRET, CANARY_TEXT
from tests.contract.channels.twilio_sms import ACCOUNT_SID, OUT, PUBLIC_URL

ACCOUNT = CarrierAccount(ACCOUNT_SID, CANARY_SECRET)
CITIZEN = f"+86{CANARY_PHONE}"


@dataclass
class Hub:
    """A hub of a few lines: it checks, keeps events, and answers calls by `answers`."""

    sms: TwilioSms
    voice: TwilioVoice
    carrier: CarrierSimulator
    events: list[InboundEvent] = field(default_factory=list)
    answers: Callable[[CallEvent], CallAnswer] = lambda event: CallAnswer((Hangup(),), 0, "end")
    broken: set[str] = field(default_factory=set)

    async def handle(self, request: web.Request) -> web.Response:
        channel, part = request.match_info["channel"], request.match_info["part"]
        if part in self.broken:
            return web.Response(status=500)
        adapter: ReceivesWebhooks = self.sms if channel == "sms-12110" else self.voice
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked = WebhookRequest("POST", request.raw_path, headers, await request.read(), 1)
        try:
            received = await adapter.receive(asked, part=part)
        except Forged:
            return web.Response(status=403)
        response: WebhookResponse = received.response
        for event in received.events:
            self.events.append(event)
            if isinstance(event, CallEvent) and part in {"call", "step", "fallback"}:
                response = self.voice.render(self.answers(event))
        return web.Response(status=response.status, text=response.body, content_type=response.content_type)

    def kinds(self) -> list[str]:
        return [event.kind for event in self.events if isinstance(event, CallEvent)]

    def receipts(self) -> list[str]:
        return [event.state for event in self.events if isinstance(event, Receipt)]


@asynccontextmanager
async def running(
    *, receipts: ReceiptPlan | None = None, journal: Path | None = None, quiet: bool = False
) -> AsyncIterator[Hub]:
    """A carrier and a hub behind a TLS proxy that exists only in the signatures."""
    clock = FakeClock()
    carrier = CarrierSimulator(ACCOUNT, clock, receipts=receipts, journal=journal, quiet=quiet)
    async with carrier, HttpClient() as http:
        hub = Hub(
            TwilioSms(replace(twilio_sms.SETTINGS, api_base=carrier.url), http, clock),
            TwilioVoice(replace(twilio_voice.SETTINGS, api_base=carrier.url), http, clock),
            carrier,
        )
        app = web.Application()
        app.router.add_post("/webhooks/twilio/{channel}/{part}", hub.handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        carrier.reach(PUBLIC_URL, f"http://127.0.0.1:{runner.addresses[0][1]}")
        carrier.connect_text("12110", f"{PUBLIC_URL}/webhooks/twilio/sms-12110/sms")
        line = f"{PUBLIC_URL}/webhooks/twilio/voice-12389"
        carrier.connect_line(
            "12389", f"{line}/call", fallback_url=f"{line}/fallback", status_url=f"{line}/status"
        )
        try:
            yield hub
        finally:
            await runner.cleanup()


# --- texts ---


async def test_a_citizens_text_arrives_signed_and_as_often_as_asked() -> None:
    async with running() as hub:
        delivered = await hub.carrier.send_text(CITIZEN, "12110", CANARY_TEXT, copies=2)
    assert [answer.status for answer in delivered.answers] == [200, 200]
    first, second = hub.events
    assert first == second
    assert isinstance(first, InboundMessage)
    assert (first.provider_id, first.text) == (delivered.message_sid, CANARY_TEXT)


async def test_a_number_nobody_connected_is_unknown() -> None:
    async with running() as hub:
        with pytest.raises(UnknownNumber):
            await hub.carrier.send_text(CITIZEN, "95588", "x")
        with pytest.raises(UnknownNumber):
            await hub.carrier.place_call("95588", [])


async def test_receipts_follow_a_message_and_name_our_id() -> None:
    async with running() as hub:
        accepted = await hub.sms.send(OUT)
        await hub.carrier.settled()
        assert hub.carrier.callbacks_failed == 0
    assert hub.receipts() == ["queued", "sent", "delivered"]
    assert {(e.delivery_id, e.attempt, e.provider_id) for e in hub.events if isinstance(e, Receipt)} == {
        (OUT.delivery_id, 1, accepted.provider_id)
    }


async def test_receipts_come_twice_and_backwards_when_asked() -> None:
    plan = ReceiptPlan(order=ReceiptOrder.REVERSED, copies=2)
    async with running(receipts=plan) as hub:
        await hub.sms.send(OUT)
        await hub.carrier.settled()
    assert hub.receipts() == ["delivered", "delivered", "sent", "sent", "queued", "queued"]


async def test_a_carriers_refusal_comes_after_its_acceptance() -> None:
    async with running() as hub:
        hub.carrier.faults.add(Fault(FaultKind.ERROR_CODE, code=30007))
        await hub.sms.send(OUT)
        await hub.carrier.settled()
    last = hub.events[-1]
    assert isinstance(last, Receipt)
    assert (last.state, last.code) == ("undelivered", "30007")


async def test_a_lost_answer_was_taken_and_its_receipt_says_so() -> None:
    async with running() as hub:
        hub.carrier.faults.add(Fault(FaultKind.LOST_ANSWER))
        with pytest.raises(Ambiguous):
            await hub.sms.send(OUT)
        await hub.carrier.settled()
        assert hub.carrier.journal.taken == 1
    assert hub.receipts()[-1] == "delivered"


@pytest.mark.parametrize(("taken", "count"), [(False, 0), (True, 1)])
async def test_a_failing_provider_has_taken_the_message_or_not(taken: bool, count: int) -> None:
    async with running() as hub:
        hub.carrier.faults.add(Fault(FaultKind.SERVER_ERROR, taken=taken))
        with pytest.raises(Ambiguous):
            await hub.sms.send(OUT)
        assert hub.carrier.journal.taken == count


async def test_a_fault_strikes_as_often_as_it_says_and_whom_it_says() -> None:
    async with running() as hub:
        hub.carrier.faults.add(Fault(FaultKind.SERVER_ERROR, to="+8613900000000"))
        hub.carrier.faults.add(Fault(FaultKind.UNAVAILABLE, times=2))
        for _ in range(2):
            with pytest.raises(Ambiguous, match="20503"):
                await hub.sms.send(OUT)
        assert (await hub.sms.send(OUT)).provider_id
        hub.carrier.faults.add(Fault(FaultKind.GARBAGE, times=None))
        for _ in range(3):
            with pytest.raises(Ambiguous):
                await hub.sms.send(OUT)
        hub.carrier.faults.clear()
        assert (await hub.sms.send(OUT)).provider_id


async def test_the_journal_survives_and_counts_what_came_twice(tmp_path: Path) -> None:
    path = tmp_path / "carrier.jsonl"
    async with running(journal=path) as hub:
        await hub.sms.send(OUT)
        assert json.loads(path.read_text())["delivery_id"] == OUT.delivery_id  # before any stop
    with path.open("a") as cut:
        cut.write('{"sid": "SM1", "sen')  # as a kill leaves it
    async with running(journal=path) as hub:
        await hub.sms.send(OUT)
        await hub.sms.send(replace(OUT, delivery_id="another"))
        journal = hub.carrier.journal
        assert (journal.taken, journal.distinct) == (3, 2)
        assert journal.duplicates == {OUT.delivery_id: 2}
    lines = path.read_text().splitlines()
    assert json.loads(lines[-1])["delivery_id"] == "another"


async def test_a_quiet_carrier_counts_and_nothing_else() -> None:
    async with running(quiet=True) as hub:
        for i in range(3):
            accepted = await hub.sms.send(replace(OUT, delivery_id=f"d{i // 2}"))
            assert len(accepted.provider_id) == 34
        assert hub.carrier.journal.duplicates == {"d0": 2}
        assert hub.carrier.journal.messages == ()


# --- calls ---


def complaint(event: CallEvent) -> CallAnswer:
    """A line of three nodes: menu → story → end."""
    match event.kind:
        case CallEventKind.STARTED:
            return CallAnswer((Say("您好"), Ask((Say("投诉请按1"),), 1, 5)), 1, "menu")
        case CallEventKind.DIGITS if event.node == "menu" and event.digits == "1":
            return CallAnswer((Record((Say("请讲"),), 300, 5),), 2, "story")
        case CallEventKind.DIGITS if event.node == "menu" and event.digits == "0":
            return CallAnswer((Transfer("110"),), 2, "person")
        case CallEventKind.DIGITS if event.node == "menu":
            return CallAnswer((Ask((Say("请按1"),), 1, 5),), event.revision + 1, "menu")
        case CallEventKind.LOST:
            return CallAnswer((Say("系统繁忙"), Hangup()), 9, "end")
    return CallAnswer((Say("编号一二三"), Hangup()), 3, "end")


async def test_a_caller_presses_speaks_and_is_heard() -> None:
    async with running() as hub:
        hub.answers = complaint
        result = await hub.carrier.place_call("12389", [Press("1"), Speak(20)], from_=CITIZEN)
        audio = (await hub.voice.fetch(result.recordings[0])).content
    assert result.heard == ("您好", "投诉请按1", "请讲", "编号一二三")
    assert result.ended is CallEnd.LINE
    assert hub.kinds() == ["started", "digits", "recorded", "recording_ready", "status"]
    assert len(audio) == 20 * 8000 * 2 + 44
    ready = hub.events[3]
    assert isinstance(ready, CallEvent)
    assert (ready.recording_url, ready.recording_seconds) == (result.recordings[0], 20.0)


@pytest.mark.parametrize("first", list(RecordingNews))
async def test_a_caller_hangs_up_in_the_middle(first: RecordingNews) -> None:
    async with running() as hub:
        hub.answers = complaint
        result = await hub.carrier.place_call(
            "12389",
            [Press("1"), Speak(20, hangs_up=True)],
            conditions=CallConditions(recording_news=first, status_first=True),
        )
    assert result.ended is CallEnd.CALLER
    expected = {
        RecordingNews.AFTER_STEP: ["status", "hangup", "recording_ready"],
        RecordingNews.BEFORE_STEP: ["status", "recording_ready", "hangup"],
        RecordingNews.LOST: ["status", "hangup"],
    }
    assert hub.kinds()[2:] == expected[first]
    hung_up = [e for e in hub.events if isinstance(e, CallEvent) and e.kind is CallEventKind.HANGUP]
    assert hung_up[0].recording_url == result.recordings[0]


async def test_silence_is_an_answer_and_a_silent_recording_has_no_audio() -> None:
    async with running() as hub:
        hub.answers = complaint
        result = await hub.carrier.place_call("12389", [Silence(), Press("1"), Silence()])
    assert result.heard == ("您好", "投诉请按1", "请按1", "请讲", "编号一二三")
    assert "recording_absent" in hub.kinds()
    assert result.recordings == ()


async def test_every_webhook_twice_is_every_event_twice_with_one_id() -> None:
    async with running() as hub:
        hub.answers = complaint
        result = await hub.carrier.place_call(
            "12389", [Press("1"), Speak()], conditions=CallConditions(copies=2)
        )
    ids = [event.event_id for event in hub.events if isinstance(event, CallEvent)]
    assert len(ids) == 10
    assert len(set(ids)) == 5
    assert result.repeats_equal


async def test_keys_typed_ahead_are_kept_for_the_next_prompt() -> None:
    async with running() as hub:
        hub.answers = lambda event: CallAnswer((Ask((), 1, 5),), event.revision + 2, "n")
        await hub.carrier.place_call("12389", [Press("110")])
    pressed = [event.digits for event in hub.events if isinstance(event, CallEvent) and event.node == "n"]
    assert pressed == ["1", "1", "0"]


async def test_a_transfer_is_dialled_and_its_outcome_comes_back() -> None:
    async with running() as hub:
        hub.answers = complaint
        result = await hub.carrier.place_call("12389", [Press("0"), Transferred("busy")])
    assert result.dialled == ("110",)
    last = hub.events[-2]
    assert isinstance(last, CallEvent)
    assert last.details["dial_status"] == "busy"


async def test_a_hub_that_fails_is_asked_again_at_the_fallback_address() -> None:
    async with running() as hub:
        hub.answers = complaint
        hub.broken = {"step"}
        result = await hub.carrier.place_call("12389", [Press("1")])
    assert result.heard[-1] == "系统繁忙"
    lost = [e for e in hub.events if isinstance(e, CallEvent) and e.kind is CallEventKind.LOST]
    assert [(e.revision, e.node, e.details["error_code"]) for e in lost] == [(1, "menu", "11200")]


async def test_without_any_answer_the_call_fails() -> None:
    async with running() as hub:
        hub.broken = {"call", "fallback"}
        result = await hub.carrier.place_call("12389", [])
    assert result.ended is CallEnd.FAILED
    assert result.statuses[:2] == (500, 500)


async def test_an_endless_flow_is_noticed() -> None:
    async with running() as hub:
        hub.answers = lambda event: CallAnswer((Ask((), 1, 5),), 1, "again")
        result = await hub.carrier.place_call("12389", [Silence()] * 500)
    assert result.ended is CallEnd.LOOPED


async def test_a_caller_may_hang_up_at_once() -> None:
    async with running() as hub:
        hub.answers = complaint
        result = await hub.carrier.place_call("12389", [HangUp()])
    assert result.ended is CallEnd.CALLER
    assert hub.kinds() == ["started", "status"]
