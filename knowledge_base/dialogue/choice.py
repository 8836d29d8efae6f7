"""What somebody answers who was offered numbered choices: a number however it is written, the name of one, or
that it is none of them.

The rule: a choice is only taken when it is certain which one is meant. Anything else is a new question,
except numbers that point at nothing, which are asked for again.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge_base.text.plain import plain

LONGEST_NUMBER = 12
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Picked:
    """One of them, counted from 1."""

    number: int


@dataclass(frozen=True, slots=True)
class NoneOfThem:
    """None of what was offered."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """Numbers, but not one that was offered: 7, 1和3."""


Choice = Picked | NoneOfThem | Unclear

_NUMBERS = {
    **{str(number): number for number in range(1, 16)},
    **{written: number for number, written in enumerate("一二三四五六七八九十", 1)},
    **{f"十{ones}": 10 + number for number, ones in enumerate("一二三四五", 1)},
    **{written: number for number, written in enumerate("壹贰叁肆伍陆柒捌玖", 1)},
    **{"幺": 1, "两": 2, "貳": 2, "參": 3, "叄": 3},
    **{"one": 1, "two": 2, "three": 3, "first": 1, "second": 2, "third": 3},
    **{"1st": 1, "2nd": 2, "3rd": 3, "i": 1, "ii": 2, "iii": 3},
}
_NUMBER = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_BEFORE = (
    "我|要|想|选择|选项|选|答案|回复|按|点|看|就|是|应该|可能|大概|那个|那|问的|问|"
    "the|number|option|no|choose"
)
_UNIT = "个问题|个|条|项|种|号|题|类|点|one"
_BEHIND = "选项|问题|就行|就好|可以|这个|那个|谢谢|吧|啊|呀|哦|嗯|呢|嘛|咯|哈|的|了|please|thanks"
_BY_NUMBER = re.compile(rf"(?:嗯|哦|{_BEFORE})*第?({_NUMBER})(?:{_UNIT})?(?:{_BEHIND})*")
_LAST = re.compile(
    rf"(?:{_BEFORE})*(?:最后|最末|最下面)(?:的)?一?(?:{_UNIT})?(?:{_BEHIND})*|(?:the)?last(?:one)?"
)
_ONLY_NUMBERS = re.compile(
    rf"(?!\d{{3,}}$)(?=.*(?:{_NUMBER}|0|全部|都要))"
    rf"(?:{_NUMBER}|0|第|和|或者|或|跟|与|都|要|都要|全部|and|or|{_UNIT}|{_BEFORE})+"
)
"""7, 1和3, 全部; but not 110, which is a number of its own."""
_NUMBERED = re.compile(rf"第?({_NUMBER})(?:{_UNIT})?")

_NONE = re.compile(
    r"(?:我问的|我要的|我想问的|以上|上面|这些|这几个|这三个|那些)*"
    r"(?:都|全|全都|好像|统统)*"
    r"(?:不是|没有|没|无|不对|不符合|不相关|不|其他|其它|别的|另外的|另外一个)"
    r"(?:我要的|我要问的|我想问的|我想要的|这些|的问题|问题|一个|以上|的|啊|呀|吧|哦|了|谢谢)*"
    r"|none(?:ofthese|ofthem|ofthose)?|no|neither|other|others|somethingelse|0|零"
)
_YES = re.compile(r"(?:是|对|嗯|好|行)+(?:的|啊|呀|吧|了)*|就是(?:这|那)个|没错|yes|ok")
_LEAD_IN = re.compile(
    r"^(?:我问的是|我要问的是|我想问的是|我说的是|我是问|我是说|我想问|我要问|我问|我要|我选|选|就是|那就|是)"
)
_PARTICLES = re.compile(r"怎么办理|怎么办|怎么|如何|怎样|办理|那个|这个|谢谢|[的了吗呢吧啊呀哦嗯]")
"""What tells no choice from another."""


def choose(text: str, options: Sequence[str]) -> Choice | None:
    """Which of `options` (as they were shown) is meant; None when `text` is something else."""
    said = plain(text[: LONGEST_NAME * 2])
    if not said or not options:
        return None
    if len(said) <= LONGEST_NUMBER:
        if _NONE.fullmatch(said):
            return NoneOfThem()
        if _YES.fullmatch(said):
            return Picked(1) if len(options) == 1 else Unclear()
        if _LAST.fullmatch(said):
            return Picked(len(options))
        found = _BY_NUMBER.fullmatch(said)
        if found:
            number = _NUMBERS[found[1]]
            return Picked(number) if number <= len(options) else Unclear()
    named = _named(said, [plain(option) for option in options])
    if named:
        return Picked(named)
    if len(said) <= LONGEST_NUMBER and _ONLY_NUMBERS.fullmatch(said):
        return Unclear()
    return None


def is_bare_number(said: str) -> bool:
    """Whether a plain text is the answer to a numbered choice and to nothing else."""
    return len(said) <= LONGEST_NUMBER and _BY_NUMBER.fullmatch(said) is not None


def _named(said: str, options: Sequence[str]) -> int:
    """The only option that is called so, counted from 1; 0 when there is none or more than one."""
    numbered = _NUMBERED.match(said)
    if numbered and _NUMBERS[numbered[1]] <= len(options):
        number = _NUMBERS[numbered[1]]
        rest = said[numbered.end() :]
        if rest and rest in options[number - 1]:
            return number  # "2、身份证换领", copied with its number
    for tell in (_same, _within, _in_order):
        found = [number for number, option in enumerate(options, 1) if tell(said, option)]
        if len(found) == 1:
            return found[0]
        if found and tell is _same:
            return found[0]  # two entries with the same words: either is what was read
    return 0


def _same(said: str, option: str) -> bool:
    return said == option


def _core(said: str) -> str:
    """What is left of an answer without 我问的是 before it and the particles in it."""
    return _PARTICLES.sub("", _LEAD_IN.sub("", said))


def _within(said: str, option: str) -> bool:
    """换领的 in 居民身份证换领怎么办理."""
    core = _core(said)
    return len(core) >= 2 and core in _PARTICLES.sub("", option)


def _in_order(said: str, option: str) -> bool:
    """身份证丢了 within 身份证丢失后怎么补领: every character, in the same order."""
    core = _core(said)
    rest = iter(option)
    return len(core) >= 3 and all(character in rest for character in core)
