"""A store full of cases and of what was said in them, to search in.

Each case has five messages: what the citizen wrote, what the hub said to it, a question, more words and the
reply. Places and names are made of some hundred characters, so that texts differ as those of a province do.
How often a word of `COMMON` occurs is known; a word of `rare_word` stands in one case of ten thousand.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from channels.address import phone
from hub.bench.casework.case_store import CaseStore
from hub.model.cases.case import Applicant, Case
from hub.repositories.repositories import Repositories
from hub.repositories.search.case_index import SHARED, CaseChange
from hub.store.crypto import Vault
from hub.store.documents import Body, Documents, Insert, Write

_AUTHORS = ("citizen", "robot", "agent", "citizen", "agent")
MESSAGES = len(_AUTHORS)
COMMON = ("噪声", "夜间", "停车", "路灯", "垃圾", "小区")
"""Each stands in about every tenth case or in more; 小区 in nearly half of them."""
_RARE_WORDS = 10_000
_PAGE = 1_000
_CHARS = (
    "安保北滨博昌城春翠大德东丰福港高光广桂海浩和恒红湖华辉惠吉嘉建江杰金锦静康坤兰丽莲良林灵龙隆茂美明南"
    "宁平浦七启前青清泉荣瑞润三山尚胜顺松泰桃天田庭同万文西祥新鑫星兴秀旭雅阳怡永玉园源远云泽长正中舟竹紫"
)
_PLACES = (
    "小区{}号楼",
    "路{}号门前",
    "菜市场旁",
    "学校南门",
    "公园里",
    "村{}组",
    "地铁站出口",
    "小区地下车库",
)
_MATTERS = (
    "夜间施工噪声太大，孩子根本睡不着，已经持续半个月",
    "广场舞音响噪声扰民，劝了几次也没有用",
    "有人乱停车把消防通道堵了，救护车都进不来",
    "路灯坏了三天，晚上走路看不清，老人摔了一跤",
    "垃圾堆了一个星期没有人清运，气味很大",
    "电动车在楼道里充电，怕着火",
    "商铺占道经营，推着婴儿车过不去",
    "流浪狗追人，上周咬了一个小学生",
    "快递被人冒领，监控里能看到那个人的样子",
    "陌生人打电话说孩子出了车祸，要我马上转账",
)
_MORE = (
    "今天夜间又来了，我拍了录像可以提供",
    "请问什么时候能有结果，我们等了很久",
    "昨天有人来看过，可是问题还没有解决",
    "邻居们也都可以作证，需要的话请联系我",
)
_ACK = "已收到您反映的情况，我们会尽快核实处理。紧急情况请直接拨打110。您可凭编号和查询码随时查询办理进度。"
_ASKS = ("请补充具体的地点和时间，方便我们到现场核实。", "请问您方便接听电话吗？民警想向您了解详细经过。")
_REPLIES = (
    "您反映的问题已转辖区派出所核实，民警已到现场处理并责令当事人整改，后续会加强巡查，感谢您的监督。",
    "经核实情况属实，我们已联系相关单位安排处理，预计三个工作日内完成，如仍未解决请再次联系我们。",
    "您好，该事项已处理完毕，现场已恢复正常。感谢您对公安工作的理解和支持。",
)


@dataclass(frozen=True, slots=True)
class Matter:
    """A case and what was said in it."""

    case: Case
    texts: tuple[str, ...]

    @property
    def by_people(self) -> list[str]:
        """What is indexed: all but what the hub said by itself."""
        return [text for text, author in zip(self.texts, _AUTHORS, strict=True) if author != "robot"]


class SearchStore:
    """Fills it."""

    def __init__(self, documents: Documents, stores: Repositories, vault: Vault, cases: CaseStore) -> None:
        self._documents = documents
        self._stores = stores
        self._vault = vault
        self._cases = cases

    async def keep(self, count: int, told: Callable[[int], None]) -> None:
        """Stores `count` cases, sealed and indexed as the hub does it. told: hears how many there are."""
        matters, kept = self._matters(count), 0
        writing: Awaitable[object] | None = None
        while page := list(islice(matters, _PAGE)):
            cases = [self._stores.cases.insert(one.case) for one in page]
            changes = {one.case.id: CaseChange(one.case, is_new=True, texts=one.by_people) for one in page}
            index = await self._stores.case_index.writes(changes)
            said = [message for one in page for message in self._said(one)]
            if writing is not None:
                await writing
            writing = asyncio.gather(
                self._documents.insert_many("cases", _documents(cases)),
                self._documents.insert_many("messages", said),
                self._documents.insert_many(SHARED, _documents(index)),
            )
            await asyncio.sleep(0)  # the next page is made while this one is written
            kept += len(page)
            told(kept)
        if writing is not None:
            await writing

    def _matters(self, count: int) -> Iterator[Matter]:
        numbers = range(count)
        for number, made in zip(numbers, self._cases.closed(numbers), strict=True):
            yield matter(number, made)

    def _said(self, one: Matter) -> Iterator[tuple[str, Body]]:
        """Documents of messages, in the shape the codec gives them."""
        case = one.case
        for seq, (author, text) in enumerate(zip(_AUTHORS, one.texts, strict=True), start=1):
            id = f"{case.id}{seq}"
            words = json.dumps({"text": text}, ensure_ascii=False)
            body: Body = {
                "conversation_id": case.origin.conversation_id,
                "seq": seq,
                "direction": "in" if author == "citizen" else "out",
                "author": author,
                "at": case.received_at + seq,
                "case_id": case.id,
                "delivery_id": "",
                "author_id": "",
                "entry_ids": [],
                "offered": False,
                "with_110": False,
                "danger": "",
                "pii": self._vault.seal(f"messages/{id}", words.encode()),
            }
            yield id, body


def _documents(writes: Sequence[Write]) -> list[tuple[str, Body]]:
    return [(write.id, write.body) for write in writes if isinstance(write, Insert)]


def rare_word(number: int) -> str:
    """The word that only cases of this number modulo 10,000 hold: two characters of their own."""
    at = number % _RARE_WORDS
    return chr(0x8C00 + at // 100) + chr(0x9000 + at % 100)


def telephone(number: int) -> str:
    """Of the citizen of a case; some write more than once."""
    return f"+86139{number * 7 // 9:08d}"


def name(number: int) -> str:
    """Of the citizen of a case."""
    chance = random.Random(number)
    return "王李张刘陈杨黄赵吴周"[number % 10] + "".join(chance.choices(_CHARS, k=2))


def matter(number: int, made: Case) -> Matter:
    """The case of a number with words of its own."""
    chance = random.Random(number)
    pick: Callable[[Sequence[str]], str] = chance.choice
    place = "".join(chance.choices(_CHARS, k=2)) + pick(_PLACES).format(chance.randrange(1, 90))
    first = f"我住在{place}，{pick(_MATTERS)}。联系人{''.join(chance.choices(_CHARS, k=2))}"
    more = f"{pick(_MORE)}。{rare_word(number)}"
    texts = (first, _ACK, pick(_ASKS), more, pick(_REPLIES))
    address = phone(telephone(number))
    return Matter(
        replace(
            made,
            title=first[:30],
            text=first,
            applicant=Applicant(name(number), address.value, f"{number:032x}"),
        ),
        texts,
    )
