"""A question that only makes sense after an answer: 要多久, 那我孩子呢; and several questions in one text.

The rule: such a question is about the entry that was shown last. It answers itself where its answer speaks of
what is asked; else an entry of the same service does. What names a matter of its own is a new question.
"""

from __future__ import annotations

import re
from functools import lru_cache

from hub.actions.dialogue.question import asks
from knowledge_base.entry import Aspect, Entry
from knowledge_base.meaning.sentence import sentence_of
from knowledge_base.text.plain import plain
from knowledge_base.text.utterance import Utterance

LONGEST = 16
"""Characters. A longer text says what it is about."""

MOST = 3
"""Questions of one text that are answered one by one."""
TAKEN_APART = 120
"""Characters. A longer text is not taken apart into questions."""

_LEAD = (
    r"(?:那么?|请问|还有|另外|再问(?:一下)?|顺便(?:问一下|问)?|想问(?:一下)?|这个|这些?|它|办这个|办理?|补办"
    r"|换证|大概|一般|一共|总共|我|那个|都|就|分别|到底|具体)*"
)
_TAIL = r"(?:呢|吗|啊|呀|吧|么|嘛|的|了|谢谢|不|哦|来着|合适)*"
_ASPECTS = {
    Aspect.MATERIALS: (
        r"(?:要|需要|得|该|应该)*(?:带|准备|拿|提供|交|用|提交)?(?:些|上|好|齐)*"
        r"(?:什么样的|什么|哪些|啥)(?:材料|资料|证件|东西|手续|证明|文件)?"
        r"|(?:材料|资料|手续|证件)(?:有哪些|有啥|是什么|要哪些|要什么|要啥|清单)?"
        r"|(?:要|需要|用)(?:不要|不用)?(?:带|交|拍|准备)?(?:身份证|户口本|户口簿|照片|相片|原件|复印件)"
    ),
    Aspect.TIME: (
        r"(?:要|需要|得|等|最快|最多)*"
        r"(?:多久|多长时间|几天|多少天|几个工作日|多少个工作日|什么时候|啥时候|何时)"
        r"(?:才|能|可以|就|会)*(?:办好|办完|办下来|好|拿到证|拿到|拿证|拿|下来|领到|领|出来|出证|到手|到|办理)?"
    ),
    Aspect.FEE: (
        r"(?:要|需要|得|收|花)*(?:多少钱|多少费用|几块钱|几多钱|费用|工本费)(?:是多少|多少|怎么算)?"
        r"|(?:怎么)?(?:收费|收钱|要钱|花钱|免费|要交钱|要收费|要花钱)|贵"
    ),
    Aspect.PLACE: (
        r"(?:可以|能|应该|要|该)*(?:在|去|到|上|找)*"
        r"(?:哪里|哪儿|哪|什么地方|啥地方|哪个地方|哪个部门|哪个派出所|哪个窗口)(?:可以|能)?"
        r"(?:办理|补办|办|补|申请|领取|领|拿|交|弄)?|(?:地址|地点)(?:在哪里|在哪|是哪里)?"
    ),
    Aspect.ONLINE: (
        r"(?:可以|能不能|可不可以|能|有没有)*(?:在)?(?:网上|线上|手机上?|微信上?|支付宝上?|app上?|小程序)"
        r"(?:可以|能不能|能|怎么|自己)*(?:办理|办|补办|申请|弄|操作|预约|搞)?"
    ),
    Aspect.PROXY: (
        r"(?:可以|能不能|可不可以|能)*(?:让|找|请|叫|托)?(?:我|我们)?(?:别人|他人|家人|家里人|父母|爸妈|爸爸?"
        r"|妈妈?|老公|老婆|媳妇|丈夫|妻子|对象|儿子|女儿|孩子|朋友|亲戚|同事|中介)?"
        r"(?:代办|代领|帮我?办|帮忙办|代我?办)"
        r"|(?:要不要|必须|要|需要|一定要|非得)*(?:本人|亲自|自己)(?:去|到场|办|来|到)?"
    ),
    Aspect.ELSEWHERE: r"(?:在)?(?:外地|异地|外省|外地户口|别的城市)(?:可以|能不能|能)?(?:办理|办|补)?",
    Aspect.PROGRESS: r"(?:怎么|在哪里?|哪里)?(?:查|看)(?:一下)?(?:办理)?(?:进度|办好没有|好没好)",
}
_ASKED = {aspect: re.compile(rf"{_LEAD}(?:{pattern}){_TAIL}") for aspect, pattern in _ASPECTS.items()}

