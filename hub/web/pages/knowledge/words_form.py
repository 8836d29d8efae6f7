"""What editors type of the office's words. Whether it fits together is asked of
`knowledge_base.words.word_group`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from pydantic import Field

from hub.web.form import Form
from hub.web.i18n import msgid
from knowledge_base.words.word_group import NAME_CHARS, NOTE_CHARS, WordGroup, in_one_line, tidied


class WordsForm(Form):
    """As posted. `words`: one a line."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("name", "*"): msgid("请填写标准名称，2–40 个字"),
        ("words", "string_too_long"): msgid("说法太多，请分成几组"),
        ("words", "*"): msgid("请填写至少一个说法"),
        ("note", "*"): msgid("备注最多 200 个字"),
    }
    name: str = Field(default="", min_length=2, max_length=NAME_CHARS)
    words: str = Field(default="", min_length=1, max_length=20_000)
    note: str = Field(default="", max_length=NOTE_CHARS)

    def group(self) -> WordGroup:
        """What is meant."""
        return group_of(self.name, self.words, self.note)


def group_of(name: str, words: str, note: str = "") -> WordGroup:
    """A group from what was typed, also of what is not finished yet."""
    return WordGroup(in_one_line(name), tidied(words.splitlines()), note.strip())


def lines(words: Iterable[str]) -> str:
    """Words as the form shows them."""
    return "\n".join(words)
