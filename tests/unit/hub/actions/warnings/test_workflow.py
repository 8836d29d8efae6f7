"""A warning's way: four people, one matrix, eight fields; and the night, when two people are enough."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from campaigns.segment import EVERYBODY
from channels.outbox.delivery import DeliveryState, MessageClass, Origin, WarningLevel
from channels.outbox.suppression import SAFETY, WARNING
from hub.actions.warnings.draft_warning import Written
from hub.actions.warnings.pass_on import NO_PAPER, NO_ROW, NOT_YOURS, TWO_STEPS
from hub.actions.warnings.proof import Proof
from hub.actions.warnings.release_warning import Yes
from hub.model.notification import NotificationKind
from hub.model.warnings.area import Area
from hub.model.warnings.events import EventCode
from hub.model.warnings.issue import Act, Stage
from hub.model.warnings.message import MessageKind
from hub.model.warnings.words import DRILL
from hub.runtime.errors import Invalid, Stale
from hub.settings.warnings.shipped import shipped_signatures
from tests.unit.hub.actions.warnings.warning_office import (
    CHIEF,
    DEPUTY,
    HOUR,
    MAKER,
    NIGHT,
    NOON,
    RELEASER,
    REVIEWER,
    SIGNER,
    SMS,
    fraud,
    icy_road,
    open_office,
    proof,
)
from tests.unit.hub.model.warnings.samples import GOLDEN

LEVELS = WarningLevel.RED, WarningLevel.ORANGE, WarningLevel.YELLOW, WarningLevel.BLUE


async def test_four_people_bring_it_out_and_it_leaves_with_the_eight_fields() -> None:
    office = await open_office()
    await office.people(3)
    out = await office.release(icy_road())
    assert [deed.act for deed in out.deeds] == [
        *(Act.MADE, Act.SUBMITTED, Act.REVIEWED, Act.SIGNED, Act.RELEASED)
    ]
    assert len({deed.by for deed in out.deeds}) == 4
    assert out.stage is Stage.OUT
    assert out.authority == "闽授〔2026〕1号"
    await office.expand(out)
    rows = await office.rows(out)
    assert {row.recipient.value for row in rows} == {f"+861380000000{n}" for n in range(3)}
    (run,) = await office.runs(out)
    assert run.text == (
        "【福建公安】9月22日12时0分，示例市公安局发布道路结冰黄色预警。影响示例市东岭镇，"
        "9月22日12时0分至9月22日18时0分。预计今晚东岭路桥面结冰。减速绕行，听从民警指挥。"
    )
    assert office.desk.board.active() == [out]


@pytest.mark.parametrize(
    "field", ["event", "level", "starts_at", "areas", "cautions", "measures", "unit", "issued_at"]
)
async def test_with_one_legal_field_missing_nothing_can_be_released(field: str) -> None:
    """Also when the draft's own check was got round: the release asks by itself."""
    office = await open_office()
    issue = await office.sign_off(await office.draft(icy_road()))
    empty = {"event": EventCode("", ""), "level": WarningLevel.NONE, "starts_at": 0, "areas": ()}
    empty |= {"unit": replace(issue.content.unit, name="")}
    broken = replace(issue.warning, **{field: empty.get(field, "")})  # type: ignore[type-var]
    if field == "issued_at":  # the release fills it in itself
        assert (await office.let_go(issue)).content.issued_at == NOON
        return
    found = await office.stores.publicity.warnings.get(issue.id)
    assert found is not None
    spoilt = replace(issue, warning=broken)
    spoilt = replace(spoilt, digest=spoilt.content_digest)
    await office.documents.commit([office.stores.publicity.warnings.update(spoilt, found.version)])
    with pytest.raises(Invalid):
        await office.let_go(spoilt)
    assert await office.rows() == []
    assert (await office.read(issue)).stage is Stage.RELEASE
    with pytest.raises(Invalid) as refused:
        await office.draft(broken)  # type: ignore[arg-type]
    assert field in refused.value.problems


