"""A department comes over from its old platform, by the API and its page: copies, differences, checklist, the
switch, and back at once."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest

from channels.outbox.delivery import MessageClass
from hub.actions.departments.change_keys import KeyWanted
from hub.model.agent import Role
from hub.model.departments.registered import Contract, RegisteredDepartment, SenderLine
from hub.runtime.clock import to_local
from tests.department_system import DepartmentSystem
from tests.world import World, browser, world

SAME = {"Sec-Fetch-Site": "same-origin"}
PASSWORD = "correct horse 4711"
SUBMIT = "/api/v1/sms/submit"
PAGE = "/staff/departments/traffic/cutover"
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

    async def post(self, path: str, fields: dict[str, str], *, form: str = PAGE) -> tuple[int, str]:
        """With the token and the state of the page at `form`, following redirects."""
        _, page = await self.get(form)
        token = re.search(r'name="csrf" value="([^"]+)"', page)
        assert token is not None
        seq = re.search(r'name="seq" value="(\d+)"', page)
        data = {"csrf": token[1], "seq": seq[1] if seq else "", **fields}
        async with self.http.post(self.hub.url + path, data=data, headers=SAME) as answer:
            return answer.status, await answer.text()


@pytest.fixture(scope="module")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with world(tmp_path_factory.mktemp("hub")) as running:
        yield running


async def signed_in(hub: World, http: aiohttp.ClientSession, role: Role, login: str) -> Staff:
    await hub.agent(role, login, PASSWORD)
    staff = Staff(hub, http)
    await staff.post("/staff/login", {"login": login, "password": PASSWORD}, form="/staff/login")
    return staff


@pytest.fixture
async def admin(hub: World) -> AsyncIterator[Staff]:
    async with browser(hub.url) as http:
        yield await signed_in(hub, http, Role.ADMIN, "admin")


async def keyed(hub: World) -> DepartmentSystem:
    """TRAFFIC as it is registered before a cut-over, and its system with a live key."""
    department = RegisteredDepartment(
        "traffic",
        "交警支队",
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
    issued = await hub.hub.departments.change_keys.issue("traffic", wanted, by="admin")
    return DepartmentSystem(hub.url, issued.token, issued.key.secret)


async def test_a_department_comes_over_and_goes_back(hub: World, admin: Staff) -> None:
    system = await keyed(hub)
    status, page = await admin.get(PAGE)
    assert (status, "没有旧平台" in page) == (200, True)
    status, page = await admin.post(f"{PAGE}/begin", {"why": ""})
    assert (status, 'href="#f-why"' in page) == (422, True)
    assert (await admin.post(f"{PAGE}/begin", {"why": "12 月并入"}))[0] == 200

    # 旧平台: nothing is taken, in words; copies are.
    live = {"client_ref": "live-1", "to": ["13800138000"], **TEXT}
    status, problem, _ = await system.post(SUBMIT, live, Accept_Language="zh")
    assert (status, problem["code"], problem["errors"][0]["code"]) == (409, "not_live", "phase_old")
    assert "旧平台" in problem["errors"][0]["message"]
    status, problem, _ = await system.post(SUBMIT, live, Accept_Language="en")
    assert problem["title"].isascii()

    # 影子: what would have been done, with every number.
    assert (await admin.post(f"{PAGE}/move", {"why": "开始比对", "to": "shadow"}))[0] == 200
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
    assert await hub.hub.documents.count("outbox", {}) in ({}, {"": 0})

    # 新平台: refused while one line is open.
    for line in BY_HAND:
        status, _ = await admin.post(f"{PAGE}/move", {"why": "想切换", "to": "new"})
        assert status == 409
        where = f"{PAGE}/lines/{line}"
        assert (await admin.post(where, {f"note_{line}": "已核对，见会议纪要"}))[0] == 200
    status, page = await admin.get(PAGE)
    assert 'value="new"' not in page  # one day of copies, seven are asked for
    assert (await admin.post(f"{PAGE}/move", {"why": "想切换", "to": "new"}))[0] == 409
    await seven_days(hub)
    status, page = await admin.post(f"{PAGE}/move", {"why": "清单具备", "to": "new"})
    assert (status, "从下一个请求起生效" in page) == (200, True)

    # What the old platform sent is not sent again; what the hub sent the old platform is told of.
    status, answer, _ = await system.post(SUBMIT, {**live, "to": ["13800138000", "13900139000"]})
    assert status == 202
    assert [one["problem"] for one in answer["results"]] == ["already_sent", ""]
    late = {"client_ref": "s-2", "to": ["13900139000"], **TEXT, "shadow": True}
    _, answer, _ = await system.post(SUBMIT, late)
    assert answer["results"][0]["reason"] == "already_sent"
    status, page = await admin.get(PAGE)
    assert "旧平台已发，本平台未再发" in page
    assert "本平台已发，已告知旧平台不要再发" in page
    assert "13900139000" not in page

    # Back, at once, whatever the checklist says.
    assert (await admin.post(f"{PAGE}/move", {"why": "回执中断", "to": "old"}))[0] == 200
    status, problem, _ = await system.post(SUBMIT, {**live, "client_ref": "live-2"})
    assert (status, problem["code"]) == (409, "not_live")
    assert (await system.post(SUBMIT, {**live, "to": ["13800138000", "13900139000"]}))[0] == 202
    _, page = await admin.get(PAGE)
    for why in ("12 月并入", "开始比对", "清单具备", "回执中断"):
        assert why in page
    assert page.count("测试admin") >= 4

    await in_english(admin)


async def seven_days(hub: World) -> None:
    """Six more days of copies without a difference, before today."""
    records, clock = hub.hub.repositories.departments, hub.hub.clock
    for back in range(1, 7):
        day = clock.now_ms() - back * 86_400_000
        write = records.shadows.count("traffic", _day(day), {"copies": 1, "numbers": 1, "leave": 1})
        await hub.hub.documents.commit(write)


def _day(at: int) -> str:
    return f"{to_local(at):%Y%m%d}"


async def in_english(admin: Staff) -> None:
    _, page = await admin.get(PAGE, **{"Accept-Language": "en"})
    body = page.partition("<main")[2].partition("</main>")[0]
    han = re.compile(r"[\u3400-\u9fff]")
    left = {line.strip() for line in re.sub(r"<[^>]+>", "\n", body).splitlines() if han.search(line)}
    own = ("交警支队", "业务系统", "测试admin", "12 月并入", "开始比对", "清单具备", "回执中断", "已核对")
    assert [one for one in left if not any(word in one for word in own)] == []
