"""A publicity officer plans a broadcast; it leaves by itself, and who refused is left alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from secrets import randbelow

from hub.demo.outside import TEXT_CHANNEL
from hub.runtime.clock import to_local
from hub.tour.desk import ApproverDesk, CampaignDesk
from hub.tour.scene import Scene
from hub.tour.story import Step, hold

_AHEAD_SECONDS = 6


class Broadcast:
    """An early-warning text to one group, also published for everybody to read."""

    title = "定时群发，退订的人收不到 · A scheduled broadcast, and who opted out is left alone"

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._desk = CampaignDesk(scene)
        self._approver = ApproverDesk(scene)
        self._group = scene.says("broadcast_group")
        self._people = list(scene.sample.members(self._group))
        self._mark = f"演示{randbelow(10**8):08d}"
        self._title = f"{scene.says('broadcast_title')} {self._mark}"
        self._id = ""

    def steps(self) -> Sequence[Step]:
        return (
            Step("一位群众回复“退订”", self._opt_out),
            Step("宣传干部写好提示，选好分组", self._create),
            Step(f"定在 {_AHEAD_SECONDS} 秒之后，由另一人批准，然后发布", self._schedule),
            Step("到点自动发出，全部被运营商接收", self._left),
            Step("退订的人没有收到，别人各收到一条", self._who),
            Step("提示同时公开发布", self._published),
            Step("群众回复“订阅”恢复", self._opt_in),
        )

    async def _opt_out(self) -> str:
        refuses = self._people[0].number
        await self._scene.text(refuses, "退订")
        return f"已发出：{await self._scene.answer_to(refuses, having='停发')}"

    async def _create(self) -> str:
        text = self._scene.says("broadcast_text") + self._mark
        fields = {
            "name": self._title,
            "message_class": "E1",
            "channel": TEXT_CHANNEL,
            "groups": self._group,
            "title": self._title,
            "template": text,
            "public": "yes",
        }
        self._id = await self._desk.create(self._title, fields)
        preview = await self._desk.page(self._id, "/preview")
        expected = len(self._people) - 1
        hold(f"将发送给{expected}人" in preview.digits, "预览的人数不对")
        return f"预览：{expected} 人，1 人已退订"

    async def _schedule(self) -> str:
        at = to_local(self._scene.now_ms()) + timedelta(seconds=_AHEAD_SECONDS)
        await self._desk.schedule(self._id, at.replace(tzinfo=None, microsecond=0))
        await self._approver.approve(self._id)
        await self._desk.release(self._id)
        return f"{at:%H:%M:%S}"

    async def _left(self) -> str:
        async def done() -> bool:
            reached = {text.recipient for text in self._scene.journals.texts() if self._mark in text.text}
            doubtful = {row["to"] for row in await self._scene.doubts()}
            return len(reached | doubtful) >= len(self._people) - 1

        await self._scene.until(done, "没有全部发出 (not all left)")
        page = await self._desk.page(self._id)
        hold(page.status == 200, f"状态 {page.status}")
        return f"{len(self._people) - 1} 条已被接收"

    async def _who(self) -> str:
        taken = [text for text in self._scene.journals.texts() if self._mark in text.text]
        numbers = [text.recipient for text in taken]
        hold(self._people[0].number not in numbers, "退订的人也收到了")
        hold(len(numbers) == len(set(numbers)), "有人收到两条")
        names = {person.number: person.name for person in self._people}
        hold(all(names[text.recipient] in text.text for text in taken), "称呼不对")
        return f"例如：{taken[-1].text}" if taken else "都不确定"

    async def _published(self) -> str:
        browser = self._scene.browser()
        notices = await browser.get("/notices")
        hold(self._title in notices.text, "公告页上没有")
        hold(len(notices.feeds) >= 2, "公告页没有订阅源 (no feeds)")
        for address in notices.feeds:
            feed = await browser.get(address)
            hold(feed.status == 200 and self._title in feed.html, f"{address} 里没有")
        return "公告页和订阅源里都有"

    async def _opt_in(self) -> str:
        number = self._people[0].number
        await self._scene.text(number, "订阅")
        return f"已发出：{await self._scene.answer_to(number, having='已恢复')}"
