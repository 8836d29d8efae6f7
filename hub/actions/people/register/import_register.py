"""Takes a list of people into the 12110 register, as a federation of the deaf hands it over.

Rules protected: the whole list or nothing, in one commit, so that nobody has to find out how far it came;
each line is checked as if it were typed, its own consent included; what is wrong is said by line, without
quoting what stands there.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from campaigns.importing.table import BadFile, encoding_of, rows
from campaigns.said import Said
from hub.actions.people.register.edit_register import (
    TAKEN,
    ContactTyped,
    RecordTyped,
    checked_record,
    require_keeper,
)
from hub.model.agent import Agent
from hub.model.people.registered_person import (
    IN_WORDS,
    MOST_CONTACTS,
    MOST_NUMBERS,
    ConsentBy,
    Difficulty,
    RegisterAct,
    RegisteredPerson,
    RegisterEntry,
)
from hub.repositories.people.register import RegisterRepository
from hub.runtime.clock import CHINA, Clock, to_ms
from hub.runtime.errors import Invalid, Stale
from hub.runtime.ids import new_id
from hub.store.documents import Conflict, Documents, Duplicate, Write

MOST_ROWS = 200
"""One commit holds them all."""
_CONSENTS: Mapping[str, ConsentBy] = {
    "本人书面": ConsentBy.SELF,
    "本人手语": ConsentBy.SIGNED,
    "监护人书面": ConsentBy.GUARDIAN,
}
_CONTACTS = tuple(
    (f"联系人{place}", f"关系{place}", f"联系人{place}电话") for place in range(1, MOST_CONTACTS + 1)
)
COLUMNS = (
    "姓名",
    "手机号",
    "困难",
    "需要",
    "常住地址",
    *(name for contact in _CONTACTS for name in contact),
    "翻译",
    "翻译电话",
    "同意方式",
    "同意日期",
)
"""Of the file; the order is free, and columns of other names are refused: a wrong name would lose what it
holds."""
_NEEDED = ("姓名", "手机号", "同意方式", "同意日期")
_EXAMPLE_MARK = "示例"
EXAMPLE = (
    f"{_EXAMPLE_MARK}：陈某某",
    "13800001234",
    "听不见、不能说话",
    "会读唇语",
    "某区某路5号402",
    *("陈某", "父亲", "059112345678"),
    *("", "", "") * (MOST_CONTACTS - 1),
    "王某",
    "13900001234",
    "本人书面",
    "2026-11-20",
)
"""A line that shows how it is meant; it is refused when it is still there."""
_BETWEEN = re.compile(r"[、,，;；|\s]+")


@dataclass(frozen=True, slots=True)
class WrongLine:
    """A line that cannot be taken. line: as a spreadsheet counts it. texts: what is wrong, in Chinese."""

    line: int
    texts: tuple[str, ...]


class WrongLines(Invalid):
    """Nothing was taken."""

    def __init__(self, lines: Sequence[WrongLine]) -> None:
        super().__init__({"file": "文件有错误，一个人也没有登记"})
        self.lines = tuple(lines)


class ImportRegister:
    """For who keeps the register."""

    def __init__(self, documents: Documents, register: RegisterRepository, clock: Clock) -> None:
        self._documents = documents
        self._register = register
        self._clock = clock

    async def __call__(self, agent: Agent, name: str, content: bytes, *, consented: bool) -> int:
        """How many were registered. consented: everybody on the list agreed, and the papers are kept.

        Raises `Forbidden`, `Invalid` by field, `WrongLines`, `Stale`.
        """
        require_keeper(agent)
        if not consented:
            raise Invalid({"consented": "没有本人或监护人的同意，不能登记"})
        people = await self._people(_table(name, content))
        now, writes = self._clock.now_ms(), list[Write]()
        for person in people:
            entry = RegisterEntry(new_id(now), person.id, now, agent.id, RegisterAct.ADDED)
            writes += [*self._register.insert(person), self._register.insert_entry(entry)]
        try:
            await self._documents.commit(writes)
        except (Conflict, Duplicate):  # somebody registered one of the numbers just now
            raise Stale("registered_person") from None
        return len(people)

    async def _people(self, table: Sequence[tuple[int, Mapping[str, str]]]) -> list[RegisteredPerson]:
        now = self._clock.now_ms()
        people: list[RegisteredPerson] = []
        wrong: list[WrongLine] = []
        seen: set[str] = set()
        for line, cells in table:
            if cells.get("姓名", "").startswith(_EXAMPLE_MARK):
                wrong.append(WrongLine(line, ("请删去示例行",)))
                continue
            try:
                person = checked_record(_typed(cells), new_id(now), now, now)
            except Invalid as problem:
                wrong.append(WrongLine(line, tuple(dict.fromkeys(problem.problems.values()))))
                continue
            keys = [self._register.key(number) for number in person.numbers]
            if not seen.isdisjoint(keys) or await self._register.by_keys(keys):
                wrong.append(WrongLine(line, (TAKEN,)))
            seen.update(keys)
            people.append(person)
        if wrong:
            raise WrongLines(wrong)
        return people


def _table(name: str, content: bytes) -> list[tuple[int, Mapping[str, str]]]:
    """(line, cells by the name of their column). Raises `Invalid`."""
    try:
        encoding = encoding_of(io.BytesIO(content), name)
        found = list(rows(io.BytesIO(content), name, encoding))
    except BadFile as problem:
        raise Invalid({"file": problem.problem}) from None
    heading = [cell.removeprefix("\ufeff") for cell in found[0][1]] if found else []
    missing = [column for column in _NEEDED if column not in heading]
    if missing:
        raise Invalid({"file": Said("缺少列：%(columns)s", columns="、".join(missing))})
    if len(set(heading)) != len(heading) or not set(heading) <= {*COLUMNS}:
        raise Invalid({"file": "第一行有不认识或重复的列名，请用示例文件"})
    if not 1 <= len(found) - 1 <= MOST_ROWS:
        raise Invalid({"file": Said("一个文件登记 1 到 %(most)s 人", most=MOST_ROWS)})
    return [(line, dict(zip(heading, cells, strict=False))) for line, cells in found[1:]]


def _typed(cells: Mapping[str, str]) -> RecordTyped:
    def cell(name: str) -> str:
        return " ".join(cells.get(name, "").split())

    numbers = [text for text in re.split(r"[、,，;；|]+", cell("手机号")) if text.strip()]
    words = [word for word in _BETWEEN.split(cell("困难")) if word]
    known = {word: one for one, word in IN_WORDS.items()}
    unknown = [word for word in words if word not in known]
    return RecordTyped(
        name=cell("姓名"),
        # one too many is no number, and said to be wrong
        numbers=tuple(numbers[:MOST_NUMBERS]) if len(numbers) <= MOST_NUMBERS else ("?",),
        difficulties=_difficulties([known[word] for word in words if word in known]),
        needs="；".join(part for part in ("、".join(unknown), cell("需要")) if part),
        contacts=tuple(ContactTyped(cell(name), cell(how), cell(number)) for name, how, number in _CONTACTS),
        interpreter=ContactTyped(cell("翻译"), "", cell("翻译电话")),
        address=cell("常住地址"),
        consent_by=_CONSENTS.get(cell("同意方式")),
        consent_at=_day(cell("同意日期")),
        consented=True,
    )


def _difficulties(found: Sequence[Difficulty]) -> tuple[Difficulty, ...]:
    """In the order of the form, each once."""
    return tuple(one for one in Difficulty if one in found)


def _day(text: str) -> int:
    """The beginning of a day in China (ms UTC), 0 for what is no day."""
    for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日"):
        try:
            return to_ms(datetime.strptime(text, form).replace(tzinfo=CHINA))
        except (ValueError, OverflowError):
            continue
    return 0
