"""Words of a text that name a place: what somebody who comes to help looks for first.

Over-inclusive on purpose: what is marked beside a place costs a glance, a place that is not marked costs
time. No list of streets is kept, so a name is what stands before a word like 路, 村 or 号 up to a word no
name holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_END = re.compile(
    r"(?:大道|大街|街道|高速|国道|省道|隧道|立交|环岛|路口|路|街|巷|弄|胡同|村|镇|乡|县"
    r"|小区|社区|花园|公寓|大厦|广场|市场|商场|超市|酒店|宾馆|旅馆|网吧|中学|小学|幼儿园|大学|学校|医院|工地"
    r"|工厂|公园|码头|桥|车站|地铁站|公交站|加油站|服务区|收费站|出口|水库"
    r"|\d+(?:号|栋|幢|座|单元|楼|层|室|公里|千米)|[一二三四五六七八九十百零〇]+(?:楼|层|单元|号)|[KkＫ]\d+)"
)
_BREAK = re.compile(
    r"[^\w]|在|到|从|位于|地址|往|我|你|您|他|她|它|们|了|的|被|是|把|给|救命|快来|求救|报警|困|关|躲"
)
_LONGEST = 10
_NO_PLACE = re.compile(
    r"(?:走|迷|问|带|思|上|赶|过|网|线|一|铁|公|逛|让|半|死|绝)(?:路|街)|家乡|老乡|全村|过桥"
)


def place_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where places stand in a text, in order, none touching the next."""
    begun = end = -1
    for found in _END.finditer(text):
        start = max(_start(text, found.start()), end)
        if found.start() > end and _is_bare(text, start, found):
            continue
        if begun >= 0 and start == end:  # 中山路 · 5号 · 3楼
            end = found.end()
            continue
        if begun >= 0:
            yield begun, end
        begun, end = start, found.end()
    if begun >= 0:
        yield begun, end


def place_words(text: str) -> tuple[str, ...]:
    """The places, each once."""
    return tuple(dict.fromkeys(text[start:end] for start, end in place_spans(text)))


def marked(text: str) -> list[tuple[str, bool]]:
    """The whole text in pieces, and whether each is a place."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end in place_spans(text):
        pieces += [(text[at:start], False)] if start > at else []
        pieces.append((text[start:end], True))
        at = end
    return [*pieces, (text[at:], False)] if at < len(text) else pieces


def _start(text: str, at: int) -> int:
    """Where the name before a place word begins."""
    from_ = max(0, at - _LONGEST)
    breaks = [found.end() for found in _BREAK.finditer(text, from_, at)]
    return breaks[-1] if breaks else from_


def _is_bare(text: str, start: int, found: re.Match[str]) -> bool:
    """Whether nothing is named: a place word alone, or a word that only ends like one."""
    whole = text[start : found.end()]
    names_itself = found.group()[0].isdigit() or len(found.group()) > 1
    return _NO_PLACE.search(text[max(0, found.start() - 1) : found.end()]) is not None or (
        start == found.start() and not names_itself and not whole[:1].isdigit()
    )