async def test_nobody_does_two_of_the_steps() -> None:
    office = await open_office()
    desk = office.desk.pass_on
    issue = await office.draft(icy_road(), by=REVIEWER)
    issue = await desk.submit(REVIEWER, issue.id)
    with pytest.raises(Invalid) as refused:
        await desk.review(REVIEWER, issue.id, issue.content_digest)
    assert refused.value.problems["state"] == TWO_STEPS
    issue = await desk.review(SIGNER, issue.id, issue.content_digest)
    for agent in (REVIEWER, SIGNER):
        with pytest.raises(Invalid):
            await desk.sign(agent, issue.id, issue.content_digest, proof(agent))
    issue = await desk.sign(CHIEF, issue.id, issue.content_digest, proof(CHIEF))
    for agent in (REVIEWER, SIGNER, CHIEF):
        with pytest.raises(Invalid) as again:
            await office.let_go(issue, by=agent)
        assert again.value.problems["state"] == TWO_STEPS
    assert (await office.let_go(issue)).stage is Stage.OUT


async def test_the_matrix_refuses_what_no_row_fits_and_what_has_no_paper() -> None:
    shipped = await open_office(rows=shipped_signatures())
    issue = await shipped.draft(icy_road())
    issue = await shipped.desk.pass_on.submit(MAKER, issue.id)
    issue = await shipped.desk.pass_on.review(REVIEWER, issue.id, issue.content_digest)
    with pytest.raises(Invalid) as no_paper:
        await shipped.desk.pass_on.sign(SIGNER, issue.id, issue.content_digest, proof(SIGNER))
    assert no_paper.value.problems["state"] == NO_PAPER
    shipped.rows_of_matrix[:] = [{**row, "role": "publicity_lead"} for row in shipped_signatures()]
    with pytest.raises(Invalid) as not_yours:
        await shipped.desk.pass_on.sign(SIGNER, issue.id, issue.content_digest, proof(SIGNER))
    assert not_yours.value.problems["state"] == NOT_YOURS
    paper = {"authority": "授", "valid_from": "2026-09-01", "valid_to": "2026-09-21"}
    shipped.rows_of_matrix[:] = [{**row, **paper} for row in shipped_signatures()]
    with pytest.raises(Invalid) as over:
        await shipped.desk.pass_on.sign(SIGNER, issue.id, issue.content_digest, proof(SIGNER))
    assert over.value.problems["state"] == NO_PAPER
    shipped.rows_of_matrix.clear()
    with pytest.raises(Invalid) as none:
        await shipped.desk.pass_on.sign(SIGNER, issue.id, issue.content_digest, proof(SIGNER))
    assert none.value.problems["state"] == NO_ROW
    for column, value in (
        ("issuer", "示例县公安局"),
        ("area", "3502"),
        ("channels", "mail"),
        ("subject", "12"),
    ):
        shipped.rows_of_matrix[:] = [
            {**row, "authority": "授", column: value} for row in shipped_signatures()
        ]
        with pytest.raises(Invalid):
            await shipped.desk.pass_on.sign(SIGNER, issue.id, issue.content_digest, proof(SIGNER))
    shipped.rows_of_matrix[:] = [{**row, "authority": "授"} for row in shipped_signatures()]
    with pytest.raises(Invalid) as wrong:
        await shipped.desk.pass_on.sign(
            SIGNER, issue.id, issue.content_digest, Proof("guess", proof(SIGNER).verify)
        )
    assert "password" in wrong.value.problems
    await shipped.desk.pass_on.sign(SIGNER, issue.id, issue.content_digest, proof(SIGNER))


