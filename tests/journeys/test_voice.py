"""A citizen calls 12389: heard, recorded, given a number twice, and never lost on a hang-up."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from channels.address import phone
from channels.contract import CallEvent, CallEventKind
from channels.loopback.script import (
    CallConditions,
    CallEnd,
    CallerAction,
    HangUp,
    Press,
    RecordingNews,
    Speak,
)
from hub.actions.cases.queue.read_queue import QueueView
from hub.model.agent import Role
from hub.model.cases.case import Case
from hub.model.cases.history import broken_link
from hub.model.cases.state import CaseState
from hub.model.reference import make_reference
from hub.model.track import Compartment, Track
from hub.repositories.evidence.recording_files import FileState
from hub.wiring.store import identity_vault
from ivr.evidence.chain import breaks
from ivr.evidence.recordings import RecordingState
from tests.world import World, eventually

CALLER = "+8613900000001"
DIGITS = {
    "零": "0",
    "幺": "1",
    "一": "1",
    "二": "2",
    "三": "3",
    "四": "4",
    "五": "5",
    "六": "6",
    "七": "7",
    "八": "8",
    "九": "9",
}
ANONYMOUS_COMPLAINT: list[CallerAction] = [
    Press("1"),
    Press("2"),
    Press("#"),
    Press("#"),
    Speak(4),
    Press("1"),
    Press("1"),
]


SILENT = Press("")


async def cases(hub: World) -> list[Case]:
    inspector = await hub.hub.repositories.agents.by_login("inspector")
    agent = inspector.value if inspector else await hub.agent(Role.INSPECTOR)
    return [row.case for row in (await hub.hub.actions.read_queue.page(agent)).rows]


async def sealed(hub: World, case_id: str) -> Path:
    async def look() -> Path | None:
        found = await hub.hub.repositories.recordings.of_case(case_id)
        if found and found[0].state is RecordingState.SEALED:
            assert hub.hub.recordings.state(found[0].sha256) is FileState.WHOLE
            return _file(hub, found[0].path)
        return None

    path = await eventually(look)
    assert path is not None
    return path


def _file(hub: World, relative: str) -> Path:
    return hub.hub.settings.files.path / "recordings" / relative


def read_out(heard: tuple[str, ...]) -> str:
    """Every digit the line spelled, in order."""
    return "".join(
        DIGITS[char]
        for text in heard
        if re.fullmatch(f"[{''.join(DIGITS)}，]+", text)
        for char in text
        if char in DIGITS
    )


async def test_an_anonymous_complaint_is_a_case_with_a_sealed_recording_and_no_number(hub: World) -> None:
    result = await hub.carrier.place_call("12389", [*ANONYMOUS_COMPLAINT, SILENT], from_=CALLER)
    assert result.ended is CallEnd.LINE, result.transcript
    assert "测试省" in result.transcript
    assert "幺幺零" in result.transcript
    [case] = await cases(hub)
    assert case.track is Track.REPORT
    assert case.compartment is Compartment.REPORT
    assert case.applicant.anonymous
    assert (case.applicant.address, case.applicant.address_key, case.applicant.contact_id) == ("", "", "")
    spelled = read_out(result.heard)
    assert spelled.count(case.reference) == 2
    code = spelled.split(case.reference)[1][:16]
    assert spelled.count(code) == 2
    progress = await hub.hub.actions.track_case(case.reference, code, source="x")
    assert progress.label == "已登记"
    path = await sealed(hub, case.id)
    assert path.stat().st_mode & 0o777 == 0o440
    assert breaks(await hub.hub.repositories.recordings.links()) == ()
    assert broken_link(await hub.hub.repositories.cases.history(case.id)) is None
    handler = await hub.agent(Role.HANDLER)
    assert (await hub.hub.actions.read_queue.page(handler)).counts[QueueView.ALL] == 0


async def test_every_further_matter_of_a_call_is_a_case_of_its_own_with_its_own_recording(hub: World) -> None:
    told = ANONYMOUS_COMPLAINT[1:-1]  # of one matter, until its number was read out
    script: list[CallerAction] = [Press("1"), *told, Press("2"), *told, Press("2"), *told, Press("1")]
    script.append(SILENT)
    result = await hub.carrier.place_call("12389", script, from_=CALLER)
    assert result.ended is CallEnd.LINE, result.transcript
    found = await cases(hub)
    assert [(case.track, case.partial) for case in found] == [(Track.REPORT, False)] * 3
    assert len({case.reference for case in found}) == 3
    for case in found:
        await sealed(hub, case.id)
        assert len(await hub.hub.repositories.recordings.of_case(case.id)) == 1


async def test_every_webhook_twice_and_out_of_order_is_still_one_case(hub: World) -> None:
    conditions = CallConditions(copies=2, recording_news=RecordingNews.BEFORE_STEP, status_first=True)
    result = await hub.carrier.place_call("12389", ANONYMOUS_COMPLAINT, from_=CALLER, conditions=conditions)
    assert result.repeats_equal, result.transcript
    assert set(result.statuses) <= {200, 204}
    [case] = await cases(hub)
    await sealed(hub, case.id)
    assert len(await hub.hub.repositories.recordings.of_case(case.id)) == 1


async def test_a_hang_up_in_the_story_is_a_partial_case_with_its_audio(hub: World) -> None:
    for news in (RecordingNews.AFTER_STEP, RecordingNews.BEFORE_STEP):
        script: list[CallerAction] = [
            Press("1"),
            Press("1"),
            Press("991#"),
            Press("1"),
            Press("#"),
            Speak(5, hangs_up=True),
        ]
        await hub.carrier.place_call(
            "12389", script, from_=CALLER, conditions=CallConditions(recording_news=news)
        )
    found = await cases(hub)
    assert len(found) == 2
    for case in found:
        assert case.partial
        assert case.state is CaseState.REGISTERED
        assert (case.details or {}).get("city") == "991"
        await sealed(hub, case.id)


async def test_a_hang_up_before_anything_was_said_leaves_no_case(hub: World) -> None:
    await hub.carrier.place_call("12389", [HangUp()], from_=CALLER)
    assert await cases(hub) == []


async def kept_address(hub: World, case: Case) -> str:
    """The number of a caller to 12389, which stands in the vault alone."""
    found = await identity_vault(hub.hub.settings, hub.hub.documents).get(case.id)
    return found.value.address if found else ""


async def test_a_named_caller_with_a_mobile_gets_number_and_code_by_text(hub: World) -> None:
    script: list[CallerAction] = [
        Press("1"),
        Press("1"),
        Press("#"),
        Press("#"),
        Speak(4),
        Press("1"),
        Press("1"),
    ]
    await hub.carrier.place_call("12389", script, from_=CALLER)
    [case] = await cases(hub)
    assert case.applicant.address == ""
    assert await kept_address(hub, case) == CALLER

    async def texted() -> list[str]:
        return [m.text for m in hub.carrier.journal.messages if m.recipient == CALLER]

    [text] = await eventually(texted)
    assert case.reference in text
    assert "举报" not in text


@pytest.mark.parametrize("spelling", ["+17378742833", "+86282452253", "+8656696", "anonymous"])
async def test_a_named_caller_who_shows_no_number_has_none_and_is_not_texted(
    hub: World, spelling: str
) -> None:
    named: list[CallerAction] = [Press("1"), Press("1"), Press("#"), *ANONYMOUS_COMPLAINT[2:]]
    result = await hub.carrier.place_call("12389", named, from_=spelling)
    [case] = await cases(hub)
    assert case.reference in read_out(result.heard)
    assert "没有收到您的来电号码" in result.transcript
    assert "来电号码将作为联系方式" not in result.transcript
    assert (case.applicant.address, case.applicant.address_key) == ("", "")
    assert sum((await hub.hub.documents.count("outbox", {})).values()) == 0


@pytest.mark.parametrize(
    ("keyed", "address"), [("13900000002#", "+8613900000002"), ("059187654321#", "+8659187654321")]
)
async def test_a_named_caller_who_shows_no_number_gives_one(hub: World, keyed: str, address: str) -> None:
    named: list[CallerAction] = [
        Press("1"),
        Press("1"),
        Press(keyed),
        Press("1"),  # it is right as it was read back
        *ANONYMOUS_COMPLAINT[2:],
    ]
    result = await hub.carrier.place_call("12389", named, from_="anonymous")
    [case] = await cases(hub)
    assert case.reference in read_out(result.heard)
    assert (case.applicant.address, case.applicant.anonymous) == ("", False)
    assert await kept_address(hub, case) == address
    assert case.applicant.address_key
    assert keyed.rstrip("#") not in str(case.details)  # it stands in the vault alone
    assert sum((await hub.hub.documents.count("outbox", {})).values()) == 0  # a stranger's, perhaps


async def test_a_named_caller_who_gives_no_number_gets_a_code_that_needs_none(hub: World) -> None:
    """Behind many wrong codes eight digits need the telephone, and this caller has told of none."""
    skipped: list[CallerAction] = [Press("1"), Press("1"), Press("#"), *ANONYMOUS_COMPLAINT[2:]]
    result = await hub.carrier.place_call("12389", skipped, from_="anonymous")
    [case] = await cases(hub)
    assert (case.applicant.address, case.applicant.anonymous) == ("", False)
    code = read_out(result.heard).split(case.reference)[1][:16]
    assert len(code) == 16
    assert (await hub.hub.actions.track_case(case.reference, code, source="x")).reference == case.reference


async def test_callers_who_show_no_number_do_not_lock_each_other_out(hub: World) -> None:
    for number in range(24):
        reference = make_reference("260101", number + 1)
        wrong: list[CallerAction] = [Press("3"), Press(f"{reference}#"), Press("1234567890123456#")]
        result = await hub.carrier.place_call("12389", wrong, from_="+86282452253")
        assert "编号或查询码不正确" in result.transcript, result.transcript


async def test_a_silent_caller_is_asked_again_and_never_just_cut_off(hub: World) -> None:
    result = await hub.carrier.place_call("12389", [], from_=CALLER)
    assert result.ended in (CallEnd.CALLER, CallEnd.LINE)
    assert len(set(result.heard)) >= 2


async def test_a_caller_with_number_and_code_adds_to_the_case(hub: World) -> None:
    first = await hub.carrier.place_call("12389", ANONYMOUS_COMPLAINT, from_=CALLER)
    [case] = await cases(hub)
    code = read_out(first.heard).split(case.reference)[1][:16]
    await sealed(hub, case.id)
    inspector = await hub.hub.repositories.agents.by_login("inspector")
    assert inspector
    view = await hub.hub.actions.read_cases.open(inspector.value, case.id)
    await hub.hub.actions.replies.reply(inspector.value, case.id, "请补充时间。", version=view.version)
    script: list[CallerAction] = [Press("4"), Press(f"{case.reference}#"), Press(f"{code}#"), Speak(3)]
    await hub.carrier.place_call("12389", script, from_="+8613900000009")

    async def added() -> bool:
        return len(await hub.hub.repositories.recordings.of_case(case.id)) == 2

    assert await eventually(added)

    async def waiting() -> bool:
        return [one.waiting for one in await cases(hub)] == [True]

    assert await eventually(waiting)


async def test_an_unknown_caller_hears_the_officers_question_and_answers_from_another_telephone(
    hub: World,
) -> None:
    first = await hub.carrier.place_call("12389", ANONYMOUS_COMPLAINT, from_=CALLER)
    [case] = await cases(hub)
    code = read_out(first.heard).split(case.reference)[1][:16]
    await sealed(hub, case.id)
    found = await hub.hub.repositories.agents.by_login("inspector")
    assert found
    for event, data in (("pick", {}), ("ask", {"question": "那天是几点钟"})):
        stored = await hub.hub.repositories.cases.get(case.id)
        assert stored
        await hub.hub.actions.move_case(found.value, case.id, event, data, version=stored.version)
    script: list[CallerAction] = [Press("4"), Press(f"{case.reference}#"), Press(f"{code}#"), Speak(3)]
    heard = await hub.carrier.place_call("12389", script, from_="+8613900000009")
    assert "那天是几点钟" in heard.transcript

    async def answered() -> bool:
        return [one.state for one in await cases(hub)] == [CaseState.TRIAGE]

    assert await eventually(answered)
    [case] = await cases(hub)
    assert (case.applicant.address, case.applicant.anonymous) == ("", True)


async def test_a_forged_call_is_refused(hub: World) -> None:
    form = {"CallSid": "CA" + "9" * 32, "From": CALLER, "To": "12389", "CallStatus": "ringing"}
    async with hub.http.post(f"{hub.url}/webhooks/twilio/voice-12389/call", data=form) as answer:
        assert answer.status == 403
    assert await cases(hub) == []


async def test_a_repeated_word_that_our_answer_was_lost_moves_the_call_once(hub: World) -> None:
    def event(kind: CallEventKind, event_id: str) -> CallEvent:
        return CallEvent(
            channel="voice-12389",
            call_id="CA" + "7" * 32,
            kind=kind,
            event_id=event_id,
            line="12389",
            caller=phone(CALLER),
            received_at=hub.hub.clock.now_ms(),
        )

    handle, render = hub.hub.actions.handle_call, hub.hub.voice["voice-12389"].renders.render
    await handle(event(CallEventKind.STARTED, "e1"), render)
    first = await handle(event(CallEventKind.LOST, "e2"), render)
    assert first is not None
    assert await handle(event(CallEventKind.LOST, "e2"), render) == first
    assert await handle(event(CallEventKind.LOST, "e3"), render) != first
