"""A citizen writes a mail; the answer arrives in the same thread."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from secrets import token_hex
from typing import Any

from hub.demo import letter
from hub.tour.desk import Desk
from hub.tour.scene import Scene, pair
from hub.tour.story import Step, hold


class Letter:
    """In by SMTP behind the organisation's mail server, out through it."""

    title = "来信成为工单，答复回到同一封信 · A mail becomes a case, the reply comes in its thread"

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._sender = f"citizen-{token_hex(4)}@example.com"
        self._message_id = f"<{token_hex(12)}@mail.example.com>"
        self._handler = Desk(scene, "handler")
        self._reference = self._case_id = ""

    def steps(self) -> Sequence[Step]:
        return (
            Step("群众来信", self._write),
            Step("收到登记回执", self._receipt),
            Step("同一封信再投递一次", self._again),
            Step("承办人答复，答复在同一主题下发出", self._reply),
        )

    async def _write(self) -> str:
        await self._post()
        await self._read_case()
        return f"原件保存后才答复 250；工单 {self._reference}"

    async def _read_case(self) -> None:
        event = await self._scene.until(self._became_a_case, "来信没有成为工单")
        self._case_id, self._reference = event["case_id"], event["reference"]

    async def _became_a_case(self) -> dict[str, Any] | None:
        event = await self._scene.event("mail", self._message_id, self._sender)
        return event if event["case_id"] else None

    async def _receipt(self) -> str:
        subject, text, reply_to = await self._scene.mail_to(self._sender, having="查询码")
        # The first look may have met a unit of work in the middle: a server without isolation shows what it
        # then takes back. What left was committed before, so this look sees what counts.
        await self._read_case()
        hold(pair(text)[0] == self._reference, "回执上的编号不对")
        hold(reply_to == self._message_id, "不在同一封信下")
        return f"已发出：{subject}"

    async def _again(self) -> str:
        await self._post()
        mails = self._scene.journals.mails(self._sender)
        hold(len(mails) <= 1, f"发出了 {len(mails)} 封回执")
        return "没有第二封回执"

    async def _reply(self) -> str:
        hold(await self._handler.line(self._reference) is not None, "队列里没有这封信")
        await self._handler.reply(self._case_id, self._scene.says("mail_reply"))
        subject, _, reply_to = await self._scene.mail_to(
            self._sender, having=self._scene.says("mail_reply")[:12]
        )
        hold(reply_to == self._message_id, "答复不在同一封信下")
        return f"已发出：{subject}"

    async def _post(self) -> None:
        async def acknowledged() -> bool:
            try:
                await letter.post(
                    self._scene.server.state["mail"]["smtp_port"],  # another one where the old is still taken
                    sender=self._sender,
                    name="演示群众",
                    subject=self._scene.says("mail_subject"),
                    text=self._scene.says("mail_text"),
                    message_id=self._message_id,
                    at=self._scene.now_ms(),
                    patience_seconds=0,
                )
            except (OSError, smtplib.SMTPException):
                return False
            return True

        await self._scene.until(acknowledged, "来信没有被接收 (the letter was not acknowledged)")
        self._scene.kept.append(("mail", self._message_id, self._sender))
