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
        version = (await hub.hub.actions.read_cases.open(handler, case.id)).version
        note = "".join(map(chr, range(0x4E00, 0x4E00 + 1000)))  # nothing in it can be packed away
        await hub.hub.actions.note_case(handler, case.id, note, version=version)
        sizes = []
        for chosen in ({}, {"notes": "1"}):
            form = {"csrf": csrf[1], **chosen}
            async with theirs.post(f"{path}/file", data=form, headers=SAME_ORIGIN) as answer:
                assert answer.content_type == "application/pdf"
                assert case.reference in answer.headers["Content-Disposition"]
                content = await answer.read()
            assert content.startswith(b"%PDF-1.")
            sizes.append(len(content))
    assert sizes[1] - sizes[0] > 1000  # a note leaves with it only when it is asked for
    history = await hub.hub.repositories.cases.history(case.id)
    assert [(entry.kind, entry.actor) for entry in history][-1] == (HistoryKind.PRINTED, handler.id)


def test_what_a_citizen_wrote_is_no_markup() -> None:
    paper = Paper("案卷", foot="李四")
    paper.text("<b>1 < 2</b>\n& <script>")
    paper.table([["编号", "<i>"]], (0.5, 0.5))
    assert paper.made().startswith(b"%PDF-1.")
