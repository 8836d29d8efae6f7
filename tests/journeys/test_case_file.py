"""The file of a case as PDF: what it holds, what it leaves out, and that taking it is written down."""

from __future__ import annotations

import re

from channels.contract import ChannelKind
from hub.model.agent import Role
from hub.model.cases.history import HistoryKind
from hub.web.pdf import Paper
from tests.journeys.talking import Talker, queue
from tests.journeys.test_evidence import SAME_ORIGIN, log_in
from tests.world import World, browser


async def test_a_handler_takes_the_file_of_a_case_along(hub: World) -> None:
    await Talker(hub, ChannelKind.SMS, "2").say("隔壁麻将馆每天深夜吵闹没有人管", recipient="12110")
    handler = await hub.agent(Role.HANDLER)
    await hub.agent(Role.INSPECTOR)
    [case] = await queue(hub)
    path = f"{hub.url}/staff/cases/{case.id}"
    async with browser(hub.url) as theirs:
        await log_in(hub, theirs, "handler")
        async with theirs.get(path) as page:
            csrf = re.search(r'name="csrf" value="([^"]*)"', await page.text())
        assert csrf
        async with theirs.post(f"{path}/file", data={"csrf": csrf[1]}, headers=SAME_ORIGIN) as answer:
            assert answer.content_type == "application/pdf"
            assert case.reference in answer.headers["Content-Disposition"]
            assert (await answer.read()).startswith(b"%PDF-1.")
    history = await hub.hub.repositories.cases.history(case.id)
    assert [(entry.kind, entry.actor) for entry in history][-1] == (HistoryKind.PRINTED, handler.id)


def test_what_a_citizen_wrote_is_no_markup() -> None:
    paper = Paper("案卷", foot="李四")
    paper.text("<b>1 < 2</b>\n& <script>")
    paper.table([["编号", "<i>"]], (0.5, 0.5))
    assert paper.made().startswith(b"%PDF-1.")
