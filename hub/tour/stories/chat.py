"""A citizen chats; the line breaks, and nothing is lost or said twice."""

from __future__ import annotations

from collections.abc import Sequence
from secrets import token_hex

from hub.tour.desk import Desk
from hub.tour.scene import Scene, pair
from hub.tour.story import Step, hold
from hub.tour.stream import ChatStream


class Chat:
    """POST and server-sent events, with a reconnect in the middle."""

    title = "网上会话，断线重连不丢不重 · A chat that survives a broken line"

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._browser = scene.browser()
        self._stream = ChatStream(scene, self._browser)
        self._reference = ""

    def steps(self) -> Sequence[Step]:
        return (
            Step("群众打开会话提问，答案出现在页面上", self._ask),
            Step("连接断开时又说了一件事", self._speak),
            Step("重新连接后收到编号，没有遗漏和重复", self._reconnect),
            Step("承办人的答复出现在会话里", self._reply),
        )

    async def _ask(self) -> str:
        await self._browser.get("/chat")
        await self._say(self._scene.says("question"))
        answer = await self._stream.hears(self._scene.says("question_answer"), by="robot")
        return f"答案在页面上：{answer[:40]}…"

    async def _speak(self) -> str:
        await self._say(self._scene.says("chat_unsure"))
        return f"已保存；此前收到第 {self._stream.last} 条"

    async def _reconnect(self) -> str:
        text = await self._stream.hears("查询码", by="robot")
        self._reference = pair(text)[0]
        hold(self._stream.is_whole, f"消息序号 {self._stream.numbers}")
        return f"从第 {self._stream.reconnected_after} 条之后接上，工单 {self._reference}"

    async def _reply(self) -> str:
        handler = Desk(self._scene, "handler")
        line = await handler.line(self._reference)
        hold(line is not None, "队列里没有 (not in the queue)")
        await handler.reply(line.case_id if line else "", self._scene.says("chat_reply"))
        text = await self._stream.hears(self._scene.says("chat_reply"), by="agent")
        hold(self._stream.is_whole, f"消息序号 {self._stream.numbers}")
        return f"页面上收到：{text}"

    async def _say(self, text: str) -> None:
        page = await self._browser.post("/chat/messages", {"text": text, "client_id": token_hex(16)})
        hold(page.status == 200 and text in page.text, f"没有保存：{page.status}")
