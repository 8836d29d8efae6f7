"""Books of rules: previewed, proposed, approved by a second person, followed by every process."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date

import pytest

from hub.actions.rules.in_force import RulesInForce
from hub.actions.rules.recompute_due import RecomputeDue
from hub.actions.rules.revise_rules import UnfitRules
from hub.actions.rules.rule_file import read_rules, rules_file
from hub.model.cases.rule_book import BookKind, RevisionState, SamePerson
from hub.repositories.rule_books import newest_calendar
from hub.runtime.errors import NotFound, Stale
from tests.unit.hub.actions.rules.rule_office import (
    COLUMNS,
    FIRST,
    NOON,
    SECOND,
    Process,
    notice_2027,
    of_profile,
    open_process,
)

CALENDAR, PROFILE, COMPETENCE = BookKind.CALENDAR, BookKind.PROFILE, BookKind.COMPETENCE
RULES = "category,region,unit_id,co_units,priority,valid_from,valid_to\n"
DAY = 86_400_000
CALLBACK = of_profile("clock.CALLBACK", "5", "workdays", statutory="no")


@pytest.fixture
async def office() -> Process:
    return await open_process()


async def test_a_notice_takes_two_people_and_then_its_year_is_provisional_no_more(office: Process) -> None:
    assert office.rules.calendar().is_provisional(2027)
    plan = await office.revise.plan_file(CALENDAR, notice_2027().encode())
    assert plan.needs_second
    assert len(plan.changes) == 14
    assert all(change.before is None for change in plan.changes)
    made = await office.proposed(CALENDAR, notice_2027())
    assert office.rules.calendar().is_provisional(2027)
    with pytest.raises(SamePerson):
        await office.revise.approve(CALENDAR, made, by=FIRST)
    approved = await office.revise.approve(CALENDAR, made, by=SECOND, note="已核对")
    assert (approved.proposed_by, approved.decided_by, approved.note) == (FIRST, SECOND, "已核对")
    calendar = office.rules.calendar()
    assert not calendar.is_provisional(2027)
    assert calendar.is_workday(date(2027, 2, 20))
    assert calendar.is_workday(date(2027, 2, 9))  # a day that the law alone would have off
    assert not calendar.is_workday(date(2026, 10, 7))  # the years the file does not name stay


async def test_what_is_no_statutory_value_is_in_force_at_once(office: Process) -> None:
    made = await office.proposed(COMPETENCE, RULES + "交通违法,3501,u1,u2,1,,\n")
    assert office.rules.number(COMPETENCE) == made == 1
    [row] = office.rules.rows(COMPETENCE)
    assert row["unit_id"] == "u1"
    with pytest.raises(Stale):
        await office.revise.approve(COMPETENCE, made, by=SECOND)


async def test_a_profile_needs_a_second_person_for_its_statutory_numbers_only(office: Process) -> None:
    plan = await office.revise.plan_row(PROFILE, CALLBACK, instead=["clock.CALLBACK"])
    assert not plan.needs_second
    plan = await office.revise.plan_row(
        PROFILE, of_profile("clock.HANDLE_60", "30", "days", statutory="yes"), instead=["clock.HANDLE_60"]
    )
    assert plan.needs_second
    [change] = plan.changes
    assert change.before is not None
    assert change.after is not None
    assert (change.before["value"], change.after["value"]) == ("60", "30")


async def test_a_file_changes_what_it_names_and_leaves_the_rest(office: Process) -> None:
    content = "key,value,unit,legal_basis,statutory\nclock.CALLBACK,5,workdays,依据,no\n"
    await office.proposed(PROFILE, content)
    assert [(row["key"], row["value"]) for row in office.rules.rows(PROFILE)] == [
        ("clock.CALLBACK", "5"),
        ("clock.HANDLE_60", "60"),
    ]
    await office.proposed(COMPETENCE, RULES + "交通,,u1,,1,,\n户政,,u2,,1,,\n")
    await office.proposed(COMPETENCE, RULES + "户政,,u1,,1,,\n")
    assert [row["category"] for row in office.rules.rows(COMPETENCE)] == ["户政"]


async def test_one_proposal_at_a_time_made_from_what_is_newest(office: Process) -> None:
    plan = await office.revise.plan_file(CALENDAR, notice_2027().encode())
    made = await office.proposed(CALENDAR, notice_2027())

    async def again() -> None:
        await office.revise.propose(
            CALENDAR, plan.after, base=plan.base, reason="又一次", wanted_from=0, by=SECOND
        )

    with pytest.raises(Stale):
        await again()
    await office.revise.approve(CALENDAR, made, by=SECOND)
    plan = await office.revise.plan_removal(CALENDAR, ["2026-10-10"])
    assert plan.needs_second
    plan = replace(plan, base=0)  # as if it had been made before
    with pytest.raises(Stale):
        await again()


async def test_of_two_proposals_at_once_one_is_kept(office: Process) -> None:
    other = office.second()
    content = RULES + "交通,,u1,,1,,\n"
    results = await asyncio.gather(
        office.proposed(COMPETENCE, content),
        other.proposed(COMPETENCE, content, by=SECOND),
        return_exceptions=True,
    )
    assert sorted(isinstance(result, Stale) for result in results) == [False, True]
    assert len(await office.revisions.history(COMPETENCE)) == 1


async def test_a_proposal_is_decided_once(office: Process) -> None:
    made = await office.proposed(CALENDAR, notice_2027())
    refused = await office.revise.refuse(
        CALENDAR, made, by=FIRST, note="文号写错"
    )  # one may take back one's own
    assert refused.state is RevisionState.REFUSED
    with pytest.raises(Stale):
        await office.revise.approve(CALENDAR, made, by=SECOND)
    with pytest.raises(NotFound):
        await office.revise.approve(CALENDAR, 9, by=SECOND)
    assert office.rules.calendar().is_provisional(2027)
    assert await office.proposed(CALENDAR, notice_2027()) == made + 1


async def test_a_revision_waits_for_its_time_and_another_never_overtakes_it(office: Process) -> None:
    await office.proposed(COMPETENCE, RULES + "交通,,u1,,1,,\n", wanted_from=NOON + DAY)
    assert office.rules.rows(COMPETENCE) == ()
    await office.proposed(COMPETENCE, RULES + "交通,,u2,,1,,\n")
    assert office.rules.rows(COMPETENCE) == ()
    office.clock.advance(seconds=86_400)
    assert [row["unit_id"] for row in office.rules.rows(COMPETENCE)] == ["u2"]
    assert office.rules.rows(COMPETENCE, NOON) == ()


async def test_another_process_follows(office: Process) -> None:
    other = office.second()
    made = await office.proposed(CALENDAR, notice_2027())
    await office.revise.approve(CALENDAR, made, by=SECOND)
    assert other.rules.calendar().is_provisional(2027)
    await other.follow.look()
    assert not other.rules.calendar().is_provisional(2027)
    now = office.clock.now_ms()
    assert await newest_calendar(office.documents, now) == list(other.rules.rows(CALENDAR))
    assert await newest_calendar(office.documents, now - 1) == []


async def test_what_a_newer_version_ships_beside_a_revision_is_in_force(office: Process) -> None:
    made = await office.proposed(CALENDAR, notice_2027())
    revision = await office.revise.approve(CALENDAR, made, by=SECOND)
    old = replace(revision, rows=tuple(row for row in revision.rows if row["date"] < "2026"))
    newer = RulesInForce(office.rules.books.values(), office.clock)
    newer.take(CALENDAR, [old])
    assert [row["date"] for row in newer.rows(CALENDAR)][-1] == "2026-10-10"


async def test_due_dates_are_computed_once_when_a_revision_is_in_force(office: Process) -> None:
    runs: list[bool] = []

    async def recompute(since: int) -> int:
        runs.append(office.rules.calendar().is_provisional(2027))
        return 7

    job = RecomputeDue(office.documents, office.revisions, office.follow, office.clock, recompute)
    await office.proposed(COMPETENCE, RULES + "交通,,u1,,1,,\n")
    made = await office.proposed(CALENDAR, notice_2027(), wanted_from=NOON + DAY)
    assert not await job.step()
    await office.revise.approve(CALENDAR, made, by=SECOND)
    assert not await job.step()  # approved, but its time has not come
    office.clock.advance(seconds=86_400)
    assert await job.step()
    assert not await job.step()
    assert runs == [False]
    found = await office.revisions.get(CALENDAR, made)
    assert found is not None
    assert found.value.due_changed == 7


async def test_every_bad_line_is_named_and_nothing_is_stored(office: Process) -> None:
    bad = (
        "\n".join(
            [
                COLUMNS,
                "2027-13-01,holiday,元旦,号",
                "2027-10-01,假,国庆节,号",
                "2027-10-02,holiday,,",
                "2027-10-05,makeup,国庆节,号",
                "2027-10-05,makeup,国庆节,号",
            ]
        )
    ).encode("gb18030")
    plan = await office.revise.plan_file(CALENDAR, bad)
    told = [(problem.line, problem.zh.partition("：")[0]) for problem in plan.problems]
    assert sorted(told) == [
        (2, "date"),
        (3, "kind"),
        (4, "name"),
        (4, "source_notice"),
        (5, "date"),
        (6, "date"),
        (6, "date"),
    ]
    assert plan.after == ()
    assert await office.revisions.history(CALENDAR) == []


async def test_a_notice_without_a_day_of_the_law_is_refused(office: Process) -> None:
    plan = await office.revise.plan_file(CALENDAR, notice_2027(without="2027-06-09").encode())
    [problem] = plan.problems
    assert (problem.line, "2027 年缺少法定节假日 2027-06-09（端午节）" in problem.zh) == (2, True)


async def test_days_as_a_spreadsheet_writes_them(office: Process) -> None:
    excel = notice_2027().replace("2027-02-06", "2027/2/6").replace("2027-10-01", "2027年10月1日")
    plan = await office.revise.plan_file(CALENDAR, excel.encode())
    assert plan.problems == ()
    assert {"2027-02-06", "2027-10-01"} <= {row["date"] for row in plan.after}


async def test_a_book_goes_out_to_a_file_and_comes_back_unchanged(office: Process) -> None:
    for kind in (CALENDAR, PROFILE):
        book = office.rules.books[kind]
        content = rules_file(book, office.rules.rows(kind))
        assert content.startswith("\ufeff".encode())
        assert [row for _, row in read_rules(book, content, {})] == list(office.rules.rows(kind))
        plan = await office.revise.plan_file(kind, content)
        assert (plan.changes, plan.problems) == ((), ())
        with pytest.raises(Stale):  # it is so already
            await office.revise.propose(kind, plan.after, base=0, reason="同样", wanted_from=0, by=FIRST)


async def test_a_catalogue_names_units_that_exist_and_decides_every_day(office: Process) -> None:
    rows = [
        "交通,,u9,,1,,",
        "交通,x,u1,u1|u8,0,2027-02-30,",
        "交通,,u1,,1,2027-05-01,2027-04-30",
    ]
    plan = await office.revise.plan_file(COMPETENCE, (RULES + "\n".join(rows)).encode())
    told = sorted((problem.line, problem.zh.partition("：")[0]) for problem in plan.problems)
    assert told == [
        (2, "unit_id"),
        (3, "co_units"),
        (3, "co_units"),
        (3, "priority"),
        (3, "region"),
        (3, "valid_from"),
        (4, "valid_to"),
    ]
    clash = RULES + "交通,,u1,,1,,2027-05-01\n交通,,u2,,1,2027-05-01,\n"
    [problem] = (await office.revise.plan_file(COMPETENCE, clash.encode())).problems
    assert (problem.line, problem.zh) == (3, "priority：与上面一行的有效期重叠，优先级也相同")


async def test_units_are_written_by_name_or_id_and_kept_by_id(office: Process) -> None:
    await office.proposed(COMPETENCE, RULES + "交通,,交警支队,法制支队 |,1,,\n")
    [row] = office.rules.rows(COMPETENCE)
    assert (row["unit_id"], row["co_units"]) == ("u1", "u2")


async def test_a_row_is_changed_and_taken_out_by_its_key(office: Process) -> None:
    with pytest.raises(UnfitRules) as refused:
        await office.revise.plan_row(PROFILE, {**CALLBACK, "value": "x"}, instead=["clock.CALLBACK"])
    assert [(problem.row, problem.field) for problem in refused.value.problems] == [(1, "value")]
    await office.proposed(COMPETENCE, RULES + "交通,,u1,,1,,\n")
    plan = await office.revise.plan_removal(COMPETENCE, ["交通", "", "1", ""])
    assert plan.after == ()
    await office.revise.propose(COMPETENCE, plan.after, base=1, reason="不再受理", wanted_from=0, by=FIRST)
    assert office.rules.rows(COMPETENCE) == ()
    with pytest.raises(NotFound):
        await office.revise.plan_removal(COMPETENCE, ["交通", "", "1", ""])
    made = await office.proposed(CALENDAR, notice_2027())
    await office.revise.approve(CALENDAR, made, by=SECOND)
    with pytest.raises(UnfitRules):  # a day of the law
        await office.revise.plan_removal(CALENDAR, ["2027-10-01"])
