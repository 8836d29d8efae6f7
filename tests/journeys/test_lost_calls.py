"""A call whose end nobody reports, or whose flow can be run no more: what was told is a case all the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from channels.address import phone
from channels.contract import CallEvent, CallEventKind, WebhookResponse
from hub.actions.calls.end_silent_calls import EndSilentCalls
from hub.check.check import check_flows
from hub.hub import Hub
from hub.model.agent import Role
from hub.model.call import Call
from hub.model.cases.case import Case
from hub.model.cases.history import HistoryKind, broken_link
from hub.model.cases.state import CaseState
from hub.repositories.calls import FlowRepository
from hub.runtime.clock import FakeClock
from hub.runtime.finding import Finding, Level
from hub.wiring.store import identity_vault
from tests.world import World, eventually, world

CALLER = "+8613900000001"
CALL = "CA" + "7" * 32
SILENT_SECONDS = 900
TO_THE_STORY = ("1", "2", "", "")
NAMED_TO_THE_STORY = ("1", "1", "", "")


class Caller:
    """Somebody on the 12389 line, whose carrier reports only what the test says."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._events = 0

    async def starts(self) -> None:
        await self.happens(CallEventKind.STARTED)

    async def presses(self, *keys: str) -> None:
        for digits in keys:
            await self.happens(CallEventKind.DIGITS, digits=digits)

    async def happens(
        self, kind: CallEventKind, *, digits: str = "", recording: str = "", ended: bool = False
    ) -> WebhookResponse | None:
        self._events += 1
        calls = self._hub.repositories.calls
        call = await calls.get(calls.id_for("voice-12389", CALL))
        state = call.value.state if call else None
        event = CallEvent(
            channel="voice-12389",
            call_id=CALL,
            kind=kind,
            event_id=f"{id(self._hub)}-event-{self._events}",
            line="12389",
            caller=phone(CALLER),
            received_at=self._hub.clock.now_ms(),
            revision=state.revision if state else -1,
            node=state.node if state else "",
            digits=digits,
            recording_id=recording,
            ended=ended,
        )
        render = self._hub.voice["voice-12389"].renders.render
        return await self._hub.actions.handle_call(event, render)


@asynccontextmanager
async def hub_at(folder: Path, clock: FakeClock) -> AsyncIterator[World]:
    """A hub in `folder`; the second one in the same folder is the first one after a restart."""
    async with world(folder, clock=clock) as running:
        yield running


def watchdog(hub: Hub) -> EndSilentCalls:
    """A second one, which the test runs when it wants to."""
    return EndSilentCalls(
        hub.repositories.calls,
        hub.actions.handle_call,
        hub.clock,
        silent_seconds=hub.settings.calls.silent_seconds,
        transferred_seconds=hub.settings.calls.transferred_seconds,
    )


async def cases(hub: World) -> list[Case]:
    inspector = await hub.hub.repositories.agents.by_login("inspector")
    agent = inspector.value if inspector else await hub.agent(Role.INSPECTOR)
    return [row.case for row in (await hub.hub.actions.read_queue.page(agent)).rows]


async def test_a_call_whose_end_was_never_reported_is_a_case_after_a_restart(tmp_path: Path) -> None:
    clock = FakeClock()
    async with hub_at(tmp_path, clock) as hub:
        caller = Caller(hub.hub)
        await caller.starts()
        await caller.presses(*TO_THE_STORY)
        assert await watchdog(hub.hub)() == 0
        assert await cases(hub) == []
    clock.advance(seconds=SILENT_SECONDS + 1)
    async with hub_at(tmp_path, clock) as hub:

        async def found() -> list[Case]:
            return await cases(hub)

        [case] = await eventually(found)
        assert hub.hub.tasks()["calls"].running
        assert case.partial
        assert case.applicant.anonymous
        assert case.state is CaseState.REGISTERED
        history = await hub.hub.repositories.cases.history(case.id)
        assert [entry.kind for entry in history] == [HistoryKind.DRAFTED, HistoryKind.PROMOTED]
        assert broken_link(history) is None


async def test_the_real_hang_up_may_come_afterwards_and_only_adds_its_recording(tmp_path: Path) -> None:
    clock = FakeClock()
    async with hub_at(tmp_path, clock) as hub:
        caller = Caller(hub.hub)
        await caller.starts()
        await caller.presses(*TO_THE_STORY)
        clock.advance(seconds=SILENT_SECONDS + 1)
        assert await watchdog(hub.hub)() == 1
        assert await watchdog(hub.hub)() == 0
        [before] = await cases(hub)
        assert (
            await caller.happens(CallEventKind.RECORDED, digits="hangup", recording="RE1", ended=True) is None
        )
        assert await caller.happens(CallEventKind.STATUS, ended=True) is None
        [after] = await cases(hub)
        assert after == before
        assert [one.slot for one in await hub.hub.repositories.recordings.of_case(after.id)] == ["story"]


