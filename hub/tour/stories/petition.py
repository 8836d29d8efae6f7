"""A citizen files a petition (网上信访) in plain pages and follows it with number and code."""

from __future__ import annotations

from collections.abc import Sequence

from hub.tour.desk import Desk
from hub.tour.scene import Scene
from hub.tour.story import Step, hold


class Petition:
    """Four pages without script; the answer leaves as a text and stands on the progress page."""

    title = "网上信访，凭编号和查询码查看 · A petition without script, followed by number and code"

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._number = scene.new_number()
        self._browser = scene.browser()
        self._handler = Desk(scene, "handler")
        self._filled: dict[str, str] = {}
        self._reference = self._code = ""

    def steps(self) -> Sequence[Step]:
        return (
            Step("填错的表单一次指出所有问题", self._mistakes),
            Step("群众填写，核对内容", self._write),
            Step("确认提交，得到查询编号和查询码", self._submit),
            Step("再点一次提交", self._twice),
            Step("承办人答复，通知发到手机", self._reply),
            Step("进度页上看到答复", self._progress),
        )

    async def _mistakes(self) -> str:
        page = await self._browser.get("/petition/write?kind=consult")
        fields = page.fields("/petition/check") | {"title": "", "body": "", "anonymous": "no", "phone": "12"}
        refused = await self._browser.post("/petition/check", fields)
        hold(refused.status == 422, f"状态 {refused.status}")
        wrong = [name for name in ("title", "body", "name", "phone") if f'id="e-{name}"' in refused.html]
        hold(len(wrong) == 4, f"只指出了 {wrong}")
        return f"422，一次指出 {len(wrong)} 处"

    async def _write(self) -> str:
        page = await self._browser.get("/petition/write?kind=consult")
        fields = page.fields("/petition/check") | {
            "title": self._scene.says("petition_title"),
            "body": self._scene.says("petition_body"),
            "region": self._scene.sample.regions[0]["code"],
            "anonymous": "no",
            "name": "演示信访人",
            "phone": self._number.removeprefix("+86"),
        }
        check = await self._browser.post("/petition/check", fields)
        hold(self._scene.says("petition_body") in check.text, f"核对页不对：{check.status}")
        self._filled = check.fields("/petition/submit")
        return "核对页列出了全部内容，还没有保存"

    async def _submit(self) -> str:
        self._reference, self._code = await self._file()
        return f"编号 {self._reference}，查询码 {self._code}"

    async def _twice(self) -> str:
        again = await self._file()
        hold(again == (self._reference, self._code), "成了两件")
        return "还是同一件，同一个查询码"

    async def _reply(self) -> str:
        line = await self._handler.line(self._reference)
        hold(line is not None, "队列里没有 (not in the queue)")
        await self._handler.reply(line.case_id if line else "", self._scene.says("petition_reply"))
        text = await self._scene.answer_to(self._number, having=self._reference)
        return f"已发出：{text}"

    async def _progress(self) -> str:
        page = await self._scene.browser().post("/track", {"reference": self._reference, "code": self._code})
        hold(page.status == 200, f"状态 {page.status}")
        hold(self._scene.says("petition_reply") in page.text, "进度页上没有答复")
        return "已答复，正文在进度页上"

    async def _file(self) -> tuple[str, str]:
        done = await self._browser.post("/petition/submit", self._filled)
        numbers = [done.ids.get(name, "").replace(" ", "") for name in ("reference", "code")]
        hold(all(numbers), f"没有编号：{done.status}")
        return numbers[0], numbers[1]
