"""A department hands over by the pages: upload, look, take, print, sign; members see their own and change
nothing."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from hub.model.agent import Role
from hub.model.recipients.contact_import import ContactImport, ImportState
from hub.model.units.unit import Unit
from tests.world import World, browser, eventually, world

SAME = {"Sec-Fetch-Site": "same-origin"}
PASSWORD = "correct horse 4711"
HOME = "/staff/departments/traffic/handover"


@dataclass
class Staff:
    """Somebody signed in, without script."""

    hub: World
    http: aiohttp.ClientSession

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        async with self.http.get(self.hub.url + path, headers=headers) as answer:
            return answer.status, await answer.text()

    async def post(
        self, path: str, fields: dict[str, str], *, file: tuple[str, bytes] | None = None, form: str = ""
    ) -> tuple[str, int, str]:
        """Where it ended, with the token of the page at `form`."""
        _, page = await self.get(form or path)
        token = re.search(r'name="csrf" value="([^"]+)"', page)
        assert token is not None
        data = aiohttp.FormData({"csrf": token[1], **fields}, quote_fields=False)
        if file is not None:
            data.add_field("file", file[1], filename=file[0], content_type="text/csv")
        async with self.http.post(self.hub.url + path, data=data, headers=SAME) as answer:
            return answer.url.path, answer.status, await answer.text()

    async def look(self, kind: str, name: str, content: bytes, **fields: str) -> str:
        """The path of an import that was looked at, its columns as they were guessed."""
        path, status, page = await self.post(HOME, {"kind": kind}, file=(name, content))
        assert (status, "/imports/" in path) == (200, True)
        columns = re.findall(r'name="(column-\d+)".*?<option value="([^"]*)" selected', page, re.S)
        await self.post(f"{path}/check", {**dict(columns), "heading": "yes", **fields}, form=path)
        await self.ended(path)
        return path

    async def ended(self, path: str) -> ContactImport:
        """The import once the job has done what was asked."""
        imports = self.hub.hub.actions.publicity.recipients.imports

        async def rests() -> ContactImport | None:
            now = (await imports.read(path.rpartition("/")[2])).value
            return None if now.is_busy else now

        found = await eventually(rests)
        assert found is not None
        return found


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as running:
        await running.hub.documents.commit(
            [running.hub.repositories.units.write(Unit("u-traffic", "交警支队", "/u-traffic/"))]
        )
        yield running


async def test_a_department_hands_over_and_signs(hub: World) -> None:
    async with browser(hub.url) as one, browser(hub.url) as two:
        admin, member = Staff(hub, one), Staff(hub, two)
        for staff, role, login in ((admin, Role.ADMIN, "admin"), (member, Role.DEPARTMENT, "jiaojing")):
            await hub.agent(role, login, PASSWORD)
            await staff.post("/staff/login", {"login": login, "password": PASSWORD})
        registered = {"share": "1", "price": "0", "class_N": "yes"}
        for id, name in (("traffic", "交警支队"), ("fire", "消防支队")):
            fields = {**registered, "id": id, "name": name, "members": "jiaojing" if id == "traffic" else ""}
            assert (await admin.post("/staff/departments/new", fields))[1] == 200

        _, status, page = await admin.post(HOME, {})
        assert status == 422
        assert 'href="#f-kind"' in page
        assert 'href="#f-file"' in page
        outs = "手机号,退订日期\r\n13900000001,2026-01-01\r\n0591-87654321,\r\n".encode("gb18030")
        path = await admin.look("opt_outs", "退订<b>50%s.csv", outs)
        assert (await admin.ended(path)).state is ImportState.MAPPING  # one of two is bad
        assert "超过了允许的比例" in (await admin.get(path))[1]
        _, page = await admin.get(HOME)
        assert "&lt;b&gt;50%s.csv”里不能用的行太多，没有导入" in page
        path = await admin.look("opt_outs", "退订.csv", outs[:-18])
        await admin.post(f"{path}/start", {}, form=path)
        assert (await admin.ended(path)).done.new == 1
        routes = await admin.look("routes", "关键词.csv", "关键词\n违章\n".encode(), desk="u-traffic")
        await admin.post(f"{routes}/start", {}, form=routes)
        assert (await admin.ended(routes)).done.new == 1

        # A member sees, and changes nothing; nobody reaches a file by another's address.
        status, page = await member.get(HOME)
        assert status == 200
        assert "对账单还没有签字：2 个文件" in page
        assert "移交一个文件" not in page
        assert "取消导入" not in (await member.get(path))[1]
        assert (await member.get(f"{path}/rejected"))[0] == 200
        assert (await member.get("/staff/departments/fire/handover"))[0] == 404
        id = path.rpartition("/")[2]
        for other in (f"/staff/departments/fire/imports/{id}", f"/staff/contacts/imports/{id}"):
            assert (await admin.get(other))[0] in (403, 404)

        _, sheet = await admin.get(f"{HOME}/sheet")
        seen = re.search(r'name="seen" value="([^"]+)"', sheet)
        assert seen is not None
        assert "以上数字与我单位提供的文件核对一致" in sheet
        _, status, page = await admin.post(f"{HOME}/sheet", {"seen": seen[1], "name": ""})
        assert (status, 'href="#f-name"' in page) == (422, True)
        _, status, page = await admin.post(f"{HOME}/sheet", {"seen": seen[1], "name": "王明"})
        assert status == 200
        assert "移交的数据没有遗留问题，可以切换" in page
        _, status, _ = await admin.post(f"{HOME}/sheet", {"seen": seen[1], "name": "李华"}, form=HOME)
        assert status == 409

        han = re.compile(r"[\u3400-\u9fff]")
        for page_path in (HOME, f"{HOME}/sheet", path, routes):
            _, page = await admin.get(page_path, Cookie="", **{"Accept-Language": "en"})
            body = page.partition("<main")[2].partition("</main>")[0]
            left = {one.strip() for one in re.sub(r"<[^>]+>", "\n", body).splitlines() if han.search(one)}
            names = ("交警", "退订.csv", "退订&lt;b", "关键词", "退订日期", "手机号", "王明", "测试", "违章")
            assert all(any(name in one for name in names) for one in left), (page_path, left)
