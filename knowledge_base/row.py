"""One entry as it was typed, before it is believed: taken apart field by field, with everything wrong noted
by its line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from knowledge_base.entry import SHORT_ANSWER_CHARS, Entry, EntryState
from knowledge_base.text import normalise

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WORDING_CHARS = 200
ANSWER_CHARS = 4000
COLUMNS = (
    "id",
    "question",
    "variants",
    "answer",
    "short_answer",
    "topic",
    "source",
    "confirm_locally",
    "state",
    "updated_at",
)

BETWEEN_VARIANTS = "|"

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
        return Entry(
            id=id_,
            question=question,
            variants=self._variants(),
            answer=answer,
            short_answer=self._string("short_answer", SHORT_ANSWER_CHARS),
            topic=topic,
            source=self._string("source", WORDING_CHARS),
            confirm_locally=self._flag("confirm_locally"),
            state=self._state(),
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

    def _variants(self) -> tuple[str, ...]:
        value = self.row.values.get("variants", [])
        if not isinstance(value, list) or not all(isinstance(wording, str) for wording in value):
            self._wrong("variants 应是文字列表", "variants must be a list of texts")
            return ()
        variants = tuple(wording.strip() for wording in value)
        for wording in variants:
            if not normalise(wording):
                self._wrong(f"问法为空：“{wording}”", f'an empty wording: "{wording}"')
            if BETWEEN_VARIANTS in wording:
                self._wrong(f"问法里不能有 {BETWEEN_VARIANTS}", f"a wording cannot have {BETWEEN_VARIANTS}")
            if len(wording) > WORDING_CHARS:
                self._wrong(f"问法超过 {WORDING_CHARS} 字", f"a wording is longer than {WORDING_CHARS}")
        return variants

    def _flag(self, key: str) -> bool:
        value = self.row.values.get(key, False)
        if not isinstance(value, bool):
            self._wrong(f"{key} 应是 true 或 false", f"{key} must be true or false")
        return value is True

    def _state(self) -> EntryState:
        value = self.row.values.get("state", EntryState.PUBLISHED)
        try:
            return EntryState(str(value))
        except ValueError:
            choices = " ".join(EntryState)
            self._wrong(
                f"不认识的状态：{value}（可用 {choices}）", f"unknown state: {value} (one of {choices})"
            )
            return EntryState.DRAFT

    def _instant(self, key: str) -> int:
        value = self.row.values.get(key, EPOCH)
        if not isinstance(value, datetime) or value.tzinfo is None:
            self._wrong(f"{key} 应是带时区的时间", f"{key} must be an instant with its offset")
            return 0
        return (value - EPOCH) // timedelta(milliseconds=1)
