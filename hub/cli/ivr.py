"""`hub ivr check` and `hub ivr simulate`, for whoever edits a call flow."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from hub.cli.run import CANNOT_RUN, print_json
from hub.runtime.console import Screen
from ivr.flow import FlowError, load, shipped
from ivr.simulate import ScriptFailed
from ivr.simulate import simulate as play


def check(*flows: str, json: bool = False) -> int:
    """检查语音流程：每个节点可达、每句提示与按键相符、不会绕圈。省略时检查自带的流程。

    Proves a flow before it answers a call. Without a name the shipped flows are checked.

    Parameters
    ----------
    flows
        自带流程的名称，或 TOML 文件 · Names of shipped flows, or TOML files.
    json
        输出 JSON · As JSON.
    """
    found = {name: _problems(name) for name in flows or _shipped_names()}
    if json:
        print_json(found)
    else:
        screen = Screen()
        for name, problems in found.items():
            screen.say(
                f"{name}：{'没有问题 (fine)' if not problems else f'{len(problems)} 个问题 (problems)'}"
            )
            screen.complain(f"  {problem}" for problem in problems)
    return 1 if any(found.values()) else 0


def simulate(flow: str, script: Path) -> int:
    """按脚本模拟一次来电，写出来电人听到的每一句。

    Plays a scripted call and prints what the caller hears. The script is TOML: `facts` and `steps`.

    Parameters
    ----------
    flow
        自带流程的名称，或 TOML 文件 · Name of a shipped flow, or a TOML file.
    script
        脚本文件 · The script.
    """
    screen = Screen()
    try:
        screen.say(play(load(_text(flow)), script.read_text("utf-8")))
    except FlowError as problem:
        screen.complain(problem.problems)
        return CANNOT_RUN
    except OSError as problem:
        screen.complain([f"{script}: {problem.strerror}"])
        return CANNOT_RUN
    except ScriptFailed as problem:
        screen.complain(str(problem).splitlines())
        return 1
    return 0


def _problems(name: str) -> tuple[str, ...]:
    try:
        load(_text(name))
    except FlowError as problem:
        return problem.problems
    return ()


def _text(name: str) -> str:
    if not name.endswith(".toml"):
        return shipped(name)
    try:
        return Path(name).read_text("utf-8")
    except OSError as problem:
        raise FlowError((f"{name}: {problem.strerror}",)) from problem


def _shipped_names() -> list[str]:
    return sorted(
        file.name.removesuffix(".toml")
        for file in resources.files("ivr.flows").iterdir()
        if file.name.endswith(".toml")
    )
