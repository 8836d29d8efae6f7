"""The first letters of how a text is read: 身份证补领 → sfzbl, as people type who look for a title quickly.

A character with several readings is taken by its first one.
"""

from functools import cache

from knowledge_base.text.tables import table_lines


@cache
def _letters() -> dict[int, str]:
    table: dict[int, str] = {}
    for line in table_lines("pinyin.txt"):
        syllable, characters = line.split(" ")
        table.update(dict.fromkeys(map(ord, characters), syllable[0]))
    return table


def initials(text: str) -> str:
    """In small letters; digits and Latin letters as they are, everything else left out."""
    return "".join(char for char in text.translate(_letters()).lower() if char.isascii() and char.isalnum())