async def test_an_edit_begins_the_way_again_and_a_stale_page_signs_nothing() -> None:
    office = await open_office()
    issue = await office.sign_off(await office.draft(icy_road()))
    found = await office.stores.publicity.warnings.get(issue.id)
    assert found is not None
    changed = icy_road(cautions="预计明早东岭路桥面结冰。")
    edited = await office.desk.draft.edit(MAKER, issue.id, found.version, Written(changed, (SMS,)))
    assert edited.stage is Stage.DRAFT
    with pytest.raises(Invalid):
        await office.let_go(edited)
    with pytest.raises(Stale):
        await office.desk.draft.edit(MAKER, issue.id, found.version, Written(changed, (SMS,)))
    edited = await office.desk.pass_on.submit(MAKER, issue.id)
    with pytest.raises(Invalid) as old:
        await office.desk.pass_on.review(REVIEWER, issue.id, issue.content_digest)
    assert "修改" in old.value.problems["state"]
    signed = await office.desk.pass_on.review(
        REVIEWER, edited.id, edited.content_digest
    )  # the same step again
    with pytest.raises(Invalid) as another:
        await office.desk.pass_on.sign(REVIEWER, signed.id, signed.content_digest, proof(REVIEWER))
    assert another.value.problems["state"] == TWO_STEPS


async def test_the_maker_learns_why_it_came_back() -> None:
    office = await open_office()
    issue = await office.desk.pass_on.submit(MAKER, (await office.draft(icy_road())).id)
    back = await office.desk.pass_on.send_back(REVIEWER, issue.id, "影响范围不对")
    assert back.stage is Stage.DRAFT
    told = await office.stores.notifications.newest(MAKER.id)
    assert [(one.kind, one.warning_id) for one in told] == [(NotificationKind.WARNING_RETURNED, issue.id)]
    waiting = await office.stores.notifications.newest(SIGNER.id)
    assert [one.kind for one in waiting] == [NotificationKind.WARNING_WAITING]


# -- colours, classes, nights -----------------------------------------------------------------------


async def test_social_security_has_no_colour_and_the_refusal_names_its_article() -> None:
    office = await open_office()
    with pytest.raises(Invalid) as refused:
        await office.draft(icy_road(event=EventCode("GJYJ2018", "14F00")))
    assert "第六十九条" in refused.value.problems["level"]


@pytest.mark.parametrize("level", LEVELS)
async def test_class_and_lane_follow_from_the_colour(level: WarningLevel) -> None:
    office = await open_office()
    await office.people(1)
    out = await office.release(icy_road(level))
    await office.expand(out)
    (row,) = await office.rows(out)
    grave = level in (WarningLevel.RED, WarningLevel.ORANGE)
    assert (row.message_class, row.lane) == ((MessageClass.E0, 0) if grave else (MessageClass.E1, 1))
    assert (row.level, row.subject, row.origin) == (level, WARNING, Origin.BROADCAST)


@pytest.mark.parametrize(("urgent", "leaves_as"), [(True, MessageClass.E1), (False, MessageClass.N)])
async def test_a_notice_has_no_level_and_a_subject_of_its_own(
    urgent: bool,
    leaves_as: MessageClass,
) -> None:
    office = await open_office()
    await office.people(1)
    out = await office.release(fraud(urgent=urgent))
    await office.expand(out)
    (row,) = await office.rows(out)
    assert (row.message_class, row.level, row.subject) == (leaves_as, WarningLevel.NONE, SAFETY)


async def test_the_night_is_the_chiefs_to_give_and_never_for_blue() -> None:
    office = await open_office()
    await office.people(1)
    for level, agent, allowed in (
        (WarningLevel.YELLOW, CHIEF, True),
        (WarningLevel.YELLOW, RELEASER, False),
        (WarningLevel.BLUE, CHIEF, False),
        (WarningLevel.RED, CHIEF, False),  # it never waits: there is nothing to free
    ):
        office.clock.at = NIGHT
        issue = await office.sign_off(await office.draft(icy_road(level, at=NIGHT)))
        if not allowed:
            with pytest.raises(Invalid) as refused:
                await office.let_go(issue, by=agent, night=True)
            assert "night" in refused.value.problems
        else:
            out = await office.let_go(issue, by=agent, night=True)
            (run,) = await office.runs(out)
            assert run.window() is None
    red = await office.let_go(issue)
    (run,) = await office.runs(red)
    assert run.window() is None


