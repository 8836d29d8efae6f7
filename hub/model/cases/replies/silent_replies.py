"""Texts to somebody who cannot speak, and whose telephone somebody else may read.

Rule protected: none of them names police, danger, a case or a crime; each asks for one thing and is answered
by one figure or a word. They ship with the program: the first minute of an alarm is no time to write them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SilentReply:
    """about: its key; said: what leaves, by language."""

    about: str
    said: Mapping[str, str]

    def text(self, language: str) -> str:
        """In the language of the citizen, Chinese where there is no other."""
        return self.said.get(language, self.said["zh"])


SILENT_REPLIES: tuple[SilentReply, ...] = (
    SilentReply(
        "reads",
        {
            "zh": "方便看信息吗？1方便，2不方便",
            "en": "OK to read this now? Reply 1 yes, 2 no",
        },
    ),
    SilentReply(
        "safe",
        {
            "zh": "收到。你那边还好吗？1好，2不好",
            "en": "Got it. All fine with you? Reply 1 yes, 2 no",
        },
    ),
    SilentReply(
        "alone",
        {
            "zh": "你现在一个人吗？1是，2不是",
            "en": "Are you on your own? Reply 1 yes, 2 no",
        },
    ),
    SilentReply(
        "hurt",
        {
            "zh": "有人不舒服吗？1有，2没有",
            "en": "Is anyone unwell? Reply 1 yes, 2 no",
        },
    ),
    SilentReply(
        "where",
        {
            "zh": "你在哪？发地址、楼号、门牌，或附近的店名",
            "en": "Where are you? Street, building and door, or a shop nearby",
        },
    ),
    SilentReply(
        "call",
        {
            "zh": "能打电话吗？1能，2不能，发信息就行",
            "en": "Can you take a call? Reply 1 yes, 2 no, messages only",
        },
    ),
    SilentReply(
        "deaf",
        {
            "zh": "听电话不方便吗？1听不见，2说不了，3都不方便",
            "en": "Is a call hard for you? Reply 1 cannot hear, 2 cannot speak, 3 both",
        },
    ),
    SilentReply(
        "coming",
        {
            "zh": "好的，已经在路上，请把手机调成静音",
            "en": "OK, on the way. Please mute your phone",
        },
    ),
)
