"""Texts of citizens to a department's extension go to its own platform, and not from behind the wall."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from channels.address import phone
from channels.carrier.gateway import Text
from channels.contract import ChannelKind, InboundMessage
from channels.smpp import pdu
from channels.smpp.pdu import Command, Short
from hub.actions.departments.listener.pass_on import PassOn
from hub.model.cases.case import Case
from hub.model.conversation import Author, Conversation, Direction, Message
from hub.model.conversations.meaning_due import MeaningDue
from hub.model.departments.registered import RegisteredDepartment, SenderLine
from hub.model.reference import make_reference
from hub.model.track import Compartment
from hub.repositories.cases import CaseRepository
from hub.repositories.conversations import ConversationRepository
from hub.repositories.meaning_due import MeaningDueRepository
from hub.store.documents import Update, Write
from tests.contract.listener import cmpp_system
from tests.contract.listener.listening import LONG, NUMBER, PHONE, Bench, bound, listening
from tests.unit.channels.outbox.outbox_world import SENDER
from tests.unit.hub.actions.departments.department_office import TRAFFIC
from tests.unit.hub.web.desk.desk_world import a_case

WANTS = replace(TRAFFIC, senders=(SenderLine(SENDER, "77"),), wants_texts=True)
WORDS = "我的车已经挪走了"


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with listening() as one:
        await one.office.registered(WANTS)
        yield one


def _came(bench: Bench, text: str = WORDS, to: str = f"{NUMBER}77", **other: object) -> InboundMessage:
    plain = InboundMessage(SENDER, ChannelKind.SMS, "p1", phone(PHONE), to, text, bench.office.clock.now_ms())
    return replace(plain, **other)  # type: ignore[arg-type]


def _noted(bench: Bench, event: InboundMessage, id: str = "m1") -> list[Write]:
    office = bench.office
    others = [re.compile(r"JW\d{7}")]
    return PassOn(office.departments, office.records.listened, {SENDER: NUMBER}, others)(event, id)


async def stored(bench: Bench, text: str = WORDS, *, wall: Compartment | None = None) -> None:
    """A text as the intake stores it. wall: of its case, None for a text without one."""
    office, at = bench.office, bench.office.clock.now_ms()
    conversations = ConversationRepository(office.documents, office.vault)
    cases = CaseRepository(office.documents, office.vault)
    case: list[Case] = [] if wall is None else [a_case("c1", compartment=wall)]
    case_id = case[0].id if case else ""
    message = Message("m1", "talk", 1, Direction.IN, Author.CITIZEN, at, case_id=case_id, text=text)
    await office.documents.commit(
        [
            conversations.insert(Conversation("talk", SENDER, "sms", "", "", at, at, case_id)),
            conversations.insert_message(message),
            *(cases.insert(one) for one in case),
            *_noted(bench, _came(bench, text)),
        ]
    )


async def _kept(bench: Bench) -> int:
    return len([row async for row in bench.office.documents.scan("listener_passed")])


def _words(parts: list[Short]) -> str:
    placed = sorted((place.number if place else 1, content) for place, content in map(pdu.placed, parts))
    return b"".join(content for _, content in placed).decode("utf-16-be")


# --- which are noted -----------------------------------------------------------------------------


async def test_a_text_to_the_extension_of_who_wants_them_is_noted(bench: Bench) -> None:
    assert len(_noted(bench, _came(bench))) == 1
    assert len(_noted(bench, _came(bench, to=f"+{NUMBER}7701"))) == 1
    for other in (
        _came(bench, to=NUMBER),
        _came(bench, to=f"{NUMBER}78"),
        _came(bench, channel="sms-other"),
        _came(bench, kind=ChannelKind.MAIL),
        _came(bench, automatic=True),
        _came(bench, f"查询 {make_reference('260922', 17)} 12345678"),  # who has these two opens the case
        _came(bench, "查询 JW2026091 ab12"),
    ):
        assert _noted(bench, other) == []
    await bench.office.registered(replace(WANTS, wants_texts=False))
    assert _noted(bench, _came(bench)) == []


async def test_the_longest_extension_has_it(bench: Bench) -> None:
    other = RegisteredDepartment(
        "fire", "消防", 1, "a", senders=(SenderLine(SENDER, "7701"),), wants_texts=True
    )
    await bench.office.registered(other)
    for to in (f"{NUMBER}7701", f"{NUMBER}7702"):
        await bench.office.documents.commit(_noted(bench, _came(bench, to=to), to))
    rows = {row.id: row.body["department"] async for row in bench.office.documents.scan("listener_passed")}
    assert rows == {f"{NUMBER}7701": "fire", f"{NUMBER}7702": "traffic"}


# --- how they are told ---------------------------------------------------------------------------


@pytest.mark.parametrize("words", [WORDS, LONG, "ok", "ok" * 200])
async def test_a_text_is_told_by_smpp_and_forgotten(bench: Bench, words: str) -> None:
    await stored(bench, words)
    async with bound(bench, Command.BIND_RECEIVER) as one:
        await bench.told()
        assert {(part.source, part.destination) for part in one.texts} == {(f"86{PHONE}", f"{NUMBER}77")}
        encoding = "ascii" if words.isascii() else "utf-16-be"
        assert {part.coding for part in one.texts} == {1 if words.isascii() else 8}
        contents = [pdu.placed(part)[1] for part in one.texts]
        assert b"".join(contents).decode(encoding) == words
        assert one.receipts == []
    assert await _kept(bench) == 0


@pytest.mark.parametrize("version", [0x20, 0x30])
async def test_a_text_is_told_by_cmpp(version: int) -> None:
    async with listening(way="cmpp") as bench:
        await bench.office.registered(WANTS)
        await stored(bench, LONG)
        async with cmpp_system.logged_in(bench, version) as one:
            await bench.told()
            texts = [text for text in one.reports if isinstance(text, Text)]
        assert {(text.sender, text.recipient) for text in texts} == {(f"86{PHONE}", f"{NUMBER}77")}
        assert [text.place.number if text.place else 0 for text in texts] == [1, 2, 3]
        assert b"".join(text.content for text in texts).decode("utf-16-be") == LONG
        assert len({text.id for text in texts}) == 3
        assert await _kept(bench) == 0


async def test_a_text_waits_for_a_receiver_and_for_its_answer(bench: Bench) -> None:
    await stored(bench)
    async with bound(bench, Command.BIND_TRANSMITTER):
        await bench.told()
    async with bound(bench) as one:
        one.answers = False
        await bench.tell.step()
        await one.came.wait()
    await bench.gone()
    await bench.told()
    assert await _kept(bench) == 1
    bench.office.clock.advance(seconds=3600)
    async with bound(bench) as one:
        await bench.told()
        assert _words(one.texts) == WORDS
    assert await _kept(bench) == 0


async def test_a_department_that_is_connected_twice_is_told_once(bench: Bench) -> None:
    await stored(bench)
    async with listening(bench.office, way="cmpp") as other:
        await bench.office.registered(WANTS)
        async with bound(bench) as one, cmpp_system.logged_in(other) as two:
            await asyncio.gather(bench.told(), other.told())
            assert len(one.texts) + len(two.reports) == 1
    assert await _kept(bench) == 0


# --- the wall ------------------------------------------------------------------------------------


@pytest.mark.parametrize("wall", [Compartment.NONE, None])
async def test_a_text_of_an_ordinary_case_is_told(bench: Bench, wall: Compartment | None) -> None:
    await stored(bench, wall=wall)
    async with bound(bench) as one:
        await bench.told()
        assert _words(one.texts) == WORDS


async def test_a_report_is_told_to_nobody(bench: Bench) -> None:
    await stored(bench, wall=Compartment.REPORT)
    async with bound(bench) as one:
        await bench.told()
        assert one.texts == []
    assert await _kept(bench) == 0


async def test_a_line_without_a_case_in_the_talk_of_a_report_is_told_to_nobody(bench: Bench) -> None:
    await stored(bench, wall=Compartment.REPORT)
    documents = bench.office.documents
    [message] = [row async for row in documents.scan("messages")]
    without = {**message.body, "case_id": ""}
    await documents.commit([Update("messages", message.id, without, message.version)])
    async with bound(bench) as one:
        await bench.told()
        assert one.texts == []


async def test_a_screening_is_waited_for(bench: Bench) -> None:
    await stored(bench, wall=Compartment.SCREENING)
    cases = CaseRepository(bench.office.documents, bench.office.vault)
    async with bound(bench) as one:
        await bench.told()
        bench.office.clock.advance(seconds=3600)
        await bench.told()
        assert one.texts == []
        case = await cases.get("c1")
        assert case is not None
        cleared = replace(case.value, compartment=Compartment.NONE)
        await bench.office.documents.commit([cases.update(cleared, case.version)])
        bench.office.clock.advance(seconds=11)
        await bench.told()
        assert _words(one.texts) == WORDS


async def test_a_meaning_that_is_late_is_waited_for(bench: Bench) -> None:
    due = MeaningDueRepository(bench.office.documents, bench.office.vault)
    await bench.office.documents.commit([due.insert(MeaningDue("m1", "talk", 1, 1))])
    await stored(bench)
    async with bound(bench) as one:
        await bench.told()
        assert one.texts == []
        await due.done("m1")
        bench.office.clock.advance(seconds=11)
        await bench.told()
        assert _words(one.texts) == WORDS


async def test_nothing_of_it_is_readable_or_logged(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    await stored(bench)
    kept = repr([row async for row in bench.office.documents.scan("listener_passed")])
    async with bound(bench) as one:
        one.answers = False
        await bench.tell.step()
        await one.came.wait()
    await bench.gone()
    await bench.told()
    logged = repr([vars(record) for record in caplog.records])
    for secret in (PHONE, WORDS):
        assert secret not in kept
        assert secret not in logged
    assert "text_later" in logged