async def test_somebody_who_goes_on_after_that_hears_a_goodbye_and_not_the_old_question(
    tmp_path: Path,
) -> None:
    clock = FakeClock()
    async with hub_at(tmp_path, clock) as hub:
        caller = Caller(hub.hub)
        await caller.starts()
        await caller.presses(*TO_THE_STORY)
        clock.advance(seconds=SILENT_SECONDS + 1)
        await watchdog(hub.hub)()
        answer = await caller.happens(CallEventKind.DIGITS, digits="1")
        assert answer
        assert "不会丢失" in answer.body
        assert "<Hangup" in answer.body


async def test_a_named_callers_number_is_on_the_case_although_nobody_reported_the_end(tmp_path: Path) -> None:
    clock = FakeClock()
    async with hub_at(tmp_path, clock) as hub:
        caller = Caller(hub.hub)
        await caller.starts()
        await caller.presses(*NAMED_TO_THE_STORY)
        clock.advance(seconds=SILENT_SECONDS + 1)
        await watchdog(hub.hub)()
        [case] = await cases(hub)
        found = await identity_vault(hub.hub.settings, hub.hub.documents).get(case.id)
        assert found is not None
        assert found.value.address == CALLER
        assert case.applicant.address_key


async def test_a_caller_talking_to_a_person_is_not_cut_off(tmp_path: Path) -> None:
    clock = FakeClock()
    async with hub_at(tmp_path, clock) as hub:
        caller = Caller(hub.hub)
        await caller.starts()
        await caller.presses("110", "1")
        calls = hub.hub.repositories.calls
        clock.advance(seconds=SILENT_SECONDS + 1)
        call = await calls.get(calls.id_for("voice-12389", CALL))
        assert call
        assert call.value.state
        assert call.value.state.phase == "transfer"
        assert await watchdog(hub.hub)() == 0
        clock.advance(seconds=hub.hub.settings.calls.transferred_seconds)
        assert await watchdog(hub.hub)() == 1


async def test_calls_that_cannot_be_ended_keep_no_other_from_becoming_a_case(tmp_path: Path) -> None:
    """A line that was taken out of the configuration leaves many behind."""
    clock = FakeClock()
    async with hub_at(tmp_path, clock) as hub:
        calls = hub.hub.repositories.calls
        gone = [
            Call(
                id=calls.id_for("voice-gone", f"{CALL}{number}"),
                channel="voice-gone",
                line="12345",
                caller_key="",
                started_at=clock.now_ms() - 1000,
                updated_at=clock.now_ms() - 1000,
            )
            for number in range(150)
        ]
        await hub.hub.documents.commit([calls.insert(call) for call in gone])
        caller = Caller(hub.hub)
        await caller.starts()
        await caller.presses(*TO_THE_STORY)
        clock.advance(seconds=SILENT_SECONDS + 1)
        assert await watchdog(hub.hub)() == 1
        assert len(await cases(hub)) == 1


async def test_a_call_heard_of_while_it_is_being_ended_goes_on(tmp_path: Path) -> None:
    clock = FakeClock()
    async with hub_at(tmp_path, clock) as hub:
        caller = Caller(hub.hub)
        await caller.starts()
        clock.advance(seconds=SILENT_SECONDS + 1)
        found = hub.hub.repositories.calls.silent_since(clock.now_ms() - 1, transferred=False)
        [silent] = [call async for call in found]
        await caller.presses("1")
        assert not await hub.hub.actions.handle_call.hang_up(silent, at=clock.now_ms())
        call = await hub.hub.repositories.calls.get(silent.value.id)
        assert call
        assert not call.value.ended


@pytest.mark.parametrize("ended_by", [CallEventKind.DIGITS, CallEventKind.RECORDED])
async def test_a_call_of_a_flow_that_loads_no_more_ends_politely_with_what_was_told(
    tmp_path: Path, ended_by: CallEventKind
) -> None:
    clock = FakeClock()
    async with hub_at(tmp_path, clock) as hub:
        caller = Caller(hub.hub)
        await caller.starts()
        await caller.presses(*TO_THE_STORY)
        await an_earlier_release_wrote_it(hub.hub)
    async with hub_at(tmp_path, clock) as hub:
        [finding] = await flow_findings(hub.hub)
        assert finding.level is Level.WARN
        caller = Caller(hub.hub)
        answer = await caller.happens(ended_by, digits="#", recording="RE1")
        assert answer
        assert "不会丢失" in answer.body
        assert "<Hangup" in answer.body
        [case] = await cases(hub)
        assert case.partial
        assert len(await hub.hub.repositories.recordings.of_case(case.id)) == 1
        assert await caller.happens(CallEventKind.HANGUP, ended=True) is None
        [finding] = await flow_findings(hub.hub)
        assert finding.level is Level.OK


async def flow_findings(hub: Hub) -> list[Finding]:
    return [found async for found in check_flows(hub.documents) if found.name.startswith("flow ")]


async def an_earlier_release_wrote_it(hub: Hub) -> None:
    """The running call's flow is one this release never had and would refuse."""
    calls = hub.repositories.calls
    call = await calls.get(calls.id_for("voice-12389", CALL))
    assert call
    state = call.value.state
    assert state
    await FlowRepository(hub.documents).keep("0" * 64, "[flow]\nid = 'old'\n")
    earlier = replace(call.value, state=replace(state, flow_sha="0" * 64))
    await hub.documents.commit([calls.update(earlier, call.version)])