# -- the emergency path -------------------------------------------------------------------------------


async def test_at_two_in_the_morning_two_people_are_enough_and_never_one() -> None:
    office = await open_office(rows=shipped_signatures())  # no paper anywhere
    await office.people(5)
    office.clock.at = NIGHT
    issue = await office.draft(icy_road(WarningLevel.RED, at=NIGHT), by=SIGNER)
    issue = await office.desk.pass_on.submit(SIGNER, issue.id, emergency=True)
    assert issue.stage is Stage.RELEASE
    for agent, text in ((SIGNER, TWO_STEPS), (RELEASER, NOT_YOURS)):
        with pytest.raises(Invalid) as refused:
            await office.let_go(issue, by=agent)
        assert refused.value.problems["state"] == text
    with pytest.raises(Invalid) as no_password:
        await office.desk.release(CHIEF, issue.id, Yes(issue.content_digest))
    assert "password" in no_password.value.problems
    out = await office.let_go(issue, by=CHIEF)
    await office.expand(out)
    rows = await office.rows(out)
    assert len(rows) == 5
    assert {row.not_before for row in rows} == {NIGHT}
    assert out.papers_due_at == NIGHT + 24 * HOUR
    await office.desk.pass_on.hand_in_papers(SIGNER, out.id, "闽授〔2026〕9号")
    assert (await office.read(out)).papers_due_at == 0


async def test_the_approver_is_called_by_text_and_after_three_minutes_the_deputy_each_once() -> None:
    office = await open_office()
    office.clock.at = NIGHT
    issue = await office.draft(icy_road(WarningLevel.RED, at=NIGHT))
    await office.desk.pass_on.submit(MAKER, issue.id, emergency=True)

    async def called() -> list[str]:
        for _ in range(2):  # two processes look
            await office.desk.watch.step()
        return sorted(row.recipient.value for row in await office.rows())

    assert await called() == ["+8613900000001"]
    office.clock.advance(seconds=179)
    assert await called() == ["+8613900000001"]
    office.clock.advance(seconds=1)
    assert await called() == ["+8613900000001", "+8613900000002"]
    office.clock.advance(seconds=1000)
    assert len(await called()) == 2
    office.clock.advance(seconds=10)
    assert len(await called()) == 2
    told = await office.stores.notifications.newest(MAKER.id)  # nobody came: once
    assert [one.kind for one in told] == [NotificationKind.WARNING_WAITING]
    row = (await office.rows())[0]
    assert (row.message_class, row.lane) == (MessageClass.E0, 0)
    assert f"/staff/warnings/{issue.id}" in row.text
    record = (await office.read(issue)).deeds
    assert [deed.note for deed in record if deed.act is Act.CALLED] == [CHIEF.id, DEPUTY.id]


async def test_a_call_in_the_moment_of_the_release_does_not_stop_it() -> None:
    office = await open_office()
    issue = await office.draft(icy_road(WarningLevel.RED))
    issue = await office.desk.pass_on.submit(MAKER, issue.id, emergency=True)

    async def slowly(password_hash: str, password: str) -> bool:
        await office.desk.watch.step()
        return password_hash == password

    out = await office.desk.release(
        CHIEF, issue.id, Yes(issue.content_digest, Proof(CHIEF.password_hash, slowly))
    )
    assert [deed.act for deed in out.deeds][-2:] == [Act.CALLED, Act.RELEASED]
    assert len(await office.runs(issue)) == 1


async def test_who_made_it_is_not_called_to_release_it() -> None:
    office = await open_office()
    issue = await office.draft(icy_road(WarningLevel.RED), by=CHIEF)
    await office.desk.pass_on.submit(CHIEF, issue.id, emergency=True)
    await office.desk.watch.step()
    await office.desk.watch.step()
    assert [row.recipient.value for row in await office.rows()] == ["+8613900000002"]


