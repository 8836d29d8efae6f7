"""What editors type: an entry with all its fields, and the words that go with a step of its life.

Limits are those of the knowledge base itself (`knowledge_base/files/row.py`), so that what is typed here can
be exported and imported again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from pydantic import Field, ValidationInfo, field_validator

from hub.runtime.clock import CHINA, to_local, to_ms
from hub.web.form import Form
from hub.web.i18n import msgid
from knowledge_base.entry import (
    ENGLISH_SHORT_CHARS,
    SHORT_ANSWER_CHARS,
    Aspect,
    Entry,
    EntryState,
    SlotAnswer,
)
from knowledge_base.files.importer import read_slot_answers, write_slot_answers
from knowledge_base.files.row import ANSWER_CHARS, BETWEEN_VARIANTS, WORDING_CHARS
from knowledge_base.text.normalise import normalise

_BAR = msgid("问法里不能有竖线 |")
_LONG = msgid("每一行最多 200 个字")
_URL = msgid("网址应以 https:// 开头")
_ORDER = msgid("结束时间应晚于开始时间")
_SLOT = msgid("请写明答案取决于什么，例如 驾照类型")
_BY_SLOT = msgid("请按格式填写：每种情况一段，以【情况】开头，例如 【C1】到车管所办理")
_SLOT_TWICE = msgid("同一种情况写了两次")
_ENGLISH = msgid("英文的问题、问法、答案和短信答案应同时填写；分情况的条目不能有英文")
_SLOT_SHORT = msgid("每种情况的短信答案最多 134 个字")


class EntryForm(Form):
    """As posted. `variants` and `tests`: one per line; times are local, `2026-11-22T13:00`."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("question", "*"): msgid("请填写问题，2–120 个字"),
        ("answer", "string_too_long"): msgid("答案最多 4000 个字"),
        ("answer", "*"): msgid("请填写答案"),
        ("topic", "*"): msgid("请填写业务分类，最多 40 个字"),
        ("short_answer", "string_too_long"): msgid("短信答案最多 134 个字（两条短信）"),
        ("spoken_answer", "string_too_long"): msgid("语音答案最多 200 个字"),
    }
    question: str = Field(default="", min_length=2, max_length=120)
    variants: str = Field(default="", max_length=20_000)
    answer: str = Field(default="", min_length=1, max_length=ANSWER_CHARS)
    short_answer: str = Field(default="", max_length=SHORT_ANSWER_CHARS)
    spoken_answer: str = Field(default="", max_length=WORDING_CHARS)
    topic: str = Field(default="", min_length=1, max_length=40)
    service: str = Field(default="", max_length=40)
    aspect: Aspect | None = None
    region: str = Field(default="", max_length=40)
    owner_unit: str = Field(default="", max_length=80)
    source: str = Field(default="", max_length=WORDING_CHARS)
    source_url: str = Field(default="", max_length=400)
    confirm_locally: bool = False
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    slot: str = Field(default="", max_length=40)
    by_slot: str = Field(default="", max_length=40_000)
    tests: str = Field(default="", max_length=20_000)
    question_en: str = Field(default="", max_length=WORDING_CHARS)
    variants_en: str = Field(default="", max_length=20_000)
    answer_en: str = Field(default="", max_length=ANSWER_CHARS)
    short_answer_en: str = Field(default="", max_length=ENGLISH_SHORT_CHARS)

    @field_validator("aspect", "valid_from", "valid_until", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("confirm_locally", mode="before")
    @classmethod
    def _unchecked_is_false(cls, value: object) -> object:
        return False if value == "" else value

    @field_validator("question")
    @classmethod
    def _says_something(cls, value: str) -> str:
        if not normalise(value):
            raise ValueError(msgid("请填写问题，2–120 个字"))
        return value

    @field_validator("variants", "tests", "variants_en")
    @classmethod
    def _wordings(cls, value: str) -> str:
        for line in _lines(value):
            if BETWEEN_VARIANTS in line:
                raise ValueError(_BAR)
            if len(line) > WORDING_CHARS:
                raise ValueError(_LONG)
        return value

    @field_validator("source_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError(_URL)
        return value

    @field_validator("valid_until")
    @classmethod
    def _after_the_beginning(cls, value: datetime | None, info: ValidationInfo) -> datetime | None:
        begins = info.data.get("valid_from")
        if value is not None and begins is not None and _instant(value) <= _instant(begins):
            raise ValueError(_ORDER)
        return value

    @field_validator("by_slot")
    @classmethod
    def _answers_by_slot(cls, value: str, info: ValidationInfo) -> str:
        read = read_slot_answers(value)
        if bool(value) != bool(read) or not all(one.get("answer", "").strip() for one in read):
            raise ValueError(_BY_SLOT)
        if value and not info.data.get("slot"):
            raise ValueError(_SLOT)
        if info.data.get("slot") and not value:
            raise ValueError(_BY_SLOT)
        if value.count("【") > len(read) + sum("short_answer" in one for one in read):
            raise ValueError(_SLOT_TWICE)
        if any(len(one.get("short_answer", "")) > SHORT_ANSWER_CHARS for one in read):
            raise ValueError(_SLOT_SHORT)
        return value

    @field_validator("short_answer_en")
    @classmethod
    def _whole_english(cls, value: str, info: ValidationInfo) -> str:
        rest = (info.data.get(name, "") for name in ("question_en", "variants_en", "answer_en"))
        if len(set(map(bool, (value, *rest)))) > 1 or (value and info.data.get("slot")):
            raise ValueError(_ENGLISH)
        return value

    def entry(self, entry_id: str) -> Entry:
        """What is meant. `entry_id`: "" for a new one."""
        return Entry(
            id=entry_id,
            question=self.question,
            variants=tuple(line for line in _lines(self.variants) if line != self.question),
            answer=self.answer,
            short_answer=self.short_answer,
            spoken_answer=self.spoken_answer,
            topic=self.topic,
            service=self.service,
            aspect=self.aspect,
            region=self.region,
            owner_unit=self.owner_unit,
            source=self.source,
            source_url=self.source_url,
            confirm_locally=self.confirm_locally,
            valid_from=_instant(self.valid_from) if self.valid_from else 0,
            valid_until=_instant(self.valid_until) if self.valid_until else 0,
            slot=self.slot,
            by_slot=tuple(
                SlotAnswer(one["value"], one["answer"].strip(), one.get("short_answer", "").strip())
                for one in read_slot_answers(self.by_slot)
            ),
            tests=tuple(_lines(self.tests)),
            question_en=self.question_en,
            variants_en=tuple(line for line in _lines(self.variants_en) if line != self.question_en),
            answer_en=self.answer_en,
            short_answer_en=self.short_answer_en,
            state=EntryState.DRAFT,
            updated_at=0,
        )


def form_values(entry: Entry | None, *, topic: str = "") -> dict[str, str]:
    """The form's fields as text: of an entry, or empty for a new one."""
    if entry is None:
        return dict.fromkeys(EntryForm.model_fields, "") | {"topic": topic}
    return {
        "question": entry.question,
        "variants": "\n".join(entry.variants),
        "answer": entry.answer,
        "short_answer": entry.short_answer,
        "spoken_answer": entry.spoken_answer,
        "topic": entry.topic,
        "service": entry.service,
        "aspect": entry.aspect or "",
        "region": entry.region,
        "owner_unit": entry.owner_unit,
        "source": entry.source,
        "source_url": entry.source_url,
        "confirm_locally": "yes" if entry.confirm_locally else "",
        "valid_from": local_minute(entry.valid_from),
        "valid_until": local_minute(entry.valid_until),
        "slot": entry.slot,
        "by_slot": write_slot_answers(entry.by_slot),
        "tests": "\n".join(entry.tests),
        "question_en": entry.question_en,
        "variants_en": "\n".join(entry.variants_en),
        "answer_en": entry.answer_en,
        "short_answer_en": entry.short_answer_en,
    }


def local_minute(at: int) -> str:
    """An instant as `<input type=datetime-local>` takes it; "" for none."""
    return to_local(at).strftime("%Y-%m-%dT%H:%M") if at else ""


def _instant(at: datetime) -> int:
    return to_ms(at if at.tzinfo else at.replace(tzinfo=CHINA))


def _lines(text: str) -> list[str]:
    """The lines that say something, each once."""
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if normalise(line)))
