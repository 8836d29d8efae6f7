"""A list for the 12110 register: every line as if it were typed, all of them or none."""

from __future__ import annotations

import csv
import io

import pytest

from hub.actions.people.register.import_register import (
    COLUMNS,
    EXAMPLE,
    MOST_ROWS,
    ImportRegister,
    WrongLines,
)
from hub.model.agent import Agent, Role
from hub.model.people.registered_person import ConsentBy, Difficulty, RegisterAct
from hub.repositories.repositories import COLLECTIONS, repositories
from hub.runtime.clock import FakeClock
from hub.runtime.errors import Forbidden, Invalid
from hub.store.crypto import KeyRing, Vault
from hub.store.memory_documents import MemoryDocuments
from tests.unit.hub.actions.people.register_office import KEEPER, registered

NOW = 1_796_097_600_000
LINE = dict(zip(COLUMNS, EXAMPLE, strict=True)) | {"姓名": "陈听雨", "手机号": "13800138000、139-0000-2222"}


class Desk:
    """The register, and who takes lists into it."""

    def __init__(self) -> None:
        self.clock = FakeClock(NOW)
        self.store = MemoryDocuments(COLLECTIONS, clock=self.clock)
        self.stores = repositories(self.store, Vault(KeyRing.fresh()), cities={})
        self.register = self.stores.aid.register
        self.take_in = ImportRegister(self.store, self.register, self.clock)

    async def takes(self, *lines: dict[str, str], encoding: str = "utf-8-sig") -> int:
        return await self.take_in(KEEPER, "名单.csv", file_of(*lines, encoding=encoding), consented=True)


def file_of(*lines: dict[str, str], encoding: str = "utf-8-sig") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(lines[0]) if lines else COLUMNS)
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue().encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
async def test_each_line_becomes_a_record(encoding: str) -> None:
    desk = Desk()
    second = LINE | {
        "姓名": "李无声",
        "手机号": "13700137000",
        "困难": "怕黑，听不见",
        "同意方式": "监护人书面",
    }
    assert await desk.takes(LINE, second, encoding=encoding) == 2
    keys = [desk.register.key(number) for number in ("+8613900002222", "+8613700137000")]
    chen, li = [(await desk.register.by_keys(keys))[key] for key in keys]
    assert (chen.name, chen.difficulties) == ("陈听雨", (Difficulty.DEAF, Difficulty.MUTE))
    assert (chen.consent.by, chen.contacts[0].number) == (ConsentBy.SELF, "+8659112345678")
    assert (li.difficulties, li.needs) == ((Difficulty.DEAF,), "怕黑；会读唇语")  # no word is lost
    assert [one.act for one in await desk.register.log(li.id, limit=9)] == [RegisterAct.ADDED]


async def test_one_wrong_line_and_nobody_is_registered() -> None:
    desk = Desk()
    await registered(desk.store, desk.stores, desk.clock, numbers=("13500135000", "", ""))
    lines = [
        LINE,
        LINE | {"手机号": "13900002222"},  # the first line's second number
        LINE | {"手机号": "13500135000"},  # somebody's already
        LINE | {"手机号": "1", "同意日期": "昨天"},
        LINE | {"手机号": "13600000001、13600000002、13600000003、13600000004"},
        dict(zip(COLUMNS, EXAMPLE, strict=True)),
    ]
    with pytest.raises(WrongLines) as problem:
        await desk.takes(*lines)
    assert [one.line for one in problem.value.lines] == [3, 4, 5, 6, 7]
    assert not any("1350" in text or "陈" in text for one in problem.value.lines for text in one.texts)
    assert await desk.register.count() == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        file_of(),
        file_of({name: LINE[name] for name in COLUMNS if name != "同意日期"}),
        file_of(LINE | {"身份证号": "x"}),
        file_of(*[LINE | {"手机号": f"139{place:08}"} for place in range(MOST_ROWS + 1)]),
        "姓名\ud83d".encode("utf-16", "surrogatepass"),
    ],
)
async def test_a_file_that_is_none_is_refused(content: bytes) -> None:
    desk = Desk()
    with pytest.raises(Invalid) as problem:
        await desk.take_in(KEEPER, "名单.csv", content, consented=True)
    assert list(problem.value.problems) == ["file"]
    assert await desk.register.count() == 0


async def test_without_consent_or_by_somebody_else_nothing_is_taken() -> None:
    desk = Desk()
    with pytest.raises(Invalid):
        await desk.take_in(KEEPER, "名单.csv", file_of(LINE), consented=False)
    handler = Agent("li", "li", "", (Role.HANDLER,), 0)
    with pytest.raises(Forbidden):
        await desk.take_in(handler, "名单.csv", file_of(LINE), consented=True)
    assert await desk.register.count() == 0
