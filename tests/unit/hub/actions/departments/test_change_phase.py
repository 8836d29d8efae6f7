"""The switch of a department: refused while a line is open, back at once, who and why never lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.actions.departments.change_keys import KeyWanted
from hub.actions.departments.cutover.change_phase import NotReady
from hub.actions.departments.cutover.checklist import ImportStanding, Line, LineState
from hub.actions.departments.one_platform import NotLive
from hub.model.agent import Agent, Role
from hub.model.departments.callback import Callback, CallbackState
from hub.model.departments.cutover import Phase
from hub.model.departments.registered import Contract
from hub.runtime.errors import Forbidden, Invalid, NotFound, Stale
from tests.unit.hub.actions.departments.cutover_office import (
    ADMIN,
    READY,
    CutoverOffice,
    a_cutover_office,
)
from tests.unit.hub.actions.departments.department_office import CALLER, NOON, wants

MEMBER = Agent("liaison", "liaison", "", (Role.DEPARTMENT,), NOON)
STRANGER = Agent("stranger", "stranger", "", (Role.DEPARTMENT,), NOON)
HAND = (Line.IMPORTED, Line.CONFLICTS, Line.TESTED, Line.OLD_STOPS, Line.FALLBACK)
DAY = 86_400


@pytest.fixture
async def cut() -> CutoverOffice:
    made = a_cutover_office()
    await made.office.registered(replace(READY, members=("liaison",)))
    return made


async def open_lines(cut: CutoverOffice) -> set[Line]:
    found = await cut.read(ADMIN, "traffic")
    return {one.line for one in found.open}


async def note_of(cut: CutoverOffice, line: Line) -> str:
    return next(one.note for one in (await cut.read(ADMIN, "traffic")).lines if one.line is line)


async def used_key(cut: CutoverOffice) -> None:
    wanted = KeyWanted("违法告知系统", networks=("10.1.0.0/16",))
    issued = await cut.office.change_keys.issue("traffic", wanted, by="admin")
    await cut.office.records.keys.note_use(issued.key, "10.1.2.3", at=NOON)


async def all_but_by_hand(cut: CutoverOffice) -> None:
    """In the shadow phase, with everything the hub can look up."""
    await cut.change.begin(ADMIN, "traffic", why="试点")
    await cut.move(Phase.SHADOW)
    await used_key(cut)
    await cut.shadow(CALLER, wants("d1", "13800138001"))
    cut.office.clock.advance(seconds=DAY)
    await cut.shadow(CALLER, wants("d2", "13800138002"))


async def ready(cut: CutoverOffice) -> None:
    await all_but_by_hand(cut)
    for line in HAND:
        await cut.change.sign(MEMBER, "traffic", line, note="13800138000 于 10:05 收到")


async def test_a_department_nobody_began_a_cutover_for_is_live(cut: CutoverOffice) -> None:
    assert (await cut.office.submit(CALLER, wants())).submission.accepted == 1
    assert (await cut.read(ADMIN, "traffic")).cutover is None


async def test_go_live_is_refused_as_long_as_one_line_is_open(cut: CutoverOffice) -> None:
    await all_but_by_hand(cut)
    assert await open_lines(cut) == set(HAND)
    for line in HAND:
        with pytest.raises(NotReady) as refused:
            await cut.move(Phase.NEW)
        assert line in {one.line for one in refused.value.lines}
        await cut.change.sign(MEMBER, "traffic", line, note="已核对")
    with pytest.raises(NotLive):
        await cut.office.submit(CALLER, wants())
    await cut.move(Phase.NEW)
    assert (await cut.office.submit(CALLER, wants())).submission.accepted == 1


@pytest.mark.parametrize(
    ("department", "line"),
    [
        (replace(READY, contract=replace(READY.contract, ends_on="2026-09-22")), Line.CONTRACT),
        (replace(READY, contract=Contract(ends_on="2030-01-01")), Line.CONTRACT),
        (replace(READY, senders=()), Line.EXTENSION),
        (replace(READY, senders=(replace(READY.senders[0], extension=""),)), Line.EXTENSION),
        (replace(READY, senders=(replace(READY.senders[0], channel="gone"),)), Line.EXTENSION),
        (replace(READY, signatures=()), Line.SIGNATURE),
        (replace(READY, monthly_parts=0), Line.QUOTA),
        (replace(READY, callback_url="https://jj.example.cn/receipts"), Line.CALLBACK),
    ],
)
async def test_what_the_registry_lacks_opens_its_line_again(
    cut: CutoverOffice, department: object, line: Line
) -> None:
    await ready(cut)
    assert await open_lines(cut) == set()
    cut.office.clock.advance(seconds=1)
    await cut.office.registered(department)  # type: ignore[arg-type]
    assert await open_lines(cut) == {line}


async def test_keys_are_used_and_from_listed_places_only(cut: CutoverOffice) -> None:
    await cut.change.begin(ADMIN, "traffic", why="试点")
    assert {Line.KEYS, Line.NETWORKS} <= await open_lines(cut)
    issued = await cut.office.change_keys.issue("traffic", KeyWanted("业务系统"), by="admin")
    assert {Line.KEYS, Line.NETWORKS} <= await open_lines(cut)
    await cut.office.records.keys.note_use(issued.key, "10.9.9.9", at=NOON)
    assert Line.KEYS not in await open_lines(cut)
    assert "10.9.9.9" in await note_of(cut, Line.KEYS)
    assert issued.key.hint in await note_of(cut, Line.NETWORKS)
    await cut.office.change_keys.revoke("traffic", issued.key.id)
    assert {Line.KEYS, Line.NETWORKS} <= await open_lines(cut)


async def test_a_sandbox_key_proves_the_callback_and_nothing_else(cut: CutoverOffice) -> None:
    url = "https://jj.example.cn/receipts"
    await cut.office.registered(replace(READY, callback_url=url))
    await cut.change.begin(ADMIN, "traffic", why="试点")
    issued = await cut.office.change_keys.issue("traffic", KeyWanted("联调", sandbox=True), by="admin")
    await cut.office.records.keys.note_use(issued.key, "10.9.9.9", at=NOON)
    taken = Callback("c1", "traffic", "l", "s", url, NOON, 0, 1, CallbackState.DONE, sandbox=True)
    other = replace(taken, id="c0", url="https://jj.example.cn/other")
    for callback, proven in ((other, False), (taken, True)):
        await cut.office.documents.commit([cut.office.records.callbacks.insert(callback)])
        assert (Line.CALLBACK not in await open_lines(cut)) is proven
    assert Line.KEYS in await open_lines(cut)


async def test_days_count_from_the_last_one_with_a_difference(cut: CutoverOffice) -> None:
    await cut.change.begin(ADMIN, "traffic", why="试点")
    for day, number in enumerate(["13800138001", "12", "13800138002"]):
        await cut.shadow(CALLER, wants(f"d{day}", number, "13900139000", text=f"第 {day} 天"))
        cut.office.clock.advance(seconds=DAY)
    assert Line.SHADOW in await open_lines(cut)
    assert "1" in await note_of(cut, Line.SHADOW)
    await cut.change.explain(ADMIN, "traffic", "invalid_number", why="旧平台的测试号码，今后不再提交")
    assert Line.SHADOW not in await open_lines(cut)
    with pytest.raises(NotFound):  # what is not there is not explained in advance
        await cut.change.explain(ADMIN, "traffic", "window", why="以后会有")
    await cut.change.unexplain(ADMIN, "traffic", "invalid_number")
    assert Line.SHADOW in await open_lines(cut)


async def test_copies_of_long_ago_prove_nothing(cut: CutoverOffice) -> None:
    await ready(cut)
    cut.office.clock.advance(seconds=5 * DAY)
    assert await open_lines(cut) == {Line.SHADOW}


async def test_fallback_is_at_once_from_the_next_request_in_every_process(cut: CutoverOffice) -> None:
    await ready(cut)
    await cut.move(Phase.NEW)
    other = a_cutover_office(office=cut.office)
    await other.office.departments.look()
    await other.office.submit(CALLER, wants("r1"))
    await cut.move(Phase.OLD, why="回执中断，先退回")
    with pytest.raises(NotLive):
        await other.office.submit(CALLER, wants("r2"))
    assert (await other.office.submit(CALLER, wants("r1"))).repeated  # what was taken stays taken
    assert await cut.office.rows() == 1
    # What was signed held for one switch.
    assert await open_lines(cut) == set(HAND)


async def test_who_when_and_why_are_kept_of_every_move(cut: CutoverOffice) -> None:
    await ready(cut)
    await cut.move(Phase.NEW)
    await cut.move(Phase.SHADOW, why="先核对回执")
    found = await cut.read(ADMIN, "traffic")
    assert [(one.before, one.after, one.by, one.why) for one in found.moves] == [
        ("new", Phase.SHADOW, "admin", "先核对回执"),
        ("shadow", Phase.NEW, "admin", "按计划"),
        ("old", Phase.SHADOW, "admin", "按计划"),
        ("", Phase.OLD, "admin", "试点"),
    ]
    stored = await cut.office.documents.get("department_phase_moves", "traffic:000004")
    assert stored is not None
    assert "核对" not in str(stored.body)


async def test_there_is_no_way_past_the_shadow_and_none_without_a_reason(cut: CutoverOffice) -> None:
    await cut.change.begin(ADMIN, "traffic", why="试点")
    with pytest.raises(Stale):
        await cut.move(Phase.NEW)
    with pytest.raises(Stale):
        await cut.change.begin(ADMIN, "traffic", why="再来一次")
    for why in ("", "长" * 201):
        with pytest.raises(Invalid):
            await cut.move(Phase.SHADOW, why=why)
    with pytest.raises(Stale):
        await cut.move(Phase.SHADOW, seq=7)


async def test_members_sign_and_do_not_switch_and_for_others_there_is_nothing(cut: CutoverOffice) -> None:
    await cut.change.begin(ADMIN, "traffic", why="试点")
    with pytest.raises(Forbidden):
        await cut.change.move(MEMBER, "traffic", Phase.SHADOW, seq=1, why="想切换")
    with pytest.raises(Forbidden):
        await cut.change.explain(MEMBER, "traffic", "window", why="没关系")
    await cut.change.sign(MEMBER, "traffic", Line.TESTED, note="13800138000 于 10:05 收到")
    [signed] = [one.signed for one in (await cut.read(MEMBER, "traffic")).lines if one.line is Line.TESTED]
    assert signed is not None
    assert (signed.by, signed.at) == ("liaison", NOON)
    await cut.change.unsign(MEMBER, "traffic", Line.TESTED)
    assert Line.TESTED in await open_lines(cut)
    for refused in (
        cut.read(STRANGER, "traffic"),
        cut.change.sign(STRANGER, "traffic", Line.TESTED, note="收到"),
        cut.change.unsign(STRANGER, "traffic", Line.TESTED),
    ):
        with pytest.raises(NotFound):
            await refused


async def test_nobody_signs_what_the_hub_can_look_up_or_without_a_word(cut: CutoverOffice) -> None:
    await cut.change.begin(ADMIN, "traffic", why="试点")
    with pytest.raises(NotFound):
        await cut.change.sign(ADMIN, "traffic", Line.CONTRACT, note="没问题")
    with pytest.raises(Invalid):
        await cut.change.sign(ADMIN, "traffic", Line.TESTED, note="")


async def test_an_importer_is_asked_where_there_is_one() -> None:
    standing = ImportStanding(0, 0, ())

    async def imports(department: str) -> ImportStanding:
        assert department == "traffic"
        return standing

    cut = a_cutover_office(imports)
    await cut.office.registered(READY)
    await cut.change.begin(ADMIN, "traffic", why="试点")
    for line in (Line.IMPORTED, Line.CONFLICTS):  # nothing was handed over: a person says there is nothing
        assert line in await open_lines(cut)
        await cut.change.sign(ADMIN, "traffic", line, note="没有需要导入的数据")
        assert line not in await open_lines(cut)
    standing = ImportStanding(5, 0, ("“违章”已归“消防支队”",))
    assert Line.IMPORTED not in await open_lines(cut)
    assert Line.CONFLICTS in await open_lines(cut)  # whatever was signed before
    assert "违章" in await note_of(cut, Line.CONFLICTS)
    with pytest.raises(NotFound):
        await cut.change.sign(ADMIN, "traffic", Line.CONFLICTS, note="没有冲突")
    standing = ImportStanding(5, 2, ())
    assert Line.IMPORTED in await open_lines(cut)
    assert Line.CONFLICTS not in await open_lines(cut)


async def test_a_department_without_a_callback_needs_none(cut: CutoverOffice) -> None:
    await cut.change.begin(ADMIN, "traffic", why="试点")
    [line] = [one for one in (await cut.read(ADMIN, "traffic")).lines if one.line is Line.CALLBACK]
    assert line.state is LineState.NOT_NEEDED
