"""Login, logout, sessions, forged forms and the first set-up, over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from yarl import URL

from hub.actions.staff.passwords import Passwords
from hub.model.agent import Role
from hub.repositories.agents import SESSIONS
from hub.web.pages.staff.setup import create_setup_token
from tests.web.staff_doors import PASSWORD, Doors, open_doors


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with open_doors(tmp_path) as opened:
        await opened.hire("linyan", Role.HANDLER)
        yield opened


async def test_a_login_leads_to_the_first_page_of_the_role(doors: Doors) -> None:
    async with doors.browser() as browser:
        answer = await browser.login("LinYan")
        assert (answer.status, answer.headers["Location"]) == (303, "/staff/")
        home = await browser.get("/staff/")
        assert home.headers["Location"] == "/staff/queue"
        assert await (await browser.get("/staff/queue")).text() == "passed"


async def test_a_hash_of_other_costs_is_made_anew_at_the_next_login(doors: Doors) -> None:
    dear = Passwords(time_cost=2, memory_kib=64)
    old = await dear.hash(PASSWORD)
    dear.close()
    agent = await doors.hire("chenmin", Role.HANDLER, password_hash=old)
    for password, same in (("a wrong guess", True), (PASSWORD, False)):
        async with doors.browser() as browser:
            await browser.login("chenmin", password)
        found = await doors.staff.agents.get(agent.id)
        assert found
        assert (found.value.password_hash == old) == same
    async with doors.browser() as browser:
        assert (await browser.login("chenmin")).status == 303


async def test_the_cookie_is_out_of_reach_of_script_other_sites_and_plain_http(doors: Doors) -> None:
    async with doors.browser() as browser:
        cookies = (await browser.login("linyan")).headers.getall("Set-Cookie")
    session = next(line for line in cookies if line.startswith("__Host-hub="))
    assert {part.strip() for part in session.split(";")[1:]} == {
        "HttpOnly",
        "Secure",
        "SameSite=Lax",
        "Path=/",
    }


async def test_where_plain_http_is_allowed_the_cookie_has_another_name(tmp_path: Path) -> None:
    async with open_doors(tmp_path, insecure_cookies=True) as doors, doors.browser() as browser:
        await doors.hire("linyan", Role.HANDLER)
        cookies = (await browser.login("linyan")).headers.getall("Set-Cookie")
        assert any(line.startswith("hub=") and "Secure" not in line for line in cookies)
        assert (await browser.get("/staff/queue")).status == 200


async def test_the_database_holds_no_usable_cookie(doors: Doors) -> None:
    async with doors.browser() as browser:
        await browser.login("linyan")
        token = next(cookie.value for cookie in browser.http.cookie_jar if cookie.key == "__Host-hub")
        stored = await doors.documents.find(SESSIONS.name, {"agent_id": "agent-linyan"}, limit=5)
        assert len(stored) == 1
        assert token not in str(stored)
    async with doors.browser() as thief:
        assert (await thief.get("/staff/queue", Cookie=f"__Host-hub={stored[0].id}")).status == 303
        assert (await thief.get("/staff/queue", Cookie=f"__Host-hub={token}")).status == 200


async def test_a_failed_login_is_in_the_log_by_marks_that_only_the_office_can_read(
    doors: Doors, caplog: pytest.LogCaptureFixture
) -> None:
    async with doors.browser() as browser:
        for login in ("stranger1", "Stranger1", "stranger2"):
            await browser.login(login, "wrong")
    lines = [one for one in caplog.records if one.msg == "staff.login_failed"]
    first, again, other = [one.account for one in lines]  # type: ignore[attr-defined]
    assert first == again != other
    assert first == doors.staff.mark("stranger1")
    assert {one.source for one in lines} == {doors.staff.mark("127.0.0.1")}  # type: ignore[attr-defined]
    assert "tranger" not in str([one.__dict__ for one in lines])


async def test_a_wrong_password_and_an_unknown_login_get_the_same_answer(doors: Doors) -> None:
    pages = []
    for login in ("linyan", "nobody"):
        async with doors.browser() as browser:
            answer = await browser.login(login, "a wrong guess")
            page = await answer.text()
            pages.append(
                (answer.status, page.count("用户名或密码不正确"), "__Host-hub=" in str(answer.headers))
            )
    assert pages[0] == pages[1]
    assert pages[0][0] == 422


async def test_guessing_is_slowed_and_says_for_how_long(doors: Doors) -> None:
    async with doors.browser() as browser:
        for _ in range(4):
            assert (await browser.login("linyan", "a wrong guess")).status == 422
            doors.clock.advance(seconds=1)
        answer = await browser.login("linyan")
        assert answer.status == 429
        assert answer.headers["Retry-After"] == "1"
        assert "1 秒后再试" in await answer.text()
        doors.clock.advance(seconds=1)
        assert (await browser.login("linyan")).status == 303


async def test_nobody_slows_the_owner_down_in_a_browser_that_was_hers_before(doors: Doors) -> None:
    async with doors.browser() as hers, doors.browser() as stranger:
        await hers.login("linyan")
        await hers.post("/staff/logout", {}, form="/staff/account")
        for _ in range(4):
            assert (await stranger.login("linyan", "a wrong guess")).status == 422
            doors.clock.advance(seconds=1)
        assert (await stranger.login("linyan")).status == 429
        assert (await stranger.login("chenmin")).status == 429  # nor is another account of the address
        assert (await hers.login("chenmin")).status == 429  # it is hers alone
        assert (await hers.login("linyan")).status == 303


async def test_the_owners_browser_is_no_place_to_guess_either(doors: Doors) -> None:
    async with doors.browser() as browser:
        await browser.login("linyan")
        await browser.post("/staff/logout", {}, form="/staff/account")
        for _ in range(3):
            assert (await browser.login("linyan", "a wrong guess")).status == 422
        assert (await browser.login("linyan")).status == 429


@pytest.mark.parametrize("made_up", ["", "x" * 43, "x" * 5000])
async def test_a_made_up_browser_is_nobodys(doors: Doors, made_up: str) -> None:
    async with doors.browser() as browser:
        for _ in range(3):
            await browser.login("linyan", "a wrong guess")
        browser.http.cookie_jar.update_cookies({"__Host-hub-device": made_up}, URL(doors.url))
        assert (await browser.login("linyan")).status == 429


async def test_a_login_gets_a_new_token_and_ends_the_old_one(doors: Doors) -> None:
    async with doors.browser() as browser:
        await browser.login("linyan")
        jar = {cookie.key: cookie.value for cookie in browser.http.cookie_jar}
        first, csrf = jar["__Host-hub"], await browser.token("/staff/account")
        again = await browser.http.post(
            f"{doors.url}/staff/login",
            data={"csrf": jar["__Host-hub-door"], "login": "linyan", "password": PASSWORD},
            allow_redirects=False,
        )
        assert again.status == 303
        assert {cookie.key: cookie.value for cookie in browser.http.cookie_jar}["__Host-hub"] != first
        assert await browser.token("/staff/account") != csrf
        assert len(await doors.staff.logins.of("agent-linyan")) == 1


async def test_half_an_hour_without_use_ends_a_session(doors: Doors) -> None:
    async with doors.browser() as browser:
        await browser.login("linyan")
        for _ in range(3):
            doors.clock.advance(seconds=29 * 60)
            assert (await browser.get("/staff/queue")).status == 200
        doors.clock.advance(seconds=31 * 60)
        answer = await browser.get("/staff/queue?show=mine")
        assert answer.headers["Location"] == "/staff/login?next=%2Fstaff%2Fqueue%3Fshow%3Dmine"


async def test_twelve_hours_end_a_session_in_any_case(doors: Doors) -> None:
    async with doors.browser() as browser:
        await browser.login("linyan")
        for _ in range(26):
            doors.clock.advance(seconds=27 * 60)
            assert (await browser.get("/staff/queue")).status == 200
        doors.clock.advance(seconds=27 * 60)
        assert (await browser.get("/staff/queue")).status == 303


async def test_an_open_stream_is_no_use_nor_is_a_page_that_asks_by_itself(doors: Doors) -> None:
    async with doors.browser() as browser:
        await browser.login("linyan")
        for _ in range(3):
            doors.clock.advance(seconds=11 * 60)
            counted = await browser.get("/staff/notifications/count", **{"HX-Request": "true"})
            answer = await browser.get("/staff/desk/events?show=all", Accept="text/event-stream")
        assert answer.status == 401
        assert (counted.status, counted.headers.get("HX-Redirect")) == (204, None)  # nothing typed is lost


async def test_logout_ends_the_session_on_the_server_and_clears_the_browser(doors: Doors) -> None:
    async with doors.browser() as browser:
        await browser.login("linyan")
        token = next(cookie.value for cookie in browser.http.cookie_jar if cookie.key == "__Host-hub")
        answer = await browser.post("/staff/logout", {}, form="/staff/account")
        assert answer.headers["Location"] == "/staff/login"
        assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
        assert "__Host-hub" not in {cookie.key for cookie in browser.http.cookie_jar}
    async with doors.browser() as thief:
        assert (await thief.get("/staff/queue", Cookie=f"__Host-hub={token}")).status == 303


@pytest.mark.parametrize("given", ["", "not the token"])
async def test_a_change_without_the_token_is_refused(doors: Doors, given: str) -> None:
    async with doors.browser() as browser:
        await browser.login("linyan")
        answer = await browser.http.post(
            f"{doors.url}/staff/account/preferences", data={"csrf": given}, allow_redirects=False
        )
        assert answer.status == 403
        assert "页面已过期" in await answer.text()


async def test_the_token_may_travel_in_a_header(doors: Doors) -> None:
    async with doors.browser() as browser:
        await browser.login("linyan")
        token = await browser.token("/staff/account")
        answer = await browser.http.post(f"{doors.url}/staff/parts", headers={"X-CSRF-Token": token})
        assert answer.status == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_change_from_another_site_is_refused_even_with_the_token(doors: Doors, site: str) -> None:
    async with doors.browser() as browser:
        await browser.login("linyan")
        fields = {"keys": ""}
        answer = await browser.post(
            "/staff/account/preferences", fields, form="/staff/account", **{"Sec-Fetch-Site": site}
        )
        assert answer.status == 403
        answer = await browser.post("/staff/account/preferences", fields, form="/staff/account")
        assert answer.status == 303


async def test_a_login_form_of_another_site_is_refused(doors: Doors) -> None:
    async with doors.browser() as browser:
        answer = await browser.http.post(
            f"{doors.url}/staff/login", data={"csrf": "x", "login": "linyan", "password": PASSWORD}
        )
        assert answer.status == 403


@pytest.mark.parametrize(
    "next", ["https://evil.example/", "//evil.example", "/staff//evil.example", "/track"]
)
async def test_a_login_never_leads_to_another_site(doors: Doors, next: str) -> None:
    async with doors.browser() as browser:
        answer = await browser.post("/staff/login", {"login": "linyan", "password": PASSWORD, "next": next})
        assert answer.headers["Location"] == "/staff/"


async def test_a_login_goes_on_to_the_page_that_was_asked_for(doors: Doors) -> None:
    async with doors.browser() as browser:
        wanted = "/staff/queue?show=mine"
        answer = await browser.post("/staff/login", {"login": "linyan", "password": PASSWORD, "next": wanted})
        assert answer.headers["Location"] == wanted


async def test_a_first_password_opens_nothing_but_the_page_that_changes_it(doors: Doors) -> None:
    await doors.hire("fresh", Role.HANDLER, must_change=True)
    async with doors.browser() as browser:
        await browser.login("fresh")
        for path in ("/staff/", "/staff/queue", "/staff/account"):
            assert (await browser.get(path)).headers["Location"] == "/staff/account/password"
        path = "/staff/account/password"
        weak = {"current": PASSWORD, "password": "gongan12389", "again": "gongan12389"}
        answer = await browser.post(path, weak)
        assert answer.status == 422
        assert "密码不能只由" in await answer.text()
        good = {"current": PASSWORD, "password": "西湖公园的早晨有雾", "again": "西湖公园的早晨有雾"}
        assert (await browser.post(path, good)).headers["Location"] == "/staff/"
        assert (await browser.get("/staff/queue")).status == 200
    async with doors.browser() as browser:
        assert (await browser.login("fresh")).status == 422
        assert (await browser.login("fresh", "西湖公园的早晨有雾")).status == 303


async def test_every_mistake_in_a_new_password_is_said(doors: Doors) -> None:
    async with doors.browser() as browser:
        await browser.login("linyan")
        path = "/staff/account/password"
        page = await (await browser.post(path, {"current": "", "password": "", "again": ""})).text()
        assert "请填写现在的密码" in page
        assert "请填写新密码" in page
        wrong = {"current": "not it", "password": "西湖公园的早晨有雾", "again": "西湖公园的早晨有雾"}
        assert "现在的密码不正确" in await (await browser.post(path, wrong)).text()
        differing = {"current": PASSWORD, "password": "西湖公园的早晨有雾", "again": "西湖公园的晚上有雾"}
        assert "两次填写的密码不一致" in await (await browser.post(path, differing)).text()
        same = {"current": PASSWORD, "password": PASSWORD, "again": PASSWORD}
        assert "不能和现在的密码相同" in await (await browser.post(path, same)).text()


async def test_a_new_password_ends_all_other_sessions(doors: Doors) -> None:
    async with doors.browser() as here, doors.browser() as there:
        await here.login("linyan")
        await there.login("linyan")
        new = {"current": PASSWORD, "password": "西湖公园的早晨有雾", "again": "西湖公园的早晨有雾"}
        await here.post("/staff/account/password", new)
        assert (await here.get("/staff/queue")).status == 200
        assert (await there.get("/staff/queue")).status == 303


async def test_one_ends_ones_own_other_sessions_and_nobody_elses(doors: Doors) -> None:
    await doors.hire("chenmin", Role.SUPERVISOR)
    async with doors.browser() as here, doors.browser() as there, doors.browser() as stranger:
        await there.login("linyan")
        doors.clock.advance(seconds=60)
        await here.login("linyan")
        await stranger.login("chenmin")
        other = (await doors.staff.logins.of("agent-linyan"))[1].id
        path, form = "/staff/account/sessions/end", "/staff/account"
        assert (await stranger.post(path, {"session": other}, form=form)).status == 404
        assert (await there.get("/staff/queue")).status == 200
        assert (await here.post(path, {"session": other}, form=form)).status == 303
        assert (await there.get("/staff/queue")).status == 303
        await there.login("linyan")
        await here.post(path, {"session": "others"}, form=form)
        assert (await there.get("/staff/queue")).status == 303
        assert (await here.get("/staff/queue")).status == 200
        assert (await stranger.get("/staff/queue")).status == 200


async def test_a_disabled_account_is_out_at_once(doors: Doors) -> None:
    agent = await doors.hire("gone", Role.HANDLER)
    async with doors.browser() as browser:
        await browser.login("gone")
        await doors.staff.agents.update(agent.id, lambda now: replace(now, active=False))
        assert (await browser.get("/staff/queue")).status == 303
        assert (await browser.login("gone")).status == 422


async def test_single_keys_can_be_switched_off_and_on(doors: Doors) -> None:
    async with doors.browser() as browser:
        await browser.login("linyan")
        assert "has-keys" in await (await browser.get("/staff/account")).text()
        await browser.post("/staff/account/preferences", {}, form="/staff/account")
        assert "has-keys" not in await (await browser.get("/staff/account")).text()
        await browser.post("/staff/account/preferences", {"keys": "yes"}, form="/staff/account")
        assert "has-keys" in await (await browser.get("/staff/account")).text()


async def test_the_first_set_up_makes_one_administrator_once(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as doors, doors.browser() as browser:
        token = await create_setup_token(doors.staff.setup, doors.clock)
        fields = {"unit": "榕城公安局", "name": "张工", "login": "Admin", "password": "西湖公园的早晨有雾"}
        differing = await browser.post(token.path, {**fields, "again": "西湖公园的晚上有雾"})
        assert differing.status == 422
        made = await browser.post(token.path, {**fields, "again": fields["password"]})
        assert made.headers["Location"] == "/staff/system"
        assert (await browser.get("/staff/system")).status == 200
        assert (await browser.get(token.path)).status == 404
        again = await browser.post(token.path, {**fields, "again": fields["password"]})
        assert again.status == 404
        agents = await doors.staff.agents.list()
        assert [(agent.login, agent.roles) for agent in agents] == [("admin", (Role.ADMIN,))]


async def test_the_first_set_up_makes_an_inspector_who_is_another_person(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as doors, doors.browser() as browser:
        token = await create_setup_token(doors.staff.setup, doors.clock)
        password = "西湖公园的早晨有雾"
        first = {
            "unit": "榕城公安局",
            "name": "张工",
            "login": "admin",
            "password": password,
            "again": password,
        }
        same = {"second_name": "张工", "second_login": "Admin", "second_password": "1", "second_again": "2"}
        refused = await browser.post(token.path, {**first, **same})
        assert refused.status == 422
        assert 'id="e-second_again"' in await refused.text()
        other = "乌山脚下的老榕树很高"
        second = {"second_name": "李督", "second_password": other, "second_again": other}
        refused = await browser.post(token.path, {**first, **second, "second_login": "admin"})
        assert "督察要用另一个人的用户名" in await refused.text()
        made = await browser.post(token.path, {**first, **second, "second_login": "inspector"})
        assert made.status == 303
        roles = {agent.login: agent.roles for agent in await doors.staff.agents.list()}
        assert roles == {"admin": (Role.ADMIN,), "inspector": (Role.INSPECTOR,)}


async def test_a_set_up_address_is_over_after_a_quarter_of_an_hour(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as doors, doors.browser() as browser:
        token = await create_setup_token(doors.staff.setup, doors.clock)
        assert (await browser.get(token.path)).status == 200
        doors.clock.advance(seconds=15 * 60)
        assert (await browser.get(token.path)).status == 404
        assert (await browser.get("/setup/guessed")).status == 404


async def test_a_set_up_address_is_refused_when_somebody_can_log_in(doors: Doors) -> None:
    token = await create_setup_token(doors.staff.setup, doors.clock)
    async with doors.browser() as browser:
        assert (await browser.get(token.path)).status == 404
