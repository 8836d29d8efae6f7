"""Departments hand over their data: looked at, taken once, signed; conflicts stand against go-live."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook

from campaigns.importing.columns import FileKind
from channels.address import phone
from channels.outbox.delivery import MessageClass
from channels.outbox.suppression import EDUCATION, NOTICE, WARNING
from hub.actions.departments.handover.sign_handover import NO_NAME
from hub.model.cases.rule_book import BookKind
from hub.model.departments.registered import DepartmentTemplate, SenderLine
from hub.model.recipients.contact_import import ContactImport, ImportState
from hub.runtime.errors import Invalid, Stale
from tests.unit.hub.actions.campaigns.recipients.desk import DAY, NOON, csv_of
from tests.unit.hub.actions.departments.handover_office import ADMIN, UNITS, HandoverOffice

K = FileKind
BAD = ("0591-87654321", "110", "1.38E+10", "13800000001;13900000002", "电话", "")


@pytest.fixture
async def office(tmp_path: Path) -> HandoverOffice:
    office = HandoverOffice(tmp_path)
    await office.register("traffic", "entry")
    return office


def number(of: int) -> str:
    return f"139{of:08}"


async def is_out(office: HandoverOffice, of: int, subject: str = NOTICE) -> bool:
    rule = (office.stores.contacts.key(phone(number(of))), subject)
    return rule in await office.stores.suppressions.blocked([rule])


async def error_file(office: HandoverOffice, taking: ContactImport) -> list[list[str]]:
    """Line, reason, cell."""
    text = b"".join([piece async for piece in office.imports.rejected_file(taking)]).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))[1:]


async def test_five_departments_with_bad_numbers_and_conflicting_keywords_merged_twice(
    tmp_path: Path,
) -> None:
    """Scenario 13 of the merger: the second time changes nothing, every rejected row has a reason, an opt-out
    in any source wins, a conflict blocks go-live."""
    office = HandoverOffice(tmp_path, chunk=40)
    departments = ("traffic", "entry", "household", "criminal", "economic")
    await office.register(*departments)

    async def merge() -> list[ContactImport]:
        done: list[ContactImport] = []
        for place, department in enumerate(departments):
            # 50 people, of whom 25 are the next department's too, and 12 % bad numbers
            good = [f"{number(place * 25 + of)},人{of},是" for of in range(44)]
            people = csv_of("手机号,姓名,是否同意", *good, *(f"{bad},坏,是" for bad in BAD), encoding="gbk")
            done.append(await office.hand_over(department, K.PEOPLE, people))
            outs = csv_of("手机号码,退订时间", f"{number(place * 25 + 30)},2026-03-01", encoding="utf-16")
            done.append(await office.hand_over(department, K.OPT_OUTS, outs))
        keywords = Workbook()
        for row in (("关键词", "处理单位"), ("违章", UNITS["traffic"]), ("签证", UNITS["traffic"])):
            keywords.active.append(row)
        file = io.BytesIO()
        keywords.save(file)
        done.append(await office.hand_over("traffic", K.ROUTES, file.getvalue(), name="关键词.xlsx"))
        other = csv_of("关键词,处理单位", f"簽證,{UNITS['entry']}", f"护照,{UNITS['entry']}")
        done.append(await office.hand_over("entry", K.ROUTES, other))
        return done

    first = await merge()
    people = [one for one in first if one.kind is K.PEOPLE]
    assert [one.state for one in first] == [ImportState.DONE] * 12
    for one in first:  # the sheet counts every row
        done = one.done
        taken = done.new + done.merged + done.unchanged + done.repeated
        assert done.rows == taken + done.conflicts + done.bad
    for one in people:
        assert (one.done.rows, one.done.bad, one.done.bad_share) == (50, 6, 0.12)
        told = [row[1] for row in await error_file(office, one)]
        assert len(told) == 6
        assert all(told)
    assert sum(one.done.new for one in people) == 4 * 25 + 44
    assert sum(one.done.merged for one in people) == 4 * 19
    for place in range(5):  # known to two departments, refused at one of them
        assert await is_out(office, place * 25 + 30)
    assert await office.routes() == {"违章": "unit-traffic", "签证": "unit-traffic", "护照": "unit-entry"}
    assert "“簽證”已归“交警支队”，请协商由谁处理" in (await office.handover("entry")).open

    before = await office.whole_store()
    again = await merge()
    assert await office.whole_store() == before
    assert [one.done.new + one.done.merged for one in again] == [0] * 12
    assert [one.done.bad for one in again] == [one.done.bad for one in first]


async def test_a_renamed_department_is_the_same_source(office: HandoverOffice) -> None:
    people = csv_of("手机号,姓名,是否同意", f"{number(1)},林,是")
    first = await office.hand_over("traffic", K.PEOPLE, people)
    before = await office.whole_store()
    begun = await office.imports.begin(
        "officer", "a.csv", "交通警察总队", io.BytesIO(people), kind=K.PEOPLE, department="traffic"
    )
    await office.imports.check(begun.id, mapping=begun.mapping, heading=True)
    await office.work()
    await office.imports.start(begun.id)
    await office.work()
    assert (await office.now(begun.id)).source == first.source
    assert await office.whole_store() == before


async def test_an_opt_out_wins_over_a_list_that_comes_later_and_says_yes(office: HandoverOffice) -> None:
    await office.hand_over("traffic", K.OPT_OUTS, csv_of("手机号", number(1)))
    people = csv_of("手机号,是否同意", f"{number(1)},是")
    taken = await office.hand_over("entry", K.PEOPLE, people)
    assert (taken.done.new, taken.done.opted_out) == (1, 1)
    assert await is_out(office, 1, EDUCATION)
    assert (await office.everybody())["+86" + number(1)].consent == ""


async def test_what_an_opt_out_is_about_is_read_and_what_is_unclear_is_everything(
    office: HandoverOffice,
) -> None:
    rows = csv_of("手机号,退订内容", f"{number(1)},普法宣传", f"{number(2)},？？", f"{number(3)},")
    taken = await office.hand_over("traffic", K.OPT_OUTS, rows, subject=WARNING)
    assert taken.done.noted == {"unknown_subject": 1}
    about = [
        [one for one in (EDUCATION, WARNING, NOTICE) if await is_out(office, of, one)] for of in (1, 2, 3)
    ]
    assert about == [[EDUCATION], [EDUCATION, WARNING, NOTICE], [WARNING]]


async def test_who_subscribed_again_here_is_not_refused_by_the_same_old_file(office: HandoverOffice) -> None:
    rows = csv_of("手机号", number(1), number(2))
    await office.hand_over("traffic", K.OPT_OUTS, rows)
    key = office.stores.contacts.key(phone(number(1)))
    office.clock.advance(seconds=60)
    back = await office.stores.suppressions.wish(key, "all", out=False, by="sms", at=office.clock.now_ms())
    await office.documents.commit(back)
    before = await office.whole_store()
    again = await office.hand_over("traffic", K.OPT_OUTS, rows)
    assert (again.done.unchanged, again.done.noted) == (2, {"came_back": 1})
    assert await office.whole_store() == before
    other = await office.hand_over("entry", K.OPT_OUTS, rows)  # said somewhere else: it wins
    assert (other.done.new, await is_out(office, 1)) == (1, True)


async def test_an_opt_out_older_than_the_new_wish_changes_nothing(office: HandoverOffice) -> None:
    key = office.stores.contacts.key(phone(number(1)))
    for out, at in ((True, NOON - 9 * DAY), (False, NOON - DAY)):
        wish = await office.stores.suppressions.wish(key, "all", out=out, by="sms", at=at)
        await office.documents.commit(wish)
    old = await office.hand_over("traffic", K.OPT_OUTS, csv_of("手机号,日期", f"{number(1)},2026-01-02"))
    assert (old.done.unchanged, await is_out(office, 1)) == (1, False)
    fresh = await office.hand_over("traffic", K.OPT_OUTS, csv_of("手机号,日期", f"{number(1)},2026-09-22"))
    assert (fresh.done.new, await is_out(office, 1)) == (1, True)


async def test_three_percent_broken_rows_are_told_and_stop_nothing(office: HandoverOffice) -> None:
    rows = [number(of) for of in range(97)]
    rows[10:10] = ["0591-87654321", '"1390000\n01"', "１２３"]
    looked = await office.hand_over("traffic", K.OPT_OUTS, csv_of("手机号", *rows), take=False)
    assert (looked.state, looked.checked.rows, looked.checked.bad) == (ImportState.CHECKED, 100, 3)
    assert not await is_out(office, 0)  # only looked at
    assert [row[1] for row in await error_file(office, looked)] == [
        "固定电话，收不到短信",
        "不是有效的手机号",
        "服务号码，不是个人手机号",
    ]
    await office.imports.start(looked.id)
    await office.work()
    done = await office.now(looked.id)
    assert (done.done.new, done.done) == (97, looked.checked)


@pytest.mark.parametrize(("bad", "state"), [(20, ImportState.CHECKED), (21, ImportState.MAPPING)])
async def test_only_a_share_above_a_fifth_stops_it(
    office: HandoverOffice, bad: int, state: ImportState
) -> None:
    rows = [*(number(of) for of in range(100 - bad)), *["x"] * bad]
    looked = await office.hand_over("traffic", K.OPT_OUTS, csv_of("手机号", *rows))
    assert looked.checked.bad == bad
    assert len(await error_file(office, looked)) == bad
    if state is ImportState.MAPPING:
        assert looked.state is state
        assert "超过了允许的比例" in looked.problem
        with pytest.raises(Invalid):
            await office.imports.start(looked.id)
        assert "“移交.csv”里不能用的行太多，没有导入" in (await office.handover("traffic")).open
    assert await is_out(office, 0) is (state is ImportState.CHECKED)


async def test_a_crash_anywhere_takes_every_opt_out_once(office: HandoverOffice) -> None:
    rows = csv_of("手机号", *(number(of % 20) for of in range(23)), "x")
    looked = await office.hand_over("traffic", K.OPT_OUTS, rows, take=False)
    assert (looked.checked.new, looked.checked.unchanged) == (20, 3)
    await office.imports.start(looked.id)
    while await office.imports.step():
        office.start()
    done = await office.now(looked.id)
    assert (done.state, done.done) == (ImportState.DONE, looked.checked)
    assert await office.stores.suppressions.counts() == {EDUCATION: 20, NOTICE: 20, WARNING: 20}


async def test_templates_join_in_our_writing_and_replace_none(office: HandoverOffice) -> None:
    held = DepartmentTemplate("fine", MessageClass.N, "有一条违法记录")
    found = await office.stores.departments.registry.get("traffic")
    assert found is not None
    write = office.stores.departments.registry.update(replace(found.value, templates=(held,)), found.version)
    await office.documents.commit([write])
    rows = csv_of(
        "模板编号,类型,短信内容",
        "visit,通知,${name}您好，请于#日期#到%s办理",
        "code,验证码,{code}",
        "fine,通知,您的车辆{1}有一条违法记录",
        "law,宣传,反诈",
        "twice,通知,甲",
        "twice,通知,乙",
        "brace,通知,{ 没有结束",
        "坏,通知,正文",
    )
    taken = await office.hand_over("traffic", K.TEMPLATES, rows)
    assert taken.state is ImportState.MAPPING  # four of eight are conflicts or refused: 3 are bad rows
    assert taken.checked.rejected == {"bad_code": 1, "bad_places": 1, "class_not_allowed": 1}
    office.most_bad_percent = 50
    office.start()
    taken = await office.hand_over("traffic", K.TEMPLATES, rows)
    assert (taken.done.new, taken.done.conflicts, taken.done.bad) == (2, 3, 3)
    department = (await office.handover("traffic")).department
    assert department.templates == (
        held,
        DepartmentTemplate("visit", MessageClass.N, "{name}您好，请于{1}到{2}办理"),
        DepartmentTemplate("code", MessageClass.E1, "{code}"),
    )
    points = (await office.handover("traffic")).open
    assert "模板 fine 已登记了不同的正文，请核对" in points
    assert "模板 twice 在文件里有两个不同的正文，请核对" in points
    before = await office.whole_store()
    again = await office.hand_over("traffic", K.TEMPLATES, rows)
    assert (again.done.new, again.done.unchanged) == (0, 2)
    assert await office.whole_store() == before


async def test_a_keyword_of_another_department_waits_until_somebody_decides(office: HandoverOffice) -> None:
    await office.hand_over("traffic", K.ROUTES, csv_of("关键词", "签证", "违章"), desk="unit-traffic")
    rows = csv_of("关键词,号码", "签证,", "护照,", ",12110591234", "退订,", "护照,12110", "护照,")
    taken = await office.hand_over("entry", K.ROUTES, rows, desk="unit-entry", take=False)
    assert await office.routes() == {"签证": "unit-traffic", "违章": "unit-traffic"}
    assert taken.state is ImportState.MAPPING
    mended = csv_of("关键词,号码", "签证,", "护照,", ",12110591234", "护照,", "退订,")
    taken = await office.hand_over("entry", K.ROUTES, mended, desk="unit-entry")
    assert (taken.done.new, taken.done.repeated, taken.done.conflicts) == (2, 1, 1)
    assert taken.done.rejected == {"bad_keyword": 1}
    assert [row[1:] for row in await error_file(office, taken)] == [
        ["关键词已归其他单位", "签证"],
        ["关键词应是 2 到 20 个字，且不是退订用词", "退订"],
    ]
    said = "“签证”已归“交警支队”，请协商由谁处理"
    assert said in await office.read_handover.open_points("entry")
    assert said not in await office.read_handover.open_points("traffic")
    # They agree that it is the other's: the table of desks is changed, and nothing stands against it.
    rows_now, base = await office.revise.newest_rows(BookKind.ROUTES)
    after = [{**row, "desk": "unit-entry"} if row["keyword"] == "签证" else row for row in rows_now]
    await office.revise.propose(BookKind.ROUTES, after, base=base, reason="协商", wanted_from=0, by="admin")
    assert said not in await office.read_handover.open_points("entry")


async def test_one_keyword_twice_in_a_file_goes_to_nobody(office: HandoverOffice) -> None:
    rows = csv_of("关键词,处理单位", f"护照,{UNITS['entry']}", f"护照,{UNITS['traffic']}", "港澳,没有的单位")
    office.most_bad_percent = 50
    office.start()
    taken = await office.hand_over("entry", K.ROUTES, rows)
    assert (taken.done.conflicts, taken.done.rejected) == (2, {"unknown_desk": 1})
    assert await office.routes() == {}
    assert "“护照”在文件里归两个单位，请核对" in await office.read_handover.open_points("entry")


async def test_routes_need_a_desk(office: HandoverOffice) -> None:
    with pytest.raises(Invalid) as refused:
        await office.hand_over("traffic", K.ROUTES, csv_of("关键词", "违章"))
    assert set(refused.value.problems) == {"desk"}


async def test_of_history_only_numbers_by_month_are_kept(office: HandoverOffice) -> None:
    rows = csv_of(
        "月份,发送量,成功数", "2026-08,100,90", "202607,50.0,50", "2023-01,9,9", "2027-01,9,9", "x,1,1"
    )
    office.most_bad_percent = 60
    office.start()
    taken = await office.hand_over("traffic", K.HISTORY, rows)
    assert taken.done.rejected == {"future": 1, "no_month": 1, "too_old": 1}
    assert (taken.done.counted, taken.done.new) == (2, 2)
    months = (await office.handover("traffic")).months
    assert [(one.month, one.counts) for one in months] == [("202608", (100, 90, 0)), ("202607", (50, 50, 0))]
    before = await office.whole_store()
    again = await office.hand_over("traffic", K.HISTORY, rows)
    assert (again.done.unchanged, again.done.new, again.done.merged) == (2, 0, 0)
    assert await office.whole_store() == before


async def test_messages_of_a_history_are_counted_once_whatever_crashes(
    office: HandoverOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.actions.departments.handover.history_list.HistoryList.at_once", 4)
    rows = [
        f"2026年8月{day}日 10:00:00,{state}" for day in (1, 2, 30) for state in ("DELIVRD", "UNDELIV", "")
    ]
    looked = await office.hand_over("traffic", K.HISTORY, csv_of("发送时间,状态", *rows), take=False)
    await office.imports.start(looked.id)
    while await office.imports.step():
        assert len((await office.handover("traffic")).months) <= 1
        office.start()
    assert [one.counts for one in (await office.handover("traffic")).months] == [(9, 3, 3)]


async def test_the_sheet_is_signed_as_it_was_seen(office: HandoverOffice) -> None:
    await office.hand_over("traffic", K.OPT_OUTS, csv_of("手机号", number(1)))
    seen = [one.id for one in (await office.handover("traffic")).unsigned]
    assert (await office.handover("traffic")).open == ("对账单还没有签字：1 个文件",)
    with pytest.raises(Invalid) as refused:
        await office.sign(ADMIN, "traffic", " ", seen)
    assert refused.value.problems == {"name": NO_NAME}
    with pytest.raises(Stale):  # of another department
        await office.sign(ADMIN, "entry", "王明", seen)
    await office.sign(ADMIN, "traffic", "王明", seen)
    handover = await office.handover("traffic")
    assert (handover.open, handover.unsigned, handover.taken[0].signatory) == ((), (), "王明")
    with pytest.raises(Stale):
        await office.sign(ADMIN, "traffic", "李华", seen)
    more = await office.hand_over("traffic", K.OPT_OUTS, csv_of("手机号", number(2)))
    assert [one.id for one in (await office.handover("traffic")).unsigned] == [more.id]


async def test_an_extension_of_two_departments_stands_against_both(office: HandoverOffice) -> None:
    await office.register("household", senders=(SenderLine("sms", "07"),))
    await office.register("criminal", senders=(SenderLine("sms", "07"), SenderLine("sms", "")))
    for id, other in (("household", "criminal支队"), ("criminal", "户政处")):
        assert await office.read_handover.open_points(id) == (f"通道 sms 的扩展号 07 同时登记给“{other}”",)


async def test_rows_are_forgotten_in_their_time_and_the_numbers_stay(office: HandoverOffice) -> None:
    taken = await office.hand_over("traffic", K.OPT_OUTS, csv_of("手机号", *map(number, range(9)), "x"))
    await office.sign(ADMIN, "traffic", "王明", [taken.id])
    office.clock.advance(seconds=91 * 86_400)
    await office.work()
    kept = await office.now(taken.id)
    assert (kept.errors, kept.columns, kept.done, kept.signatory) == ((), (), taken.done, "王明")
    await office.imports.purge(taken.id)  # nobody takes the numbers off the sheet
    assert await office.now(taken.id) == kept
    assert await error_file(office, kept) == []
    assert office.pieces.ids() == []


async def test_a_file_nobody_took_is_forgotten_and_no_longer_waits(office: HandoverOffice) -> None:
    looked = await office.hand_over("traffic", K.OPT_OUTS, csv_of("手机号", number(1)), take=False)
    assert await office.read_handover.open_points("traffic") == ("“移交.csv”检查完了，还没有导入",)
    office.clock.advance(seconds=8 * 86_400)
    await office.work()
    assert (await office.now(looked.id)).state is ImportState.CANCELED
    assert await office.read_handover.open_points("traffic") == ()


async def test_a_revision_that_waits_refuses_routes_in_words(office: HandoverOffice) -> None:
    looked = await office.hand_over(
        "traffic", K.ROUTES, csv_of("关键词", "违章"), desk="unit-traffic", take=False
    )
    row = {"written_to": "", "keyword": "户口", "desk": "unit-entry"}
    _, write = await office.revise.revision(
        BookKind.ROUTES, [row], base=0, reason="r", wanted_from=0, by="admin"
    )
    body = {**write.body, "state": "proposed"}
    await office.documents.commit([replace(write, body=body)])
    await office.imports.start(looked.id)
    await office.work()
    refused = await office.now(looked.id)
    assert refused.state is ImportState.REFUSED
    assert "还没有决定" in refused.problem
    assert await office.routes() == {}


async def test_of_the_offices_own_list_the_officer_decides(office: HandoverOffice) -> None:
    looked = await office.look(csv_of("手机号", number(1), "x", "y"))
    assert (looked.state, looked.checked.bad) == (ImportState.CHECKED, 2)
