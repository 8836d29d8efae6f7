"""Somebody in danger texts 12110 where the office answers everything: their telephone stays dark."""

from __future__ import annotations

from hub.model.agent import Role
from hub.model.alarms.silence import is_silent
from hub.model.track import Track
from tests.journeys.test_sms import delivery_to, sent_to
from tests.world import World

CITIZEN, NEIGHBOUR = "+8613800138000", "+8613900139001"
KNOWN = "身份证丢了怎么补办"


async def test_nothing_answers_who_is_in_danger_until_a_handler_says_it_may(hub: World) -> None:
    for text in ("救命 他在打我 别打电话", KNOWN, "退订", "不是紧急情况", "你好", "查进度"):
        await hub.carrier.send_text(CITIZEN, "12110", text)
    await hub.carrier.send_text(NEIGHBOUR, "12110", KNOWN)
    await sent_to(hub, NEIGHBOUR)  # what the hub says by itself has had its time
    assert {message.recipient for message in hub.carrier.journal.messages} == {NEIGHBOUR}
    left = [row.body async for row in hub.hub.documents.scan("outbox")]
    assert len(left) == 1  # nothing was written that the gate would have to stop
    assert (await delivery_to(hub, NEIGHBOUR)).automatic  # the gate would stop it

    handler = await hub.agent(Role.HANDLER)
    rows = (await hub.hub.actions.read_queue.page(handler)).rows
    [row] = [one for one in rows if one.case.track is Track.EMERGENCY]
    assert is_silent(row.case, row.case.updated_at)
    await hub.hub.actions.replies.reply(
        handler, row.case.id, "方便看信息吗？1方便，2不方便", version=row.version
    )
    [only] = await sent_to(hub, CITIZEN)
    assert only == "【测试公安】方便看信息吗？1方便，2不方便"
    assert not (await delivery_to(hub, CITIZEN)).automatic

    view = await hub.hub.actions.read_cases.open(handler, row.case.id)
    act = hub.hub.alarms.handling.silence
    await act(handler, row.case.id, "已见到本人", silent=False, version=view.version)
    await hub.carrier.send_text(CITIZEN, "12110", KNOWN)
    assert "身份证" in (await sent_to(hub, CITIZEN, at_least=2))[-1]
