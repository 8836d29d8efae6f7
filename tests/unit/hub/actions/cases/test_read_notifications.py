"""What an agent is told: of cases that exist for them, of the kinds they want, neutrally outside the page."""

from __future__ import annotations

import pytest

from campaigns.campaign import Campaign, CampaignKind
from campaigns.segment import Segment
from channels.outbox.delivery import MessageClass
from hub.actions.cases.queue.read_notifications import ReadNotifications, Waiting
from hub.model.agent import Role
from hub.model.notification import NotificationKind as Kind
from hub.model.track import Track
from hub.repositories.staff.notification_choices import NotificationChoices
from tests.unit.hub.actions.people.office import NOW, PeopleOffice

PHONE = "+8613800000001"


@pytest.mark.parametrize(
    ("minute", "quiet"), [(1319, False), (1320, True), (0, True), (419, True), (420, False), (720, False)]
)
def test_quiet_hours_go_over_midnight(minute: int, quiet: bool) -> None:
    assert NotificationChoices("a", quiet_from=1320, quiet_until=420).is_quiet(minute) is quiet
    assert NotificationChoices("a", quiet_from=420, quiet_until=420).is_quiet(minute) is False


async def test_nothing_is_told_of_a_case_that_went_behind_the_wall() -> None:
    office = PeopleOffice()
    read = ReadNotifications(office.documents, office.stores, office.clock)
    handler, inspector = office.agent(Role.HANDLER), office.agent(Role.INSPECTOR)
    case, report = await office.case(PHONE), await office.case(PHONE, "民警收钱", Track.REPORT)
    tell = office.stores.notifications.tell
    await office.documents.commit(
        [
            tell(handler.id, Kind.ASSIGNED, case.id, at=NOW),
            tell(handler.id, Kind.DUE, case.id, at=NOW + 1),
            tell(handler.id, Kind.DUE, case.id, at=NOW + 1, cause="as a follower"),
            tell(handler.id, Kind.DUE, report.id, at=NOW + 2),
            tell(inspector.id, Kind.DUE, report.id, at=NOW + 2),
        ]
    )
    told = [one.notification.kind for one in await read.newest(handler)]
    assert told == [Kind.DUE, Kind.ASSIGNED]
    waiting = await read.waiting(handler)
    assert (waiting.count, waiting.neutral) == (2, False)
    assert (await read.waiting(inspector)).neutral
    await read.choose(NotificationChoices(handler.id, off=(Kind.DUE,), quiet_from=0, quiet_until=1439))
    await read.choose(NotificationChoices(handler.id, off=(Kind.DUE,), quiet_from=0, quiet_until=1440))
    waiting = await read.waiting(handler)
    assert (waiting.count, waiting.quiet) == (1, True)
    await read.mark(handler, case.id)
    assert await read.waiting(handler) == Waiting(quiet=True)
    await office.hide(case)
    assert await read.newest(handler) == ()


async def test_of_a_campaign_those_are_told_who_may_see_campaigns_and_nobody_of_one_that_is_gone() -> None:
    office = PeopleOffice()
    read = ReadNotifications(office.documents, office.stores, office.clock)
    officer, handler = office.agent(Role.PUBLICITY), office.agent(Role.HANDLER)
    campaign = Campaign(
        "c1",
        "冬季防诈",
        CampaignKind.EDUCATION,
        MessageClass.L,
        "sms-12110",
        "内容",
        Segment(("社区",)),
        officer.id,
        NOW,
    )
    tell = office.stores.notifications.tell_of_campaign
    await office.documents.commit(
        [
            office.stores.campaigns.insert(campaign),
            tell(officer.id, Kind.CAMPAIGN_EXPIRED, "c1", at=NOW, cause="c1:1"),
            tell(officer.id, Kind.CAMPAIGN_EXPIRED, "gone", at=NOW, cause="gone:1"),
            tell(handler.id, Kind.CAMPAIGN_EXPIRED, "c1", at=NOW, cause="c1:1"),
        ]
    )
    [told] = await read.newest(officer)
    assert (told.about, told.case) == ("冬季防诈", None)
    waiting = await read.waiting(officer)
    assert (waiting.count, waiting.neutral) == (1, True)
    assert await read.newest(handler) == ()
