"""Opt-outs: who, when, by which way; noted and lifted by hand; and what the list of contacts shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaigns import broadcast as broadcasts
from campaigns.campaign import Campaign, CampaignKind
from campaigns.segment import EVERYBODY, Segment
from campaigns.selection import select
from channels.address import phone
from channels.contract import ChannelKind
from channels.outbox.delivery import DeliveryState, MessageClass
from channels.outbox.suppression import EDUCATION, INVALID, NOTICE, SAFETY, WARNING
from hub.actions.campaigns.recipients.opt_outs import How
from hub.actions.campaigns.recipients.put_in_everybody import put_in_everybody
from hub.model.agent import Agent, Role
from hub.model.people.contact import Contact
from hub.repositories.suppressions import ERASED
from hub.runtime.errors import Invalid, NotFound
from hub.store.documents import Insert, Write
from tests.unit.hub.actions.campaigns.recipients.desk import DAY, NOON, OFFICER, RecipientDesk, csv_of

ONE = "13800000001"


@pytest.fixture
async def desk(tmp_path: Path) -> RecipientDesk:
    desk = RecipientDesk(tmp_path)
    await desk.stores.agents.insert(Agent(OFFICER, "wu", "", (Role.PUBLICITY,), NOON, name="吴晓"))
    await desk.take(csv_of("手机号,姓名,地区", f"{ONE},林一,福州", "13800000002,林二,厦门"))
    return desk


def key(desk: RecipientDesk, number: str = ONE) -> str:
    return desk.stores.contacts.key(phone(number))


async def wish(desk: RecipientDesk, number: str, *, out: bool = True, word: str = "退订") -> None:
    writes = await desk.stores.suppressions.wish(
        key(desk, number), "", out=out, by="sms-12110", at=desk.clock.at, masked="138****0001", word=word
    )
    await desk.documents.commit(writes)


async def test_the_list_says_who_when_and_how(desk: RecipientDesk) -> None:
    await wish(desk, ONE)
    desk.clock.at += 1
    await desk.opt_outs.add(OFFICER, "138 0000 0002", (EDUCATION,), "phone", "来电要求")
    desk.clock.at += 1
    dead = (key(desk, "13900000003"), INVALID)
    await desk.stores.suppressions.suppress(dead, reason="provider", by="provider", at=desk.clock.at)
    lines, following = await desk.opt_outs.page()
    told = [
        (line.masked, line.how, line.by, line.rule.subject, line.rule.word or line.rule.via) for line in lines
    ]
    assert following is None
    assert told[:2] == [
        ("", How.PROVIDER, "", INVALID, ""),
        ("138****0002", How.AGENT, "吴晓", EDUCATION, "phone"),
    ]
    assert {one[1:] for one in told[2:]} == {
        (How.CHANNEL, "sms-12110", EDUCATION, "退订"),
        (How.CHANNEL, "sms-12110", WARNING, "退订"),
    }
    assert await desk.opt_outs.counts() == {
        **{EDUCATION: 2, NOTICE: 0, WARNING: 1, SAFETY: 0},
        **{INVALID: 1, ERASED: 0},
    }
    assert [line.rule.subject for line in (await desk.opt_outs.page(subject=INVALID))[0]] == [INVALID]


async def test_rules_of_earlier_releases_show_the_number_of_the_list(desk: RecipientDesk) -> None:
    rule = (key(desk), EDUCATION)
    await desk.stores.suppressions.suppress(rule, reason="asked", by="sms-12110", at=NOON)
    assert [line.masked for line in (await desk.opt_outs.page())[0]] == ["138****0001"]


@pytest.mark.parametrize(
    ("number", "subjects", "via", "note", "fields"),
    [
        ("0591-87654321", (EDUCATION,), "phone", "来电", {"number"}),
        ("", (), "", "", {"number", "subjects", "via", "note"}),
        (ONE, (INVALID,), "phone", "来电", {"subjects"}),
        (ONE, (NOTICE,), "fax", "x" * 201, {"via", "note"}),
    ],
)
async def test_what_is_missing_is_said_by_field(
    desk: RecipientDesk, number: str, subjects: tuple[str, ...], via: str, note: str, fields: set[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        await desk.opt_outs.add(OFFICER, number, subjects, via, note)
    assert set(refused.value.problems) == fields
    assert (await desk.opt_outs.page())[0] == []


async def test_noted_twice_it_stays_as_it_was_noted_first(desk: RecipientDesk) -> None:
    assert await desk.opt_outs.add(OFFICER, ONE, (EDUCATION, NOTICE), "phone", "第一次") == 2
    desk.clock.at += DAY
    assert await desk.opt_outs.add(OFFICER, ONE, (EDUCATION,), "visit", "第二次") == 0
    assert {line.rule.note for line in (await desk.opt_outs.page())[0]} == {"第一次"}


async def test_only_the_citizens_wish_lifts_a_rule_and_it_leaves_a_record(desk: RecipientDesk) -> None:
    await wish(desk, ONE)
    rule = f"{key(desk)}:{EDUCATION}"
    with pytest.raises(Invalid) as refused:
        await desk.opt_outs.lift(OFFICER, rule, "phone", "想恢复", asked=False)
    assert set(refused.value.problems) == {"asked"}
    desk.clock.at += DAY
    await desk.opt_outs.lift(OFFICER, rule, "phone", "来电要求恢复", asked=True)
    found = await desk.opt_outs.find(ONE)
    assert [line.rule.subject for line in found.rules] == [WARNING]
    lift = found.lifts[0]
    assert (lift.since, lift.by, lift.at, lift.lifted_by) == (NOON, "sms-12110", NOON + DAY, OFFICER)
    assert found.names == {OFFICER: "吴晓"}
    with pytest.raises(NotFound):
        await desk.opt_outs.lift(OFFICER, rule, "phone", "再来", asked=True)


async def test_a_citizen_who_subscribes_again_leaves_a_record_too(desk: RecipientDesk) -> None:
    await wish(desk, ONE)
    await wish(desk, ONE, out=False, word="订阅")
    found = await desk.opt_outs.find(ONE)
    assert found.rules == ()
    assert {(lift.subject, lift.lifted_by, lift.note) for lift in found.lifts} == {
        (EDUCATION, "sms-12110", "订阅"), (WARNING, "sms-12110", "订阅")
    }  # fmt: skip


async def test_the_curve_counts_days_as_people_in_china_do(desk: RecipientDesk) -> None:
    desk.clock.at = NOON - 12 * 3_600_000  # the first millisecond of the day
    await wish(desk, ONE)
    desk.clock.at -= 1
    await wish(desk, "13800000002")
    desk.clock.at = NOON
    curve = dict(await desk.opt_outs.curve(EDUCATION))
    assert (len(curve), curve["2026-09-22"], curve["2026-09-21"], sum(curve.values())) == (30, 1, 1, 2)


async def test_a_contact_is_found_by_its_whole_number_or_name_only(desk: RecipientDesk) -> None:
    await wish(desk, ONE)
    for text in ("１３８ 0000 0001", "0086-13800000001", "林一"):
        found = await desk.contacts.find(text)
        assert [(line.masked, line.out) for line in found] == [("138****0001", (EDUCATION, WARNING))], text
    assert await desk.contacts.find("林") == []
    assert await desk.contacts.find("13800000099") == []
    for text in ("", "1380000", "0591-87654321", "110", "12110"):
        with pytest.raises(Invalid, match="find"):
            await desk.contacts.find(text)


async def test_the_list_is_filtered_and_counted_and_goes_on(desk: RecipientDesk) -> None:
    await desk.take(csv_of("手机号,邮箱,地区", ",lin@example.com,福州"), group="邮箱")
    everybody = await desk.contacts.page(Segment())
    assert (everybody.total, everybody.next) == (3, None)
    in_fuzhou = await desk.contacts.page(Segment((EVERYBODY,), ("350100",)))
    assert sorted(line.masked for line in in_fuzhou.lines) == ["138****0001", "l***@example.com"]
    by_mail = await desk.contacts.page(Segment((EVERYBODY,), ("350100",)), reach="mail")
    assert (by_mail.total, [line.masked for line in by_mail.lines]) == (1, ["l***@example.com"])


async def test_who_is_known_from_a_case_only_is_in_no_list(desk: RecipientDesk) -> None:
    stores = desk.stores
    address = phone("13900000009")
    await desk.documents.commit([stores.contacts.insert_address("c-case", address, at=NOON)])
    assert await desk.contacts.find("13900000009") == []
    with pytest.raises(NotFound):
        await desk.contacts.view("c-case")


async def test_a_contact_shows_what_campaigns_sent_it(desk: RecipientDesk) -> None:
    campaign = Campaign(
        id="c1", name="提醒", kind=CampaignKind.NOTICE, message_class=MessageClass.N, channel="sms-12110",
        template="您好", segment=Segment(("社区",)), author_id=OFFICER, created_at=NOON,
    )  # fmt: skip
    run = broadcasts.start(campaign, fire_at=NOON, now=NOON, kind=ChannelKind.SMS, signature="")
    stores = desk.stores
    await desk.documents.commit([stores.campaigns.insert(campaign), stores.campaigns.insert_broadcast(run)])
    page = await stores.memberships.page(run.segment, after="", limit=10, snapshot_at=NOON)
    await stores.outbox.plan((await select(run, page[:1], stores.suppressions, now=NOON)).deliveries)
    contact = page[0].id.partition(":")[2]
    assert [(one.name, one.state) for one in (await desk.contacts.view(contact)).sent] == [
        ("提醒", DeliveryState.READY)
    ]
    assert (await desk.contacts.view(page[1].id.partition(":")[2])).sent == ()


async def test_members_and_campaigns_of_earlier_releases_are_read_and_listed(tmp_path: Path) -> None:
    old = RecipientDesk(tmp_path)
    added = {"reach", "consent", "tags", "sources", "name_key", "batch"}
    writes: list[Write] = []
    for number in (ONE, "13800000002"):
        contact = Contact(f"c{number}", NOON, region="350100", name="林一")
        write = old.stores.memberships.join(contact, phone(number), "社区", at=NOON)
        body = {name: value for name, value in write.body.items() if name not in added}
        writes.append(Insert("memberships", write.id, body))
    campaign = Campaign(
        id="c1", name="提醒", kind=CampaignKind.NOTICE, message_class=MessageClass.N, channel="sms-12110",
        template="您好", segment=Segment(("社区",), ("350100",)), author_id=OFFICER, created_at=NOON,
    )  # fmt: skip
    made = old.stores.campaigns.insert(campaign)
    filter = {name: made.body["segment"][name] for name in ("groups", "regions", "language")}
    made.body.pop("segment_id")
    await old.documents.commit([*writes, Insert("campaigns", "c1", {**made.body, "segment": filter})])
    found = await old.stores.campaigns.get("c1")
    assert found is not None
    assert found.value == campaign
    assert (await old.count.funnel(campaign.segment)).left == 2
    assert (await old.count.funnel(Segment(("社区",), tags=("商户",)))).left == 0
    for _ in range(2):
        await put_in_everybody(old.documents, old.vault)
        assert (await old.contacts.page(Segment((EVERYBODY,), ("350100",)))).total == 2
    assert len(await old.contacts.find("林一")) == 2
    taken = await old.take(csv_of("手机号", ONE))
    assert (taken.done.new, taken.done.merged) == (0, 1)