async def test_papers_not_handed_in_and_an_end_without_a_lift_alarm_the_owner_once() -> None:
    office = await open_office()
    issue = await office.desk.pass_on.submit(
        MAKER, (await office.draft(icy_road(WarningLevel.RED))).id, emergency=True
    )
    out = await office.let_go(issue, by=CHIEF)
    assert office.desk.board.active() == [out]
    office.clock.advance(seconds=6 * 3600)
    assert office.desk.board.active() == []  # by the clock, before anybody looked
    for _ in range(2):
        await office.desk.watch.step()
    office.clock.advance(seconds=18 * 3600)
    for _ in range(2):
        await office.desk.watch.step()
    for owner in (MAKER, CHIEF):
        kinds = [one.kind for one in await office.stores.notifications.newest(owner.id)]
        assert sorted(kinds) == sorted(
            {*kinds} | {NotificationKind.WARNING_OVER, NotificationKind.WARNING_PAPERS}
        )


# -- update and lift ----------------------------------------------------------------------------------


async def test_yellow_to_orange_stops_the_rest_and_is_told_to_everybody_with_old_and_new_level() -> None:
    office = await open_office()
    await office.people(4)
    await office.people(2, first=4, region="350103")
    yellow = await office.release(icy_road())
    await office.expand(yellow)
    await office.send(DeliveryState.DELIVERED, limit=1)
    wider = (Area("示例市东岭镇", ("350102",)), Area("示例市西岭镇", ("350103",)))
    orange = await office.follow(yellow, MessageKind.UPDATE, icy_road(WarningLevel.ORANGE, areas=wider))
    await office.expand(orange)
    assert len(await office.rows(orange)) == 6
    (run,) = await office.runs(orange)
    assert "示例市公安局更新道路结冰橙色预警。级别由黄色调整为橙色。" in run.text
    (old,) = await office.runs(yellow)
    assert old.state == "canceled"
    assert office.desk.board.active() == [orange]
    assert (await office.read(yellow)).stage is Stage.ENDED
    assert orange.chain == yellow.chain == yellow.id


async def test_a_narrower_update_still_tells_those_who_are_out_of_danger() -> None:
    office = await open_office()
    await office.people(2)
    await office.people(2, first=2, region="350103")
    both = (Area("两镇", ("350102", "350103")),)
    wide = await office.release(icy_road(areas=both))
    narrow = await office.follow(wide, MessageKind.UPDATE, icy_road())
    await office.expand(narrow)
    assert len(await office.rows(narrow)) == 4


async def test_a_lift_reaches_exactly_those_who_may_have_had_it_once() -> None:
    office = await open_office()
    await office.people(6)
    yellow = await office.release(icy_road())
    await office.expand(yellow)
    await office.send(DeliveryState.DELIVERED, limit=2)
    await office.send(DeliveryState.FAILED, limit=1)
    orange = await office.follow(yellow, MessageKind.UPDATE, icy_road(WarningLevel.ORANGE))
    await office.expand(orange)
    await office.send(DeliveryState.SENT, limit=4)
    had = {row.recipient.value for row in await office.rows() if row.state in ("delivered", "sent")}
    lift = await office.follow(orange, MessageKind.LIFT, why="气温回升，桥面已无结冰。")
    await office.expand(lift)
    rows = await office.rows(lift)
    assert sorted(row.recipient.value for row in rows) == sorted(had)  # once each
    assert {row.level for row in rows} == {WarningLevel.ORANGE}
    (run,) = await office.runs(lift)
    assert run.text.endswith("示例市公安局解除道路结冰橙色预警。气温回升，桥面已无结冰。")
    assert office.desk.board.active() == []
    assert [one.id for one in office.desk.board.told()] == [lift.id]
    office.clock.advance(seconds=86_400)
    await office.desk.watch.step()
    assert (await office.read(lift)).stage is Stage.ENDED


