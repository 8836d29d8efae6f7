"""What may accuse police waits for an inspector (待甄别), and what a person says about a flag counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from channels.outbox.delivery import DeliveryState
from hub.actions.cases.queue.read_queue import QueueView
from hub.model.agent import Agent, Role
from hub.model.cases.moves import IllegalMove
from hub.model.cases.queue.order import rank_of
from hub.model.cases.triage_decision import DecisionKind
from hub.model.question import Question
from hub.model.track import Compartment, Track
from hub.runtime.errors import Invalid, NotFound
from tests.world import World, eventually

NUMBER = "+8613811112222"
TEXT = "楼下烧烤店每天深夜占道经营没有人管"
REASON = "只是提到民警"


async def an_ordinary_case(hub: World) -> tuple[Agent, str]:
    """A text that became a case, with a handler who noted something in it."""
    await hub.carrier.send_text(NUMBER, "12110", TEXT)
    handler = await hub.agent(Role.HANDLER)
    [row] = (await hub.hub.actions.read_queue.page(handler)).rows
    await hub.hub.actions.note_case(handler, row.case.id, "已看", version=row.version)
    return handler, row.case.id


async def version(hub: World, case_id: str) -> int:
    found = await hub.hub.repositories.cases.get(case_id)
    assert found is not None
    return found.version


async def a_screened_case(hub: World) -> tuple[Agent, Agent, str]:
    """The same after 疑似检举: its handler, an inspector and the case."""
    handler, case_id = await an_ordinary_case(hub)
    await hub.hub.actions.suspect_case(handler, case_id, version=await version(hub, case_id))
    return handler, await hub.agent(Role.INSPECTOR), case_id


async def test_a_case_that_a_handler_suspects_exists_for_inspectors_only(hub: World) -> None:
    handler, inspector, case_id = await a_screened_case(hub)
    reads = hub.hub.actions.read_cases
    queue = hub.hub.actions.read_queue
    for view in QueueView:
        page = await queue.page(handler, view=view)
        assert page.rows == ()
        assert set(page.counts.values()) == {0}
    with pytest.raises(NotFound):
        await reads.open(handler, case_id)
    with pytest.raises(NotFound):
        await hub.hub.actions.suspect_case(handler, case_id, version=2)
    [row] = (await queue.page(inspector, view=QueueView.SCREENING)).rows
    assert (row.case.id, row.case.compartment, row.case.track) == (
        case_id,
        Compartment.SCREENING,
        Track.CONSULT,
    )
    shown = await reads.open(inspector, case_id)
    [moved] = [item for item in shown.timeline if item.kind == "suspected"]
    assert (moved.actor_name, moved.facts["seen_by"]) == (handler.name, handler.name)
    assert row.due_at == shown.due_at > row.case.screening_at
    assert {"release", "confirm"} <= shown.allowed
    assert "suspect" not in shown.allowed


async def test_what_was_kept_of_its_conversation_for_editors_is_forgotten(hub: World) -> None:
    handler, case_id = await an_ordinary_case(hub)
    stores = hub.hub.repositories
    case = (await hub.hub.actions.read_cases.open(handler, case_id)).case
    kept = Question("q1", 1, case.origin.conversation_id, "sms-12110", keep_until=2**50, text="占道经营谁管")
    await hub.hub.documents.commit([stores.knowledge.questions.insert(kept)])
    await hub.hub.actions.suspect_case(handler, case_id, version=await version(hub, case_id))
    assert await stores.knowledge.questions.newest(limit=5) == []
    assert await stores.knowledge.questions.changes() == 1  # editors see their list anew


async def test_nobody_but_inspectors_decides_about_its_deliveries(hub: World) -> None:
    _, inspector, case_id = await a_screened_case(hub)
    stores = hub.hub.repositories
    messages = await stores.conversations.of_case(case_id)
    sent = await stores.outbox.get(next(message.delivery_id for message in messages if message.delivery_id))
    assert sent is not None
    delivery = replace(sent.value, id="unsure", dedup="unsure", state=DeliveryState.AMBIGUOUS)
    await hub.hub.documents.commit([stores.outbox.insert(delivery)])
    decide = hub.hub.actions.delivery_desk.decide
    assert [row.value.id for row in (await decide.unsure(inspector)).rows] == ["unsure"]
    assert (await decide.unsure(await hub.agent(Role.ADMIN))).rows == ()


async def test_the_citizen_is_not_told_that_a_case_is_screened(hub: World) -> None:
    _, inspector, case_id = await a_screened_case(hub)
    await hub.carrier.send_text(NUMBER, "12110", "昨天晚上又摆出来了，一直到两点")
    await hub.hub.actions.replies.reply(inspector, case_id, "我们在核实", version=await version(hub, case_id))

    async def texted() -> list[str]:
        texts = [message.text for message in hub.carrier.journal.messages]
        return texts if any("查询编号" in text and "新的答复" in text for text in texts) else []

    texts = await eventually(texted)
    assert not any("我们在核实" in text for text in texts)
    assert not any(word in text for text in texts for word in ("甄别", "举报", "检举", "督察"))


async def test_a_released_case_is_in_the_queue_by_its_arrival_and_tells_ordinary_staff_nothing(
    hub: World,
) -> None:
    handler, inspector, case_id = await a_screened_case(hub)
    actions = hub.hub.actions
    await actions.note_case(inspector, case_id, "督察备注", version=await version(hub, case_id))
    with pytest.raises(Invalid):
        await actions.release_case(inspector, case_id, " ", version=await version(hub, case_id))
    await actions.release_case(inspector, case_id, REASON, version=await version(hub, case_id))

    [row] = (await actions.read_queue.page(handler)).rows
    case = row.case
    assert case.rank == rank_of(case)
    view = await actions.read_cases.open(handler, case_id)
    kinds = [(item.kind, item.actor_name) for item in view.timeline if item.kind != "message"]
    assert kinds == [("registered", "群众"), ("noted", handler.name), ("assigned", "系统")]
    told = repr(view.timeline)
    assert not any(secret in told for secret in (REASON, "督察备注", inspector.name, "suspected", "seen_by"))
    with pytest.raises(NotFound):
        await actions.read_cases.open(inspector, case_id)  # an ordinary case again
    [row_of_reason] = await actions.read_queue.released(inspector)
    kept = row_of_reason.decision
    assert (kept.case_id, kept.by, kept.reason, kept.text) == (case_id, inspector.id, REASON, TEXT)
    assert await actions.read_queue.released(handler) == ()


async def test_who_answered_behind_the_compartment_is_not_named_before_it(hub: World) -> None:
    handler, inspector, case_id = await a_screened_case(hub)
    actions = hub.hub.actions
    await actions.replies.reply(inspector, case_id, "我们在核实", version=await version(hub, case_id))
    await actions.release_case(inspector, case_id, REASON, version=await version(hub, case_id))
    view = await actions.read_cases.open(handler, case_id)
    [answer] = [item for item in view.timeline if item.text == "我们在核实"]
    assert answer.actor_name == "工作人员"
    assert inspector.name not in repr(view.timeline)


async def test_a_confirmed_case_is_a_report(hub: World) -> None:
    handler, inspector, case_id = await a_screened_case(hub)
    actions = hub.hub.actions
    with pytest.raises(NotFound):
        await actions.confirm_report(handler, case_id, version=await version(hub, case_id))
    await actions.confirm_report(inspector, case_id, version=await version(hub, case_id))
    view = await actions.read_cases.open(inspector, case_id)
    assert (view.case.track, view.case.compartment) == (Track.REPORT, Compartment.REPORT)
    assert (await actions.read_queue.page(inspector, view=QueueView.SCREENING)).rows == ()
    with pytest.raises(IllegalMove):
        await actions.release_case(inspector, case_id, REASON, version=view.version)


async def test_a_sure_accusation_in_what_is_said_next_confirms_it(hub: World) -> None:
    _, inspector, case_id = await a_screened_case(hub)
    await hub.carrier.send_text(NUMBER, "12110", "我要举报东城派出所民警收黑钱")
    [row] = (await hub.hub.actions.read_queue.page(inspector)).rows
    assert (row.case.id, row.case.compartment) == (case_id, Compartment.REPORT)


async def test_danger_said_beside_a_screened_case_does_not_make_it_a_report(hub: World) -> None:
    handler, inspector, case_id = await a_screened_case(hub)
    await hub.carrier.send_text(NUMBER, "12110", "救命，有人拿刀砍门")
    queue = hub.hub.actions.read_queue
    [kept] = (await queue.page(inspector)).rows
    assert (kept.case.id, kept.case.compartment) == (case_id, Compartment.SCREENING)
    [alarm] = (await queue.page(handler)).rows
    assert alarm.case.track is Track.EMERGENCY
    assert alarm.case.linked_case_id == ""


async def test_a_false_alarm_is_an_ordinary_case_and_is_remembered(hub: World) -> None:
    await hub.carrier.send_text(NUMBER, "12110", "有人拿刀在楼道里追人，我躲在家里")
    handler = await hub.agent(Role.HANDLER)
    actions = hub.hub.actions
    [row] = (await actions.read_queue.page(handler, view=QueueView.EMERGENCY)).rows
    assert "dismiss" in (await actions.read_cases.open(handler, row.case.id)).allowed
    await actions.dismiss_alarm(handler, row.case.id, version=row.version)

    view = await actions.read_cases.open(handler, row.case.id)
    case = view.case
    assert (case.track, case.flags, case.urgent) == (Track.CONSULT, (), False)
    assert case.rank == rank_of(case)
    assert [item.actor_name for item in view.timeline if item.kind == "false_alarm"] == [handler.name]
    assert "dismiss" not in view.allowed
    with pytest.raises(IllegalMove):
        await actions.dismiss_alarm(handler, case.id, version=view.version)
    [kept] = await hub.hub.repositories.triage_decisions.newest(DecisionKind.FALSE_ALARM, limit=5)
    assert kept.text == "有人拿刀在楼道里追人，我躲在家里"


async def test_an_agent_who_is_no_handler_dismisses_nothing(hub: World) -> None:
    await hub.carrier.send_text(NUMBER, "12110", "救命，有人拿刀砍门")
    handler, editor = await hub.agent(Role.HANDLER), await hub.agent(Role.EDITOR)
    [row] = (await hub.hub.actions.read_queue.page(handler)).rows
    with pytest.raises(NotFound):
        await hub.hub.actions.dismiss_alarm(editor, row.case.id, version=row.version)
