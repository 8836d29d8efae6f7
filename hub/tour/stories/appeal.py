"""A petition goes through the procedure: accepted, extended, answered by two people, reviewed on request."""

from __future__ import annotations

from collections.abc import Sequence

from hub.tour.desk import Desk
from hub.tour.page import Page
from hub.tour.scene import Scene
from hub.tour.story import Step, hold


class Appeal:
    """申诉求决: every step is a row of the table, every limit stands on the page."""

    title = "申诉求决：受理、延期、两人答复、申请复查 · An appeal with its limits, an extension, a review"

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._number = scene.new_number()
        self._browser = scene.browser()
        self._handler = Desk(scene, "handler")
        self._head = Desk(scene, "supervisor")
        self._reference = self._code = self._case_id = ""

    def steps(self) -> Sequence[Step]:
        return (
            Step("群众提交申诉求决", self._file),
            Step("甄别、受理，告知期限", self._accept),
            Step("承办人申请延期，机关负责人批准，告知理由", self._extend),
            Step("承办人起草，负责人签发", self._draft_and_sign),
            Step("送达，进度页可见答复和复查期限", self._deliver),
            Step("群众申请复查", self._review),
        )

    async def _file(self) -> str:
        page = await self._browser.get("/petition/write?kind=complaint")
        fields = page.fields("/petition/check") | {
            "title": self._scene.says("appeal_title"),
            "body": self._scene.says("appeal_body"),
            "region": self._scene.sample.regions[0]["code"],
            "anonymous": "no",
            "name": "演示申诉人",
            "phone": self._number.removeprefix("+86"),
        }
        check = await self._browser.post("/petition/check", fields)
        done = await self._browser.post("/petition/submit", check.fields("/petition/submit"))
        self._reference, self._code = (
            done.ids.get(name, "").replace(" ", "") for name in ("reference", "code")
        )
        hold(bool(self._reference and self._code), f"没有编号：{done.status}")
        line = await self._handler.line(self._reference)
        hold(line is not None, "队列里没有 (not in the queue)")
        self._case_id = line.case_id if line else ""
        return f"编号 {self._reference}，登记转送和受理告知的期限开始计算"

    async def _accept(self) -> str:
        await self._handler.move(self._case_id, "pick", "甄别中")
        await self._handler.move(
            self._case_id, "accept", "受理告知书", branch="6", items="更正登记\n书面说明理由"
        )
        text = await self._scene.answer_to(self._number, having="已由")
        await self._handler.move(self._case_id, "deliver", "已送达", document="受理告知书", method="直接")
        return f"已告知：{text}"

    async def _extend(self) -> str:
        await self._handler.assign(self._case_id, "办理中")
        await self._handler.move(
            self._case_id,
            "ask_extension",
            self._scene.says("appeal_reason"),
            days="20",
            reason=self._scene.says("appeal_reason"),
        )
        await self._head.move(self._case_id, "extend", "待送达")
        text = await self._scene.answer_to(self._number, having="延长")
        return f"已告知：{text}"

    async def _draft_and_sign(self) -> str:
        await self._handler.move(
            self._case_id,
            "submit_reply",
            "待审签送达",
            **{"outcomes-1": "支持", "outcomes-2": "解释"},
            reply=self._scene.says("appeal_reply"),
        )
        await self._head.move(self._case_id, "sign", "答复已签发，等待送达")
        return "逐项有结果；签发人不是起草人"

    async def _deliver(self) -> str:
        await self._handler.move(self._case_id, "deliver", "已答复", document="处理意见书", method="直接")
        page = await self._progress()
        hold(self._scene.says("appeal_reply") in page.text, "进度页上没有答复正文")
        hold("复查" in page.text, "进度页上没有复查期限")
        return "送达之日起三十日内可以申请复查"

    async def _review(self) -> str:
        async def asked() -> bool:
            page = await self._progress()
            if "复查中" in page.text:
                return True
            path = "/track/request_fucha"
            await self._browser.post(path, page.fields(path) | {"text-request_fucha": "对第二项不服"})
            return False

        await self._scene.until(asked, "复查申请没有记录 (the request was not kept)")
        return "复查中，上一级机关三十日内作出意见"

    async def _progress(self) -> Page:
        page = await self._browser.post("/track", {"reference": self._reference, "code": self._code})
        hold(page.status == 200, f"状态 {page.status}")
        return page