async def test_update_and_lift_are_linked_on_every_channel() -> None:
    office = await open_office()
    await office.people(1)
    await office.people(1, first=1, mail=True)
    first = await office.desk.draft.create(MAKER, Written(icy_road(), (SMS, "mail"), (EVERYBODY,)))
    first = await office.let_go(await office.sign_off(first))
    await office.expand(first)
    for name in (SMS, "mail"):
        await office.send(DeliveryState.SENT, sender=name)
    orange = await office.follow(first, MessageKind.UPDATE, icy_road(WarningLevel.ORANGE))
    await office.expand(orange)
    lift = await office.follow(orange, MessageKind.LIFT, why="桥面已无结冰。")
    await office.expand(lift)
    for issue in (first, orange, lift):
        assert sorted((row.sender, row.recipient.value) for row in await office.rows(issue)) == [
            ("mail", "p1@example.com"),
            (SMS, "+8613800000000"),
        ]
        assert len({run.title for run in await office.runs(issue)}) == 1


async def test_a_lift_finds_everybody_whichever_issue_reached_them() -> None:
    """Pages of four: the second issue's recipients begin in the middle of a page of the first's."""
    office = await open_office()
    await office.people(9)
    yellow = await office.release(icy_road())
    await office.expand(yellow)
    await office.send(DeliveryState.DELIVERED, limit=5)
    office.clock.advance(seconds=60)
    orange = await office.follow(yellow, MessageKind.UPDATE, icy_road(WarningLevel.ORANGE))
    await office.expand(orange)
    first = {row.recipient.value for row in await office.rows(yellow) if row.state == "delivered"}
    await office.send_each(
        lambda row: DeliveryState.FAILED if row.recipient.value in first else DeliveryState.SENT
    )
    lift = await office.follow(orange, MessageKind.LIFT, why="桥面已无结冰。")
    await office.expand(lift)
    assert len(await office.rows(lift)) == 9


async def test_a_lift_needs_its_reason_and_an_issue_has_one_successor_at_a_time() -> None:
    office = await open_office()
    out = await office.release(icy_road())
    lift = await office.desk.draft.follow(MAKER, out.id, MessageKind.LIFT)
    assert (await office.desk.draft.follow(REVIEWER, out.id, MessageKind.LIFT)).id == lift.id
    with pytest.raises(Invalid):
        await office.desk.draft.follow(MAKER, out.id, MessageKind.UPDATE)
    with pytest.raises(Invalid) as refused:
        await office.desk.pass_on.submit(MAKER, lift.id)
    assert "reason" in refused.value.problems


async def test_two_releases_at_once_are_one() -> None:
    office = await open_office()
    await office.people(2)
    issue = await office.sign_off(await office.draft(icy_road()))
    done = await asyncio.gather(office.let_go(issue), office.let_go(issue, by=CHIEF), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) in (["Issue", "Invalid"], ["Issue", "Stale"])
    assert len(await office.runs(issue)) == 1
    with pytest.raises(Invalid):
        await office.let_go(issue, by=CHIEF)
    await office.expand(issue)
    assert len(await office.rows()) == 2


async def test_a_release_that_is_refused_stops_nothing_of_the_issue_before_it() -> None:
    office = await open_office()
    await office.people(4)
    yellow = await office.release(icy_road())
    await office.expand(yellow)
    update = await office.desk.draft.follow(MAKER, yellow.id, MessageKind.UPDATE)
    update = await office.sign_off(update)
    for agent, seen in ((SIGNER, update.content_digest), (RELEASER, "of another page")):
        with pytest.raises(Invalid):
            await office.desk.release(agent, update.id, Yes(seen, proof(agent)))
    assert [run.state for run in await office.runs(yellow)] == ["running"]
    found = await office.stores.publicity.warnings.get(update.id)
    assert found is not None
    spoilt = replace(update, warning=icy_road(cautions=""))
    spoilt = replace(spoilt, digest=spoilt.content_digest)
    await office.documents.commit([office.stores.publicity.warnings.update(spoilt, found.version)])
    with pytest.raises(Invalid):
        await office.let_go(spoilt)
    office.clock.advance(seconds=6 * 3600)  # its end has passed
    with pytest.raises(Invalid):
        await office.let_go(update)
    assert [run.state for run in await office.runs(yellow)] == ["running"]