_SAYS = {
    Aspect.MATERIALS: re.compile(r"材料|证件|带|提交|提供|照片|户口[本簿]|申请表|凭"),
    Aspect.TIME: re.compile(
        r"工作日|[日天月年]内|小时|当场|当天|当日|[一二三四五六七八九十百0-9]+[日天年]|个月"
    ),
    Aspect.FEE: re.compile(r"费|不要钱|免收"),
    Aspect.PLACE: re.compile(r"窗口|派出所|车管所|大厅|机关|机构|法院|网点|支队|大队"),
    Aspect.ONLINE: re.compile(r"网上|线上|平台|小程序|app", re.IGNORECASE),
    Aspect.PROXY: re.compile(r"委托|代办|代为|代领|本人|监护人|亲自"),
    Aspect.ELSEWHERE: re.compile(r"异地|户籍地|居住地|就近|全国|任[一何]"),
    Aspect.PROGRESS: re.compile(r"进度|查询"),
}
"""What an answer that speaks of an aspect holds."""

_OTHER_CASE = re.compile(
    r"(?:那么?|要是|如果|如果是|换成|假如)+(?:是)?(?P<who>.{1,10}?)(?:的话)?"
    r"(?:呢|怎么办|怎么弄|怎么样|可以吗|能办吗|行吗|也一样吗)[啊呀]?"
    r"|(?P<bare>.{1,10}?)(?:的话)?呢"
)

_CHILD = re.compile(r"孩|娃|宝宝|儿子|女儿|闺女|未成年|小朋友|新生儿")

_CLAUSE = re.compile(r"[。！!？?；;，,、\n]+|\s{2,}|(?:另外|还有就是|还有|顺便问一?下|顺便)(?=.{3})")


_REMEMBERED = 256
"""Texts that were taken apart: one is when it is encoded and when it is answered."""


def asked_aspect(text: str) -> Aspect | None:
    """What a text asks of a matter that it does not name; None when it names one or asks nothing such."""
    said = plain(text)
    if len(said) > LONGEST:
        return None
    return next((aspect for aspect, pattern in _ASKED.items() if pattern.fullmatch(said)), None)


def says(entry: Entry, aspect: Aspect) -> bool:
    """Whether the entry's answer speaks of an aspect."""
    return entry.aspect is aspect or _SAYS[aspect].search(entry.answer) is not None


def other_case(text: str) -> str:
    """我孩子 in 那我孩子呢: whom or what a question is now about; "" when it is none of these."""
    said = plain(text)
    found = _OTHER_CASE.fullmatch(said) if len(said) <= LONGEST else None
    return (found["who"] or found["bare"]) if found else ""


def names_child(text: str) -> bool:
    """Whether a text speaks of a child: services that have an entry of their own for children name it so."""
    return _CHILD.search(text) is not None


@lru_cache(_REMEMBERED)
def questions_in(text: str) -> tuple[str, ...]:
    """The questions of a text, each with what was said before it: 我身份证丢了，怎么补？要多久？ are two."""
    questions: list[str] = []
    told = ""
    for piece in filter(None, map(str.strip, _CLAUSE.split(text))):
        told = f"{told}，{piece}" if told else piece
        if asks(Utterance(piece).folded) or asked_aspect(piece):
            questions.append(told)
            told = ""
    return tuple(questions)


def sentences_in(text: str) -> list[str]:
    """What of a text may be looked up, as it is encoded: the whole of it, and each of its questions."""
    if len(text) > TAKEN_APART:
        return []
    questions = questions_in(text)
    wanted = map(sentence_of, [text, *(questions if len(questions) > 1 else ())])
    return list(filter(None, dict.fromkeys(wanted)))
