"""What the hub raises becomes an answer: a page for people, a problem document for programs."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from hub.model.cases.moves import IllegalMove
from hub.runtime.clock import SystemClock
from hub.runtime.errors import HubError, Stale
from hub.settings.organisation import Organisation
from hub.web.assets import ASSETS, Assets
from hub.web.i18n import Catalogues
from hub.web.middlewares import answer_errors, prepare
from hub.web.render import RENDERER, Renderer

PROBLEMS: dict[str, HubError] = {
    "stale": Stale("case"),
    "move": IllegalMove("现在是“已办结”，不能答复", ("reopen",)),
}


@pytest.fixture
async def client() -> AsyncIterator[TestClient[web.Request, web.Application]]:
    app = web.Application(middlewares=[prepare, answer_errors])
    app[ASSETS] = Assets.load()
    app[RENDERER] = Renderer(Catalogues.load(), app[ASSETS], Organisation(), SystemClock())

    async def fail(request: web.Request) -> web.Response:
        raise PROBLEMS[request.match_info["problem"]]

    app.router.add_get("/staff/{problem}", fail)
    app.router.add_get("/api/{problem}", fail)
    async with TestClient(TestServer(app)) as opened:
        yield opened


ADVICE = {"stale": "刷新后查看最新内容再操作", "move": "现在是“已办结”，不能答复"}


async def test_a_step_that_is_not_allowed_names_those_that_are(
    client: TestClient[web.Request, web.Application],
) -> None:
    async with client.get("/api/move") as answer:
        said = await answer.json()
    assert (said["detail"], said["allowed"]) == ("现在是“已办结”，不能答复", ["reopen"])


@pytest.mark.parametrize("problem", PROBLEMS)
async def test_a_change_that_came_too_late_is_a_conflict_and_no_fault(
    client: TestClient[web.Request, web.Application], problem: str
) -> None:
    async with client.get(f"/staff/{problem}") as page:
        assert page.status == 409
        assert ADVICE[problem] in await page.text()
    async with client.get(f"/api/{problem}") as answer:
        assert answer.status == 409
        assert answer.content_type == "application/problem+json"
        said = await answer.json()
    assert (said["status"], said["title"]) == (409, "Conflict")
