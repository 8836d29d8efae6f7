"""One entry as it was typed, before it is believed: taken apart field by field, with everything wrong noted
by its line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from knowledge_base.entry import (
    ENGLISH_SHORT_CHARS,
    SHORT_ANSWER_CHARS,
    Aspect,
    Entry,
    EntryState,
    SlotAnswer,
)
from knowledge_base.text.normalise import normalise

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WORDING_CHARS = 200
ANSWER_CHARS = 4000
COLUMNS = (
    "id",
    "question",
    "variants",
    "answer",
    "short_answer",
    "spoken_answer",
    "topic",
    "service",
    "aspect",
    "region",
    "owner_unit",
    "source",
    "source_url",
    "confirm_locally",
    "valid_from",
    "valid_until",
    "slot",
    "by_slot",
    "tests",
    "question_en",
    "variants_en",
    "answer_en",
    "short_answer_en",
    "since",
    "state",
    "updated_at",
)

BETWEEN_VARIANTS = "|"

_Word = TypeVar("_Word", bound=StrEnum)
_DAY = re.compile(r"20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Problem:
    """`line` counts from 1 in the text that was read; 0 when it cannot be told."""

    line: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is where it starts; `values` what stands under its keys."""

    line: int
    values: Mapping[str, object]


class Fields:
    """Takes one row apart, noting every problem on the way; the entry it gives is only to be used when there
    was none."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.problems: list[Problem] = []

    def entry(self) -> Entry:
        entry = self._entry()
        english = (entry.question_en, entry.variants_en, entry.answer_en, entry.short_answer_en)
        if any(english) and not all(english):
            self._wrong(
                "question_en、variants_en、answer_en、short_answer_en 应同时填写",
                "question_en, variants_en, answer_en and short_answer_en go together",
            )
        if any(english) and entry.slot:
            self._wrong("有 slot 的条目不能有英文", "an entry with a slot cannot have English")
        return entry

    def _entry(self) -> Entry:
        for key in self.row.values:
            if key not in COLUMNS:
                self._wrong(f"不认识的键：{key}", f"unknown key: {key}")
        id_ = self._string("id", 64)
        if not _ID.fullmatch(id_):
            self._wrong(
                f"编号只能用小写字母、数字和 . _ -：{id_}", f"an id has only a-z, 0-9 and . _ -: {id_}"
            )
        question = self._string("question", WORDING_CHARS)
        if not normalise(question):
            self._wrong("问题为空", "the question is empty")
        answer = self._string("answer", ANSWER_CHARS)
        if not answer:
            self._wrong("没有答案", "there is no answer")
        topic = self._string("topic", 40)
        if not topic:
            self._wrong("没有主题", "there is no topic")
        source_url = self._string("source_url", 400)
        if source_url and not source_url.startswith(("https://", "http://")):
            self._wrong("source_url 应以 https:// 开头", "source_url must start with https://")
        valid_from, valid_until = self._instant("valid_from"), self._instant("valid_until")
        if 0 < valid_until <= valid_from:
            self._wrong("valid_until 应晚于 valid_from", "valid_until must be later than valid_from")
        slot, by_slot = self._string("slot", 40), self._by_slot()
        if bool(slot) != bool(by_slot):
            self._wrong("slot 与 by_slot 应同时填写", "slot and by_slot go together")
        return Entry(
            id=id_,
            question=question,
            variants=self._wordings("variants"),
            answer=answer,
            short_answer=self._string("short_answer", SHORT_ANSWER_CHARS),
            spoken_answer=self._string("spoken_answer", WORDING_CHARS),
            topic=topic,
            service=self._string("service", 40),
            aspect=self._word("aspect", Aspect) if self.row.values.get("aspect") else None,
            region=self._string("region", 40),
            owner_unit=self._string("owner_unit", 80),
            source=self._string("source", WORDING_CHARS),
            source_url=source_url,
            confirm_locally=self._flag("confirm_locally"),
            valid_from=valid_from,
            valid_until=valid_until,
            slot=slot,
            by_slot=by_slot,
            tests=self._wordings("tests"),
            question_en=self._string("question_en", WORDING_CHARS),
            variants_en=self._wordings("variants_en"),
            answer_en=self._string("answer_en", ANSWER_CHARS),
            short_answer_en=self._string("short_answer_en", ENGLISH_SHORT_CHARS),
            since=self._day("since"),
            state=self._word("state", EntryState, EntryState.PUBLISHED) or EntryState.DRAFT,
            updated_at=self._instant("updated_at"),
        )

    def _wrong(self, zh: str, en: str) -> None:
        self.problems.append(Problem(self.row.line, zh, en))

    def _string(self, key: str, longest: int) -> str:
        value = self.row.values.get(key, "")
        if not isinstance(value, str):
            self._wrong(f"{key} 应是文字", f"{key} must be text")
            return ""
        value = value.strip()
        if len(value) > longest:
            self._wrong(
                f"{key} 超过 {longest} 字（{len(value)}）", f"{key} is longer than {longest} ({len(value)})"
            )
        return value

    def _wordings(self, key: str) -> tuple[str, ...]:
        value = self.row.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(wording, str) for wording in value):
            self._wrong(f"{key} 应是文字列表", f"{key} must be a list of texts")
            return ()
        wordings = tuple(wording.strip() for wording in value)
        for wording in wordings:
            if not normalise(wording):
                self._wrong(f"问法为空：“{wording}”", f'an empty wording: "{wording}"')
            if BETWEEN_VARIANTS in wording:
                self._wrong(f"问法里不能有 {BETWEEN_VARIANTS}", f"a wording cannot have {BETWEEN_VARIANTS}")
            if len(wording) > WORDING_CHARS:
                self._wrong(f"问法超过 {WORDING_CHARS} 字", f"a wording is longer than {WORDING_CHARS}")
        return wordings

    def _by_slot(self) -> tuple[SlotAnswer, ...]:
        value = self.row.values.get("by_slot", [])
        if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
            self._wrong("by_slot 应是 [[entry.by_slot]] 列表", "by_slot must be a list of tables")
            return ()
        answers = []
        for one in value:
            texts = {key: str(text).strip() for key, text in one.items()}
            if not {"value", "answer"} <= texts.keys() <= {"value", "answer", "short_answer"}:
                self._wrong(
                    "by_slot 的键是 value、answer、short_answer", "by_slot has value, answer and short_answer"
                )
                continue
            if not texts["value"] or not texts["answer"]:
                self._wrong("by_slot 的 value 和 answer 不能为空", "by_slot needs a value and an answer")
            if len(texts.get("short_answer", "")) > SHORT_ANSWER_CHARS:
                self._wrong(
                    f"by_slot 的 short_answer 超过 {SHORT_ANSWER_CHARS} 字",
                    f"a short_answer in by_slot is longer than {SHORT_ANSWER_CHARS}",
                )
            answers.append(SlotAnswer(**texts))
        if len({answer.value for answer in answers}) < len(answers):
            self._wrong("by_slot 的 value 重复", "by_slot has a value twice")
        return tuple(answers)

    def _flag(self, key: str) -> bool:
        value = self.row.values.get(key, False)
        if not isinstance(value, bool):
            self._wrong(f"{key} 应是 true 或 false", f"{key} must be true or false")
        return value is True

    def _word(self, key: str, words: type[_Word], default: _Word | None = None) -> _Word | None:
        value = self.row.values.get(key, default)
        try:
            return words(str(value))
        except ValueError:
            choices = " ".join(words)
            self._wrong(
                f"{key}：不认识 {value}（可用 {choices}）", f"{key}: {value} is unknown (one of {choices})"
            )
            return None

    def _day(self, key: str) -> str:
        value = self.row.values.get(key, "")
        if isinstance(value, datetime) or not isinstance(value, date | str):
            value = "?"
        day = str(value).strip()
        if day and not _DAY.fullmatch(day):
            self._wrong(f"{key} 应是日期，如 2026-11-30", f"{key} must be a day such as 2026-11-30")
            return ""
        return day

    def _instant(self, key: str) -> int:
        value = self.row.values.get(key) or EPOCH
        if not isinstance(value, datetime) or value.tzinfo is None:
            self._wrong(f"{key} 应是带时区的时间", f"{key} must be an instant with its offset")
            return 0
        return (value - EPOCH) // timedelta(milliseconds=1)
