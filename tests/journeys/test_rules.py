"""Two administrators take in the holiday notice of the next year, and change who is competent."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from hub.model.agent import Role
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import Case, Origin
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.queue.order import rank_of
from hub.model.cases.queue.timing import scheduled
from hub.model.cases.roles import CaseRole
from hub.model.cases.rule_book import BookKind
from hub.model.cases.step import begun
from hub.model.track import Track
from hub.model.units.unit import Unit
from hub.runtime.clock import Clock, FakeClock, SystemClock, day_of
from hub.runtime.ids import new_id
from tests.journeys.editor_at_work import Editor, sign_in
from tests.rules import case_rules
from tests.unit.hub.actions.rules.rule_office import notice_2027
from tests.world import World, browser, eventually, world

PATH = "/staff/rules"
CALENDAR, COMPETENCE = f"{PATH}/calendar", f"{PATH}/competence"
MISSING = "2027 年放假通知尚未导入"


@pytest.fixture
def clock() -> Clock:
    """A test may be given another."""
    return SystemClock()


@pytest.fixture
async def office(tmp_path: Path, clock: Clock) -> AsyncIterator[World]:
    async with world(tmp_path, clock=clock) as running:
        yield running


@pytest.fixture
async def first(office: World) -> AsyncIterator[Editor]:
    async with browser(office.url) as http:
        yield await sign_in(office, http, Role.ADMIN)


@pytest.fixture
async def second(office: World) -> AsyncIterator[Editor]:
    async with browser(office.url) as http:
        yield await sign_in(office, http, Role.ADMIN, login="second")


async def looked_at(editor: Editor, path: str, content: str) -> dict[str, str]:
    """What the preview of a file sends on."""
    status, page = await editor.upload("a.csv", content.encode("gb18030"), f"{path}/import", page=path)
    assert status == 200
    return dict(re.findall(r'type="hidden" name="(kept|base)" value="([^"]*)"', page))


THURSDAY = 1_802_923_200_000  # 2027-02-18 12:00 in China
MINUTE = 60_000


async def opened(office: World, track: Track, *, received_at: int) -> Case:
    """A case that was submitted, stored as it is looked for by the clocks."""
    rules = case_rules().now
    p = begun(Proceeding(track), Attempt("submit", received_at, CaseRole.CIT, rules))
    id = new_id(received_at)
    case = Case(id, id, received_at, received_at, p, Origin("sms-12110", "sms"))
    case = scheduled(case, received_at, rules)
    await office.hub.documents.commit([office.hub.repositories.cases.insert(case)])
    return replace(case, rank=rank_of(case))


@pytest.mark.parametrize("clock", [FakeClock(THURSDAY)])  # when the notice for 2027 is late
async def test_a_notice_is_proposed_by_one_approved_by_another_and_moves_a_last_day(
    office: World, first: Editor, second: Editor
) -> None:
    rules, cases = office.hub.rules, office.hub.repositories.cases
    # Two workdays: Friday and Monday, and with the notice Friday and the Saturday that is worked instead.
    question = await opened(office, Track.CONSULT, received_at=THURSDAY - MINUTE)
    petition = await opened(office, Track.APPEAL, received_at=THURSDAY - MINUTE)  # calendar days
    assert MISSING in await first.get("/staff/system")
    assert "没有这一年的放假通知" in await first.get(f"{CALENDAR}?year=2027")
    status, page = await first.upload("a.csv", notice_2027().encode(), f"{CALENDAR}/import", page=CALENDAR)
    assert status == 200
    assert "共 14 处修改" in page
    taken = dict(re.findall(r'type="hidden" name="(kept|base)" value="([^"]*)"', page))
    status, page = await first.post(f"{CALENDAR}/propose", **taken, reason="")
    assert status == 422
    assert "请写明理由" in page
    assert (await first.post(f"{COMPETENCE}/propose", **taken, reason="另一本规则"))[0] == 422
    status, page = await first.post(f"{CALENDAR}/propose", **taken, reason="国办通知已发布")
    assert status == 200
    assert "由另一名管理员批准后生效" in page
    assert rules.calendar().is_provisional(2027)

    one = f"{CALENDAR}/revisions/1"
    assert "须由另一名管理员批准" in await first.get(one)
    assert (await first.post(f"{one}/approve"))[0] == 403
    assert rules.calendar().is_provisional(2027)
    page = await second.get(one)
    assert "国办通知已发布" in page
    assert "测试admin 提交于" in page
    status, _ = await second.post(f"{one}/approve", note="已与原文核对")
    assert status == 200
    assert not rules.calendar().is_provisional(2027)
    assert MISSING not in await second.get("/staff/system")
    assert (await second.post(f"{one}/refuse", note="改主意了"))[0] == 409

    async def counted() -> bool:
        return "1 个到期日有变化" in await first.get(CALENDAR)

    assert await eventually(counted)
    after, other = await cases.get(question.id), await cases.get(petition.id)
    assert after is not None
    assert after.value.proceeding == question.proceeding
    assert day_of(question.due_at).isoformat() == "2027-02-20"  # three days before Monday ends
    assert day_of(after.value.due_at).isoformat() == "2027-02-19"
    assert other is not None
    assert (other.value, other.version) == (petition, 1)


async def test_a_book_goes_out_to_a_file_and_comes_back_and_a_bad_line_is_named(
    office: World, first: Editor
) -> None:
    async with first.http.get(f"{office.url}{CALENDAR}/export") as answer:
        content = await answer.read()
        assert ".csv" in answer.headers["Content-Disposition"]
    assert content.startswith("\ufeffdate,kind,name,source_notice".encode())
    status, page = await first.upload("a.csv", content, f"{CALENDAR}/import", page=CALENDAR)
    assert status == 200
    assert "内容没有变化" in page
    assert 'name="kept"' not in page
    bad = notice_2027("2027-13-40,holiday,<b>,号").encode("gb18030")
    status, page = await first.upload("a.csv", bad, f"{CALENDAR}/import", page=CALENDAR)
    assert status == 422
    assert re.search(r"<td>16</td><td>date：“2027-13-40”不是有效日期", page)
    assert "<b>" not in page
    assert 'name="kept"' not in page
    status, _ = await first.upload("a.csv", b"", f"{CALENDAR}/import", page=CALENDAR)
    assert status == 422
    assert await office.hub.repositories.rule_books.history(BookKind.CALENDAR) == []


async def test_a_unit_is_made_competent_by_one_person_and_taken_out_again(
    office: World, first: Editor, second: Editor
) -> None:
    await office.hub.repositories.units.insert(Unit("u1", "交警支队", "u1"))
    await first.get(f"{COMPETENCE}/row")
    row = {"category": "交通违法", "region": "3501", "unit_id": "u1", "co_units": "", "priority": "1"}
    status, page = await first.post(f"{COMPETENCE}/row", **row | {"priority": "0"})
    assert status == 422
    assert "应是 1 到 99 的整数" in page
    assert 'value="交通违法"' in page
    status, page = await first.post(f"{COMPETENCE}/row", **row)
    assert status == 200
    assert "不涉及法定时限" in page
    taken = dict(re.findall(r'type="hidden" name="(kept|base)" value="([^"]*)"', page))
    # a second administrator is quicker: what the first saw is not what is in force any more
    quicker = await looked_at(
        second, COMPETENCE, "category,region,unit_id,co_units,priority,valid_from,valid_to\n户政,,u1,,1,,\n"
    )
    assert (await second.post(f"{COMPETENCE}/propose", **quicker, reason="新目录"))[0] == 200
    status, page = await first.post(f"{COMPETENCE}/propose", **taken, reason="新增交通")
    assert status == 409
    assert "没有提交" in page
    assert [found["category"] for found in office.hub.rules.rows(BookKind.COMPETENCE)] == ["户政"]

    page = await first.get(COMPETENCE)
    assert "交警支队" in page
    address = re.search(r'href="(/staff/rules/competence/row\?key=[^"]+)"', page)
    assert address
    page = await first.get(address[1].replace("&amp;", "&"))
    key = dict(re.findall(r'type="hidden" name="(instead\d)" value="([^"]*)"', page))
    status, page = await first.post(f"{COMPETENCE}/row", then="remove", **key)
    assert status == 200
    taken = dict(re.findall(r'type="hidden" name="(kept|base)" value="([^"]*)"', page))
    assert (await first.post(f"{COMPETENCE}/propose", **taken, reason="不再受理"))[0] == 200
    assert office.hub.rules.rows(BookKind.COMPETENCE) == ()


async def test_a_number_that_was_taken_along_is_routed_by_itself_and_shown_masked(
    office: World, first: Editor
) -> None:
    path = f"{PATH}/numbers"
    page = await first.get(path)
    assert "携号转网" in page
    assert "sms-mobile、sms-telecom、sms-unicom" in page
    row = {"number": "13912345678", "carrier": "中国电信", "channels": "sms-telecom|nobody", "note": ""}
    status, page = await first.post(f"{path}/row", **row)
    assert status == 422
    assert "没有名为“nobody”的短信渠道" in page
    status, page = await first.post(f"{path}/row", **row | {"channels": "sms-telecom"})
    assert status == 200
    assert "139****5678" in page
    taken = dict(re.findall(r'type="hidden" name="(kept|base)" value="([^"]*)"', page))
    assert (await first.post(f"{path}/propose", **taken, reason="本人来电"))[0] == 200
    page = await first.get(path)
    assert "139****5678" in page
    assert "13912345678" not in page
    address = re.search(r'href="(/staff/rules/numbers/row\?key=[^"]+)">139\*', page)
    assert address
    page = await first.get(address[1].replace("&amp;", "&"))
    assert 'value="13912345678"' in page
    (revision,) = await office.hub.repositories.rule_books.history(BookKind.NUMBERS)
    assert (revision.reason, revision.needs_second) == ("本人来电", False)
