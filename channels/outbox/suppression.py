"""Opt-out: understanding 退订 and its relatives, and which standing rules stop which delivery.

A citizen who wants no more law-education texts must still get the answer in his own case, and a
red warning reaches everybody; so a suppression has a subject. The words are those Chinese
carriers require (R, TD, T, N, 退订) and the usual English ones, also several of them and with thanks around
them (`回TD`, `谢谢退订`, `Please stop. Thank you`). One-letter words count only when
they are the whole message: `R 我要报警` is a cry for help, not an opt-out. `退订 我要报警` is both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from channels.address import AddressKind
from channels.outbox.delivery import POLICY, Delivery, MessageClass, Origin, class_of

EDUCATION = "education"  # 普法
NOTICE = "notice"  # 通知
WARNING = "warning"  # yellow and blue warnings
SAFETY = "safety"  # 安全提示: notices of the police without a colour
INVALID = "invalid"  # not a wish: the address is dead; it stops everything, red warnings too

SILENT = "silent"
"""No wish either: the person may be in danger. It stops what leaves by itself; never stored as a rule."""

BY_DEFAULT: tuple[str, ...] = (EDUCATION, WARNING)
"""What an opt-out without a subject means."""

SUBJECT_OF_CLASS: Mapping[MessageClass, str] = {
    MessageClass.E0: WARNING,
    MessageClass.E1: WARNING,
    MessageClass.N: NOTICE,
    MessageClass.L: EDUCATION,
}

_WHOLE = frozenset(
    {
        *("r", "t", "n", "td"),
        *("stop", "stopall", "unsubscribe", "unsubscribe me", "optout", "opt out", "opt me out"),
        *("quit", "revoke", "cancel", "end"),
    }
)
"""Latin words and letters: only as the whole message, or with a subject behind them."""
_OUT = ("退订", "退定", "拒收", "取消订阅")
_IN = ("订阅", "恢复订阅", "start", "unstop", "subscribe")

_SUBJECT_WORDS: Mapping[str, str] = {
    "普法": EDUCATION,
    "宣传": EDUCATION,
    "通知": NOTICE,
    "预警": WARNING,
    "提示": SAFETY,
    "全部": "all",
    "all": "all",
}

_SEPARATOR = r"[\s\W_]"
_SIMPLIFIED = str.maketrans("訂閱閲復謝請煩幫給發預個", "订阅阅复谢请烦帮给发预个")
"""The characters of these words as they are written in Taiwan and Hong Kong."""
_BEFORE = (
    r"我要|我想|请|麻烦|帮我|给我|你好|您好|谢谢|回复|回|发送|(?:please|pls|hi|hello|thanks|thank you)(?!\w)"
)
_BEHIND = r"谢谢|多谢|了|吧|一下|(?<!\w)(?:please|pls|thanks|thank you|thx)"
_FIRST_WORDS = re.compile(rf"(?:(?:{_BEFORE}){_SEPARATOR}*)+", re.IGNORECASE)
_LAST_WORD = re.compile(rf"(?:{_BEHIND})$", re.IGNORECASE)
_LAST_CHARS = 12
"""Holds the longest last word and what stands before it."""


def _opening(words: Iterable[str]) -> re.Pattern[str]:
    """Finds as many of `words` as stand at the start of a text. Every citizen's text is looked at."""
    followed = "|".join((*_OUT, *(word for word in _SUBJECT_WORDS if not word.isascii())))
    ends = {word: rf"(?:(?!\w)|(?={followed}))" if word.isascii() else "" for word in words}
    longest_first = sorted(ends, key=len, reverse=True)
    one = "|".join(word.replace(" ", rf"{_SEPARATOR}+") + ends[word] for word in longest_first)
    return re.compile(rf"(?:{one})(?:{_SEPARATOR}*(?:{one}))*", re.IGNORECASE)


_WISHES = ((_opening((*_WHOLE, *_OUT)), False), (_opening(_IN), True))
"""How a text that opens with a wish is found, and whether it is to start again."""


@dataclass(frozen=True, slots=True)
class OptOut:
    """What a text says about being written to.

    matched: it asks to stop. resubscribed: it asks to start again.
    rest: what else it says ("" when nothing): the desk must still see it.
    subject: one of the subjects, `all`, or "" when none was named.
    """

    matched: bool = False
    rest: str = ""
    subject: str = ""
    resubscribed: bool = False


