"""What only a carrier's own protocol has: texts in parts, receipts of parts, a connection that breaks."""

from __future__ import annotations

from collections.abc import Sequence

from channels.loopback.gateway import Trouble
from channels.outbox.delivery import DeliveryState
from hub.demo.outside import TEXT_CHANNEL
from hub.tour.desk import Desk
from hub.tour.scene import Scene
from hub.tour.story import Step, hold
from hub.web.badges import DELIVERY


class LongText:
    """Parts come in any order and more than once; a reply of several parts is delivered when all are."""

    title = "长短信分段收发，每段都有回执 · Long texts in parts, both ways"

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._number = scene.new_number()
        self._handler = Desk(scene, "handler")
        self._reference = self._case_id = ""

    def steps(self) -> Sequence[Step]:
        return (
            Step("群众发一条长短信，后面的段先到，每段到两次", self._speak),
            Step("工单里是完整的一条", self._whole),
            Step("答复也很长，手机上是完整的一条", self._reply),
            Step("各段的回执到齐，工单上写着已送达", self._delivered),
        )

    async def _speak(self) -> str:
        text = self._scene.says("long_text")
        id = await self._scene.text(self._number, text, copies=2, backwards=True)
        event = await self._scene.event(TEXT_CHANNEL, id)
        hold(event["case_id"], "没有成为工单 (no case)")
        self._reference, self._case_id = event["reference"], event["case_id"]
        return f"{len(text)} 个字，工单 {self._reference}"

    async def _whole(self) -> str:
        line = await self._handler.line(self._reference)
        hold(line is not None, "队列里没有 (not in the queue)")
        page = await self._handler.case(self._case_id)
        hold(self._scene.says("long_text") in page.text, "工单里不是完整的原文")
        return "一件工单，一条短信"

    async def _reply(self) -> str:
        await self._handler.reply(self._case_id, self._scene.says("long_reply"))
        text = await self._scene.answer_to(self._number, having=self._scene.says("long_reply"))
        return f"已发出：{text}"

    async def _delivered(self) -> str:
        word = DELIVERY[DeliveryState.DELIVERED].text

        async def told() -> bool:
            # The first place: what was cut off by a kill may stand behind it once more, as a draft.
            page = await self._handler.case(self._case_id)
            _, _, behind = page.text.partition(self._scene.says("long_reply"))
            return word in behind or bool(await self._scene.doubts())

        await self._scene.until(told, "没有显示已送达 (not shown as delivered)")
        return word


class Doubt:
    """The gateway takes a reply and the connection breaks before it answers: nobody knows, and it is said."""

    title = "网关断线，答复状态不明，列出来不重发 · A reply in doubt is listed, not sent again"

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._number = scene.new_number()
        self._handler = Desk(scene, "handler")
        self._admin = Desk(scene, "admin")
        self._case_id = ""

    def steps(self) -> Sequence[Step]:
        return (
            Step("群众发短信反映一件事", self._speak),
            Step("网关收下答复，没有应答就断线", self._break),
            Step("手机上只有一条", self._once),
            Step("连接恢复，短信照常收发", self._goes_on),
        )

    async def _speak(self) -> str:
        id = await self._scene.text(self._number, self._scene.says("doubt_text"))
        self._case_id = (await self._scene.event(TEXT_CHANNEL, id))["case_id"]
        hold(self._case_id, "没有成为工单 (no case)")
        return f"已发出：{await self._scene.answer_to(self._number, having='查询码')}"

    async def _break(self) -> str:
        await self._scene.trouble(Trouble.CUT, self._number)
        await self._handler.reply(self._case_id, self._scene.says("doubt_reply"))
        browser = await self._admin.log_in()

        async def listed() -> bool:
            return self._number[-4:] in (await browser.get("/staff/deliveries")).text

        await self._scene.until(listed, "没有列为不确定 (not listed as in doubt)")
        return "列在“投递结果待核实”页，等人核实"

    async def _once(self) -> str:
        taken = [text for text in self._scene.journals.texts(self._number) if self._reply in text.text]
        hold(len(taken) <= 1, f"发了 {len(taken)} 次")
        return f"已发出：{taken[0].text}" if taken else "没有发出"

    @property
    def _reply(self) -> str:
        return self._scene.says("doubt_reply")

    async def _goes_on(self) -> str:
        other = self._scene.new_number()
        await self._scene.text(other, self._scene.says("question"))
        text = await self._scene.answer_to(other, having=self._scene.says("question_answer"))
        return f"已发出：{text}"
