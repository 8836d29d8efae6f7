"""Drafts and previews of campaigns, and rows that cannot be read, on the embedded store."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaigns.campaign import CampaignState
from campaigns.schedule import Once
from campaigns.segment import Segment
from campaigns.selection import DUPLICATE, OPT_OUT, WRONG_ADDRESS
from channels.outbox.delivery import MessageClass
from channels.outbox.suppression import EDUCATION
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.store.documents import Update
from tests.unit.hub.actions.campaigns.campaign_office import HOUR, NOON, Office, draft, open_office


async def test_a_bad_draft_is_refused_with_every_problem_at_once(office: Office) -> None:
    bad = draft(
        name=" ",
        channel="fax",
        message_class=MessageClass.E0,
        template="{name}",
        segment=Segment(("没有的",), language="fr"),
        public=True,
    )
    with pytest.raises(Invalid) as refused:
        await office.desk.create(bad, "a1")
    assert set(refused.value.problems) == {
        "name",
        "channel",
        "message_class",
        "template",
        "groups",
        "language",
        "title",
    }
    assert (await office.campaigns.page()).campaigns == ()


async def test_a_good_draft_is_stored_as_it_was_typed(office: Office) -> None:
    made = await office.desk.create(draft(title="标题"), "a1")
    read = await office.desk.get(made.id)
    assert read.value == made
    assert (made.state, made.author_id, made.subject) == (CampaignState.DRAFT, "a1", EDUCATION)


async def test_an_edit_of_an_older_version_is_stale_and_changes_nothing(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    read = await office.desk.get(made.id)
    await office.desk.edit(made.id, draft(template="甲"), version=read.version, by="a1")
    with pytest.raises(Stale):
        await office.desk.edit(made.id, draft(template="乙"), version=read.version, by="a1")
    assert (await office.desk.get(made.id)).value.template == "甲"


async def test_text_is_refused_once_something_has_left_but_a_name_is_not(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    await office.start_now(made.id)
    read = await office.desk.get(made.id)
    with pytest.raises(Invalid) as refused:
        await office.desk.edit(made.id, draft(template="别的"), version=read.version, by="a1")
    assert "不能再修改" in refused.value.problems["template"]
    renamed = await office.desk.edit(made.id, draft(name="新名称"), version=read.version, by="a1")
    assert renamed.name == "新名称"


async def test_what_does_not_exist_is_not_found(office: Office) -> None:
    for call in (office.desk.get, office.start_now, office.desk.pause, office.desk.progress):
        with pytest.raises(NotFound):
            await call("nobody")


async def test_a_preview_shows_who_gets_what_and_writes_nothing(office: Office) -> None:
    key = office.vault.blind("phone:+8613800000003")
    await office.suppressions.suppress((key, EDUCATION), reason="asked", by="sms-12110", at=NOON)
    seen = await office.desk.preview(draft(template="{name|您}好，{city|本市}公安提醒您防诈"))
    assert (seen.recipients, seen.deliveries, seen.excluded, seen.exact) == (10, 9, {OPT_OUT: 1}, True)
    assert seen.samples[0].text == "【福建公安】张0好，福州公安提醒您防诈拒收请回复R"
    assert seen.samples[0].address == "138****0000"
    assert seen.size is not None
    assert (seen.size.parts, seen.total_parts) == (1, 9)
    assert await office.rows() == []
    assert (await office.campaigns.page()).campaigns == ()


async def test_the_preview_promises_what_the_broadcast_does(office: Office) -> None:
    await office.people(5, group="学校", first=7)
    wanted = draft(segment=Segment(("社区", "学校")))
    seen = await office.desk.preview(wanted)
    made = await office.desk.create(wanted, "a1")
    run = await office.start_now(made.id)
    await office.expand(run.id)
    after = (await office.desk.progress(made.id)).runs[0].broadcast
    assert (after.planned, after.excluded) == (seen.deliveries, seen.excluded) == (12, {DUPLICATE: 3})
    assert after.considered == seen.recipients == 15


async def test_a_preview_in_the_evening_tells_of_the_next_morning(tmp_path: Path) -> None:
    office = await open_office(tmp_path, preview_recipients=8)
    try:
        await office.people(40)
        office.clock.at = NOON + 8 * HOUR + 30 * 60_000 - 1000  # one second before 20:30
        seen = await office.desk.preview(draft())
        assert not seen.exact
        assert (seen.recipients, seen.deliveries) == (40, 40)
        assert seen.estimate.days == 2
        assert seen.estimate.finishes_at == NOON + 21 * HOUR + 3000
        assert any("2 天" in warning for warning in seen.warnings)
    finally:
        await office.documents.close()


async def test_a_preview_of_nobody_warns(office: Office) -> None:
    seen = await office.desk.preview(draft(segment=Segment(("社区",), regions=("000000",))))
    assert seen.warnings == ("没有可以发送的接收人",)


async def test_names_and_numbers_of_members_are_not_readable_in_the_store(office: Office) -> None:
    async for stored in office.documents.scan("memberships"):
        text = str(stored.body)
        assert "1380000" not in text
        assert "张" not in text


async def test_recipients_that_cannot_be_read_are_counted_and_nobody_behind_them_is_forgotten(
    office: Office,
) -> None:
    rows = {row.body["contact_id"]: row async for row in office.documents.scan("memberships")}
    sealed, plain = rows["p0001"], rows["p0002"]
    await office.documents.commit(
        [
            Update("memberships", sealed.id, {"pii": sealed.body["pii"][:-8] + "AAAAAAA="}, sealed.version),
            Update("memberships", plain.id, {"kind": "no such kind"}, plain.version),
        ]
    )
    await office.people(10, first=10)
    made = await office.desk.create(draft(), "a1")
    run = await office.start_now(made.id)
    await office.expand(run.id)
    after = (await office.desk.progress(made.id)).runs[0].broadcast
    assert (after.considered, after.planned) == (20, 18)
    assert after.excluded == {WRONG_ADDRESS: 2}


async def test_a_damaged_campaign_does_not_keep_the_others_from_starting(office: Office) -> None:
    torn, sound = await office.desk.create(draft(), "a1"), await office.desk.create(draft(), "a1")
    for made in (torn, sound):
        await office.schedule(made.id, Once(NOON + HOUR))
    stored = await office.documents.get("campaigns", torn.id)
    assert stored
    await office.documents.commit([Update("campaigns", torn.id, {"segment": "torn"}, stored.version)])
    assert (await office.desk.tick(NOON + HOUR)).started == (f"{sound.id}:{NOON + HOUR}",)
    assert [found.value.id for found in (await office.campaigns.page()).campaigns] == [sound.id]
