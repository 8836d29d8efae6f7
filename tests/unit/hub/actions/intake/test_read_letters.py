"""Letters that are stored and wait: read once, whatever breaks meanwhile; never lost, never doubled."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from channels.address import email
from channels.contract import ChannelKind, InboundMessage, RawLetter
from channels.errors import Unreadable
from channels.signed_id import SignedIds
from hub.actions.deliveries.apply_bounce import ApplyBounce
from hub.actions.deliveries.apply_receipt import ApplyReceipt
from hub.actions.intake.keep_letter import KeepLetter
from hub.actions.intake.own_addresses import OwnAddresses
from hub.actions.intake.read_letters import NO_READER, UNREADABLE, ReadLetters
from hub.actions.intake.unread_letters import UnreadLetter
from hub.app import open_hub
from hub.check.letters import check_letters
from hub.hub import Hub
from hub.model.agent import Agent, Role
from hub.model.cases.case import Case
from hub.model.track import Track
from hub.runtime.clock import FakeClock
from hub.runtime.errors import NotFound, Stale
from hub.store.documents import Update
from hub.web.health import Health
from tests.first_start import started_before
from tests.world import world_settings

NOON = 1_790_000_000_000
RAW = RawLetter("mail", b"From: a@example.org\r\n\r\nletter", "zhang@example.org", "service@hub.test", NOON)
TEXT = "小区门口的路灯坏了三个月一直没有人来修理，晚上很黑。"


@dataclass
class Reader:
    """Reads what it is told, after as many troubles as it is told."""

    troubles: list[Exception] = field(default_factory=list)
    id: str = "<m1@example.org>"
    asked: int = 0

    async def read(self, letter: RawLetter) -> InboundMessage:
        self.asked += 1
        if self.troubles:
            raise self.troubles.pop(0)
        return InboundMessage(
            channel="mail",
            kind=ChannelKind.MAIL,
            provider_id=self.id,
            sender=email("zhang@example.org"),
            recipient=letter.recipient,
            text=TEXT,
            received_at=letter.received_at,
            subject="路灯",
        )

    def rough_texts(self, raw: bytes) -> Iterator[str]:
        yield raw.decode()


SIGNED_IDS = SignedIds(b"k" * 32)


@dataclass
class Desk:
    """A hub whose jobs do not run: letters are kept and read by hand."""

    hub: Hub
    clock: FakeClock
    reader: Reader

    async def keep(self, raw: RawLetter = RAW) -> None:
        await KeepLetter(self.hub.documents, self.hub.repositories.letters, self.hub.files)(raw)

    def letters(self) -> ReadLetters:
        hub = self.hub
        return ReadLetters(
            hub.documents,
            hub.repositories.letters,
            hub.files,
            {"mail": self.reader},
            hub.actions.accept_event,
            hub.triage,
            OwnAddresses(
                hub.documents,
                hub.repositories.conversations,
                hub.repositories.deliveries.parts,
                SIGNED_IDS,
                ApplyBounce(
                    hub.documents,
                    hub.repositories.outbox,
                    hub.repositories.suppressions,
                    hub.repositories.publicity.bounces,
                    ApplyReceipt(hub.repositories.outbox),
                    {},
                ),
                hub.actions.refuse_mail,
            ),
        )

    async def step(self) -> bool:
        """Reads the letter whose turn it is; False when there is none."""
        letters = self.letters()
        found = await letters.next()
        if found is not None:
            await letters(found)
        return found is not None

    async def counts(self, collection: str) -> int:
        return (await self.hub.documents.count(collection, {}))[""]

    async def waiting(self) -> int:
        return sum((await self.hub.documents.count("letters", {"state": "waiting"})).values())

    async def cases(self, role: Role = Role.HANDLER) -> list[Case]:
        return [row.case for row in (await self.hub.actions.read_queue.page(person(role))).rows]

    async def unread(self, role: Role = Role.HANDLER) -> tuple[UnreadLetter, ...]:
        return (await self.hub.actions.desk.unread_letters.page(person(role))).letters


def person(role: Role) -> Agent:
    return Agent(id=role.value, login=role.value, unit_id="", roles=(role,), created_at=NOON)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    clock = FakeClock(NOON)
    settings = world_settings(tmp_path, carrier_url="http://127.0.0.1:9", smtp_port=9, mail_port=0)
    hub = await open_hub(await started_before(settings), clock)
    yield Desk(hub, clock, Reader())
    await hub.close()


async def unreadable(desk: Desk, raw: RawLetter = RAW) -> None:
    desk.reader.troubles = [Unreadable("hangs"), Unreadable("hangs")]
    await desk.keep(raw)
    while await desk.step():
        continue
    assert desk.reader.asked == 2


async def test_a_letter_is_stored_unread_and_read_later(desk: Desk) -> None:
    await desk.keep()
    assert (desk.reader.asked, await desk.waiting(), await desk.cases()) == (0, 1, [])
    assert await desk.step()
    [case] = await desk.cases()
    assert (case.title, case.text) == ("路灯", TEXT)
    assert await desk.waiting() == 0
    assert not await desk.step()


async def test_the_same_letter_handed_over_again_is_one_before_and_after_it_was_read(desk: Desk) -> None:
    for _ in range(2):
        await desk.keep()
        await desk.keep()
        while await desk.step():
            continue
    assert (await desk.counts("letters"), len(await desk.cases()), desk.reader.asked) == (1, 1, 1)


async def test_the_same_letter_over_another_way_is_read_and_is_the_same_message(desk: Desk) -> None:
    await desk.keep()
    await desk.keep(replace(RAW, content=b"Received: twice\r\n" + RAW.content))
    while await desk.step():
        continue
    assert (desk.reader.asked, await desk.waiting(), len(await desk.cases())) == (2, 0, 1)


async def test_a_letter_that_fails_once_lets_the_next_go_first_and_is_read_then(desk: Desk) -> None:
    desk.reader.troubles = [Unreadable("hangs")]
    await desk.keep()
    desk.clock.advance(seconds=0.001)
    await desk.keep(replace(RAW, content=b"second"))
    desk.clock.advance(seconds=0.001)
    assert await desk.step()
    desk.clock.advance(seconds=0.001)
    first = await desk.letters().next()
    assert first is not None
    assert first.value.tries == 0
    second = await desk.letters().next()
    assert second is not None
    assert second.value.tries == 1
    await desk.letters()(second)
    assert [case.title for case in await desk.cases()] == ["路灯"]


async def test_what_cannot_be_read_twice_is_a_case_with_the_letter_as_its_file(desk: Desk) -> None:
    await unreadable(desk)
    [case] = await desk.cases()
    assert (case.title, case.track, case.urgent) == (UNREADABLE, Track.CONSULT, False)
    assert case.applicant.address == "zhang@example.org"
    assert not case.query_code.told
    [message] = await desk.hub.repositories.conversations.of_case(case.id)
    [file] = message.files
    assert (file.filename, file.size_bytes) == (f"{UNREADABLE}.eml", len(RAW.content))
    assert await desk.hub.files.get(file.id) == RAW.content
    assert await desk.counts("outbox") == 0
    assert await desk.waiting() == 0


@pytest.mark.parametrize("sender", ["", "nobody", "<>", "a b@example.org"])
async def test_a_sender_that_is_no_address_is_no_contact(desk: Desk, sender: str) -> None:
    await unreadable(desk, replace(RAW, envelope_from=sender))
    [case] = await desk.cases()
    assert (case.applicant.address, case.applicant.contact_id, case.applicant.address_key) == ("", "", "")


async def test_danger_in_its_bytes_puts_it_above_the_queue(desk: Desk) -> None:
    await unreadable(desk, replace(RAW, content="<<< 有人拿刀 >>>".encode()))
    [case] = await desk.cases()
    assert (case.title, case.track, case.urgent) == (UNREADABLE, Track.EMERGENCY, True)
    assert case.details["danger"] == "拿刀"


@pytest.mark.parametrize(("words", "visible"), [("举报派出所", 0), ("举报派出所，有人拿刀", 1)])
async def test_an_accusation_in_its_bytes_puts_it_behind_the_wall(
    desk: Desk, words: str, visible: int
) -> None:
    await unreadable(desk, replace(RAW, content=words.encode()))
    ordinary = await desk.cases()
    assert len(ordinary) == visible
    for case in ordinary:
        assert await desk.hub.repositories.conversations.of_case(case.id) == []
    [walled] = [case for case in await desk.cases(Role.INSPECTOR) if case.track is Track.REPORT]
    [message] = await desk.hub.repositories.conversations.of_case(walled.id)
    assert await desk.hub.files.get(message.files[0].id) == words.encode()


async def test_a_reader_that_cannot_start_is_no_fault_of_the_letter_for_ten_minutes(desk: Desk) -> None:
    desk.reader.troubles = [OSError("no process")] * 8
    await desk.keep()
    for _ in range(3):
        assert await desk.step()
        assert not await desk.step()
        desk.clock.advance(seconds=6)
    assert await desk.cases() == []
    desk.clock.advance(seconds=600)
    assert await desk.step()
    assert [case.title for case in await desk.cases()] == [UNREADABLE]
    assert [one.letter.why for one in await desk.unread()] == [NO_READER]


async def test_it_is_listed_with_what_is_known_of_it_and_counted_until_it_is_closed_as_spam(
    desk: Desk,
) -> None:
    await unreadable(desk)
    [one] = await desk.unread()
    digest = hashlib.sha256(RAW.content).hexdigest()
    assert (one.sender, one.letter.why, one.letter.digest) == ("z***@example.org", "hangs", digest)
    assert (one.letter.size_bytes, one.letter.received_at) == (len(RAW.content), NOON)
    assert await told(desk) == (1, "WARN")
    letters, handler = desk.hub.actions.desk.unread_letters, person(Role.HANDLER)
    await letters.close(handler, one.letter.id, version=one.version)
    assert (await desk.cases(), await desk.unread(), await told(desk)) == ([], (), (0, "OK"))
    with pytest.raises(NotFound):
        await letters.close(handler, one.letter.id, version=one.version)


async def told(desk: Desk) -> tuple[int, str]:
    """What the page of health counts, and how `hub check` takes it."""
    [line] = [line for line in await Health(desk.hub).lines() if line.name == "letters unreadable"]
    assert line.ok is (line.count == 0)
    return line.count, (await check_letters(desk.hub.documents)).level


@pytest.mark.parametrize(
    "raw",
    [replace(RAW, content="举报派出所".encode()), replace(RAW, recipient="12389@hub.test")],
    ids=["accuses", "mailbox"],
)
async def test_one_behind_the_wall_is_an_inspectors_and_in_no_number_that_others_see(
    desk: Desk, raw: RawLetter
) -> None:
    await unreadable(desk, raw)
    assert await desk.cases() == []
    assert await desk.unread() == ()
    [one] = await desk.unread(Role.INSPECTOR)
    assert await told(desk) == (0, "WARN")
    letters = desk.hub.actions.desk.unread_letters
    for act in (letters.again, letters.close):
        with pytest.raises(NotFound):
            await act(person(Role.HANDLER), one.letter.id, version=one.version)
    with pytest.raises(Stale):  # a report takes its own steps
        await letters.close(person(Role.INSPECTOR), one.letter.id, version=one.version)


@pytest.mark.parametrize("words", ["letter", "举报派出所"])
async def test_one_that_can_be_read_at_last_joins_the_case_it_became(desk: Desk, words: str) -> None:
    await unreadable(desk, replace(RAW, content=words.encode()))
    inspector, handler = person(Role.INSPECTOR), person(Role.HANDLER)
    agent = inspector if words != "letter" else handler
    [one] = (await desk.hub.actions.desk.unread_letters.page(agent)).letters
    desk.reader.troubles = [Unreadable("time"), Unreadable("time")]
    for left in (1, 0):  # it fails again, and is listed again; then it is read
        await desk.hub.actions.desk.unread_letters.again(agent, one.letter.id, version=one.version)
        while await desk.step():
            continue
        found = (await desk.hub.actions.desk.unread_letters.page(agent)).letters
        assert len(found) == left
        one = found[0] if found else one
    assert await desk.waiting() == 0
    cases = [*await desk.cases(), *await desk.cases(Role.INSPECTOR)]
    assert [case.id for case in cases] == [one.case.id]
    said = await desk.hub.repositories.conversations.of_case(one.case.id)
    assert [message.text for message in said if message.direction == "in"] == ["", TEXT]


async def test_an_error_of_our_own_costs_the_letter_a_try_and_nobody_else_anything(desk: Desk) -> None:
    desk.reader.troubles = [RecursionError("((((("), KeyError("x")]
    await desk.keep()
    while await desk.step():
        continue
    assert [case.title for case in await desk.cases()] == [UNREADABLE]


def nothing(desk: Desk) -> None:
    """Read at once."""


def hangs(desk: Desk) -> None:
    desk.reader.troubles = [Unreadable("hangs")] * 9


@pytest.mark.parametrize("trouble", [nothing, hangs])
async def test_two_readers_of_one_letter_make_one_case(desk: Desk, trouble: Callable[[Desk], None]) -> None:
    trouble(desk)
    await desk.keep()
    late = []
    for _ in range(4):
        found = await desk.letters().next()
        assert found is not None
        late.append(found)
        desk.clock.advance(seconds=120)  # the lease is over: whoever had it is thought dead
        again = await desk.letters().next()
        assert again is not None
        await desk.letters()(again)
        desk.clock.advance(seconds=120)
        if not await desk.waiting():
            break
    for found in late:
        await desk.letters()(found)
    assert len(await desk.cases()) == 1
    assert await desk.counts("messages") == (2 if trouble is nothing else 1)  # the receipt, if it was read
    assert await desk.waiting() == 0


async def test_a_letter_that_was_being_read_when_the_hub_was_killed_is_read_again(desk: Desk) -> None:
    await desk.keep()
    assert await desk.letters().next() is not None
    assert not await desk.step()
    desk.clock.advance(seconds=11)
    assert await desk.step()
    assert len(await desk.cases()) == 1


async def test_a_letter_whose_row_is_damaged_holds_up_none_behind_it(desk: Desk) -> None:
    await desk.keep()
    await desk.keep(replace(RAW, content=b"another letter"))
    [torn, _] = [row async for row in desk.hub.documents.scan("letters")]
    await desk.hub.documents.commit(
        [Update("letters", torn.id, {"tries": "torn", "next_at": 0}, torn.version)]
    )
    assert not await desk.step()
    assert await desk.step()
    assert desk.reader.asked == 1
