"""Steps that staff take from a case's page: what the hub checks besides what is typed, and what it keeps."""

from __future__ import annotations

from typing import Any

import pytest

from hub.actions.cases.citizen.citizen_move import Request
from hub.actions.cases.read_procedure import Offer
from hub.model.agent import Role
from hub.model.call import Recording
from hub.model.cases.case import Applicant, Case
from hub.model.cases.history import HistoryEntry, HistoryKind
from hub.model.cases.moves import IllegalMove
from hub.model.cases.proceeding import DocumentKind
from hub.model.cases.rule_book import BookKind
from hub.model.cases.state import CaseState
from hub.model.citizen_wish import CitizenWish
from hub.model.petition import PetitionKind
from hub.model.policy import may_see
from hub.model.track import Compartment, Track
from hub.model.units.unit import Unit
from hub.runtime.errors import Invalid, NotFound
from hub.web.pages.cases.move_form import data_of
from hub.wiring.store import identity_vault
from ivr.evidence.recordings import RecordingState
from tests.journeys.editor_at_work import sign_in
from tests.journeys.office import Office, filed
from tests.world import World, browser

HANDLER, HEAD, INSPECTOR = Role.HANDLER, Role.SUPERVISOR, Role.INSPECTOR


class Desk:
    """One petition on the table of an office."""

    def __init__(self, hub: World, office: Office, case_id: str) -> None:
        self._hub = hub
        self.office = office
        self.case_id = case_id

    async def do(self, role: Role, event: str, **data: Any) -> Case:
        await self.office.move(self.case_id, role, event, **data)
        return await self.case()

    async def refused(self, role: Role, event: str, **data: Any) -> str:
        before = await self.case()
        with pytest.raises(IllegalMove) as refused:
            await self.office.move(self.case_id, role, event, **data)
        assert await self.case() == before
        return refused.value.reason

    async def case(self) -> Case:
        return await self.office.case(self.case_id)

    async def version(self) -> int:
        found = await self._hub.hub.repositories.cases.get(self.case_id)
        assert found is not None
        return found.version

    async def last(self) -> HistoryEntry:
        """Of the last event; a document that was signed with it stands behind it."""
        history = await self._hub.hub.repositories.cases.whole_history(self.case_id)
        return [entry for entry in history if entry.kind is not HistoryKind.DOCUMENT_SIGNED][-1]

    async def offers(self, role: Role) -> dict[str, Offer]:
        read = self._hub.hub.actions.read_procedure
        view = await read(await self.office.agent(role), await self.case())
        return {offer.event: offer for offer in view.offers}


async def triaged(hub: World, office: Office, kind: PetitionKind = PetitionKind.COMPLAINT) -> Desk:
    desk = Desk(hub, office, (await filed(hub, kind)).case_id)
    await desk.do(HANDLER, "pick")
    return desk


async def in_hand(hub: World, office: Office) -> Desk:
    desk = await triaged(hub, office)
    await desk.do(HANDLER, "accept", branch=6, items=["停放"])
    await desk.do(HEAD, "assign")
    return desk


async def test_nothing_becomes_a_report_by_reclassifying_and_no_report_leaves_so(hub: World) -> None:
    office = Office(hub)
    desk = await triaged(hub, office)
    told = await desk.refused(HANDLER, "reclassify", track="REPORT", reason="涉及民警")
    assert "疑似检举" in told
    handler, inspector = await office.agent(HANDLER), await office.agent(INSPECTOR)
    actions, cases = hub.hub.actions, hub.hub.repositories.cases
    for act, agent in ((actions.suspect_case, handler), (actions.confirm_report, inspector)):
        found = await cases.get(desk.case_id)
        assert found is not None
        await act(agent, desk.case_id, version=found.version)
    report = await desk.case()
    assert (report.track, report.compartment) == (Track.REPORT, Compartment.REPORT)
    after = await desk.do(INSPECTOR, "reclassify", track="SERVICE", reason="不是检举")
    assert (after.track, after.compartment) == (Track.SERVICE, Compartment.REPORT)
    vault = identity_vault(hub.hub.settings, hub.hub.documents)
    assert await vault.get(desk.case_id) is not None  # known, and not with the case
    assert not may_see(handler, after)
    assert may_see(inspector, after)


