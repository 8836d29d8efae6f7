"""The registry by its pages: an administrator registers and issues keys, a member sees their own only; a
department comes over from its old platform, and goes back."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from channels.outbox.delivery import MessageClass
from hub.actions.departments.change_keys import KeyWanted
from hub.model.agent import Role
from hub.model.departments.registered import Contract, RegisteredDepartment, SenderLine
from hub.model.units.unit import Unit
from hub.runtime.clock import to_local
from tests.department_system import DepartmentSystem
from tests.world import World, browser, world

SAME = {"Sec-Fetch-Site": "same-origin"}
PASSWORD = "correct horse 4711"
FORM = {
    "name": "交警支队",
    "owner": "陈科长 0591-12345678",
    "signatures": "东城交警",
    "class_E1": "yes",
    "class_N": "yes",
    "share": "2",
    "daily_parts": "100",
    "monthly_parts": "0",
    "parts_per_second": "50",
    "price": "0.045",
    "ends_on": "2020-01-31",
    "templates": "fine|N|{plate} 有新的违法记录。",
}


SUBMIT = "/api/v1/sms/submit"
CUTOVER = "/staff/departments/vehicles/cutover"
TEXT = {"text": "您的验证码是 482913，五分钟内有效。", "class": "E1"}
BY_HAND = ("imported", "conflicts", "tested", "old_stops", "fallback")


@dataclass
class Staff:
    """A signed-in member of staff without script."""

    hub: World
    http: aiohttp.ClientSession

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        async with self.http.get(self.hub.url + path, headers=headers) as answer:
            return answer.status, await answer.text()

    async def post(self, path: str, fields: dict[str, str], *, form: str = "") -> tuple[int, str]:
        """With the token of the page at `form`, following redirects."""
        _, page = await self.get(form or path)
        token = re.search(r'name="csrf" value="([^"]+)"', page)
        assert token is not None
        data = {"csrf": token[1], **fields}
        async with self.http.post(self.hub.url + path, data=data, headers=SAME) as answer:
            return answer.status, await answer.text()


@pytest.fixture(scope="module")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("hub")
    async with world(folder) as running:
        yield running


async def signed_in(hub: World, http: aiohttp.ClientSession, role: Role, login: str) -> Staff:
    await hub.agent(role, login, PASSWORD)
    staff = Staff(hub, http)
    await staff.post("/staff/login", {"login": login, "password": PASSWORD})
    return staff


@pytest.fixture(scope="module")
async def admin(hub: World) -> AsyncIterator[Staff]:
    async with browser(hub.url) as http:
        yield await signed_in(hub, http, Role.ADMIN, "admin")


@pytest.fixture(scope="module")
async def member(hub: World, admin: Staff) -> AsyncIterator[Staff]:
    async with browser(hub.url) as http:
        staff = await signed_in(hub, http, Role.DEPARTMENT, "jiaojing")
        await admin.post("/staff/departments/new", {**FORM, "id": "traffic", "members": "jiaojing"})
        other = {**FORM, "id": "fire", "name": "消防支队", "owner": ""}
        await admin.post("/staff/departments/new", other)
        yield staff


async def test_a_registered_department_is_in_force_at_once(hub: World, admin: Staff, member: Staff) -> None:
    status, page = await admin.get("/staff/departments/traffic")
    assert status == 200
    assert "陈科长" in page
    assert "合同 2020-01-31 到期" in page
    assert "部门合同：交警支队" in (await admin.get("/staff/system"))[1]
    assert "每秒 50 条" in page
    registered = hub.hub.departments.in_force.registered("traffic")
    assert registered is not None
    assert (registered.contract.price_milli, registered.templates[0].code) == (45, "fine")
    assert hub.hub.departments.in_force.departments.share("traffic") == 2
    _, listed = await admin.get("/staff/departments")
    assert listed.index("交警支队")
    assert "消防支队" in listed


async def test_a_department_with_an_old_platform_begins_there(hub: World, admin: Staff) -> None:
    _, form = await admin.get("/staff/departments/new")
    box = re.search(r'<input[^>]*name="old_platform"[^>]*>', form)
    assert box is not None
    assert "checked" in box[0]
    wanted = {**FORM, "id": "permits", "name": "消防验收", "old_platform": "yes"}
    assert (await admin.post("/staff/departments/new", wanted))[0] == 200
    assert "由旧平台发送" in (await admin.get("/staff/departments/permits"))[1]
    assert "旧平台" in (await admin.get("/staff/departments"))[1]
    _, page = await admin.get("/staff/departments/permits/cutover")
    assert "登记部门时写明" in page
    assert "开始影子运行" in page


async def test_who_handles_texts_to_an_extension_is_chosen_from_the_units(hub: World, admin: Staff) -> None:
    await hub.hub.repositories.units.insert(Unit("jj", "交警支队", "jj"))
    path = "/staff/departments/new"
    status, page = await admin.post(path, {**FORM, "id": "desk", "desk": "nobody"})
    assert status == 422
    assert "没有这个单位" in page
    await admin.post(path, {**FORM, "id": "desk", "desk": "jj", "wants_texts": "yes"})
    found = hub.hub.departments.in_force.registered("desk")
    assert found is not None
    assert (found.desk, found.wants_texts) == ("jj", True)
    _, page = await admin.get("/staff/departments/desk/edit")
    assert '<option value="jj" selected>交警支队</option>' in page


async def test_a_member_sees_their_own_and_no_other(member: Staff) -> None:
    status, listed = await member.get("/staff/departments")
    assert status == 200
    assert "交警支队" in listed
    assert "消防" not in listed
    assert (await member.get("/staff/departments/traffic"))[0] == 200
    for path in ("fire", "fire/keys", "fire/callbacks", "nobody"):
        assert (await member.get(f"/staff/departments/{path}"))[0] == 404
    assert (await member.get("/staff/departments/traffic/edit"))[0] == 403
    assert (await member.get("/staff/queue"))[0] == 403
    status, page = await member.get("/staff/departments/traffic/keys")
    assert status == 200
    assert "签发密钥" not in page


async def test_a_key_is_shown_once_and_works(hub: World, admin: Staff, member: Staff) -> None:
    path = "/staff/departments/traffic/keys"
    status, page = await admin.post(path, {"name": "违法告知系统"})
    assert status == 422
    assert 'href="#f-scopes"' in page
    assert 'href="#f-classes"' in page
    wrong = {"name": "违法告知系统", "networks": "300.1.1.1", "class_N": "yes", "scope_sms_read": "yes"}
    status, page = await admin.post(path, wrong)
    assert status == 422
    assert "10.1.0.0/16" in page
    wanted = {"name": "违法告知系统", "class_E1": "yes", "scope_sms_submit": "yes", "networks": "127.0.0.0/8"}
    status, page = await admin.post(path, wanted)
    assert status == 200
    shown = re.findall(r'<span class="code">([\w-]{30,})</span>', page)
    assert len(shown) == 2
    system = DepartmentSystem(hub.url, *shown)
    text = {"client_ref": "1", "to": ["13800138000"], "text": "您的验证码是 482913", "class": "E1"}
    assert (await system.post("/api/v1/sms/submit", text))[0] == 202
    assert (await system.call("GET", "/api/v1/quota"))[1]["code"] == "scope_not_allowed"
    assert "收下 1 个号码" in (await admin.get("/staff/departments/traffic"))[1]
    _, again = await admin.get(path)
    assert not any(one in again for one in shown)
    assert "来自 127.0.0.1" in again
    [key] = await hub.hub.repositories.departments.keys.of_department("traffic")
    status, page = await admin.post(f"{path}/{key.id}/rotate", {"overlap_hours": "24"}, form=path)
    assert status == 200
    fresh = DepartmentSystem(hub.url, *re.findall(r'<span class="code">([\w-]{30,})</span>', page))
    status, _, headers = await fresh.post("/api/v1/sms/submit", text)
    assert (status, headers.get("X-Hub-Repeated")) == (202, "true")
    await admin.post(f"{path}/{key.id}/revoke", {}, form=path)
    assert (await system.post("/api/v1/sms/submit", text))[1]["code"] == "key_ended"


async def test_every_wrong_field_is_said_and_nothing_is_stored(hub: World, admin: Staff) -> None:
    wrong = {
        **FORM,
        "id": "Bad Id",
        "name": "",
        "senders": "no-such-channel",
        "signatures": "【东城】",
        "templates": "fine N 没有竖线",
        "members": "nobody",
        "callback_url": "http://evil.example/",
        "price": "abc",
    }
    status, page = await admin.post("/staff/departments/new", wrong)
    assert status == 422
    for field in ("id", "name", "senders", "signatures", "templates", "members", "callback_url", "price"):
        assert f'href="#f-{field}"' in page
    assert "陈科长" in page  # what was typed stays
    assert hub.hub.departments.in_force.registered("Bad Id") is None


async def test_of_two_who_edit_at_once_the_second_is_told(admin: Staff, member: Staff) -> None:
    path = "/staff/departments/fire/edit"
    _, page = await admin.get(path)
    changed_at = re.search(r'name="changed_at" value="(\d+)"', page)
    assert changed_at is not None
    edit = {**FORM, "name": "消防救援支队", "changed_at": changed_at[1]}
    assert (await admin.post(path, edit))[0] == 200
    status, page = await admin.post(path, {**edit, "name": "消防二队"})
    assert status == 409
    assert "消防二队" in page
    _, page = await admin.get("/staff/departments/fire")
    assert "消防救援支队" in page


async def test_the_pages_are_there_in_english(admin: Staff, member: Staff) -> None:
    han = re.compile(r"[\u3400-\u9fff]")
    for path in ("", "/new", "/traffic/keys", "/traffic/callbacks"):
        _, page = await admin.get(f"/staff/departments{path}", Cookie="", **{"Accept-Language": "en"})
        body = page.partition("<main")[2].partition("</main>")[0]
        left = {line.strip() for line in re.sub(r"<[^>]+>", "\n", body).splitlines() if han.search(line)}
        assert all(one.startswith(("交警支队", "消防", "违法告知系统")) for one in left), (path, left)


async def keyed(hub: World) -> DepartmentSystem:
    """TRAFFIC as it is registered before a cut-over, and its system with a live key."""
    department = RegisteredDepartment(
        "vehicles",
        "交警支队车管所",
        1,
        "admin",
        signatures=("交警支队",),
        contract=Contract(100, 45, "2090-12-31"),
        senders=(SenderLine("sms-12110", "0591"),),
        monthly_parts=1000,
    )
    await hub.hub.documents.commit([hub.hub.repositories.departments.registry.insert(department)])
    await hub.hub.departments.in_force.look()
    wanted = KeyWanted("业务系统", classes=(MessageClass.E1, MessageClass.N), networks=("127.0.0.0/8",))
    issued = await hub.hub.departments.change_keys.issue("vehicles", wanted, by="admin")
    return DepartmentSystem(hub.url, issued.token, issued.key.secret)


async def switch(admin: Staff, path: str, fields: dict[str, str]) -> tuple[int, str]:
    """A form of the page, with the state it shows."""
    seq = re.search(r'name="seq" value="(\d+)"', (await admin.get(CUTOVER))[1])
    return await admin.post(path, {"seq": seq[1] if seq else "", **fields}, form=CUTOVER)


async def test_a_department_comes_over_and_goes_back(hub: World, admin: Staff) -> None:
    system, before = await keyed(hub), await hub.hub.documents.count("outbox", {})
    status, page = await admin.get(CUTOVER)
    assert (status, "没有旧平台" in page) == (200, True)
    status, page = await switch(admin, f"{CUTOVER}/begin", {"why": ""})
    assert (status, 'href="#f-why"' in page) == (422, True)
    assert (await switch(admin, f"{CUTOVER}/begin", {"why": "12 月并入"}))[0] == 200

    # 旧平台: nothing is taken, in words; copies are.
    live = {"client_ref": "live-1", "to": ["13800138000"], **TEXT}
    status, problem, _ = await system.post(SUBMIT, live, Accept_Language="zh")
    assert (status, problem["code"], problem["errors"][0]["code"]) == (409, "not_live", "phase_old")
    assert "旧平台" in problem["errors"][0]["message"]
    status, problem, _ = await system.post(SUBMIT, live, Accept_Language="en")
    assert problem["title"].isascii()

    # 影子: what would have been done, with every number.
    assert (await switch(admin, f"{CUTOVER}/move", {"why": "开始比对", "to": "shadow"}))[0] == 200
    copy = {"client_ref": "s-1", "to": ["13800138000", "12"], **TEXT, "shadow": True}
    status, answer, _ = await system.post(SUBMIT, copy)
    assert (status, answer["shadow"], answer["would_take"]) == (200, True, True)
    assert (answer["sender"], answer["parts_per_text"]) == ("sms-12110", 1)
    assert [(one["state"], one["reason"]) for one in answer["results"]][1] == ("rejected", "invalid_number")
    again = await system.post(SUBMIT, copy)
    assert (again[1], again[2]["X-Hub-Repeated"]) == (answer, "true")
    told = {"client_ref": "s-1", "results": [{"to": "12", "outcome": "refused"}]}
    status, answer, _ = await system.post("/api/v1/sms/shadow/report", told)
    assert (status, "invalid_number" in answer["differences"]) == (200, False)
    assert await hub.hub.documents.count("outbox", {}) == before

    # 新平台: refused while one line is open.
    for line in BY_HAND:
        status, _ = await switch(admin, f"{CUTOVER}/move", {"why": "想切换", "to": "new"})
        assert status == 409
        where = f"{CUTOVER}/lines/{line}"
        assert (await switch(admin, where, {f"note_{line}": "已核对，见会议纪要"}))[0] == 200
    status, page = await admin.get(CUTOVER)
    assert 'value="new"' not in page  # one day of copies, seven are asked for
    assert (await switch(admin, f"{CUTOVER}/move", {"why": "想切换", "to": "new"}))[0] == 409
    await seven_days(hub)
    status, page = await switch(admin, f"{CUTOVER}/move", {"why": "清单具备", "to": "new"})
    assert (status, "从下一个请求起生效" in page) == (200, True)

    # What the old platform sent is not sent again; what the hub sent the old platform is told of.
    status, answer, _ = await system.post(SUBMIT, {**live, "to": ["13800138000", "13900139000"]})
    assert status == 202
    assert [one["problem"] for one in answer["results"]] == ["already_sent", ""]
    late = {"client_ref": "s-2", "to": ["13900139000"], **TEXT, "shadow": True}
    _, answer, _ = await system.post(SUBMIT, late)
    assert answer["results"][0]["reason"] == "already_sent"
    status, page = await admin.get(CUTOVER)
    assert "旧平台已发，本平台未再发" in page
    assert "本平台已发，已告知旧平台不要再发" in page
    assert "13900139000" not in page

    # Back, at once, whatever the checklist says.
    assert (await switch(admin, f"{CUTOVER}/move", {"why": "回执中断", "to": "old"}))[0] == 200
    status, problem, _ = await system.post(SUBMIT, {**live, "client_ref": "live-2"})
    assert (status, problem["code"]) == (409, "not_live")
    assert (await system.post(SUBMIT, {**live, "to": ["13800138000", "13900139000"]}))[0] == 202
    _, page = await admin.get(CUTOVER)
    for why in ("12 月并入", "开始比对", "清单具备", "回执中断"):
        assert why in page
    assert page.count("测试admin") >= 4

    await cutover_in_english(admin)


async def seven_days(hub: World) -> None:
    """Six more days of copies without a difference, before today."""
    records, clock = hub.hub.repositories.departments, hub.hub.clock
    for back in range(1, 7):
        day = clock.now_ms() - back * 86_400_000
        write = records.shadows.count("vehicles", _day(day), {"copies": 1, "numbers": 1, "leave": 1})
        await hub.hub.documents.commit(write)


def _day(at: int) -> str:
    return f"{to_local(at):%Y%m%d}"


async def cutover_in_english(admin: Staff) -> None:
    _, page = await admin.get(CUTOVER, **{"Accept-Language": "en"})
    body = page.partition("<main")[2].partition("</main>")[0]
    han = re.compile(r"[\u3400-\u9fff]")
    left = {line.strip() for line in re.sub(r"<[^>]+>", "\n", body).splitlines() if han.search(line)}
    own = ("交警支队", "业务系统", "测试admin", "12 月并入", "开始比对", "清单具备", "回执中断", "已核对")
    assert [one for one in left if not any(word in one for word in own)] == []
