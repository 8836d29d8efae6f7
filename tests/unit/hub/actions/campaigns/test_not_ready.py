"""What cannot be sent is told by field before anybody approves it, and nothing of it leaves."""

from __future__ import annotations

import pytest

from campaigns.campaign import CampaignState
from campaigns.schedule import Once
from campaigns.segment import Segment
from channels.address import Address, email, phone
from channels.outbox.delivery import MessageClass
from channels.outbox.limits import Quota
from hub.actions.campaigns.quotas import Quotas
from hub.model.campaigns.departments import Department, Departments
from hub.model.people.contact import Contact
from hub.runtime.errors import Invalid
from tests.unit.hub.actions.campaigns.composing.writing_room import (
    NOON,
    WritingRoom,
    draft,
    writer,
    writing_room,
)

MOBILE = [phone(f"1370000{place:04}") for place in range(88)]
LANDLINE = [phone(f"059187654{place:03}") for place in range(12)]
MAIL = [email(f"r{place}@example.com") for place in range(3)]


async def refused(room: WritingRoom, people: list[Address], spec: Once | None = None) -> dict[str, str]:
    """What stands against a campaign to these people when it is submitted."""
    for place, address in enumerate(people):
        contact = Contact(f"p{place:04}", NOON)
        await room.documents.commit([room.stores.memberships.join(contact, address, "名单", at=NOON)])
    made = await room.write.create(writer(), draft(segment=Segment(("名单",))))
    with pytest.raises(Invalid) as told:
        await room.planning.submit(made.id, "a1", spec)
    assert (await room.desk.get(made.id)).value.state is CampaignState.DRAFT
    assert [one async for one in room.documents.scan("outbox")] == []
    return dict(told.value.problems)


async def test_a_list_with_too_many_wrong_numbers_is_refused_with_their_share() -> None:
    problems = await refused(writing_room(), [*MOBILE, *LANDLINE])
    assert problems == {"groups": "名单中有 12 个号码无效（12%，上限 10%），请先整理名单"}


async def test_a_list_nobody_of_which_can_be_reached_is_told_once() -> None:
    assert await refused(writing_room(), MAIL) == {"groups": "没有可以发送的接收人"}


async def test_a_time_that_has_passed_is_refused() -> None:
    problems = await refused(writing_room(), MOBILE[:2], Once(NOON - 60_000))
    assert problems == {"schedule": "发送时间已经过去，请选择将来的时间"}


async def test_beyond_the_quota_of_the_month_the_rest_and_the_need_are_told_and_a_red_warning_has_none() -> (
    None
):
    traffic = Department("traffic", "交警支队", quota=Quota(monthly_parts=10))
    quotas = Quotas(Departments({"traffic": traffic}), writing_room().stores.outbox)
    told = await quotas.problem("traffic", MessageClass.L, 40, NOON)
    assert told == "超出部门本月短信配额（剩余 10 条，本次需要 40 条）。请缩小接收人范围，或等到下个月"
    assert await quotas.problem("traffic", MessageClass.L, 10, NOON) == ""
    assert await quotas.problem("traffic", MessageClass.E0, 40, NOON) == ""
    assert await quotas.problem("", MessageClass.L, 40, NOON) == ""
