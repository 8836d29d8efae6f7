"""A citizen texts 12110: answered, or a case; danger first; forgeries get nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from secrets import token_hex

from hub.demo.outside import TEXT_CHANNEL, TEXT_NUMBER, VOICE_CHANNEL, VOICE_LINE
from hub.tour.desk import Desk
from hub.tour.scene import Scene, pair
from hub.tour.story import Step, hold


class Question:
    """What the knowledge base knows is answered at once, and a repeat changes nothing."""

    title = "短信提问，立即答复 · A text is answered at once"

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._number = scene.new_number()
        self._id = ""

    def steps(self) -> Sequence[Step]:
        return (
            Step("群众发短信到 12110 提问", self._ask),
            Step("知识库的答案从 12110 发回", self._answered),
            Step("网关把同一条短信再送两次", self._again),
        )

    async def _ask(self) -> str:
        self._id = await self._scene.text(self._number, self._scene.says("question"))
        hold((await self._scene.event(TEXT_CHANNEL, self._id))["kept"], "确认了却没有保存")
        return f"已保存后才答复网关：{self._scene.says('question')}"

    async def _answered(self) -> str:
        text = await self._scene.answer_to(self._number, having=self._scene.says("question_answer"))
        return f"已发出：{text}"

    async def _again(self) -> str:
        await self._scene.text(self._number, self._scene.says("question"), id=self._id, copies=2)
        taken = self._scene.journals.texts(self._number)
        hold(len(taken) <= 1, f"重复答复了 {len(taken)} 次")
        return "没有第二条答复，也没有新的工单"


class Matter:
    """What it does not know becomes a case; number and code tell how far it is; the reply comes back."""

    title = "短信反映问题，成为工单，答复发回手机 · A text becomes a case, the reply a text"

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._number = scene.new_number()
        self._handler = Desk(scene, "handler")
        self._reference = self._code = self._case_id = ""

    def steps(self) -> Sequence[Step]:
        return (
            Step("群众发短信反映一件知识库答不了的事", self._speak),
            Step("收到查询编号和查询码", self._receipt),
            Step("承办人登录，在队列里看到工单", self._in_queue),
            Step("承办人答复，答复以短信发出", self._reply),
            Step("群众发“编号 查询码”查进度", self._progress),
            Step("查询码错了，什么也看不到", self._wrong_code),
        )

    async def _speak(self) -> str:
        id = await self._scene.text(self._number, self._scene.says("unsure"))
        event = await self._scene.event(TEXT_CHANNEL, id)
        hold(event["case_id"], "没有成为工单 (no case)")
        return f"工单 {event['reference']}，类型 {event['track']}"

    async def _receipt(self) -> str:
        text = await self._scene.answer_to(self._number, having="查询码")
        self._reference, self._code = pair(text)
        return f"已发出：{text}"

    async def _in_queue(self) -> str:
        line = await self._handler.line(self._reference)
        hold(line is not None, "队列里没有 (not in the queue)")
        self._case_id = line.case_id if line else ""
        page = await self._handler.case(self._case_id)
        hold(self._scene.says("unsure") in page.text, "工单里没有原文")
        hold(self._number[3:] not in page.digits, "号码没有遮挡 (number not masked)")
        return f"队列中的工单 {self._reference}，号码已遮挡"

    async def _reply(self) -> str:
        await self._handler.reply(self._case_id, self._scene.says("sms_reply"))
        text = await self._scene.answer_to(self._number, having=self._scene.says("sms_reply"))
        return f"已发出：{text}"

    async def _progress(self) -> str:
        await self._scene.text(self._number, f"{self._reference} {self._code}")
        text = await self._scene.answer_to(self._number, having=f"编号{self._reference}：")
        hold("已答复" in text, f"进度不对：{text}")
        return f"已发出：{text}"

    async def _wrong_code(self) -> str:
        other = self._scene.new_number()
        wrong = f"{(int(self._code) + 1) % 10 ** len(self._code):0{len(self._code)}d}"
        await self._scene.text(other, f"{self._reference} {wrong}")
        text = await self._scene.answer_to(other, having="没有找到")
        return f"已发出：{text}"


class Danger:
    """Danger goes above the queue, and the telephone of somebody in hiding stays silent, whatever the channel
    would answer."""

    title = "短信求救，置顶，手机保持安静 · Danger goes to the top, the telephone stays dark"

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._number = scene.new_number()
        self._reference = ""

    def steps(self) -> Sequence[Step]:
        return (
            Step("群众发短信求救", self._cry),
            Step("工单在队列最前面", self._at_top),
            Step("警情台上等人确认", self._rings),
            Step("没有一条自动短信发到这部手机", self._silent),
        )

    async def _cry(self) -> str:
        id = await self._scene.text(self._number, self._scene.says("emergency"))
        event = await self._scene.event(TEXT_CHANNEL, id)
        hold(event["track"] == "EMERGENCY", f"没有识别为紧急：{event['track']}")
        self._reference = event["reference"]
        return f"紧急工单 {self._reference}"

    async def _at_top(self) -> str:
        line = await Desk(self._scene, "handler").line(self._reference)
        hold(line is not None and line.above, "前面还有不紧急的工单")
        return "前面只有更早的紧急工单"

    async def _rings(self) -> str:
        browser = await Desk(self._scene, "handler").log_in()
        page = await browser.get("/staff/alarms")
        hold(page.status == 200, f"alarms: {page.status}")
        hold(self._reference in page.html.replace(" ", ""), "警情台上没有这条警情")
        return "未确认，没有转出本机"

    async def _silent(self) -> str:
        await self._scene.text(self._number, self._scene.says("question"))
        other = self._scene.new_number()
        await self._scene.text(other, self._scene.says("question"))
        await self._scene.answer_to(other, having=self._scene.says("question_answer"))
        hold(not self._scene.journals.texts(self._number), "手机亮了 (a text was sent)")
        return "别人同样的提问已答复，这部手机没有收到任何短信"


class Forgery:
    """A call that is not signed is refused; a text comes over the gateway's connection or not at all."""

    title = "冒充运营商的来电和短信被拒绝 · Forged calls and texts are refused"

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._number = scene.new_number()

    def steps(self) -> Sequence[Step]:
        return (
            Step("有人冒充运营商接入来电", self._call),
            Step("有人冒充运营商送来短信", self._text),
        )

    async def _call(self) -> str:
        call = {"CallSid": f"CA{token_hex(16)}", "CallStatus": "ringing", "To": VOICE_LINE}
        status = await self._forged(f"{VOICE_CHANNEL}/call", call)
        hold(status == 403, f"状态 {status}")
        return "403，没有接听"

    async def _text(self) -> str:
        id = f"SM{token_hex(16)}"
        text = {"MessageSid": id, "To": TEXT_NUMBER, "Body": self._scene.says("unsure")}
        status = await self._forged(f"{TEXT_CHANNEL}/sms", text)
        hold(status == 404, f"状态 {status}")
        hold(not (await self._scene.event(TEXT_CHANNEL, id))["kept"], "伪造的短信被保存了")
        hold(not self._scene.journals.texts(self._number), "回复了伪造的短信")
        return "404，短信只从本机与网关的连接进来；没有保存，没有回复"

    async def _forged(self, path: str, fields: dict[str, str]) -> int:
        """The status of the answer to what nobody signed."""
        form = {"AccountSid": self._scene.server.state["carrier"]["sid"], "From": self._number, **fields}
        headers = {"X-Twilio-Signature": "bm90IHRoZSBjYXJyaWVyJ3Mgc2lnbmF0dXJl"}

        async def answered() -> int:
            url = f"{self._scene.server.url}/webhooks/twilio/{path}"
            async with self._scene.http.post(url, data=form, headers=headers) as answer:
                return answer.status

        return await self._scene.until(answered, "没有回答 (no answer)")
