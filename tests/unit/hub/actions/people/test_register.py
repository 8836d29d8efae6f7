"""The 12110 register: consent first, one number one person, every look and change in its log, nothing left of
what was removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pytest

from channels.contract import ChannelKind
from hub.actions.people.register.edit_register import ContactTyped, EditRegister
from hub.actions.people.register.read_register import ReadRegister
from hub.actions.people.register.show_cards import RegisterCard, ShowCards
from hub.model.agent import Agent, Permission, Role
from hub.model.cases.case import Applicant, Case, Origin
from hub.model.cases.proceeding import Proceeding
from hub.model.people.registered_person import (
    CHECK_AGAIN_MS,
    CONSENT_VERSION,
    ConsentBy,
    Difficulty,
    RegisterAct,
    RegisteredPerson,
)
from hub.model.track import Compartment, Track
from hub.repositories.repositories import COLLECTIONS, Repositories, repositories
from hub.runtime.clock import FakeClock
from hub.runtime.errors import Forbidden, Invalid, NotFound, Stale
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import StoreUnavailable, Update
from hub.store.memory_documents import MemoryDocuments
from tests.unit.hub.actions.people.register_office import KEEPER, NUMBER, TYPED, registered

NOW = 1_796_097_600_000


def agent(name: str, *roles: Role) -> Agent:
    return Agent(name, name, "", roles, NOW, name=name)


LI, SUN = agent("li", Role.HANDLER), agent("sun", Role.INSPECTOR)


@dataclass
class Desk:
    """The register over one store."""

    store: MemoryDocuments
    clock: FakeClock
    stores: Repositories
    edit: EditRegister
    read: ReadRegister
    cards: ShowCards

    async def person(self, **typed: object) -> RegisteredPerson:
        return await registered(self.store, self.stores, self.clock, **typed)

    async def version(self, person: RegisteredPerson) -> int:
        found = await self.stores.aid.register.get(person.id)
        assert found is not None
        return found.version

    async def acts(self, person: RegisteredPerson) -> list[tuple[RegisterAct, str]]:
        """What stands in its log, the oldest first."""
        log = await self.stores.aid.register.log(person.id, limit=99)
        return [(one.act, one.by) for one in reversed(log)]

    async def shown(self, who: Agent, cases: Sequence[Case]) -> Mapping[str, RegisterCard]:
        """The cards of all these cases."""
        return (await self.cards(who, cases, shown={case.id for case in cases})).cards

    def case(self, name: str = "c1", **changed: object) -> Case:
        """An emergency by text from NUMBER."""
        key = self.stores.aid.register.key(NUMBER)
        origin = Origin("sms", ChannelKind.SMS)
        plain = Case(
            name,
            name,
            NOW,
            NOW,
            Proceeding(Track.EMERGENCY),
            origin,
            applicant=Applicant(address=NUMBER, address_key=key),
        )
        track = changed.pop("track", Track.EMERGENCY)
        return replace(plain, proceeding=replace(plain.proceeding, track=track), **changed)  # type: ignore[arg-type]


@pytest.fixture
def desk() -> Desk:
    clock = FakeClock(NOW)
    store = MemoryDocuments(COLLECTIONS, clock=clock)
    stores = repositories(store, Vault(KeyRing.fresh()), cities={})
    return Desk(
        store,
        clock,
        stores,
        EditRegister(store, stores.aid.register, clock),
        ReadRegister(store, stores, clock),
        ShowCards(store, stores.aid.register, clock),
    )


async def test_a_record_is_found_by_any_spelling_of_a_number_and_nothing_of_it_can_be_read(
    desk: Desk,
) -> None:
    person = await desk.person(numbers=("138 0013 8000", "+86-139-0000-2222", "１３８００１３８０００"))
    assert person.numbers == (NUMBER, "+8613900002222")
    assert person.contacts[0].number == "+8659187654321"
    for spelling in ("13800138000", "0086 138-0013-8000", "13900002222"):
        assert await desk.read.find(LI, spelling) == person.id
    assert await desk.read.find(LI, "13700000000") == ""
    with pytest.raises(Invalid):
        await desk.read.find(LI, "1380013")
    stored = [
        str(one)
        for name in ("registered_people", "registered_numbers", "register_log")
        async for one in desk.store.scan(name)
    ]
    words = ("陈听雨", "13800138000", "会读唇语", "陈大海", "中山路", "deaf")
    assert not any(word in text for word in words for text in stored)


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"name": ""}, ["name"]),
        ({"numbers": ("", "", "")}, ["number-1"]),
        ({"numbers": ("0591-87654321", "", "")}, ["number-1"]),
        ({"numbers": ("13800138000", "abc", "110")}, ["number-2", "number-3"]),
        ({"difficulties": (), "needs": ""}, ["difficulties"]),
        ({"needs": "字" * 201}, ["needs"]),
        ({"contacts": (ContactTyped("", "母亲", "x"),)}, ["contact-1-name", "contact-1-number"]),
        ({"interpreter": ContactTyped("王手语", "", "")}, ["interpreter-number"]),
        (
            {"consent_by": None, "consent_at": 0, "consented": False},
            ["consent_by", "consent_at", "consented"],
        ),
        ({"consent_at": NOW + 1}, ["consent_at"]),
    ],
)
async def test_what_is_wrong_is_said_by_field_and_nothing_is_stored(
    desk: Desk, changed: dict[str, object], fields: list[str]
) -> None:
    with pytest.raises(Invalid) as problem:
        await desk.edit.add(KEEPER, replace(TYPED, **changed))  # type: ignore[arg-type]
    assert list(problem.value.problems) == fields
    assert await desk.stores.aid.register.count() == 0


async def test_a_number_is_of_one_person_at_a_time(desk: Desk) -> None:
    first = await desk.person()
    with pytest.raises(Invalid) as problem:
        await desk.person(name="另一人", numbers=("13900002222", "13800138000", ""))
    assert list(problem.value.problems) == ["number-2"]
    assert await desk.stores.aid.register.count() == 1
    moved = replace(TYPED, numbers=("13900002222", "", ""))
    await desk.edit.change(KEEPER, first.id, moved, version=await desk.version(first))
    second = await desk.person(name="另一人")  # the number is free again
    assert await desk.read.find(LI, NUMBER) == second.id


async def test_a_consent_stays_one_to_the_text_it_was_given_to(desk: Desk) -> None:
    person = await desk.person()
    older = replace(person, consent=replace(person.consent, version="2020-01"))
    await desk.store.commit(await desk.stores.aid.register.update(older, 1))
    await desk.edit.change(KEEPER, person.id, replace(TYPED, needs="请发短句"), version=2)
    assert (await desk.read(LI, person.id)).person.consent.version == "2020-01"
    await desk.edit.change(KEEPER, person.id, replace(TYPED, consent_at=NOW), version=3)
    consent = (await desk.read(LI, person.id)).person.consent
    assert (consent.version, consent.at) == (CONSENT_VERSION, NOW)


async def test_a_record_that_cannot_be_read_is_written_anew(desk: Desk) -> None:
    person = await desk.person(numbers=("13800138000", "13900002222", ""))
    await desk.store.commit([Update("registered_people", person.id, {"pii": "broken"}, 1)])
    assert (await desk.read(LI, person.id)).person.name == ""
    await desk.edit.change(KEEPER, person.id, TYPED, version=2)
    assert (await desk.read(LI, person.id)).person.name == "陈听雨"
    assert await desk.read.find(LI, NUMBER) == person.id
    assert await desk.read.find(LI, "13900002222") == ""


async def test_every_look_and_change_is_in_the_log_and_no_content_is(desk: Desk) -> None:
    person = await desk.person()
    desk.clock.advance(seconds=1)
    typed = replace(TYPED, needs="请发短句", address="")
    await desk.edit.change(KEEPER, person.id, typed, version=1)
    with pytest.raises(Stale):
        await desk.edit.change(KEEPER, person.id, typed, version=1)
    desk.clock.advance(seconds=1)
    await desk.edit.change(KEEPER, person.id, typed, version=2)
    desk.clock.advance(seconds=1)
    await desk.edit.check(KEEPER, person.id, version=3)
    desk.clock.advance(seconds=1)
    await desk.read(LI, person.id)
    view = await desk.read(LI, person.id)
    assert await desk.acts(person) == [
        (RegisterAct.ADDED, "keeper"),
        (RegisterAct.CHANGED, "keeper"),
        (RegisterAct.CHECKED, "keeper"),
        (RegisterAct.CHECKED, "keeper"),
        (RegisterAct.LOOKED, "li"),
        (RegisterAct.LOOKED, "li"),
    ]
    [changed] = [line.entry for line in view.log if line.entry.act is RegisterAct.CHANGED]
    assert changed.fields == ("needs", "address")


async def test_what_is_removed_is_gone_and_its_log_stays(desk: Desk) -> None:
    person = await desk.person(numbers=("13800138000", "13900002222", ""))
    with pytest.raises(Invalid):
        await desk.edit.remove(KEEPER, person.id, version=1, asked=False)
    with pytest.raises(Stale):
        await desk.edit.remove(KEEPER, person.id, version=7, asked=True)
    desk.clock.advance(seconds=1)
    await desk.edit.remove(KEEPER, person.id, version=1, asked=True)
    assert [
        one for name in ("registered_people", "registered_numbers") async for one in desk.store.scan(name)
    ] == []
    assert await desk.acts(person) == [(RegisterAct.ADDED, "keeper"), (RegisterAct.REMOVED, "keeper")]
    assert await desk.shown(LI, [desk.case()]) == {}
    with pytest.raises(NotFound):
        await desk.read(LI, person.id)
    await desk.person()  # the person may register again


async def test_only_who_keeps_it_changes_it_and_only_the_desk_reads_it(desk: Desk) -> None:
    person = await desk.person()
    for role in Role:
        who = agent("who", role)
        edits = role is Role.SUPERVISOR
        reads = edits or role is Role.HANDLER
        assert (who.may(Permission.REGISTER_READ), who.may(Permission.REGISTER_EDIT)) == (reads, edits)
        if not reads:
            for read in (desk.read.list(who), desk.read.find(who, NUMBER), desk.read(who, person.id)):
                with pytest.raises(Forbidden):
                    await read
        if not edits:
            for edit in (
                desk.edit.add(who, TYPED),
                desk.edit.change(who, person.id, TYPED, version=1),
                desk.edit.check(who, person.id, version=1),
                desk.edit.remove(who, person.id, version=1, asked=True),
            ):
                with pytest.raises(Forbidden):
                    await edit


async def test_the_list_is_masked_and_says_who_has_to_be_checked(desk: Desk) -> None:
    await desk.person()
    listed = await desk.read.list(LI)
    [line] = listed.lines
    assert (line.name, line.number, line.must_be_checked) == ("陈**", "138****8000", False)
    assert (listed.count, listed.unchecked, listed.older) == (1, 0, "")
    desk.clock.advance(seconds=CHECK_AGAIN_MS // 1000 + 1)
    listed = await desk.read.list(LI)
    assert (listed.lines[0].must_be_checked, listed.unchecked) == (True, 1)
    for place in range(55):
        await desk.person(numbers=(f"139{place:08}", "", ""))
    first = await desk.read.list(LI)
    second = await desk.read.list(LI, first.older)
    assert (len(first.lines), len(second.lines), second.older) == (50, 6, "")
    assert not {one.id for one in first.lines} & {one.id for one in second.lines}


async def test_a_card_is_shown_at_once_and_noted_once_for_each_officer_and_case(desk: Desk) -> None:
    person = await desk.person()
    for _ in range(3):
        cards = await desk.shown(LI, [desk.case(), desk.case("c2")])
    assert cards["c1"].person == person
    assert cards["c1"].may_open
    shown = [
        (one.by, one.case_id)
        for one in await desk.stores.aid.register.log(person.id, limit=9)
        if one.act is RegisterAct.SHOWN
    ]
    assert sorted(shown) == [("li", "c1"), ("li", "c2")]


async def test_a_mark_alone_is_no_look(desk: Desk) -> None:
    person = await desk.person()
    marked = await desk.cards(LI, [desk.case()], shown=())
    assert (set(marked.registered), dict(marked.cards)) == ({"c1"}, {})
    assert await desk.acts(person) == [(RegisterAct.ADDED, "keeper")]


async def test_a_card_that_cannot_be_logged_is_not_shown_and_the_rest_of_the_page_is(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.person()

    async def full(writes: object) -> None:
        raise StoreUnavailable("disk full")

    monkeypatch.setattr(desk.store, "commit", full)
    found = await desk.cards(LI, [desk.case()], shown=("c1",))
    assert (set(found.registered), dict(found.cards)) == ({"c1"}, {})


async def test_a_card_stands_beside_what_people_registered_for_only(desk: Desk) -> None:
    await desk.person()
    text = desk.case("text", track=Track.CONSULT)
    petition = desk.case("petition", track=Track.APPEAL, origin=Origin("web", ChannelKind.PETITION))
    call = desk.case("call", origin=Origin("voice", ChannelKind.VOICE))
    report = desk.case("report", track=Track.REPORT, compartment=Compartment.REPORT)
    danger = desk.case("danger", compartment=Compartment.REPORT)
    every = [text, petition, call, report, danger]
    assert set(await desk.shown(LI, every)) == {"text", "call"}
    assert set(await desk.shown(SUN, every)) == {"danger"}
    assert await desk.shown(agent("admin", Role.ADMIN), every) == {}
    assert await desk.shown(agent("higher", Role.HIGHER_REVIEWER), every) == {}


async def test_the_log_does_not_tell_of_a_case_that_the_reader_may_not_see(desk: Desk) -> None:
    person = await desk.person()
    behind = desk.case("danger", compartment=Compartment.REPORT)
    await desk.store.commit([desk.stores.cases.insert(behind)])
    assert set(await desk.shown(SUN, [behind])) == {"danger"}
    view = await desk.read(LI, person.id)
    assert "sun" not in {line.entry.by for line in view.log}
    both = await desk.read(agent("both", Role.HANDLER, Role.INSPECTOR), person.id)
    assert [line.case_id for line in both.log if line.entry.by == "sun"] == ["danger"]


def test_a_deaf_person_is_not_to_be_called() -> None:
    person = RegisteredPerson("p", 0, 0, 0, consent=None, difficulties=(Difficulty.DEAF,))  # type: ignore[arg-type]
    assert not person.may_be_called
    assert replace(person, difficulties=(Difficulty.MUTE,)).may_be_called
    assert {*ConsentBy} == {"self", "signed", "guardian"}
