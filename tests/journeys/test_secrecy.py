"""A report about police does not exist for anybody but inspectors; and no log knows a citizen."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import pytest

from channels.loopback.script import Press, Speak
from hub.actions.cases.queue.read_queue import QueueView
from hub.model.agent import Role
from hub.model.cases.case import Case
from hub.model.track import Track
from hub.runtime.errors import Forbidden, Invalid, NotFound
from tests.journeys.test_mail import hand_over, letter
from tests.world import ACCOUNT, World, eventually

SECRET_TEXT = "金丝雀举报东城派出所民警收黑钱"
CANARIES = ("13811112222", "金丝雀", "canary@example.com", ACCOUNT.auth_token, "张金丝")


@pytest.fixture
def log(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> Iterator[pytest.LogCaptureFixture]:
    caplog.set_level(logging.DEBUG)
    yield caplog
    printed = capfd.readouterr()
    written = printed.out + printed.err
    for record in caplog.get_records("call"):
        written += record.getMessage() + repr({k: v for k, v in vars(record).items() if k != "args"})
    for canary in CANARIES:
        assert canary not in written


async def report(hub: World) -> str:
    await hub.carrier.send_text("+8613811112222", "12110", SECRET_TEXT)
    inspector = await hub.agent(Role.INSPECTOR)
    [row] = (await hub.hub.actions.read_queue.page(inspector)).rows
    return row.case.id


@pytest.mark.parametrize("role", [Role.HANDLER, Role.SUPERVISOR, Role.ADMIN, Role.PUBLICITY, Role.EDITOR])
async def test_no_other_role_finds_counts_opens_or_touches_a_report(hub: World, role: Role) -> None:
    case_id = await report(hub)
    agent = await hub.agent(role)
    actions = hub.hub.actions
    for view in QueueView:
        page = await actions.read_queue.page(agent, view=view)
        assert page.rows == ()
        assert set(page.counts.values()) == {0}
    with pytest.raises(NotFound):
        await actions.read_cases.open(agent, case_id)
    with pytest.raises(NotFound):
        await actions.read_cases.recordings(agent, case_id)
    with pytest.raises(NotFound):
        await actions.read_cases.reveal(agent, case_id, "想看看")
    with pytest.raises(NotFound):
        await actions.replies.reply(agent, case_id, "答复", version=1)
    with pytest.raises(NotFound):
        await actions.note_case(agent, case_id, "备注", version=1)
    with pytest.raises(NotFound):
        await actions.assign_case(agent, case_id, agent.id, version=1)
    with pytest.raises(NotFound):
        await actions.close_case(agent, case_id, "办结", version=1)


async def test_a_report_cannot_be_given_to_somebody_who_may_not_see_it(hub: World) -> None:
    case_id = await report(hub)
    inspector = await hub.hub.repositories.agents.by_login("inspector")
    assert inspector
    handler = await hub.agent(Role.HANDLER)
    view = await hub.hub.actions.read_cases.open(inspector.value, case_id)
    assert [agent.login for agent in view.handlers] == ["inspector"]
    with pytest.raises(Invalid):
        await hub.hub.actions.assign_case(inspector.value, case_id, handler.id, version=view.version)


async def test_an_inspector_may_not_reveal_the_reporters_number_alone(hub: World) -> None:
    case_id = await report(hub)
    inspector = await hub.hub.repositories.agents.by_login("inspector")
    assert inspector
    with pytest.raises(Forbidden):
        await hub.hub.actions.read_cases.reveal(inspector.value, case_id, "核实")


async def test_a_handlers_look_at_a_full_number_is_kept_with_its_reason(hub: World) -> None:
    await hub.carrier.send_text("+8613811112222", "12110", "楼下烧烤店每天深夜占道经营没有人管")
    handler = await hub.agent(Role.HANDLER)
    [row] = (await hub.hub.actions.read_queue.page(handler)).rows
    with pytest.raises(Invalid):
        await hub.hub.actions.read_cases.reveal(handler, row.case.id, "  ")
    number = await hub.hub.actions.read_cases.reveal(handler, row.case.id, "电话回访")
    assert number == "+8613811112222"
    view = await hub.hub.actions.read_cases.open(handler, row.case.id)
    [look] = [item for item in view.timeline if item.kind == "revealed"]
    assert (look.actor_name, look.text, look.public) == (handler.name, "电话回访", False)


async def test_whoever_works_on_a_case_does_not_learn_its_query_code(hub: World) -> None:
    await hub.carrier.send_text("+8613811112222", "12110", "楼下烧烤店每天深夜占道经营没有人管")

    async def texted() -> list[str]:
        return [m.text for m in hub.carrier.journal.messages]

    [receipt] = await eventually(texted)
    found = re.search(r"(\d{14})\D+(\d{8})", receipt)
    assert found
    handler = await hub.agent(Role.HANDLER)
    [row] = (await hub.hub.actions.read_queue.page(handler)).rows
    view = await hub.hub.actions.read_cases.open(handler, row.case.id)
    assert found[1] in repr(view)
    assert found[2] not in repr(view)
    assert [item.kind for item in view.timeline] == ["message", "registered", "message"]


async def test_a_note_never_leaves(hub: World) -> None:
    await hub.carrier.send_text("+8613811112222", "12110", "楼下烧烤店每天深夜占道经营没有人管")
    handler = await hub.agent(Role.HANDLER)
    actions = hub.hub.actions
    [row] = (await actions.read_queue.page(handler)).rows
    await actions.note_case(handler, row.case.id, "内部:金丝雀备注", version=row.version)
    [row] = (await actions.read_queue.page(handler)).rows
    await actions.replies.reply(handler, row.case.id, "已处理。", version=row.version)

    async def answered() -> bool:
        return any("已处理" in m.text for m in hub.carrier.journal.messages)

    assert await eventually(answered)
    assert not any("金丝雀" in m.text for m in hub.carrier.journal.messages)
    receipt = next(m.text for m in hub.carrier.journal.messages if "查询编号" in m.text)
    found = re.search(r"(\d{14})\D+(\d{8})", receipt)
    assert found
    progress = await actions.track_case(found[1], found[2], source="x")
    assert "金丝雀" not in repr(progress)


async def test_a_whole_day_of_work_leaves_no_citizen_in_a_log(
    log: pytest.LogCaptureFixture, hub: World
) -> None:
    await hub.carrier.send_text("+8613811112222", "12110", "楼下金丝雀饭店每天深夜占道经营没有人管")
    await hub.carrier.send_text("+8613811112222", "12110", "救命 金丝雀")
    await hub.carrier.place_call(
        "12389",
        [Press("1"), Press("1"), Press("#"), Press("#"), Speak(2), Press("1"), Press("1")],
        from_="+8613811112222",
    )
    mail = letter("金丝雀路灯坏了三个月一直没有人来修理。", subject="金丝雀")
    del mail["From"]
    mail["From"] = "张金丝 <canary@example.com>"

    await hand_over(hub, mail, sender="canary@example.com")
    form = {"From": "+8613811112222", "Body": "金丝雀", "MessageSid": "SM1", "To": "12110"}
    async with hub.http.post(f"{hub.url}/webhooks/twilio/sms-12110/sms", data=form) as answer:
        assert answer.status == 403
    await hub.mail.wait_for(1)
    handler = await hub.agent(Role.HANDLER)
    for row in (await hub.hub.actions.read_queue.page(handler)).rows:
        if row.case.applicant.address:
            await hub.hub.actions.replies.reply(handler, row.case.id, "金丝雀已收到", version=row.version)

    async def answered() -> bool:
        return sum("金丝雀已收到" in m.text for m in hub.carrier.journal.messages) >= 2

    assert await eventually(answered)
    assert log.records
    folder = hub.hub.settings.store.path.parent
    written = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in written)
    for path in written:
        content = path.read_bytes()
        for canary in CANARIES:
            assert canary.encode() not in content, path.name


async def queue_of(hub: World, role: Role) -> list[Case]:
    found = await hub.hub.repositories.agents.by_login(role.value)
    agent = found.value if found else await hub.agent(role)
    return [row.case for row in (await hub.hub.actions.read_queue.page(agent)).rows]


async def test_a_letter_is_triaged_by_its_subject_too(hub: World) -> None:
    await hand_over(
        hub, letter("详见附件，望核实。", subject="举报东城派出所民警收黑钱", id="<s1@example.com>")
    )
    await hand_over(hub, letter("地址在附件照片里。", subject="救命，有人持刀", id="<s2@example.com>"))
    assert [case.track for case in await queue_of(hub, Role.HANDLER)] == [Track.EMERGENCY]
    assert [case.track for case in await queue_of(hub, Role.INSPECTOR)] == [Track.REPORT]


async def test_an_accusation_behind_an_opt_out_is_behind_the_wall(hub: World) -> None:
    await hub.carrier.send_text("+8613811112222", "12110", f"退订 我要{SECRET_TEXT}")
    assert await queue_of(hub, Role.HANDLER) == []
    assert [case.track for case in await queue_of(hub, Role.INSPECTOR)] == [Track.REPORT]


async def test_danger_of_a_reporter_is_told_without_what_was_reported(hub: World) -> None:
    await hub.carrier.send_text("+8613811112222", "12110", f"我要{SECRET_TEXT}")
    await hub.carrier.send_text("+8613811112222", "12110", "救命，金丝雀带人来要杀人")
    await hub.carrier.send_text("+8613811112222", "12110", "救命，金丝雀又来了")
    await hub.carrier.send_text("+8613811112222", "12110", "他叫金丝雀，警号012345")
    [emergency] = await queue_of(hub, Role.HANDLER)
    assert emergency.track is Track.EMERGENCY
    handler = await hub.hub.repositories.agents.by_login("handler")
    assert handler
    assert "金丝雀" not in repr(await hub.hub.actions.read_cases.open(handler.value, emergency.id))
    [report_] = await queue_of(hub, Role.INSPECTOR)
    inspector = await hub.hub.repositories.agents.by_login("inspector")
    assert inspector
    view = await hub.hub.actions.read_cases.open(inspector.value, report_.id)
    assert len([item for item in view.timeline if item.direction == "in" and item.kind == "message"]) == 4


async def test_the_answer_to_a_report_is_read_with_number_and_code_only(hub: World) -> None:
    await hub.carrier.send_text("+8613811112222", "12110", f"我要{SECRET_TEXT}")
    [case] = await queue_of(hub, Role.INSPECTOR)
    inspector = await hub.hub.repositories.agents.by_login("inspector")
    found = await hub.hub.repositories.cases.get(case.id)
    assert inspector
    assert found
    await hub.hub.actions.replies.reply(inspector.value, case.id, "经查民警李四已立案", version=found.version)

    async def told() -> list[str]:
        texts = [m.text for m in hub.carrier.journal.messages]
        return texts if len(texts) == 2 else []

    receipt, notice = await eventually(told)
    assert "新的答复" in notice
    assert "李四" not in notice
    pair = re.search(r"(\d{14})\D+(\d{8})", receipt)
    assert pair
    progress = await hub.hub.actions.track_case(pair[1], pair[2], source="x")
    assert [reply.text for reply in progress.replies] == ["经查民警李四已立案"]
