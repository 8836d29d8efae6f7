"""What a handler marked 误报 weighs when the same is written again, with the real engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.contract import ChannelKind
from hub.actions.dialogue.danger_decisions import DangerDecisions
from hub.hub import Hub
from hub.model.agent import Agent, Role
from hub.model.cases.case import DANGER, POSSIBLE_DANGER
from hub.model.cases.triage_decision import DecisionKind, TriageDecision
from hub.runtime.ids import new_id
from knowledge_base.meaning.safety import Level
from tests.journeys.talking import Talker
from tests.journeys.test_meaning import NO_TIME, cases, look_again, opened

MEANT = "我爷爷摔在厕所里头"
"""Danger by what it means: no word of the list, no pattern."""
SAID = "有人拿刀在楼道里追人"


async def mark(hub: Hub, text: str) -> None:
    """As a handler did before with a case of this text."""
    now = hub.clock.now_ms()
    decision = TriageDecision(new_id(now), "c", DecisionKind.FALSE_ALARM, now, "a", text)
    await hub.documents.commit([hub.repositories.triage_decisions.insert(decision)])


async def flags(hub: Hub, text: str, name: str = "1") -> tuple[str, ...]:
    """Of the case that the text leads to, none for no case."""
    before = {case.id for case in await cases(hub)}
    await Talker(hub, ChannelKind.CHAT, name).say(text)
    return next((case.flags for case in await cases(hub) if case.id not in before), ())


@pytest.mark.parametrize("text", [MEANT, SAID])
async def test_the_same_text_is_a_flag_and_no_emergency_any_more(tmp_path: Path, text: str) -> None:
    async with opened(tmp_path) as hub:
        assert await flags(hub, text, "1") == (DANGER,)
        await mark(hub, text)
        assert await flags(hub, text, "2") == (POSSIBLE_DANGER,)


async def test_what_means_the_same_is_lowered_and_what_tells_more_is_not(tmp_path: Path) -> None:
    async with opened(tmp_path) as hub:
        await mark(hub, MEANT)
        assert await flags(hub, "我爷爷摔在厕所里头了", "1") == (POSSIBLE_DANGER,)
        assert await flags(hub, "我爷爷摔在厕所里头没有呼吸", "2") == (DANGER,)
        assert await flags(hub, SAID, "3") == (DANGER,)


async def test_a_cry_for_help_and_a_threat_stay_what_they_are(tmp_path: Path) -> None:
    async with opened(tmp_path, encoder="none") as hub:
        for text in ("救命", "我要炸了派出所"):
            await mark(hub, text)
        assert await flags(hub, "救命", "1") == (POSSIBLE_DANGER,)
        assert DANGER in await flags(hub, "我要炸了派出所", "2")


async def test_only_what_the_meaning_alone_supposed_can_become_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as hub:
        decisions = hub.repositories.triage_decisions
        lowered = DangerDecisions(decisions, hub.triage, hub.encoding).weighed
        await mark(hub, "他一直站在楼下看我")
        await mark(hub, "我想跳楼")
        assert await lowered(Level.POSSIBLE, "他一直站在楼下看我", {}) is Level.NONE
        assert await lowered(Level.SURE, "他一直站在楼下看我", {}) is Level.POSSIBLE
        assert await lowered(Level.POSSIBLE, "我想跳楼", {}) is Level.POSSIBLE
        assert await lowered(Level.POSSIBLE, "他一直站在楼上看我", {}) is Level.POSSIBLE


async def test_a_late_look_weighs_them_as_well(tmp_path: Path) -> None:
    async with opened(tmp_path, watch=NO_TIME) as hub:
        await mark(hub, MEANT)
        assert await flags(hub, MEANT) == ()  # by its words alone it was possible
        await look_again(hub)  # by its meaning it is sure
        assert [case.flags for case in await cases(hub)] == [(POSSIBLE_DANGER,)]


async def test_a_handler_s_own_decision_weighs(tmp_path: Path) -> None:
    async with opened(tmp_path) as hub:
        await Talker(hub, ChannelKind.CHAT, "1").say(SAID)
        [case] = await cases(hub)
        stored = await hub.repositories.cases.get(case.id)
        assert stored
        now = hub.clock.now_ms()
        handler = Agent(new_id(now), "li", "", (Role.HANDLER,), now)
        await hub.repositories.agents.insert(handler)
        await hub.actions.dismiss_alarm(handler, case.id, version=stored.version)
        assert await flags(hub, SAID, "2") == (POSSIBLE_DANGER,)