def parse_opt_out(text: str) -> OptOut:
    """Whether `text` is an opt-out or a re-subscription, and what is left of it."""
    folded = _stripped(unicodedata.normalize("NFKC", text))
    plain = folded.translate(_SIMPLIFIED)
    bare = _stripped(_without_courtesy(plain))
    for opening, resubscribed in _WISHES:
        found, whole = opening.match(plain), opening.fullmatch(bare) is not None
        if not whole and found is None:
            continue
        tail = "" if whole or found is None else folded[found.end() :]
        rest, subject = _subject(tail)
        rest = rest if _without_courtesy(rest.translate(_SIMPLIFIED)) else ""
        set_apart = bool(subject) or re.match(_SEPARATOR, tail) is not None
        named = found is not None and any(word in found[0] for word in _OUT)
        if rest and (resubscribed or not set_apart or not named):
            continue  # "订阅号怎么关注", "退订酒店不退款", "R 我要报警": a message, not a wish
        return OptOut(matched=not resubscribed, rest=rest, subject=subject, resubscribed=resubscribed)
    return OptOut(rest=text)


def subjects_of(subject: str) -> tuple[str, ...]:
    """The subjects a word of `OptOut.subject` stands for."""
    if subject == "all":
        return (EDUCATION, WARNING, NOTICE)
    return (subject,) if subject else BY_DEFAULT


def rules_against(delivery: Delivery) -> tuple[tuple[str, str], ...]:
    """The keys that, when suppressed, stop `delivery`; at least the one for a dead address.

    A reply in a case is never stopped by a wish; neither is a red or orange warning, nor a trial to
    ourselves, nor what is E1 and no warning: a one-time code somebody waits for. A subject of its own never
    frees a message from that of its class: a lesson that calls itself a notice is still a lesson. Who
    wants no warnings below orange wants no safety notices either, which are less: a bare 退订 stops both.
    """
    key, leaves_as = delivery.recipient_key, class_of(delivery.message_class, delivery.level)
    asked_for = leaves_as is MessageClass.E1 and delivery.origin is Origin.SUBMISSION and not delivery.level
    if delivery.origin in (Origin.REPLY, Origin.TRIAL) or asked_for or not POLICY[leaves_as].honours_opt_out:
        return ((key, INVALID),)
    named = subject_of(delivery)
    more = (WARNING,) if named == SAFETY else ()
    subjects = dict.fromkeys((INVALID, named, SUBJECT_OF_CLASS[leaves_as], *more))
    return tuple((key, subject) for subject in subjects)


def silence_against(delivery: Delivery) -> tuple[tuple[str, str], ...]:
    """The key that stops a text which leaves by itself to somebody who may be in danger; none for any other.

    Asked at the gate only, not when an audience is counted: no list of a campaign shows who is in danger.
    What a person wrote in a case leaves, and so does a red or orange warning: it reaches everybody there.
    """
    by_itself = delivery.automatic or (
        delivery.origin in (Origin.BROADCAST, Origin.SUBMISSION)
        and class_of(delivery.message_class, delivery.level) is not MessageClass.E0
    )
    texted = delivery.recipient.kind is AddressKind.PHONE and delivery.recipient_key
    return ((delivery.recipient_key, SILENT),) if by_itself and texted else ()


def is_bulk(delivery: Delivery) -> bool:
    """Whether it is one of many that one may refuse: law education or a notice, not an answer."""
    return delivery.origin is Origin.BROADCAST and delivery.message_class in (MessageClass.L, MessageClass.N)


def subject_of(delivery: Delivery) -> str:
    """The subject an opt-out would name for this delivery; by default that of its class."""
    return delivery.subject or SUBJECT_OF_CLASS[delivery.message_class]


def _without_courtesy(text: str) -> str:
    """Without 请, 谢谢 and their like at both ends. From the end word by word: a pattern that looks for the
    end from everywhere needs the square of the length, and strangers write the text."""
    found = _FIRST_WORDS.match(text)
    left = text[found.end() :] if found else text
    while last := _LAST_WORD.search(left[-_LAST_CHARS:]):
        left = _without_end(left[: len(left) - len(last[0])])
    return left


def _without_end(text: str) -> str:
    end = len(text)
    while end and not text[end - 1].isalnum():
        end -= 1
    return text[:end]


def _stripped(text: str) -> str:
    bare = _without_end(text)
    start = 0
    while start < len(bare) and not bare[start].isalnum():
        start += 1
    return bare[start:]


def _subject(text: str) -> tuple[str, str]:
    """The rest behind a leading subject word, and the subject."""
    rest = _stripped(text)
    for word, subject in _SUBJECT_WORDS.items():
        match = re.match(rf"{word}(?:短信|信息)?(?:{_SEPARATOR}+|$)", rest, re.IGNORECASE)
        if match:
            return _stripped(rest[match.end() :]), subject
    return ("", "") if rest in ("短信", "信息") else (rest, "")