async def test_a_report_leaves_the_compartment_without_the_identity_of_who_wrote(hub: World) -> None:
    office = Office(hub)
    desk = Desk(hub, office, (await filed(hub, PetitionKind.REPORT, email="zhang@example.com")).case_id)
    await desk.do(INSPECTOR, "pick")
    inspector = await office.agent(INSPECTOR)
    await hub.hub.actions.note_case(inspector, desk.case_id, "涉及某所", version=await desk.version())
    vault = identity_vault(hub.hub.settings, hub.hub.documents)
    assert await vault.get(desk.case_id) is not None
    after = await desk.do(INSPECTOR, "reclassify", track="SERVICE", reason="只是求助", leaves="1")
    assert await vault.get(desk.case_id) is None
    assert (after.track, after.compartment, after.handler_id) == (Track.SERVICE, Compartment.NONE, "")
    assert after.applicant == Applicant(anonymous=True)
    assert not {"phone", "email"} & set(after.details or {})
    view = await hub.hub.actions.read_cases.open(await office.agent(HANDLER), desk.case_id)
    told = [item for item in view.timeline if item.kind != "message"]
    assert [item.text for item in told if item.text] == []
    assert inspector.name not in {item.actor_name for item in view.timeline}


async def test_a_report_with_a_recording_stays_behind_the_compartment(hub: World) -> None:
    office = Office(hub)
    desk = Desk(hub, office, (await filed(hub, PetitionKind.REPORT)).case_id)
    voice = Recording("r1", "call", "voice-12389", "RE1", desk.case_id, "story", RecordingState.SEALED, 1)
    await hub.hub.documents.commit([hub.hub.repositories.recordings.insert(voice)])
    told = await desk.refused(INSPECTOR, "reclassify", track="SERVICE", reason="求助", leaves="1")
    assert "录音" in told


async def test_a_transfer_goes_to_a_unit_that_exists_and_is_named_in_the_catalogue(hub: World) -> None:
    desk = await triaged(hub, Office(hub))
    assert "（unit）" in await desk.refused(HANDLER, "route", mode="转送", unit="u9")
    for id in ("u1", "u2"):
        await hub.hub.repositories.units.insert(Unit(id, f"单位{id}", id))
    row = {"category": "违停", "region": "", "unit_id": "u1", "co_units": "", "priority": "1"}
    rows = [{**row, "valid_from": "", "valid_to": ""}]
    revise = hub.hub.actions.rule_books.revise
    await revise.propose(BookKind.COMPETENCE, rows, base=0, reason="目录", wanted_from=0, by="a1")
    assert "派单目录" in await desk.refused(HANDLER, "route", mode="转送", unit="u2")
    assert (await desk.do(HANDLER, "route", mode="转送", unit="u1")).state is CaseState.ROUTED


async def test_a_case_is_merged_into_an_open_one_that_the_agent_may_see(hub: World) -> None:
    office = Office(hub)
    first, second = await triaged(hub, office), await triaged(hub, office)
    hidden = await office.case((await filed(hub, PetitionKind.REPORT)).case_id)
    own, other = (await second.case()).reference, (await first.case()).reference
    none = await second.refused(HANDLER, "merge_into", master="工单在张三那里")
    assert none == await second.refused(HANDLER, "merge_into", master=hidden.reference)
    assert "（master）" in none
    assert "本身" in await second.refused(HANDLER, "merge_into", master=own)
    await second.do(HANDLER, "merge_into", master=f" {other[:6]} {other[6:]} ")
    assert (await second.last()).facts["master"] == other
    assert "已经结束" in await first.refused(HANDLER, "merge_into", master=own)


async def test_a_refusal_has_a_ground_of_the_list_and_a_sealed_reason(hub: World) -> None:
    desk = await triaged(hub, Office(hub))
    await desk.do(HANDLER, "propose_refusal")
    assert "（code）" in await desk.refused(HEAD, "refuse", code="张三与李四的民事纠纷")
    case = await desk.do(HEAD, "refuse", code="CIVIL_DISPUTE", reason="张三与李四之间的借款")
    assert (case.state, case.waiting) == (CaseState.NOT_ACCEPTED, False)
    entry = await desk.last()
    assert entry.text == "张三与李四之间的借款"
    assert entry.facts["code"] == "CIVIL_DISPUTE"
    assert "张三" not in str(entry.facts)


async def test_an_extension_is_asked_for_by_one_and_approved_by_another(hub: World) -> None:
    desk = await in_hand(hub, Office(hub))
    assert "尚未申请" in await desk.refused(HEAD, "extend", days=20, reason="案情复杂")
    assert "尚未申请" in (await desk.offers(HEAD))["extend"].why_not
    await desk.do(HANDLER, "ask_extension", days=15, reason="等待鉴定")
    assert (await desk.offers(HEAD))["extend"].why_not == ""
    case = await desk.do(HEAD, "extend", days="", reason="")
    assert case.proceeding.extended == 15
    assert (await desk.last()).text == "等待鉴定"
    assert case.proceeding.papers[-1].kind is DocumentKind.EXTENSION


