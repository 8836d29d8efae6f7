"""Whether recordings come from the provider, and whether what was said in them is recognised."""

from __future__ import annotations

from collections.abc import AsyncIterator

from hub.repositories.calls import backlog
from hub.runtime.clock import Clock
from hub.runtime.finding import Finding, Level
from hub.settings.settings import Settings
from hub.store.documents import Documents
from hub.wiring.alarms import usable
from hub.wiring.channels import profiles_of


async def check_recordings(documents: Documents, clock: Clock, *, hears: bool) -> AsyncIterator[Finding]:
    """What stands still. hears: whether recordings are to be recognised at all."""
    late = await backlog(documents, clock.now_ms())
    told = 0
    for count, what, fix in (
        (
            late.overdue,
            "段录音未取到 (recordings could not be fetched)",
            "日志 recording.later 写明原因；检查线路的账号、api_base 和网络 (the log names the reason)",
        ),
        (
            late.lost,
            "段录音四十天没有取到，已放弃 (recordings were given up)",
            "向运营商索取，编号见日志 recording.lost (ask the provider; the log has their ids)",
        ),
        (
            late.stray,
            "段录音不属于任何工单 (recordings belong to no case)",
            "日志 recording.of_unknown_call 有编号；多见于恢复备份之后 (after a restored backup)",
        ),
        (
            late.unheard if hears else 0,
            "段录音等待转写超过十分钟 (recordings wait to be transcribed)",
            "查看 speech 一项和日志 recording.not_heard (see speech)",
        ),
        (
            late.failed if hears else 0,
            "段录音未能转写 (recordings could not be transcribed)",
            "录音完整，请听录音；换模型或修好后重启即重试 (listen to them; tried again at a start)",
        ),
    ):
        if count:
            told += 1
            yield Finding(Level.WARN, "recordings", f"{count} {what}", fix)
    if not told:
        yield Finding(Level.OK, "recordings", "没有积压 (none stands still)")


def check_heads(settings: Settings) -> Finding:
    """Whether the newest head of the evidence would leave to the mailbox that is named."""
    given = settings.evidence
    if not given.channel:
        return Finding(
            Level.OK, "evidence", "链头只写入文件 files/heads，请另存一份 (heads go to files only: copy them)"
        )
    if usable(settings, profiles_of(settings), given.channel, [given.address]) is None:
        what = f"链头发不出去：渠道 {given.channel} 未启用，或地址不对 (channel off, or not an address)"
        return Finding(Level.FAIL, "evidence", what, "核对 [evidence] 的 channel 和 address (check them)")
    return Finding(Level.OK, "evidence", f"链头每日发送 (leave daily)：{given.channel}")
