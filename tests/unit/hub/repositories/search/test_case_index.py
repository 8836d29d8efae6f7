"""The index of cases: what is said is found at once, and nothing of a case behind the compartment ever is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from channels.address import phone
from hub.model.call import Recording
from hub.model.cases.screening import LEAVES
from hub.model.track import Compartment
from hub.repositories.repositories import COLLECTIONS
from hub.repositories.search.case_index import RESTRICTED, SHARED
from hub.repositories.search.search_keys import Key, KeyKind
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Conflict, Delete, Duplicate, Update, Write
from hub.store.memory_documents import MemoryDocuments
from hub.store.sqlite import open_sqlite
from hub.store.terms import index_terms
from ivr.evidence.recordings import RecordingState
from tests.unit.hub.repositories.search.desk import NOW, Desk


def phone_key(desk: Desk, number: str) -> Key:
    return KeyKind.ADDRESS, desk.stores.contacts.key(phone(number))


async def shared_terms(desk: Desk, case_id: str = "case1") -> list[str]:
    stored = await desk.engine.get(SHARED, case_id)
    assert stored is not None
    return index_terms(stored.body["terms"])


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir()).lower()


async def test_two_characters_find_the_text_they_stand_in_and_no_other() -> None:
    desk = Desk()
    await desk.opened(desk.case(1, title="夜间噪声扰民"), "楼下工地凌晨还在施工")
    await desk.opened(desk.case(2), "路灯坏了三天")
    assert await desk.found("噪声") == ["case1"]
    assert await desk.found("凌晨", "噪声") == ["case1"]
    assert await desk.found("路灯") == ["case2"]
    assert await desk.found("路灯", "噪声") == []


async def test_what_is_said_and_noted_later_is_found_too() -> None:
    desk = Desk()
    case = await desk.opened(desk.case(1), "路灯坏了")
    await desk.add(case, "井盖也没有了", 2)
    await desk.note("case1", "已联系城管")
    assert await desk.found("井盖") == await desk.found("城管") == await desk.found("路灯") == ["case1"]


async def test_what_was_recognised_in_a_recording_is_found() -> None:
    desk = Desk()
    await desk.opened(desk.case(1, "语音留言"))
    heard = Recording(
        "r1", "call", "voice", "RE1", "case1", "", RecordingState.TRANSCRIBED, NOW, transcript="井盖没有了"
    )
    await desk.commit(desk.stores.recordings.insert(heard))
    assert await desk.found("井盖") == ["case1"]
    await desk.wall("case1")
    await desk.wall("case1", Compartment.NONE)
    assert await desk.found("井盖", "留言") == ["case1"]


async def test_a_case_is_found_by_the_ends_of_numbers_whole_telephones_and_whole_names() -> None:
    desk = Desk()
    await desk.opened(desk.case(7), "你好")
    for key in (
        phone_key(desk, "138 0013 8007"),
        (KeyKind.PHONE_TAIL, "8007"),
        (KeyKind.NUMBER_TAIL, "000788"),
        (KeyKind.NAME, "张三丰"),
    ):
        assert await desk.found(keys=(key,)) == ["case7"]
    assert await desk.found(keys=((KeyKind.NAME, "张"),)) == []
    assert await desk.found("你好", keys=((KeyKind.PHONE_TAIL, "8007"),)) == ["case7"]


async def test_names_and_long_numbers_are_no_words() -> None:
    desk = Desk()
    await desk.opened(desk.case(1), "查询码 12345678，电话 138-0013-9999，A12345 和 2 号楼 1204 室")
    assert await desk.found("张三") == []
    for number in ("12345678", "9999", "0013", "138"):
        assert await desk.found(number) == []
    assert await desk.found("a12345") == await desk.found("1204") == ["case1"]


async def test_another_telephone_that_writes_in_the_case_is_found() -> None:
    desk = Desk()
    case = await desk.opened(desk.case(1), "你好")
    other = phone("13900139000")
    talk = replace(
        (await desk.stores.conversations.get("talk1")).value,  # type: ignore[union-attr]
        id="talk9",
        address=other.value,
        address_key=desk.stores.contacts.key(other),
    )
    message = desk.said(case, "我换了号码", 1, talk="talk9")
    await desk.commit(
        desk.stores.conversations.insert(talk), desk.stores.conversations.insert_message(message)
    )
    assert await desk.found(keys=(phone_key(desk, "+86 139-0013-9000"),)) == ["case1"]
    assert await desk.found(keys=((KeyKind.PHONE_TAIL, "9000"),)) == ["case1"]


async def test_who_becomes_anonymous_is_found_by_nothing_that_tells_who_it_is() -> None:
    desk = Desk()
    case = await desk.opened(desk.case(1), "你好")
    await desk.change("case1", applicant=replace(case.applicant, anonymous=True))
    assert await desk.found(keys=(phone_key(desk, "13800138001"),)) == []
    assert await desk.found(keys=((KeyKind.NAME, "张三丰"),)) == []
    assert await desk.found("你好") == ["case1"]


async def test_a_case_behind_the_compartment_leaves_the_shared_index_in_the_same_commit() -> None:
    desk = Desk()
    case = await desk.opened(desk.case(1, "民警收了我的钱"), "他叫李四")
    await desk.wall("case1")
    assert await shared_terms(desk) == []
    await desk.add(case, "还有证人", 2)
    await desk.note("case1", "请纪检核实")
    assert await shared_terms(desk) == []
    key = desk.stores.contacts.key(phone("13800138001"))
    assert await desk.stores.case_index.find_restricted(key, limit=5) == ["case1"]
    await desk.wall("case1", Compartment.REPORT)
    assert await desk.stores.case_index.find_restricted(key, limit=5) == ["case1"]
    assert await shared_terms(desk) == []


async def test_a_report_is_never_in_the_shared_index() -> None:
    desk = Desk()
    await desk.opened(replace(desk.case(1, "民警收了我的钱"), compartment=Compartment.REPORT), "他叫李四")
    assert await shared_terms(desk) == []
    apart = await desk.engine.get(RESTRICTED, "case1")
    assert apart is not None
    assert len(index_terms(apart.body["terms"])) == 1  # its telephone and nothing that was said


async def test_a_released_case_is_found_again_without_what_was_noted_behind_the_compartment() -> None:
    desk = Desk()
    case = await desk.opened(desk.case(1, "噪声扰民"), "夜里很吵")
    await desk.note("case1", "先联系城管")
    await desk.wall("case1")
    await desk.note("case1", "请纪检核实")
    await desk.add(case, "有录像", 2)
    await desk.wall("case1", Compartment.NONE)
    for word in ("噪声", "夜里", "城管", "录像"):
        assert await desk.found(word) == ["case1"]
    assert await desk.found("纪检") == []
    assert await desk.engine.get(RESTRICTED, "case1") is None


async def test_notes_of_a_report_that_leaves_the_compartment_stay_behind() -> None:
    desk = Desk()
    await desk.opened(replace(desk.case(1, "噪声扰民"), compartment=Compartment.REPORT))
    await desk.note("case1", "请纪检核实")
    await desk.wall("case1", Compartment.NONE, **{LEAVES: "yes"})
    assert await desk.found("噪声") == ["case1"]
    assert await desk.found("纪检") == []


async def test_words_of_a_message_go_with_it_to_another_case() -> None:
    desk = Desk()
    await desk.opened(desk.case(1), "路灯坏了", "民警打人")
    await desk.opened(replace(desk.case(2), compartment=Compartment.SCREENING))
    await desk.commit(await desk.stores.conversations.move_message("talk1-2", "case2"))
    assert await desk.found("打人") == []
    assert await desk.found("路灯") == ["case1"]


async def test_what_is_deleted_is_found_no_more() -> None:
    desk = Desk()
    await desk.opened(desk.case(1), "路灯坏了", "井盖没了")
    await desk.opened(replace(desk.case(2), compartment=Compartment.REPORT))
    await desk.commit(Delete("messages", "talk1-2", 1))
    assert await desk.found("井盖") == []
    assert await desk.found("路灯") == ["case1"]
    await desk.commit(Delete("cases", "case1", 1), Delete("cases", "case2", 1))
    assert await desk.found("路灯") == []
    assert [one async for one in desk.engine.scan(SHARED)] == []
    assert [one async for one in desk.engine.scan(RESTRICTED)] == []


class _Late:
    """An engine before which somebody else commits once."""

    def __init__(self, engine: MemoryDocuments) -> None:
        self._engine = engine
        self.first: Desk | None = None

    def __getattr__(self, name: str) -> object:
        return getattr(self._engine, name)

    async def commit(self, writes: Sequence[Write]) -> None:
        if (other := self.first) is not None:
            self.first = None
            await other.wall("case1")
        await self._engine.commit(writes)


async def test_words_that_come_while_the_case_goes_behind_the_compartment_are_not_indexed() -> None:
    engine, vault = MemoryDocuments(COLLECTIONS, clock=FakeClock(NOW)), Vault(KeyRing.fresh())
    late = _Late(engine)
    desk, other = Desk(late, vault), Desk(engine, vault)  # type: ignore[arg-type]
    case = await desk.opened(desk.case(1), "路灯坏了")
    late.first = other
    await desk.add(case, "其实是民警打人", 2)
    assert await shared_terms(desk) == []
    assert len(await desk.stores.conversations.of_case("case1")) == 2


async def test_a_conflict_of_the_caller_stays_one() -> None:
    desk = Desk()
    case = await desk.opened(desk.case(1), "路灯坏了")
    with pytest.raises(Conflict):
        await desk.commit(desk.stores.cases.update(replace(case, title="井盖"), 7))
    with pytest.raises(Duplicate):
        await desk.add(case, "井盖", 1)
    assert await desk.found("井盖") == []


async def test_a_case_of_an_earlier_release_is_indexed_whole_when_something_is_added() -> None:
    desk = Desk()
    case = desk.case(1, "路灯坏了")
    await desk.engine.commit(
        [
            desk.stores.cases.insert(case),
            desk.stores.conversations.insert_message(desk.said(case, "三天了", 1)),
        ]
    )
    await desk.add(case, "还没修", 2)
    assert await desk.found("路灯", "三天", "没修") == ["case1"]


async def test_an_unreadable_case_keeps_its_words_and_takes_new_ones() -> None:
    desk = Desk()
    case = await desk.opened(desk.case(1, "路灯坏了"), "三天了")
    stored = await desk.engine.get("cases", "case1")
    assert stored is not None
    broken = stored.body["pii"][:-8] + "AAAAAAA="
    await desk.engine.settle("cases", [("case1", stored.version, {"pii": broken})])
    await desk.note("case1", "已派人")
    await desk.add(case, "谢谢", 2)
    assert await desk.found("路灯", "三天", "派人", "谢谢") == ["case1"]


async def test_a_damaged_case_can_be_written_and_said_something_in() -> None:
    desk = Desk()
    case = await desk.opened(desk.case(1, "路灯坏了"))
    await desk.commit(Update("cases", "case1", {"state": "NO_SUCH_STATE"}, 1))
    await desk.add(case, "还没修", 2)
    assert await desk.found("路灯", "没修") == ["case1"]


async def test_no_word_name_or_number_is_readable_in_the_file(tmp_path: Path) -> None:
    engine = await open_sqlite(tmp_path / "hub.db", COLLECTIONS, clock=FakeClock(NOW))
    desk = Desk(engine)
    case = await desk.opened(desk.case(1, title="夜间噪声扰民"), "楼下工地凌晨还在施工 noise1204")
    await desk.add(case, "请尽快处理", 2)
    assert await desk.found("噪声") == ["case1"]
    await engine.close()
    kept = everything_in(tmp_path)
    for word in ("噪声", "夜间", "扰民", "工地", "noise1204", "张三", "8001380"):
        assert word.encode() not in kept
