"""A form that comes when the login is over: kept for its author, given back after the next login."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from hub.model.agent import Role
from hub.runtime.clock import FakeClock
from hub.web.guard.sessions import IDLE_MS
from tests.journeys.editor_at_work import SAME_ORIGIN, Editor, sign_in
from tests.world import World, browser, world

WRITTEN = {"question": "夜间施工扰民，应该找哪个部门？", "answer": "请先拨打 12345。"}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def hub(tmp_path: Path, clock: FakeClock) -> AsyncIterator[World]:
    async with world(tmp_path, clock=clock) as running:
        yield running


async def login_over(hub: World, clock: FakeClock) -> tuple[Editor, str]:
    """An editor whose login ends over a form; where the browser is sent."""
    editor = await sign_in(hub, hub.http, Role.EDITOR)
    await editor.get("/staff/entries/new")
    clock.advance(seconds=IDLE_MS // 1000 + 1)
    headers = SAME_ORIGIN | {"Referer": f"{hub.url}/staff/entries/new"}
    data = WRITTEN | {"csrf": editor.csrf}
    async with hub.http.post(
        f"{hub.url}/staff/entries/new", data=data, headers=headers, allow_redirects=False
    ) as answer:
        assert answer.status == 303
        return editor, answer.headers["Location"]


async def fields(hub: World, http: aiohttp.ClientSession) -> dict[str, str]:
    async with http.get(f"{hub.url}/staff/held/fields") as answer:
        return dict((await answer.json()).get("fields", []))


async def test_after_the_next_login_it_is_on_the_page_again_and_goes_when_it_was_taken(
    hub: World, clock: FakeClock
) -> None:
    editor, target = await login_over(hub, clock)
    assert target == "/staff/login?next=%2Fstaff%2Fentries%2Fnew"
    assert "已经保存" in await editor.get(target)
    await sign_in(hub, hub.http, Role.EDITOR, known=True)
    assert "data-held" in await editor.get("/staff/entries/new")
    assert await fields(hub, hub.http) == WRITTEN
    page = await editor.get("/staff/held")
    assert WRITTEN["question"] in page
    status, _ = await editor.post("/staff/entries/new", **WRITTEN | {"topic": "户政"})
    assert status in (200, 422)
    if status == 422:  # not taken: it stays
        assert await fields(hub, hub.http) == WRITTEN
    await editor.post("/staff/held/drop")
    assert await fields(hub, hub.http) == {}
    assert "data-held" not in await editor.get("/staff/entries/new")


async def test_a_colleague_at_the_same_machine_sees_nothing_of_it(hub: World, clock: FakeClock) -> None:
    await login_over(hub, clock)
    await sign_in(hub, hub.http, Role.HANDLER)
    assert await fields(hub, hub.http) == {}
    async with browser(hub.url) as elsewhere:
        await sign_in(hub, elsewhere, Role.EDITOR, known=True)
        assert await fields(hub, elsewhere) == WRITTEN


async def test_of_a_login_that_was_ended_or_never_was_nothing_is_kept(hub: World, clock: FakeClock) -> None:
    editor = await sign_in(hub, hub.http, Role.EDITOR)
    [session] = await hub.hub.repositories.sessions.of((await hub.hub.repositories.agents.list())[0].id)
    await hub.hub.repositories.sessions.delete(session.id)
    await editor.post("/staff/entries/new", **WRITTEN)
    async with browser(hub.url) as stranger:
        cookies = {"__Host-hub": "x" * 43}
        async with stranger.post(
            f"{hub.url}/staff/entries/new", data=WRITTEN, headers=SAME_ORIGIN, cookies=cookies
        ):
            pass
    assert await hub.hub.documents.count("held_forms", {}) == {"": 0}


async def test_a_form_of_another_tab_after_a_new_login_is_kept_and_nothing_of_it_stands_open_on_disk(
    hub: World, clock: FakeClock
) -> None:
    editor = await sign_in(hub, hub.http, Role.EDITOR)
    await editor.get("/staff/entries/new")
    old = "of-the-login-before"
    async with hub.http.post(
        f"{hub.url}/staff/entries/new", data=WRITTEN | {"csrf": old}, headers=SAME_ORIGIN
    ) as answer:
        assert answer.status == 403
        assert "您填写的内容已经保存" in await answer.text()
    assert await fields(hub, hub.http) == WRITTEN
    [stored] = await hub.hub.documents.find("held_forms", {}, limit=2)
    assert "施工" not in str(stored.body)
