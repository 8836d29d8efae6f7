"""Looks at what the carrier knows: each in the history of the case, the answer for who looked, for a time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

import pytest

from channels.contract import ChannelKind
from hub.actions.alarms.ask_carrier import AskCarrier, CarrierView
from hub.actions.alarms.subscriber_source import CarrierAnswer
from hub.actions.retention.forget_expired import ForgetExpired, Rule
from hub.actions.staff.note_access import NoteAccess
from hub.model.agent import Agent, Role
from hub.model.alarms.carrier_data import Asked, Datum, Outcome, Position, Subscriber
from hub.model.cases.case import Applicant
from hub.model.cases.history import HistoryKind, broken_link
from hub.model.cases.moves import IllegalMove
from hub.model.track import Compartment, Track
from hub.runtime.errors import Forbidden, NotFound
from hub.store.documents import StoreUnavailable
from tests.unit.hub.actions.alarms.alarm_office import LI, NUMBER, START, SUN, ZHOU, Office, agent, office

WHO = Subscriber(NUMBER, "陈听雨", "福州市中山路5号")
WHERE = Position(26.08, 119.29, 150, START - 60_000, Datum.GCJ_02)
KEEP_MS = 30 * 86_400_000


@dataclass
class Carrier:
    """Answers as the test says. meanwhile: what happens while it is asked."""

    answer: CarrierAnswer = field(default_factory=lambda: CarrierAnswer(Outcome.ANSWERED, WHO))
    asked: list[tuple[Asked, str, str]] = field(default_factory=list)
    meanwhile: Callable[[], Awaitable[None]] | None = None

    async def ask(self, asked: Asked, number: str, *, reference: str, officer: str) -> CarrierAnswer:
        """See the port."""
        self.asked.append((asked, number, officer))
        if self.meanwhile is not None:
            await self.meanwhile()
        return self.answer


def asks(here: Office, carrier: Carrier | None) -> AskCarrier:
    access = NoteAccess(here.stores.audit, here.clock)
    return AskCarrier(here.documents, here.stores, carrier, access, here.clock, keep_ms=KEEP_MS)


async def view(here: Office, asking: AskCarrier, who: Agent, case_id: str) -> CarrierView | None:
    return (await asking.read(who, [await here.read(case_id)])).get(case_id)


async def test_a_look_stands_in_the_history_before_the_carrier_is_asked_and_its_outcome_after() -> None:
    here, carrier = office(), Carrier()
    case_id, asking = await here.case(), asks(here, carrier)

    async def written() -> None:
        [entry] = await here.history(case_id, HistoryKind.CARRIER_ASKED)
        assert (entry.actor, entry.facts["asked"]) == (LI.id, "subscriber")
        # while it is asked the case goes on: what comes of it is written all the same
        await here.in_hand.take(ZHOU, case_id)

    carrier.meanwhile = written
    assert await asking(LI, case_id, Asked.SUBSCRIBER) is Outcome.ANSWERED
    [told] = await here.history(case_id, HistoryKind.CARRIER_TOLD)
    assert (told.actor, told.facts["outcome"], told.text) == ("system", "answered", "")
    assert carrier.asked == [(Asked.SUBSCRIBER, NUMBER, LI.login)]
    assert broken_link(list(await here.stores.cases.whole_history(case_id))) is None
    shown = await view(here, asking, LI, case_id)
    assert shown is not None
    [line] = shown.lines[Asked.SUBSCRIBER]
    assert (line.look.subscriber, line.shown, shown.lines[Asked.POSITION]) == (WHO, True, ())


async def test_who_did_not_look_is_shown_that_somebody_did_and_looks_for_themselves() -> None:
    here, carrier = office(), Carrier(CarrierAnswer(Outcome.ANSWERED, WHERE))
    case_id, asking = await here.case(), asks(here, carrier)
    await asking(LI, case_id, Asked.POSITION)
    seen = await view(here, asking, ZHOU, case_id)
    assert seen is not None
    [line] = seen.lines[Asked.POSITION]
    assert (line.shown, line.look.position, line.by_name) == (False, None, "")
    for _ in range(2):  # the second press changes nothing
        await asking.show(ZHOU, case_id, line.look.id)
    seen = await view(here, asking, ZHOU, case_id)
    assert seen is not None
    assert seen.lines[Asked.POSITION][0].shown
    looks = await here.history(case_id, HistoryKind.CARRIER_ASKED)
    assert [(one.actor, one.facts.get("kept", "")) for one in looks] == [("li", ""), ("zhou", "yes")]
    assert len(carrier.asked) == 1
    with pytest.raises(NotFound):
        await asking.show(ZHOU, await here.case(name="c2"), line.look.id)


@pytest.mark.parametrize(
    "outcome", [one for one in Outcome if one not in (Outcome.ANSWERED, Outcome.PENDING)]
)
async def test_a_failure_is_shown_beside_what_was_answered_before(outcome: Outcome) -> None:
    here, carrier = office(), Carrier()
    case_id, asking = await here.case(), asks(here, carrier)
    await asking(LI, case_id, Asked.SUBSCRIBER)
    here.clock.advance(seconds=60)
    carrier.answer = CarrierAnswer(outcome)
    await asking(LI, case_id, Asked.SUBSCRIBER)
    shown = await view(here, asking, LI, case_id)
    assert shown is not None
    failed, before = shown.lines[Asked.SUBSCRIBER]
    assert (failed.look.outcome, failed.look.subscriber, failed.shown) == (outcome, None, False)
    assert (before.look.subscriber, before.look.ended_at) == (WHO, START)


async def test_without_a_carrier_nothing_is_asked_and_the_page_can_say_so() -> None:
    here = office()
    case_id, asking = await here.case(), asks(here, None)
    shown = await view(here, asking, LI, case_id)
    assert shown is not None
    assert not shown.configured
    with pytest.raises(IllegalMove):
        await asking(LI, case_id, Asked.POSITION)
    assert await here.history(case_id, HistoryKind.CARRIER_ASKED) == []


async def test_only_an_emergency_by_text_may_be_asked_about() -> None:
    here, carrier = office(), Carrier()
    asking = asks(here, carrier)
    calm = await here.case(Track.CONSULT, name="calm")
    call = await here.case(name="call", kind=ChannelKind.VOICE)
    no_number = await here.case(name="none", applicant=Applicant(anonymous=True))
    for case_id in (calm, call, no_number):
        assert await view(here, asking, LI, case_id) is None
        with pytest.raises(IllegalMove):
            await asking(LI, case_id, Asked.SUBSCRIBER)
    handed = await here.case(name="handed")
    await here.forward.step()  # nobody on duty, no way: it goes on ringing
    await here.in_hand.dial(LI, handed)
    await here.in_hand.answered(LI, handed, "110")
    assert not (await here.read(handed)).is_open
    for _ in range(2):  # 110 may still ask where the telephone is; that makes the time no longer
        await asking(LI, handed, Asked.SUBSCRIBER)
        here.clock.advance(seconds=6 * 3600)
    with pytest.raises(IllegalMove):
        await asking(LI, handed, Asked.SUBSCRIBER)
    assert len(carrier.asked) == 2


async def test_who_is_not_of_the_desk_is_shown_nothing() -> None:
    here, carrier = office(), Carrier()
    case_id, asking = await here.case(), asks(here, carrier)
    for role in set(Role) - {Role.HANDLER, Role.SUPERVISOR}:
        other = agent("other", role)
        assert await view(here, asking, other, case_id) is None
        with pytest.raises((NotFound, Forbidden)):
            await asking(other, case_id, Asked.SUBSCRIBER)
    assert carrier.asked == []


async def test_behind_the_compartment_it_is_the_inspectors_and_audited() -> None:
    here, carrier = office(), Carrier()
    case_id, asking = await here.case(), asks(here, carrier)
    await asking(LI, case_id, Asked.SUBSCRIBER)
    found = await here.stores.cases.get(case_id)
    assert found is not None
    behind = replace(found.value, compartment=Compartment.REPORT)
    await here.documents.commit([here.stores.cases.update(behind, found.version)])
    assert await view(here, asking, LI, case_id) is None
    with pytest.raises(NotFound):
        await asking(LI, case_id, Asked.SUBSCRIBER)
    [look] = await here.stores.aid.carrier_looks.of_cases([case_id])
    with pytest.raises(NotFound):
        await asking.show(LI, case_id, look.id)
    await asking(SUN, case_id, Asked.SUBSCRIBER)
    assert [row.act for row in await here.stores.audit.newest()] == ["carrier_asked"]


class _Down(Exception):
    """The process is killed while the carrier is asked."""


async def test_killed_in_the_middle_there_is_a_look_without_an_outcome_and_the_page_says_so() -> None:
    here, carrier = office(), Carrier()
    case_id, asking = await here.case(), asks(here, carrier)

    async def killed() -> None:
        raise _Down

    carrier.meanwhile = killed
    with pytest.raises(_Down):
        await asking(LI, case_id, Asked.POSITION)
    again = asks(here.second(), Carrier())
    for seconds, lost in ((1, False), (120, True)):
        here.clock.advance(seconds=seconds)
        shown = await view(here, again, LI, case_id)
        assert shown is not None
        [line] = shown.lines[Asked.POSITION]
        assert (line.look.outcome, line.lost, line.shown) == (Outcome.PENDING, lost, False)
    assert len(await here.history(case_id, HistoryKind.CARRIER_ASKED)) == 1


async def test_a_store_that_takes_no_look_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    here, carrier = office(), Carrier()
    case_id, asking = await here.case(), asks(here, carrier)

    async def full(writes: object) -> None:
        raise StoreUnavailable("disk full")

    monkeypatch.setattr(here.documents, "commit", full)
    with pytest.raises(StoreUnavailable):
        await asking(LI, case_id, Asked.SUBSCRIBER)
    assert carrier.asked == []


async def test_what_was_answered_is_sealed_and_deleted_after_its_time() -> None:
    here, carrier = office(), Carrier()
    case_id, asking = await here.case(), asks(here, carrier)
    await asking(LI, case_id, Asked.SUBSCRIBER)
    [stored] = [one async for one in here.store.scan("carrier_looks")]
    assert not any(word in str(stored.body) for word in (NUMBER, WHO.name, WHO.address))
    forget = ForgetExpired(here.documents, here.clock, [Rule("carrier_looks", "keep_until", 0)])
    here.clock.advance(seconds=KEEP_MS // 1000)
    assert await forget() == 0
    here.clock.advance(seconds=1)
    assert await forget() == 1
    assert len(await here.history(case_id, HistoryKind.CARRIER_TOLD)) == 1  # that it was asked stays
