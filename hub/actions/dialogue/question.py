"""Whether a text asks something, in any of the ways people ask: 怎么, 咋, 找谁, 行不行, 能办不, 点样.

The rule: a way of asking is listed with the words that take it away again (什么都没有, 还没, 动不动), because
a matter told to the police is full of words that only look like questions. A missed question becomes
needless work for a person; a false one offers choices to somebody who tells what happened to him.
"""

from __future__ import annotations

import re

_ALWAYS = "都|也"
"""什么都, 谁也: nobody and nothing, no question."""

_WORDS = (
    rf"(?<!不)(?<!没)(?<!再)怎(?:么|样)(?!着|{_ALWAYS}|这么|那么)",
    rf"(?<!没)[什甚]么(?!的|{_ALWAYS})",
    rf"(?<!没)(?<!没有)啥(?!的|{_ALWAYS})",
    rf"(?<!不)(?<!没)咋(?!呼|舌|着|{_ALWAYS})",
    rf"(?<!天)哪(?!怕|知|敢|吒|有人|[里儿]?(?:{_ALWAYS}))",
    rf"(?<!没人知道)(?<!不知道)(?<!不知道是)(?<!不知是)谁(?!让|叫|料|{_ALWAYS})",
    r"(?<!不知道)(?<!不知)(?<!没)多少(?!次|遍|回|有些|有点)",
    r"多久(?!了)|多长时间(?!了)|多大年[纪龄]|多远|多高的?分|多快|多贵",
    r"(?:[要得需等用花分满扣罚关拘判读交限]|最多|最少|至少)几(?!乎)|几[点号岁](?!了)|几(?:时|楼|站|级)"
    r"|几(?:天|年|个月|个工作日|周|小时)(?:内|后|能|可以|才|就|拿|出|办|有|到|下)",
    r"如何|为何|何时|何处|何地|是否|能否|可否|有无|会否|几何|凭什么|干嘛|干吗|做咩",
    r"能不|能么|(?<![就说都才])可以(?!了)|(?<![打接个通过])(?<!骚扰|诈骗|推销)电话(?:号码?)?(?=$|[|是])",
    r"请问|请教|想问|问一?下|问问|求问|求助一下|求解|打听|咨询(?!过|了|时)|想知道|想了解|了解一下|告诉我一下",
    # Whether one thing or the other; 还是没办成 is "still".
    r"[是去找用要办选走].{1,14}还是(?!没|不|这|那|老|一直|在|很|太|被|有人|觉得)",
    # A不A: 行不行, 有没有, 得唔得, 可不可以.
    r"(?![动时不没])(?P<same>[\u3400-\u9fff])(?:不|没|唔|冇)(?P=same)",
    r"有冇|有没|係咪|系咪|使唔使|点样|点解|点搞|点办|点先|边度|边个|边间|乜嘢|乜野|咩(?:料|事|时|证)|几多|几耐",
    r"(?:啷|囊|朗)个|咋个|么子|么样|莫子|(?:要|收|得)好多[钱天]|哪能|安怎|按怎|啥物|[佗叨]位|偌久|嘎哈",
    r"(?<!s)how|where|what|when|which|why|cani|canwe|doi(?:need|have)|isit|isthere|arethere|shouldi|mayi|couldi",
    r"zenme|zenyang|shenme|duojiu|duoshao|nali|weishenme|nengbuneng|keyima",
    r"[?]",
)

_ENDS = (
    r"[吗嘛咩伐]",
    r"(?<![这那什怎多要])么",
    r"(?<!还在等着)呢",
    r"(?<![对从决才就偏并毫绝])不",
    r"(?<![还都也就从并])没(?:有|得)?",
    r"(?<![还尚])未",
    r"[不没][啊呀呢嘞哟]|唔|冇",
)
"""Particles that ask at the end of a clause only. Blanks and signs are taken out of a folded text, so it is
the end of all of it."""

_PATTERN = re.compile(rf"{'|'.join(_WORDS)}|(?<=..)(?:{'|'.join(_ENDS)})(?=$|[|])")


def asks(folded: str) -> bool:
    """Whether a folded text (`Utterance.folded`) asks something."""
    return _PATTERN.search(folded) is not None
