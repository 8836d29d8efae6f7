"""A citizen calls 12389: keys, a recording, and the two numbers read out twice."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hub.model.cases.history import HistoryKind
from hub.tour.desk import Desk
from hub.tour.scene import Scene, pair
from hub.tour.story import Step, hold
from hub.web.badges import HISTORY

_SPOKEN = str.maketrans("零幺二三四五六七八九", "0123456789")


class Complaint:
    """A complaint about police by telephone reaches the inspectors alone."""

    title = "拨打 12389 举报，录音留证 · A complaint by telephone, recorded as evidence"

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._number = scene.new_number()
        self._inspector = Desk(scene, "inspector")
        self._heard = self._reference = self._code = self._case_id = ""

    def steps(self) -> Sequence[Step]:
        return (
            Step("群众按键选择实名举报，说出经过", self._call),
            Step("编号和查询码念了两遍，并发到手机", self._read_out),
            Step("只有督察看得到这件举报", self._walled),
            Step("录音已取回、校验、封存并附在工单上", self._sealed),
        )

    async def _call(self) -> str:
        area, seconds = self._scene.says("call_area"), self._scene.says("call_seconds")
        script = ["1", "1", f"{area}#", "1", "#", f"speak {seconds}", "1", "1"]
        heard = await self._scene.call(self._number, script)
        hold(all(200 <= status < 300 for status in heard.statuses), f"状态 {heard.statuses}")
        self._heard = "\n".join(heard.texts)
        hold("举报" in self._heard and "录音" in self._heard, "没有听到提示")
        return f"听到 {len(heard.texts)} 段提示，录音 {seconds} 秒"

    async def _read_out(self) -> str:
        text = await self._scene.answer_to(self._number, having="查询码")
        self._reference, self._code = pair(text)
        spoken = re.sub(r"\D", "", self._heard.rpartition("请准备纸笔")[2].translate(_SPOKEN))
        hold(spoken.count(self._reference) >= 2, f"编号没有念两遍：{spoken}")
        hold(spoken.count(self._code) >= 2, "查询码没有念两遍")
        return f"念了两遍，短信已发出：{text}"

    async def _walled(self) -> str:
        line = await self._inspector.line(self._reference)
        hold(line is not None, "督察看不到 (the inspector does not see it)")
        self._case_id = line.case_id if line else ""
        for role in ("handler", "supervisor"):
            desk = Desk(self._scene, role)
            hold(await desk.line(self._reference) is None, f"{role} 在队列里看到了举报")
            page = await desk.case(self._case_id)
            hold(page.status == 404, f"{role} 打开了举报：{page.status}")
        return "督察可见；承办人和主管看不到，打开是 404"

    async def _sealed(self) -> str:
        word = HISTORY[HistoryKind.RECORDING].text

        async def attached() -> bool:
            return word in (await self._inspector.case(self._case_id)).text

        await self._scene.until(attached, "录音没有附上 (the recording is not attached)")
        return "录音已封存，哈希在证据链中"
