"""`hub bench`."""

from __future__ import annotations

from pathlib import Path

from hub.bench.flood import FULL, Flood
from hub.bench.outbox.outbox import WARNED
from hub.bench.runs import MINUTES
from hub.bench.runs import run as measure
from hub.cli.faq_files import read_set
from hub.cli.run import CANNOT_RUN
from hub.runtime.console import Screen


def bench(
    *names: str,
    kb: Path | None = None,
    queries: Path | None = None,
    count: int = 1_000_000,
    warned: int = WARNED,
    mongodb: str = "",
    rate: int = FULL.rate,
    seconds: int = FULL.seconds,
    different: int = FULL.different,
    minutes: float = MINUTES,
    json: bool = False,
    small: bool = False,
) -> int:
    """测量：与同一次运行中测得的下限相比的比例 · Measures ratios against a floor of the same run.

    Parameters
    ----------
    names
        intake dispatch outbox crash letters store memory cases queue search desk texts faq import
        carrier (cmpp smgp sgip smpp) soak；省略为全部，soak 除外 · Else all but soak.
    kb
        faq 用的知识条目 · Entries for faq: JSONL, TOML or CSV; the shipped ones without it.
    queries
        faq 用的问题集，JSONL · Questions for faq; the entries' own test questions without it.
    count
        生成多少：工单（cases、queue、search）、接收人（outbox）、恶意来信（letters，至多 2000） · How many.
    warned
        outbox 中途发布的红色预警的接收人数，每秒 100 条 · Recipients of the warning in outbox, 100 a second.
    mongodb
        cases、crash 用的 MongoDB（新建库并保留） · A MongoDB for cases and crash; new databases stay.
    rate
        texts 每秒的短信数 · How many texts a second come for texts.
    seconds
        texts 持续的秒数 · For how many seconds.
    different
        texts 不同内容的条数 · How many of them are different.
    minutes
        soak 经 CMPP 收发、网关不断出错的分钟数 · Minutes of soak, over CMPP with a failing gateway.
    json
        输出 JSON · As JSON.
    small
        只看能不能跑，数字没有意义 · Only shows that it works; the figures mean nothing.
    """
    if kb and not queries:
        Screen().complain(["--kb 需要同时给出 --queries · --kb goes with --queries"])
    given = read_set(queries, kb) if queries else None
    if (kb or queries) and given is None:
        return CANNOT_RUN
    return measure(
        names,
        as_json=json,
        small=small,
        given=given,
        count=count,
        mongodb=mongodb,
        flood=Flood(rate, seconds, different),
        warned=warned,
        minutes=minutes,
    )
