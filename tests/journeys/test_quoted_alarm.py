"""Thanks above our advice to call 110 is no emergency, however a mail program quotes."""

from __future__ import annotations

import pytest

from tests.journeys.talking import queue
from tests.journeys.test_mail import hand_over, letter
from tests.world import World


@pytest.mark.parametrize(
    "style",
    [
        "---- 回复的原邮件 ----\n| 发件人 | hub |\n{text}",
        "------------------ 原始邮件 ------------------\n发件人: hub\n{text}",
        "At 2026-11-30 10:00:00, hub wrote:\n>{marked}",
    ],
)
async def test_thanks_above_our_answer_is_small_talk(hub: World, style: str) -> None:
    await hand_over(hub, letter("被电信网络诈骗了怎么办", subject="咨询"))
    [answer] = await hub.mail.wait_for(1)
    text = answer.mail.get_content()
    quoted = style.format(text=text, marked=text.replace("\n", "\n>"))
    ours = answer.mail["Message-ID"]
    before = len(await queue(hub))
    await hand_over(hub, letter(f"谢谢，知道了\n\n{quoted}", id="<q2@example.com>", In_Reply_To=ours))
    cases = await queue(hub)
    assert [case.title for case in cases if case.urgent] == []
    assert len(cases) == before
