"""Whether the hub is well: a line for each thing an operator wants to know, in words, with what mends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from campaigns.said import Said
from hub.hub import Hub
from hub.model.agent import Permission
from hub.model.conversations.meaning_due import LATE_MS
from hub.repositories.calls import Backlog, backlog
from hub.repositories.letters import unreadable
from hub.runtime.clock import day_of

_TASKS: Mapping[str, str] = {
    "alarms": "警情转警任务",
    "command": "110 确认任务",
    "takeover": "移交接收催办任务",
    "assignment": "自动分派任务",
    "bulk": "批量办理任务",
    "clocks": "期限任务",
    "dispatch": "发送任务",
    "broadcasts": "群发任务",
    "series": "普法系列任务",
    "departments": "部门登记更新任务",
    "department": "部门短信状态任务",
    "callbacks": "部门回执推送任务",
    "listener": "部门平台直连任务",
    "contracts": "部门合同提醒任务",
    "recipient lists": "群发名单清理任务",
    "responses": "群发回复统计任务",
    "recipients": "名单导入任务",
    "knowledge": "知识更新任务",
    "answers": "答复统计任务",
    "receipts": "回执匹配任务",
    "fallback": "预警备用渠道任务",
    "warnings": "预警看守任务",
    "exchange": "预警文件交换任务",
    "replies": "答复发出任务",
    "recordings": "录音取回任务",
    "seals": "录音封存任务",
    "lost": "录音补查任务",
    "keys": "密钥轮换任务",
    "transcripts": "录音转写任务",
    "calls": "通话看守任务",
    "carrier": "运营商网关连接任务",
    "long": "长短信拼接任务",
    "retention": "到期清理任务",
    "heads": "证据链头任务",
    "figures": "监察统计任务",
    "listen": "收信任务",
    "letters": "来信读取任务",
    "meaning": "语义补查任务",
    "rules": "规则更新任务",
    "index": "旧工单检索补建任务",
    "due": "到期日重算任务",
    "encoder": "语义引擎看守任务",
    "vectors": "语义向量补算任务",
}


@dataclass(frozen=True, slots=True)
class HealthLine:
    """One thing that is well or not: its id, what people call it, how it is, how to mend it.

    stops: whether the hub is not ready while it is not well. count: of what stands still, for machines.
    """

    name: str
    label: str
    ok: bool
    detail: str
    fix: str = ""
    stops: bool = True
    count: int = 0


class Health:
    """Looks at a running hub. Its lines hold no number that tells of a report."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def lines(self) -> list[HealthLine]:
        """What an operator wants to know first: tasks, store, channels, recordings."""
        lines = [
            HealthLine(
                name,
                _TASKS.get(name) or _TASKS.get(name.split(" ")[0], name),
                state.running,
                "运行中" if state.running else f"已停止：{state.problem}",
                "" if state.running else "查看日志中 task.failed 的原因",
            )
            for name, state in self._hub.tasks().items()
        ]
        drift = abs(await self._hub.documents.now_ms() - self._hub.clock.now_ms()) / 1000
        lines.append(HealthLine("store", "数据存储", drift < 2, "可用", "" if drift < 2 else "校准主机时钟"))
        lost = len(self._hub.vault.unreadable)
        lines.append(
            HealthLine(
                "rows",
                "数据完整",
                not lost,
                "有记录无法读取" if lost else "未发现无法读取的记录",
                "日志 store.row_unreadable 有记录编号；hub check 查看全部；从备份恢复" if lost else "",
                stops=False,
            )
        )
        paused = {sender.sender: sender.paused_reason for sender in self._hub.senders()}
        unconnected = self._hub.unconnected()
        paused |= {name: Said("网关未连接：%(code)s", code=code) for name, code in unconnected.items()}
        for name, channel in self._hub.settings.channels.items():
            reason = paused.get(name, "")
            lines.append(
                HealthLine(
                    f"channel {name}",
                    Said("渠道 %(name)s", name=name),
                    not reason,
                    reason or ("已启用" if channel.enabled else "未启用"),
                    "检查渠道的账号、密钥和地址" if reason else "",
                    stops=name not in unconnected,
                )
            )
        if any(
            channel.enabled and channel.adapter == "mail" for channel in self._hub.settings.channels.values()
        ):
            lines += [await self._bounces(), await self._letters()]
        return [
            *lines,
            await self._files(),
            await self._alarms(),
            *await self._recordings(),
            await self._meaning(),
        ]

    async def _files(self) -> HealthLine:
        written = await self._hub.files.takes_files()
        return HealthLine(
            "files",
            "文件目录",
            written,
            "可以写入" if written else "无法写入，新到的附件存不下来",
            "" if written else "检查 [files] 目录的权限、磁盘空间和挂载方式",
        )

    async def _bounces(self) -> HealthLine:
        """Mails that came back, and how often somebody tried to have an address blocked by one."""
        bounced = await self._hub.repositories.publicity.bounces.count_since(
            self._hub.clock.now_ms() - 86_400_000
        )
        detail = f"24 小时内退信 {bounced} 封；启动以来拒收伪造的退信、退订 {self._hub.forged()} 次"
        return HealthLine("bounces", "退信", True, detail, stops=False)

    async def _letters(self) -> HealthLine:
        """Letters nobody could read. None behind the compartment: a number here would tell of it."""
        count = await unreadable(self._hub.documents, outside_only=True)
        return HealthLine(
            "letters unreadable",
            "来信解析",
            not count,
            "有来信无法读取，已登记为工单" if count else "来信均可读取",
            "值班人员在“无法读取的来信”中保存原件、重新读取或办结" if count else "",
            stops=False,
            count=count,
        )

    def duties(self) -> list[HealthLine]:
        """What administrators have to do by a day. Nothing of it is a matter of the machine."""
        year = self._hub.rules.calendar().missing_notice(day_of(self._hub.clock.now_ms()))
        notice = HealthLine(
            "calendar",
            "工作日历",
            not year,
            f"{year} 年放假通知尚未导入，工作日按法定节假日暂定" if year else "放假通知齐全",
            "国务院办公厅发布通知后，在“规则”的工作日历里导入" if year else "",
            stops=False,
        )
        return [notice]

    async def report_readers(self) -> HealthLine:
        """Whether somebody can read what comes in on 12389."""
        agents = await self._hub.repositories.agents.list()
        staffed = any(agent.may(Permission.REPORT_READ) for agent in agents)
        return HealthLine(
            "report readers",
            "12389 举报",
            staffed,
            "有督察可以查看" if staffed else "没有督察账号，举报没有人能看到",
            "" if staffed else "在“人员与角色”新建督察，由另一人确认",
            stops=False,
        )

    async def _alarms(self) -> HealthLine:
        """Emergencies that should have reached 110 and did not, as far as anybody knows, or that nobody here
        would have heard."""
        lost = await self._hub.alarms.forward.not_through()
        unheard = await self._hub.alarms.forward.unheard_today()
        detail, fix = "没有积压", ""
        if lost:
            detail = f"{lost} 件警情没有转到 110"
            fix = "立即打开警情台处理；检查 [alarms] 的转警方式和对方系统"
        elif unheard:
            detail = f"24 小时内有 {unheard} 件警情无人值守，直接转了 110"
            fix = "安排人员在警情台上岗并测试声音"
        return HealthLine("alarms", "警情转 110", not fix, detail, fix, stops=False)

    async def _meaning(self) -> HealthLine:
        """Which engine understands sentences, and how many messages wait for it; none waits for an answer."""
        count, since = await self._hub.repositories.meaning_due.waiting()
        waits = (
            f"，{count} 条消息待补查，最早 {(self._hub.clock.now_ms() - since) // 1000} 秒前" if count else ""
        )
        late = bool(since) and self._hub.clock.now_ms() - since > LATE_MS
        problem = self._hub.encoding.problem
        engine = self._hub.encoding.name or "只按词语判断"
        if self._hub.encoding.is_down:
            engine = f"{engine} 暂时不能使用：{problem}，自动重试，其间只按词语判断"
        elif problem:
            engine = f"不能运行：{problem}，只按词语判断"
        elif self._hub.encoding.name and not self._hub.understand.is_weighed:
            problem, engine = "weights", f"{engine} 没有险情和检举的权重，只按词语判断"
        return HealthLine(
            "meaning",
            "语义理解",
            not problem and not late,
            f"{engine}{waits}",
            "检查 knowledge.encoder；hub check 说明原因" if problem or late else "",
            stops=False,
        )

    async def _recordings(self) -> list[HealthLine]:
        """Recordings that do not come, and words nobody recognises; calls are answered all the same."""
        late = await backlog(self._hub.documents, self._hub.clock.now_ms(), outside_only=True)
        fetching, fix = "没有积压", ""
        if late.overdue:
            fetching = "录音未取到"
            fix = "查看日志中 recording.later 的原因，检查线路的账号、地址和网络"
        overdue = HealthLine(
            "recordings overdue", "取回录音", not fix, fetching, fix, stops=False, count=late.overdue
        )
        return [overdue, self._speech(late), _failed_transcripts(late.failed)]

    def _speech(self, late: Backlog) -> HealthLine:
        waiting = late.unheard if self._hub.settings.speech.model else 0
        detail, fix = "已启用" if self._hub.settings.speech.model else "未启用", ""
        if not self._hub.hears():
            detail, fix = "语音识别模型不能使用", "检查 speech.model 指向的目录；修好后自动补转写"
        elif waiting:
            detail = "有录音等待转写超过十分钟"
            fix = "查看日志中 recording.not_heard 和 speech.down；转写慢时换小一些的模型"
        return HealthLine("speech", "转写录音", not fix, detail, fix, stops=False, count=waiting)


def _failed_transcripts(count: int) -> HealthLine:
    """Told, and no fault of the hub: it may be the audio."""
    detail = "有录音未能转写，请听录音；重启后会再试" if count else "没有未能转写的录音"
    return HealthLine("transcripts failed", "转写结果", ok=True, detail=detail, stops=False, count=count)
