"""The first letters of how a text is read: 身份证补领 → sfzbl, as people type who look for a title quickly.

Of a text a character with several readings is taken by its first one. Of a name each way to read it counts,
because surnames keep old readings (单 shàn, 曾 zēng, 解 xiè) and nobody but the bearer knows the others.
"""

from functools import cache
from itertools import islice, product

from knowledge_base.text.tables import table_lines

_MOST_WAYS = 16
"""To read one name."""

_OTHER_READINGS = (
    # surnames that are read otherwise than the character
    "单sd 曾zc 解xj 仇qc 区oq 查zc 翟zd 覃qt 尉yw 乐yl 种cz 繁pf 召sz 折sz 秘bm 宿sx 俟qs "
    "澹td 宓mf 车cj 句gj 藏zc 沈sc 隗kw 祭zj 谌cs 郇xh 洗xs 万wm 郗xc 厦sx 俞ys 贾jg "
    # characters of given names with more than one common reading
    "行xh 长cz 朝cz 重cz 盛sc 晟sc 茜qx 莘xs 传cz 颉jx 会hk 奇qj 校xj 系xj 省sx 强qj 参cs "
    "降jx 弹dt 调dt 叶yx 角jl 圈qj 率sl "
)
"""A character and the first letters of all its readings."""


@cache
def _letters() -> dict[int, str]:
    table: dict[int, str] = {}
    for line in table_lines("pinyin.txt"):
        syllable, characters = line.split(" ")
        table.update(dict.fromkeys(map(ord, characters), syllable[0]))
    return table


@cache
def _readings() -> dict[str, str]:
    """Of characters with more than one first letter: all of them."""
    return {entry[0]: entry[1:] for entry in _OTHER_READINGS.split()}


def initials(text: str) -> str:
    """In small letters; digits and Latin letters as they are, everything else left out."""
    return "".join(char for char in text.translate(_letters()).lower() if char.isascii() and char.isalnum())


def name_initials(name: str) -> frozenset[str]:
    """Every way in which a Chinese name (characters only) may be shortened: 曾乐 → zy, zl, cy, cl.

    Empty where a character is not known how to be read.
    """
    ways = [_readings().get(char) or _letters().get(ord(char), "") for char in name]
    return frozenset("".join(way) for way in islice(product(*ways), _MOST_WAYS) if way)