async def test_who_works_on_a_case_may_see_it_whatever_form_assigns_it(hub: World) -> None:
    office = Office(hub)
    desk = await triaged(hub, office)
    await desk.do(HANDLER, "accept", branch=6, items=["停放"])
    found = await hub.hub.repositories.cases.get(desk.case_id)
    assert found is not None
    head, inspector = await office.agent(HEAD), await office.agent(INSPECTOR)
    data = {"handler": inspector.id}
    with pytest.raises(IllegalMove):
        await hub.hub.actions.move_case(head, desk.case_id, "assign", data, version=found.version)
    with pytest.raises(Invalid):
        await hub.hub.actions.assign_case(head, desk.case_id, inspector.id, version=found.version)
    assert "assign" not in await desk.offers(HEAD)


async def test_only_what_answers_the_citizen_ends_their_waiting(hub: World) -> None:
    desk = await triaged(hub, Office(hub))
    assert (await desk.do(HEAD, "cuiban")).waiting
    assert (await desk.do(HEAD, "duban", order="请尽快办理", due="2099-01-01")).waiting
    assert not (await desk.do(HANDLER, "ask", question="请补充时间")).waiting


async def test_words_of_a_step_are_sealed_and_a_branch_is_a_number(hub: World) -> None:
    desk = await in_hand(hub, Office(hub))
    for event in ("log_contact", "add_evidence", "co_reply"):
        await desk.do(HANDLER, event, **data_of(event, {"comment": "已电话联系张三"}))
        entry = await desk.last()
        assert (entry.text, "张三" in str(entry.facts)) == ("已电话联系张三", False)
    idea = await triaged(hub, desk.office, PetitionKind.SUGGESTION)
    case = await idea.do(HANDLER, "accept", branch="张三说的那项", items=["夜间照明"])
    assert (case.state, case.proceeding.branch) == (CaseState.ACCEPTED, 0)
    assert "branch" not in (await idea.last()).facts


async def test_a_supervisor_answers_and_closes_a_question_and_a_reviewer_does_not_see_it(hub: World) -> None:
    office = Office(hub)
    case_id = (await filed(hub, PetitionKind.CONSULT)).case_id
    head, reviewer = await office.agent(HEAD), await office.agent(Role.HIGHER_REVIEWER)
    actions = hub.hub.actions
    view = await actions.read_cases.open(head, case_id)
    assert {"reply", "close"} <= view.allowed
    await actions.replies.reply(head, case_id, "请到窗口办理。", version=view.version)
    view = await actions.read_cases.open(head, case_id)
    await actions.close_case(head, case_id, "已答复", version=view.version)
    assert (await office.case(case_id)).state is CaseState.CLOSED
    with pytest.raises(NotFound):
        await actions.read_cases.open(reviewer, case_id)
    assert set((await actions.read_queue.counts(reviewer)).values()) == {0}


async def test_a_higher_reviewer_reads_a_case_under_review_and_has_no_box_that_fails(hub: World) -> None:
    office = Office(hub)
    filing = await filed(hub)
    await office.reply(filing.case_id)
    reviewer = await office.agent(Role.HIGHER_REVIEWER)
    reads = hub.hub.actions.read_cases
    queue = hub.hub.actions.read_queue
    assert (await queue.page(reviewer)).rows == ()
    request = Request("review", "web", hub.hub.clock.now_ms())
    await hub.hub.actions.citizen_move.proven(filing.case_id, CitizenWish("request_fucha"), request)
    [row] = (await queue.page(reviewer)).rows
    assert row.case.id == filing.case_id
    assert not (await reads.open(reviewer, filing.case_id)).allowed & {"reply", "close", "assign"}
    seen = await hub.hub.actions.move_case(
        reviewer, filing.case_id, "remand", {"reply": "撤销，重新办理。"}, version=row.version
    )
    assert not seen
    assert (await office.case(filing.case_id)).state is CaseState.HANDLING


async def test_the_page_offers_the_choice_to_leave_for_a_report_only_and_never_to_become_one(
    hub: World,
) -> None:
    report, appeal = [
        (await filed(hub, kind)).case_id for kind in (PetitionKind.REPORT, PetitionKind.COMPLAINT)
    ]
    async with browser(hub.url) as theirs, browser(hub.url) as ours:
        inspector, handler = await sign_in(hub, theirs, INSPECTOR), await sign_in(hub, ours, HANDLER)
        pages = await inspector.get(f"/staff/cases/{report}"), await handler.get(f"/staff/cases/{appeal}")
        assert ['name="leaves"' in page for page in pages] == [True, False]
        assert not any('<option value="REPORT"' in page for page in pages)
        path = f"/staff/cases/{report}/moves/reclassify"
        version = str(await Desk(hub, Office(hub), report).version())
        given = {"track": "SERVICE", "reason": "求助", "leaves": "1"}
        status, page = await inspector.post(path, version=version, **given)
        assert (status, report in page) == (200, False)  # the queue: the case is gone for inspectors
        assert report in await handler.get("/staff/queue")