async def test_a_second_of_a_unit_makes_one_identifier() -> None:
    office = await open_office()
    first, second = await office.release(icy_road()), await office.release(icy_road(WarningLevel.BLUE))
    assert first.identifier == "99010099900000_20260922120000"
    assert second.identifier == "99010099900000_20260922120001"


async def test_an_area_nobody_is_listed_in_reaches_nobody_and_not_everybody() -> None:
    office = await open_office()
    await office.people(3, region="350200")
    out = await office.release(icy_road())
    await office.expand(out)
    assert await office.rows(out) == []


async def test_red_reaches_those_whose_region_nobody_knows() -> None:
    office = await open_office()
    await office.people(2, region="")
    for level, reached in ((WarningLevel.RED, 2), (WarningLevel.YELLOW, 0)):
        out = await office.release(icy_road(level))
        await office.expand(out)
        assert len(await office.rows(out)) == reached


# -- drills, and documents from outside ---------------------------------------------------------------


async def test_a_drill_reaches_listed_test_phones_and_nothing_else() -> None:
    office = await open_office(listed=2)
    await office.people(5)
    out = await office.release(icy_road(WarningLevel.RED), drill=True)
    rows = await office.rows()
    assert {row.recipient.value for row in rows} == {"+8613700000000", "+8613700000001"}
    assert all(DRILL in row.text and row.origin is Origin.TRIAL for row in rows)
    assert office.desk.board.active() == []
    assert list(office.desk.board.told()) == []
    assert (out.stage, out.campaigns) == (Stage.ENDED, ())
    with pytest.raises(Invalid):
        await office.desk.draft.follow(MAKER, out.id, MessageKind.LIFT)


async def test_a_drill_without_a_listed_phone_is_refused() -> None:
    office = await open_office(listed=0)
    with pytest.raises(Invalid):
        await office.release(icy_road(), drill=True)
    assert await office.rows() == []


@pytest.mark.parametrize("status", ["Test", "Exercise", "Draft"])
async def test_what_came_as_a_test_stays_one_for_ever(status: str) -> None:
    office = await open_office()
    document = GOLDEN.replace("<status>Test", f"<status>{status}").encode()
    issue = await office.desk.draft.take_over(MAKER.id, document)
    assert (issue.stage, issue.drill, issue.source_status) == (Stage.DRAFT, True, status)
    found = await office.stores.publicity.warnings.get(issue.id)
    assert found is not None
    real = Written(icy_road(), (SMS,), drill=False)
    assert (await office.desk.draft.edit(MAKER, issue.id, found.version, real)).drill


async def test_a_document_is_taken_once_and_an_update_needs_its_first_issue() -> None:
    office = await open_office()
    actual = GOLDEN.replace("<status>Test", "<status>Actual")
    update = actual.replace("<msgType>Alert", "<msgType>Update").replace("063012</id", "070000</id")
    update = update.replace("<references/>", "<references>99010099900000_20270105063012</references>")
    with pytest.raises(Invalid) as early:
        await office.desk.draft.take_over(MAKER.id, update.encode())
    assert "首发" in early.value.problems["document"]
    first = await office.desk.draft.take_over(MAKER.id, actual.encode())
    assert first.stage is Stage.DRAFT
    assert not first.drill
    with pytest.raises(Invalid):
        await office.desk.draft.take_over(MAKER.id, actual.encode())
    second = await office.desk.draft.take_over(MAKER.id, update.encode())
    assert (second.chain, second.kind) == (first.id, MessageKind.UPDATE)
    assert await office.rows() == []
    assert office.desk.board.active() == []
