"""`hub cases simulate`: plays a script of events through the table of moves, the clocks and the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hub.actions.cases.scripts.play_script import PlayedEvent, PlayScript, as_json
from hub.actions.cases.scripts.script import BadScript, Script, read_script
from hub.cli.case_flow import flow_page
from hub.cli.run import CANNOT_RUN, print_json, run
from hub.model.cases.clock import ClockState, Rules
from hub.repositories.cases import COLLECTIONS, CaseRepository
from hub.runtime.clock import FakeClock
from hub.runtime.console import Screen
from hub.settings.profiles import load_profile
from hub.settings.work_calendar import shipped_calendar
from hub.store.crypto import KeyRing, Vault
from hub.store.memory_documents import MemoryDocuments


def simulate(script: Path, *, json: bool = False) -> int:
    """按脚本演练一件诉求：每一步之后的状态、期限、超期、文书和通知。不读配置，不碰数据，不联网。

    Plays a case through the real rules: for training, and to try a profile. Needs no configuration and no
    store.

    Parameters
    ----------
    script
        脚本文件（TOML）。 The script.
    json
        输出 JSON：脚本里每个事件一项。 One item per event of the script.
    """
    try:
        read = read_script(script, shipped_calendar())
    except BadScript as problem:
        Screen().complain([str(problem)])
        return CANNOT_RUN
    return run(_simulate(read, json=json))


async def _simulate(script: Script, *, json: bool) -> int:
    clock = FakeClock()
    documents = MemoryDocuments(COLLECTIONS, clock=clock)
    calendar = shipped_calendar()
    play = PlayScript(documents, CaseRepository(documents, Vault(KeyRing.fresh())), clock, calendar)
    played = await play(script)
    rules = Rules(script.profile, calendar)
    if json:
        print_json([as_json(one, rules) for one in played])
    else:
        _show(played, rules)
    return 0


def _show(played: Sequence[PlayedEvent], rules: Rules) -> None:
    """One line per event: what it did, the limits that run or were missed."""
    rows = []
    for one in played:
        item = as_json(one, rules)
        clocks = "\n".join(
            f"{clock['name']} {clock['due_day']} {_STATES[clock['state']]}"
            for clock in item["clocks"]
            if clock["state"] != ClockState.STOPPED
        )
        rows.append((item["at"], item["event"], item["refused"] or item["citizen_label"], clocks))
    screen = Screen()
    screen.table(
        f"{rules.profile.title} · {rules.profile.name}",
        ("时间 at", "事件 event", "结果 result", "期限 clocks"),
        rows,
    )
    if played:
        last = as_json(played[-1], rules)
        screen.say(f"文书 documents：{'、'.join(paper['kind'] for paper in last['documents']) or '无 none'}")
        screen.say(f"超期 breaches：{'、'.join(last['breaches']) or '无 none'}")
        screen.say(f"通知 notices：{'、'.join(last['notices']) or '无 none'}")


_STATES = {ClockState.RUNNING: "计时", ClockState.PAUSED: "中止", ClockState.BREACHED: "超期"}


def flow() -> int:
    """打印工单流转表：每一行的事件、状态、角色、条件、期限和文书（docs/case-flow.md）。

    Prints the table of moves as the page `docs/case-flow.md`.
    """
    print(flow_page(load_profile("national")), end="")
    return 0
