"""What time does to cases happens exactly once, however many processes look, and after any pause or crash."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from channels.address import phone
from channels.contract import ChannelKind
from hub.actions.cases.pass_time import PassTime
from hub.actions.cases.step_unit import StepUnit
from hub.actions.cases.tell_citizen import TellCitizen
from hub.actions.cases.verify_histories import verify_histories
from hub.actions.deliveries.channel_profile import ChannelProfile
from hub.actions.deliveries.outgoing import Outgoing
from hub.actions.dialogue.texts import Texts
from hub.actions.staff.identities import identities_of
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import Case, Origin
from hub.model.cases.history import HistoryKind, recorded
from hub.model.cases.passing_time import next_at
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.roles import CaseRole
from hub.model.cases.step import begun, stepped
from hub.model.conversation import Conversation
from hub.model.track import Track
from hub.repositories.case_warnings import CaseWarning
from hub.repositories.repositories import COLLECTIONS, Repositories, repositories
from hub.runtime.clock import FakeClock, day_of
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Documents, Duplicate, StoreUnavailable, Write
from hub.store.memory_documents import MemoryDocuments
from hub.store.sqlite import open_sqlite
from tests.rules import RULES, case_rules

HOUR, DAY = 3_600_000, 86_400_000
START = 1_767_578_400_000  # 2026-01-05 10:00 in China, a Monday
VAULT = Vault(KeyRing.fresh())
PETITION, ANSWERED, ASKED = "1" * 26, "2" * 26, "3" * 26
R = CaseRole
Event = tuple[str, CaseRole, dict[str, object]]
ACCEPTED: list[Event] = [
    ("pick", R.TRI, {}),
    ("accept", R.LEAD, {"branch": 6, "items": ["查清事实"]}),
    ("assign", R.LEAD, {"handler": "h1"}),
    ("log_contact", R.HND, {}),
]
REPLIED: list[Event] = [
    *ACCEPTED,
    ("submit_reply", R.HND, {"outcomes": ["支持"]}),
    ("sign", R.LEAD, {}),
    ("deliver", R.HND, {"method": "直接"}),
]
QUESTION: list[Event] = [("pick", R.TRI, {}), ("ask", R.TRI, {"question": "哪一天？"})]


@pytest.fixture(params=["memory", "sqlite"])
async def documents(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Documents]:
    clock = FakeClock(START)
    store: Documents
    if request.param == "memory":
        store = MemoryDocuments(COLLECTIONS, clock=clock)
    else:
        store = await open_sqlite(tmp_path / "hub.db", COLLECTIONS, clock=clock)
    await fill(store)
    yield store
    await store.close()


async def fill(documents: Documents) -> None:
    """A petition that is handled, one that was answered, and one whose citizen was asked something."""
    stores = repositories(documents, VAULT, cities={})
    for id, events in ((PETITION, ACCEPTED), (ANSWERED, REPLIED), (ASKED, QUESTION)):
        p = begun(Proceeding(Track.APPEAL), Attempt("submit", START, R.CIT, RULES))
        case, entry = recorded(
            Case(id, id[:14], START, START, p, Origin("sms", "sms", id), due_at=next_at(p, RULES)),
            at=START,
            actor="citizen",
            kind=HistoryKind.REGISTERED,
        )
        entries = [entry]
        for hours, (event, role, data) in enumerate(events, start=1):
            at = START + hours * HOUR
            step = stepped(case, Attempt(event, at, role, RULES, f"a-{role}", data), actor="a")
            case, entries = step.case, [*entries, *step.entries]
        conversation = Conversation(
            id, "sms", "sms", "", "", START, START, address=phone("+8613800138000").value
        )
        await documents.commit(
            [
                stores.cases.insert(case),
                *map(stores.cases.insert_entry, entries),
                stores.conversations.insert(conversation),
            ]
        )


def unit_of(documents: Documents) -> StepUnit:
    """What turns the steps of these cases into writes."""
    stores, texts = repositories(documents, VAULT, cities={}), Texts()
    profiles = {"sms": ChannelProfile("sms", ChannelKind.SMS)}
    tell = TellCitizen(
        stores,
        profiles,
        Outgoing(profiles, stores.conversations, stores.outbox),
        texts,
        identities_of(documents, VAULT),
    )
    return StepUnit(stores, tell, texts, case_rules(), organ="测试局")


def process(documents: Documents, clock: FakeClock) -> PassTime:
    """What one hub has of it; everything but the store is its own."""
    stores = repositories(documents, VAULT, cities={})
    return PassTime(documents, stores.cases, unit_of(documents), case_rules(), clock)


async def warnings(stores: Repositories, case_id: str, clock: str) -> list[CaseWarning]:
    found = await stores.case_warnings.of_case(case_id)
    return sorted((one for one in found if one.clock == clock), key=lambda one: one.at)


def shown(found: Sequence[CaseWarning]) -> list[tuple[str, str]]:
    return [(one.key, day_of(one.at).isoformat()) for one in found]


async def told(documents: Documents) -> Counter[str]:
    """How many messages left, by whose they are."""
    stores = repositories(documents, VAULT, cities={})
    counted = Counter(
        {id: len(await stores.conversations.messages(id)) for id in (PETITION, ANSWERED, ASKED)}
    )
    assert counted.total() == sum((await documents.count("outbox", {})).values())
    return +counted


HANDLING = [
    ("50%", "2026-02-04"),
    ("80%", "2026-02-22"),
    ("T-7", "2026-02-27"),
    ("T-3", "2026-03-03"),
    ("T-1", "2026-03-05"),
    ("T0", "2026-03-06"),
    ("daily 2026-03-07", "2026-03-07"),
    ("T+1", "2026-03-07"),
    ("daily 2026-03-08", "2026-03-08"),
]
"""Accepted on 5 January: the sixtieth day is 6 March."""


async def test_three_hubs_at_once_give_each_warning_breach_and_notice_once(documents: Documents) -> None:
    clock = FakeClock(START + 12 * HOUR)
    hubs = [process(documents, clock) for _ in range(3)]
    while day_of(clock.now_ms()).isoformat() < "2026-03-08":
        clock.advance(seconds=86_400)
        await asyncio.gather(*(hub.step() for hub in hubs))

    stores = repositories(documents, VAULT, cities={})
    given = await warnings(stores, PETITION, "HANDLE_60")
    assert shown(given) == HANDLING
    assert not any(one.skipped for one in given)
    assert shown(await warnings(stores, ANSWERED, "FUCHA_WINDOW")) == [("T-7", "2026-01-28")]
    missed = Counter(
        [(stored.body["case_id"], stored.body["clock"]) async for stored in documents.scan("breaches")]
    )
    assert missed == Counter([(PETITION, "HANDLE_60"), (ASKED, "FORWARD_15"), (ASKED, "NOTIFY_15")])
    # The window that ends soon and the closing; that we still wait for an answer.
    assert await told(documents) == {ANSWERED: 2, ASKED: 1}
    assert (await verify_histories(stores.cases)).broken == ()
    assert not await stores.cases.due(clock.now_ms(), limit=10)


async def test_after_a_pause_a_clock_gives_its_latest_warning_and_keeps_the_others_as_skipped(
    documents: Documents,
) -> None:
    clock = FakeClock(START + 50 * DAY)
    hub = process(documents, clock)
    await hub.step()
    stores = repositories(documents, VAULT, cities={})
    assert [one.key for one in await warnings(stores, PETITION, "HANDLE_60") if not one.skipped] == ["80%"]
    clock.advance(seconds=40 * 86_400)
    await hub.step()
    found = await warnings(stores, PETITION, "HANDLE_60")
    days = [f"daily 2026-03-{day:02}" for day in range(7, 32)] + [
        f"daily 2026-04-{day:02}" for day in range(1, 6)
    ]
    assert [one.key for one in found] == ["50%", "80%", "T-7", "T-3", "T-1", "T0", days[0], "T+1", *days[1:]]
    assert [one.key for one in found if not one.skipped] == ["80%", "daily 2026-04-05"]


class DiesAtCommit:
    """A store that the process loses once, after it has read and decided."""

    def __init__(self, documents: Documents) -> None:
        self.find, self.get = documents.find, documents.get
        self.lost: list[Sequence[Write]] = []

    async def commit(self, writes: Sequence[Write]) -> None:
        self.lost.append(writes)
        raise StoreUnavailable("the process ends here")


async def test_a_crash_between_reading_and_writing_loses_nothing_and_doubles_nothing(
    documents: Documents,
) -> None:
    clock = FakeClock(START + 61 * DAY)
    dying = DiesAtCommit(documents)
    with pytest.raises(StoreUnavailable):
        await process(dying, clock).step()  # type: ignore[arg-type]
    assert dying.lost
    assert await told(documents) == {}
    await process(documents, clock).step()
    before = [stored.id async for stored in documents.scan("case_warnings")]
    left = await told(documents)
    await process(documents, clock).step()
    stores = repositories(documents, VAULT, cities={})
    assert len(shown(await warnings(stores, PETITION, "HANDLE_60"))) == 8
    assert [stored.id async for stored in documents.scan("case_warnings")] == before
    assert await told(documents) == left == {ANSWERED: 1, ASKED: 1}


class RefusesOne(DiesAtCommit):
    """A store that never takes one case."""

    def __init__(self, documents: Documents, id: str) -> None:
        super().__init__(documents)
        self._documents, self._id = documents, id

    async def commit(self, writes: Sequence[Write]) -> None:
        if any(write.id == self._id for write in writes):
            raise Duplicate(writes[0], ("id",))
        await self._documents.commit(writes)


async def test_a_case_that_cannot_be_written_holds_up_no_other(documents: Documents) -> None:
    clock = FakeClock(START + 61 * DAY)
    refusing = process(RefusesOne(documents, PETITION), clock)  # type: ignore[arg-type]
    assert not await refusing.step()
    assert set(await told(documents)) == {ANSWERED, ASKED}
    assert not await refusing.step()  # it is left alone for a while
    stores = repositories(documents, VAULT, cities={})
    assert await warnings(stores, PETITION, "HANDLE_60") == []


async def test_two_limits_missed_at_one_instant_are_two_breaches(documents: Documents) -> None:
    stores = repositories(documents, VAULT, cities={})
    found = await stores.cases.get(PETITION)
    assert found
    case = found.value
    for order in ("一", "二"):
        data = {"order": order, "due": "2026-01-20"}
        step = stepped(case, Attempt("duban", START + 5 * HOUR, R.SUP, RULES, "s", data), actor="s")
        case = step.case
        found = await stores.cases.get(PETITION)
        assert found
        await documents.commit(stores.cases.step_writes(step, found.version))
    await process(documents, FakeClock(START + 30 * DAY)).step()
    kept = [stored.body["clock"] async for stored in documents.scan("breaches")]
    assert kept.count("SUPERVISE") == 2
