"""What the commands print, for people. Chinese first, English behind; machines get `--json`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich import box
from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

ROLES: Mapping[str, str] = {
    "handler": "承办",
    "supervisor": "主管",
    "inspector": "督察",
    "publicity": "宣传",
    "publicity_lead": "宣传审批",
    "editor": "知识",
    "reviewer": "知识审核",
    "higher_reviewer": "复查复核",
    "custodian": "保管",
    "auditor": "审计",
    "admin": "系统",
    "department": "部门联络",
}


class Screen:
    """A terminal, or a pipe: then plain lines. Results go to stdout, complaints to stderr."""

    def __init__(self) -> None:
        self._out = Console(highlight=False, soft_wrap=True)
        self._err = Console(stderr=True, highlight=False, soft_wrap=True)

    def say(self, line: str = "") -> None:
        """One line as it is."""
        self._out.print(Text(line))

    def complain(self, lines: Iterable[str]) -> None:
        """What is wrong, one line each, on stderr."""
        for line in lines:
            self._err.print(Text(line, style="red" if self._err.is_terminal else ""))

    def table(self, title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A table; cells are taken as they are."""
        table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        self._out.print(table)

    @contextmanager
    def progress(self, title: str) -> Iterator[Callable[[int, int], None]]:
        """A bar on stderr, to be told how many are done of how many; nothing is shown before it is told."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=self._err) as bars:
            bar = bars.add_task(title, total=None, visible=False)
            yield lambda done, total: bars.update(bar, completed=done, total=total, visible=True)

    def demo(self, state: Mapping[str, Any]) -> None:
        """Where everything is, and who may log in."""
        urls, mail, gateway, carrier = state["urls"], state["mail"], state["gateway"], state["carrier"]
        places = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        for name, text in (
            ("群众首页 citizens", urls["home"]),
            ("工作人员 staff", urls["staff"]),
            ("订阅源 feed", urls["feed"]),
            ("健康 health", urls["health"]),
            ("来信 mail in", f"smtp://127.0.0.1:{mail['smtp_port']}  {mail['mailbox']}"),
            ("发信 mail out", f"smtp://127.0.0.1:{mail['sink_port']}"),
            ("短信网关 texts", f"CMPP 3.0  127.0.0.1:{gateway['port']}  SP_Id {gateway['sp_id']}"),
            ("语音 voice", f"{carrier['url']}  {carrier['sid']}"),
            ("数据 data", f"{state['dir']}  {state['store']}"),
        ):
            places.add_row(Text(name, style="bold"), Text(text))
        title = f"{state['organisation']} · 演示 demo"
        self._out.print(Panel(places, title=title, title_align="left", box=box.ROUNDED, expand=False))
        self.table(
            "账号，密码每次启动都不同 · accounts, new passwords at every start",
            ("角色 role", "姓名 name", "用户名 login", "密码 password"),
            [
                (
                    f"{ROLES[account['role']]} {account['role']}",
                    account["name"],
                    account["login"],
                    account["password"],
                )
                for account in state["accounts"]
            ],
        )
        self.say(
            "一切都在本机，人物和事情都是虚构的，按 Ctrl-C 停止。 · "
            "All on this machine, all invented. Ctrl-C stops."
        )

    def tour_step(self, *, ok: bool, story: str, text: str, detail: str, killed: str) -> None:
        """One step of the tour. story: "" when it is the same as before."""
        if story:
            self._out.print()
            self._out.print(Text(story, style="bold"))
        if killed:
            when = "之前 before" if killed == "before" else "途中 during"
            self._out.print(Text(f"  ⚡ kill -9，在下一步{when} the next step", style="yellow"))
        mark = Text("  ✓ " if ok else "  ✗ ", style="green" if ok else "red")
        self._out.print(mark + Text(text))
        self._out.print(Text(f"      {detail}", style="dim" if ok else "red"))

    def tour_end(self, report: Mapping[str, Any]) -> None:
        """What the tour proved."""
        proof, steps = report["verified"], report["steps"]
        held = sum(step["ok"] for step in steps)
        self._out.print()
        self.say(f"{held}/{len(steps)} 步成立 steps held · 中断 kills {report['kills']}")
        if proof:
            self.say(
                f"已确认的事件 acknowledged {proof['kept']}，丢失 lost {len(proof['lost'])}；"
                f"重复发出 doubled {len(proof['twice'])}；"
                f"列为不确定 listed as ambiguous {len(proof['ambiguous'])}"
            )
        self.say("通过 passed" if report["ok"] else "没有通过 failed")

    def findings(self, lines: Iterable[tuple[str, str, str, str]]) -> None:
        """Lines of a check: level, name, what is so, how to mend it."""
        styles = {"OK": "green", "WARN": "yellow", "FAIL": "red"}
        for level, name, detail, fix in lines:
            self._out.print(Text(f"{level:<4} ", style=styles[level]) + Text(f"{name}：{detail}"))
            if fix:
                self._out.print(Text(f"       → {fix}"))
