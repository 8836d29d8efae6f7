"""Scenario 9: a yellow warning by four people, its orange update, its lift; and two people at 02:00."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from campaigns.segment import EVERYBODY
from channels.address import Address, email, phone
from channels.loopback.faults import Fault, FaultKind
from channels.loopback.script import HangUp
from hub.actions.deliveries.fall_back import FallBack
from hub.model.agent import Role
from hub.model.cases.rule_book import BookKind, RevisionState, RuleRevision
from hub.model.people.contact import Contact
from hub.model.warnings.exchange.profile import Profile
from hub.model.warnings.exchange.profile_12379 import from_12379
from hub.model.warnings.message import Status
from hub.runtime.clock import CHINA, SystemClock, to_local, to_ms
from hub.settings.warnings.shipped import shipped_signatures
from hub.store.documents import Write
from hub.wiring.channels import fallback_settings
from tests.journeys.editor_at_work import Editor, sign_in
from tests.unit.hub.model.warnings.cap_schema import faults
from tests.unit.hub.model.warnings.samples import GOLDEN
from tests.world import World, browser, eventually, world

UNIT = "示例市公安局"
OURS = {"units": [{"name": UNIT, "code": "99010099900000"}]}
ON_CALL = [
    {"login": "chief", "phone": "+8613900000001"},
    {"login": "deputy", "phone": "+8613900000002"},
]
PASSWORD = "correct horse 4711"
FEED = "/warnings/feed.atom"


@dataclass
class HourClock(SystemClock):
    """The real clock, moved to this hour of today in China; `shift` moves it on."""

    hour: int
    shift: int = field(default=0)

    def __post_init__(self) -> None:
        now = SystemClock.now_ms(self)
        there = datetime.combine(to_local(now).date(), datetime.min.time(), CHINA).replace(hour=self.hour)
        self.shift = to_ms(there) - now

    def now_ms(self) -> int:
        return super().now_ms() + self.shift


@pytest.fixture
async def day(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, clock=HourClock(10), warnings=OURS) as running:
        yield running


@pytest.fixture
async def night(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, clock=HourClock(2), warnings={**OURS, "on_call": ON_CALL}) as running:
        yield running


async def live_here(hub: World, count: int, region: str = "999100", *, first: int = 0) -> None:
    stores, now = hub.hub.repositories, hub.hub.clock.now_ms() - 1000
    writes: list[Write] = []
    for place in range(first, first + count):
        contact = Contact(f"here-{place}", now, region=region, name="张三")
        writes += [
            stores.memberships.join(contact, number(place), EVERYBODY, at=now),
            stores.contacts.insert(contact),
            stores.contacts.insert_address(contact.id, number(place), at=now),
            stores.contacts.insert_address(contact.id, email(f"here{place}@example.com"), at=now),
        ]
    await hub.hub.documents.commit(writes)


def number(place: int) -> Address:
    return phone(f"1380000{place:04d}")


def enter_the_paper(hub: World) -> None:
    """What an administrator does once: the written authority of every row."""
    rows = tuple({**row, "authority": row["authority"] or "闽授〔2026〕1号"} for row in shipped_signatures())
    revision = RuleRevision(
        "signatures:1",
        BookKind.SIGNATURES,
        1,
        0,
        rows,
        "登记授权书",
        True,
        0,
        "admin",
        state=RevisionState.APPROVED,
    )
    hub.hub.rules.take(BookKind.SIGNATURES, [revision])


def typed(hub: World, **changes: str) -> dict[str, str]:
    now = to_local(hub.hub.clock.now_ms())
    fields = {
        "type": "warning",
        "unit": UNIT,
        "event": "GJYJ2018:11B21",
        "level": "yellow",
        "cautions": "预计今晚东岭路桥面结冰。",
        "measures": "减速绕行，听从民警指挥。",
        "areas": "示例市东岭镇 999100",
        "starts_at": now.strftime("%Y-%m-%dT%H:%M"),
        "expires_at": now.strftime("%Y-%m-%dT23:59"),
        "channel-sms-12110": "yes",
        "group-*": "yes",
    }
    return {**fields, **changes}


async def step(editor: Editor, path: str, name: str, **fields: str) -> str:
    """One step as the page offers it; gives the page after it."""
    page = await editor.get(path)
    seen = re.search(r'name="seen" value="(\w+)"', page)
    status, after = await editor.post(f"{path}/{name}", seen=seen[1] if seen else "", **fields)
    assert status == 200, re.findall(r'class="error"[^>]*>.*?</p>', after)
    return after


async def texts(hub: World, words: str) -> list[str]:
    return sorted(one.recipient for one in hub.carrier.journal.messages if words in one.text)


async def test_yellow_orange_and_the_end_of_it(day: World) -> None:
    hub = day
    await live_here(hub, 3)
    await live_here(hub, 1, "999200", first=3)
    enter_the_paper(hub)
    async with AsyncExitStack() as stack:
        people = {}
        for login, role in (
            ("maker", Role.PUBLICITY),
            ("reviewer", Role.PUBLICITY_LEAD),
            ("signer", Role.SUPERVISOR),
            ("releaser", Role.PUBLICITY),
        ):
            http = await stack.enter_async_context(browser(hub.url))
            people[login] = await sign_in(hub, http, role, login=login)
        maker = people["maker"]
        form = await maker.get("/staff/warnings/new?template=icy_road")
        assert "第六十九条" in form  # why social security has no colour
        await documents_become_drafts_only(hub, maker)

        status, page = await maker.post("/staff/warnings/new", **typed(hub, measures=""))
        assert (status, "请写明应采取的措施" in page) == (422, True)
        assert "预计今晚东岭路桥面结冰。" in page  # nothing typed is lost
        status, page = await maker.post("/staff/warnings/new", **typed(hub, event="GJYJ2018:14F00"))
        assert status == 422

        async def brought_out(path: str) -> str:
            await step(maker, path, "submit")
            await step(people["reviewer"], path, "review")
            await step(people["signer"], path, "sign", password=PASSWORD)
            return await step(people["releaser"], path, "release")

        status, page = await maker.post("/staff/warnings/new", **typed(hub))
        yellow = re.search(r'action="(/staff/warnings/\w+)/submit"', page)
        assert yellow, page
        await brought_out(yellow[1])
        told = await people["reviewer"].get("/staff/notifications")
        assert f'href="{yellow[1]}"' in told
        assert "有预警等待我处理" in told

        async def three() -> bool:
            return len(await texts(hub, "发布道路结冰黄色预警")) == 3

        assert await eventually(three)
        assert await texts(hub, "道路结冰") == [number(place).value for place in range(3)]

        citizen = Editor(hub.url, await stack.enter_async_context(browser(hub.url)))
        public = yellow[1].removeprefix("/staff")
        for path in ("/", "/help", "/track", "/petition"):
            assert f"{UNIT}发布道路结冰黄色预警" in await citizen.get(path), path
        assert "听从民警指挥" in await citizen.get(public)
        cap = await citizen.get(f"{public}/cap.xml")
        assert faults(cap.encode()) == []
        document = from_12379((await maker.get(f"{yellow[1]}/12379.xml")).encode(), Profile())
        assert (document.status, document.signer) == (Status.ACTUAL, "测试supervisor")
        async with citizen.http.get(hub.url + FEED) as first:
            tag = first.headers["ETag"]
        async with citizen.http.get(hub.url + FEED, headers={"If-None-Match": tag}) as again:
            assert again.status == 304

        status, page = await maker.post(f"{yellow[1]}/follow", kind="update")
        orange = re.search(r'action="(/staff/warnings/\w+)/edit"', page)
        assert orange
        version = re.search(r'name="version" value="(\d+)"', page)
        assert version
        status, page = await maker.post(f"{orange[1]}/edit", version=version[1], **typed(hub, level="orange"))
        assert status == 200
        await brought_out(orange[1])

        async def updated() -> bool:
            return len(await texts(hub, "级别由黄色调整为橙色")) == 3

        assert await eventually(updated)
        home = await citizen.get("/")
        assert "更新道路结冰橙色预警" in home
        assert "黄色预警" not in home
        cap = await citizen.get(f"{orange[1].removeprefix('/staff')}/cap.xml")
        assert faults(cap.encode()) == []
        assert "<msgType>Update" in cap
        assert re.search(r"<references>99010099900000,99010099900000_\d{14},", cap)
        async with citizen.http.get(hub.url + public) as gone:
            assert gone.status == 410
            assert "更新道路结冰橙色预警" in await gone.text()

        status, page = await maker.post(f"{orange[1]}/follow", kind="lift")
        lift = re.search(r'action="(/staff/warnings/\w+)/edit"', page)
        version = re.search(r'name="version" value="(\d+)"', page)
        assert lift
        assert version
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
        hidden.pop("csrf")
        status, page = await maker.post(f"{lift[1]}/edit", **{**hidden, "reason": "桥面已无结冰。"})
        assert status == 200
        await brought_out(lift[1])

        async def lifted() -> bool:
            return len(await texts(hub, "解除道路结冰橙色预警")) == 3

        assert await eventually(lifted)
        assert "道路结冰" not in await citizen.get("/")
        assert "现在没有预警" in await citizen.get("/warnings")
        feed = await citizen.get(FEED)
        assert "解除道路结冰橙色预警" in feed
        assert "<title>示例市公安局更新" not in feed
        page = await maker.get(orange[1])
        assert "各渠道的情况" in page
        sent = re.search(r'href="(/staff/campaigns/\w+)"', page)
        assert sent
        assert "道路结冰" in await maker.get(sent[1])
        assert await texts(hub, "道路结冰") == sorted(
            number(place).value for place in [0, 0, 0, 1, 1, 1, 2, 2, 2]
        )


async def documents_become_drafts_only(hub: World, maker: Editor) -> None:
    where = {"path": "/staff/warnings/upload", "page": "/staff/warnings"}
    for content, said in (
        (b"", "请选择文件"),
        (b"not xml", "不是完整的 XML"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><alert/>', "DTD"),
        (GOLDEN.replace("_20270105063012", "_2027010506301").encode(), "29 或 31 个字符"),
    ):
        status, page = await maker.upload("warning.xml", content, **where)
        assert (status, said in page) == (422, True), said
    status, page = await maker.upload("warning.xml", GOLDEN.encode(), **where)
    assert (status, "演练" in page, "道路结冰" in page) == (200, True, True)
    assert "道路结冰" not in await Editor(hub.url, hub.http).get("/")


async def test_at_two_in_the_morning_one_makes_and_another_releases(night: World) -> None:
    hub = night
    await live_here(hub, 2)
    lost = number(1).value
    hub.carrier.faults.add(Fault(FaultKind.ERROR_CODE, code=30005, to=lost, times=None))
    async with browser(hub.url) as one, browser(hub.url) as other:
        maker = await sign_in(hub, one, Role.PUBLICITY, login="maker")
        chief = await sign_in(hub, other, Role.SUPERVISOR, login="chief")
        await hub.agent(Role.SUPERVISOR, "deputy")
        await maker.get("/staff/warnings/new")
        status, page = await maker.post(
            "/staff/warnings/new", **typed(hub, level="red", event="GJYJ2018:12D00")
        )
        path = re.search(r'action="(/staff/warnings/\w+)/submit"', page)
        assert path, page
        await step(maker, path[1], "submit", emergency="yes")

        async def called(first: str, *more: str) -> None:
            async def there() -> bool:
                return await texts(hub, "请立即核对并发布") == sorted([first, *more])

            assert await eventually(there)

        await called("+8613900000001")
        assert isinstance(hub.hub.clock, HourClock)
        hub.hub.clock.shift += 181_000
        await called("+8613900000001", "+8613900000002")
        page = await maker.get(path[1])
        assert "您已经办过这条的另一步" in page
        assert f'action="{path[1]}/release"' not in page

        [text] = [m.text for m in hub.carrier.journal.messages if m.recipient == "+8613900000001"]
        link = re.search(r"https://hub\.test(/staff/warnings/\w+)", text)
        assert link
        assert link[1] == path[1]
        page = await step(chief, link[1], "release", password=PASSWORD)
        assert "手续请在" in page

        async def warned() -> bool:
            return len(await texts(hub, "危险化学品事故红色预警")) >= 2

        assert await eventually(warned)
        status, page = await maker.post(f"{path[1]}/papers", paper="闽授〔2026〕9号")
        assert (status, "手续请在" in page) == (200, False)
        call = await hub.carrier.place_call("12389", [HangUp()], from_="+8613800139999")
        assert call.heard[0].startswith("现在有危险化学品事故红色预警，影响示例市东岭镇。")
        await the_text_that_was_lost_goes_by_mail_and_so_does_the_lift(hub, maker, chief, path[1])


async def the_text_that_was_lost_goes_by_mail_and_so_does_the_lift(
    hub: World, maker: Editor, chief: Editor, path: str
) -> None:
    """Scenario 12: once, by the next way the person is known by; and the lift goes the way each had it."""
    fall_back = FallBack(
        hub.hub.documents, hub.hub.repositories, hub.hub.clock, fallback_settings(hub.hub.settings)
    )

    async def mailed(count: int) -> list[str]:
        await fall_back.step()
        found = [to for letter in hub.mail.received for to in letter.recipients]
        return found if len(found) >= count else []

    async def by_mail() -> list[str]:
        return await mailed(1)

    assert await eventually(by_mail) == ["here1@example.com"]
    status, page = await maker.post(f"{path}/follow", kind="lift")
    lift = re.search(r'action="(/staff/warnings/\w+)/edit"', page)
    assert (status, bool(lift)) == (200, True)
    assert lift
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    hidden.pop("csrf")
    await maker.post(f"{lift[1]}/edit", **{**hidden, "reason": "泄漏已经堵住。"})
    await step(maker, lift[1], "submit", emergency="yes")
    await step(chief, lift[1], "release", password=PASSWORD)

    async def lifted() -> bool:
        return len(await texts(hub, "解除危险化学品事故红色预警")) == 1 and len(await mailed(2)) == 2

    assert await eventually(lifted)
    assert await texts(hub, "解除危险化学品事故红色预警") == [number(0).value]
    assert await mailed(2) == ["here1@example.com"] * 2
