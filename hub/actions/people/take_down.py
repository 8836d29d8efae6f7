"""Takes down for somebody who called, came, wrote a letter or was sent on by another system: one case
(代为登记).

Everything is one unit of work: contact, what they need, case, its first message, the receipt by text and the
call it was. The form carries a random id from which case and code are derived, so that a form sent twice is
one case and shows the same code.

Rule protected: what accuses police goes behind the compartment wall at once, whatever track was chosen; the
officer is told so before and sees it no more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from channels.address import Address, AddressKind, is_textable
from channels.contract import ChannelKind
from hub.actions.cases.open_case import NewCase, OpenCase
from hub.actions.deliveries.channel_profile import Profiles
from hub.actions.deliveries.outgoing import Addressee, Leaving, Outgoing
from hub.actions.dialogue.texts import Texts
from hub.actions.people.advise import Advise
from hub.actions.people.find_person import side_of
from hub.actions.people.lost_calls import LostCalls
from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.cases.alarm import is_emergency
from hub.model.cases.case import DANGER, ELECTRONIC_CONSENT, POSSIBLE_DANGER, Applicant, Case, Origin
from hub.model.cases.history import HistoryKind, recorded
from hub.model.conversation import Author, Conversation, Direction, Message
from hub.model.people.contact import Contact, ContactEdit, EditKind, Need, Side
from hub.model.track import Track
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Forbidden, Invalid, NotFound
from hub.runtime.ids import derived_id, new_id
from hub.store.crypto import Vault
from hub.store.documents import Documents, Write
from hub.store.until_committed import until_committed

_TRIES = 5


class Source(StrEnum):
    """How it reached the office."""

    PHONE = "phone"
    VISIT = "visit"
    LETTER = "letter"
    SYSTEM = "system"


_KINDS = {
    Source.PHONE: ChannelKind.VOICE,
    Source.VISIT: ChannelKind.VISIT,
    Source.LETTER: ChannelKind.LETTER,
    Source.SYSTEM: ChannelKind.SYSTEM,
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A checked form.

    form_id: random per form. at: when it was received (ms UTC), not later than now. phone: normalised or "".
    texted: whether number and code go to the telephone as a text. call_id: the call it was, "" for none.
    """

    form_id: str
    source: Source
    at: int
    track: Track
    matter: str
    place: str = ""
    occurred_on: str = ""
    region: str = ""
    name: str = ""
    phone: str = ""
    anonymous: bool = False
    needs: tuple[Need, ...] = ()
    dialect: str = ""
    electronic: bool = False
    texted: bool = False
    call_id: str = ""


@dataclass(frozen=True, slots=True)
class TakenDown:
    """What is read out or printed. visible: whether who took it down may see the case. walled: whether it
    went behind the compartment wall."""

    case_id: str
    reference: str
    code: str
    visible: bool
    walled: bool
    texted: bool


class TakeDown:
    """Takes down."""

    def __init__(
        self,
        documents: Documents,
        repositories: Repositories,
        vault: Vault,
        open_case: OpenCase,
        outgoing: Outgoing,
        profiles: Profiles,
        texts: Texts,
        advise: Advise,
        lost_calls: LostCalls,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._repositories = repositories
        self._vault = vault
        self._open_case = open_case
        self._outgoing = outgoing
        self._profiles = profiles
        self._texts = texts
        self._advise = advise
        self._lost_calls = lost_calls
        self._clock = clock

    async def __call__(self, agent: Agent, taken: Taken) -> TakenDown:
        """The case with its number and code; the same form always gives the same. Raises `Forbidden`,
        `Invalid`."""
        if not agent.may(Permission.CASE_REPLY):
            raise Forbidden(Permission.CASE_REPLY)
        if taken.at > self._clock.now_ms():
            raise Invalid({"at": "收到时间不能晚于现在"})
        case_id = derived_id("taken-down", agent.id, taken.form_id)

        async def decide() -> tuple[list[Write], Case]:
            known = await self._repositories.cases.get(case_id)
            return ([], known.value) if known else await self._writes(agent, taken, case_id)

        # Again for the same form at the same moment, and for a contact that another message made.
        case = await until_committed(self._documents, decide, tries=_TRIES)
        code, sent = (
            self._code(case_id, case.applicant),
            taken.texted and self._texts_to(case.applicant) is not None,
        )
        return TakenDown(case_id, case.reference, code, policy.may_see(agent, case), case.is_restricted, sent)

    def _code(self, case_id: str, applicant: Applicant) -> str:
        """Always the same for a form. Who cannot be reached needs a longer one, because it is all they
        have."""
        digits = 8 if applicant.address and not applicant.anonymous else 16
        return f"{int(self._vault.blind(f'taken-down-code:{case_id}'), 16) % 10**digits:0{digits}d}"

    async def _writes(self, agent: Agent, taken: Taken, case_id: str) -> tuple[list[Write], Case]:
        advice = await self._advise(taken.matter)
        hidden = advice.accuses or taken.track is Track.REPORT
        applicant, writes = await self._applicant(agent, taken, Side.WALLED if hidden else side_of(agent))
        code = self._code(case_id, applicant)
        track = Track.REPORT if advice.track is Track.REPORT else taken.track
        alarm = track is Track.EMERGENCY
        flags = (DANGER,) if alarm else (POSSIBLE_DANGER,) if advice.danger else ()
        conversation_id = self._repositories.conversations.id_for(taken.source, case_id)
        channel = f"desk-{taken.source}"
        opened = await self._open_case(
            NewCase(
                track,
                Origin(channel, _KINDS[taken.source], conversation_id, taken.region),
                taken.at,
                applicant,
                text=taken.matter,
                id=case_id,
                code=code,
                told=True,
                urgent=alarm,
                screening=advice.accuses and track is not Track.REPORT,
                flags=flags,
                unit_id=_stands_in(agent),
                details=_details(taken, self._clock.now_ms()),
            )
        )
        case, entry = recorded(
            opened.case,
            at=self._clock.now_ms(),
            actor=agent.id,
            kind=HistoryKind.TAKEN_DOWN,
            facts={"source": taken.source},
        )
        writes += [*self._open_case.writes(replace(opened, case=case))]
        writes += [self._repositories.cases.insert_entry(entry), *self._said(case, taken)]
        writes += [*self._receipt(case, taken, code), *await self._call(agent, taken, case)]
        return writes, case

    async def _applicant(self, agent: Agent, taken: Taken, side: Side) -> tuple[Applicant, list[Write]]:
        """Who it is, and what is new about them."""
        if taken.anonymous or not taken.phone:
            return Applicant(taken.name, anonymous=taken.anonymous), []
        contacts, now = self._repositories.contacts, self._clock.now_ms()
        address = Address(AddressKind.PHONE, taken.phone)
        key = contacts.key(address)
        contact_id, writes = await contacts.contact_id(key) or "", list[Write]()
        if not contact_id:
            contact_id = contacts.id_for(key)
            writes.append(contacts.insert_address(contact_id, address, at=now))
        found = await contacts.get(contact_id)
        before = found.value if found else Contact(contact_id, now, name=taken.name)
        needs = tuple(need for need in Need if need in {*before.needs, *taken.needs})
        after = replace(before, needs=needs, dialect=taken.dialect or before.dialect)
        if found is None:
            writes.append(contacts.insert(after))
        elif after != before:
            writes.append(contacts.update(after, found.version))
        if found is not None and after != before:
            edit = ContactEdit(
                id=new_id(now),
                contact_id=contact_id,
                at=now,
                by=agent.id,
                kind=EditKind.EDITED,
                side=side,
                before={"needs": " ".join(before.needs), "dialect": before.dialect},
                after={"needs": " ".join(after.needs), "dialect": after.dialect},
            )
            writes.append(contacts.insert_edit(edit))
        return Applicant(taken.name, address.value, key, contact_id), writes

    def _said(self, case: Case, taken: Taken) -> list[Write]:
        """What was told, as the first message of the case's own conversation."""
        conversations, origin = self._repositories.conversations, case.origin
        return [
            conversations.insert(
                Conversation(
                    id=origin.conversation_id,
                    channel=origin.channel,
                    kind=origin.kind,
                    contact_id=case.applicant.contact_id,
                    address_key=case.applicant.address_key,
                    created_at=taken.at,
                    last_at=taken.at,
                    case_id=case.id,
                    count=1,
                )
            ),
            conversations.insert_message(
                Message(
                    id=derived_id("taken-down-message", case.id),
                    conversation_id=origin.conversation_id,
                    seq=1,
                    direction=Direction.IN,
                    author=Author.CITIZEN,
                    at=taken.at,
                    case_id=case.id,
                    text=taken.matter,
                )
            ),
        ]

    def _texts_to(self, applicant: Applicant) -> str | None:
        """The channel that texts the receipt, None where it cannot go by text."""
        if applicant.anonymous or not is_textable(Address(AddressKind.PHONE, applicant.address)):
            return None
        sms = (name for name, p in self._profiles.items() if p.kind is ChannelKind.SMS and p.can_answer)
        return next(sms, None)

    def _receipt(self, case: Case, taken: Taken, code: str) -> list[Write]:
        profile = self._texts_to(case.applicant)
        if not taken.texted or profile is None:
            return []
        name = "receipt_voice" if taken.source is Source.PHONE else "receipt_desk"
        address = Address(AddressKind.PHONE, case.applicant.address)
        text = self._texts.say(name, case.origin.language, reference=case.reference, code=code)
        delivery = self._outgoing.delivery(
            Addressee(profile, address, case.applicant.address_key),
            Leaving(text, automatic=True),
            at=self._clock.now_ms(),
            dedup=derived_id("receipt", case.id),
            case_id=case.id,
            urgent=is_emergency(case),
        )
        return [self._repositories.outbox.insert(delivery)]

    async def _call(self, agent: Agent, taken: Taken, case: Case) -> list[Write]:
        """The call it was belongs to the case from now on, with what was recorded in it."""
        if not taken.call_id:
            return []
        try:
            found = await self._lost_calls.stored(agent, taken.call_id)
        except NotFound:
            raise Invalid({"call_id": "这通来电已经有工单，或者不存在"}) from None
        calls, recordings = self._repositories.calls, self._repositories.recordings
        return [
            calls.update(replace(found.value, case_id=case.id), found.version),
            *(
                recordings.update(replace(one.value, case_id=case.id), one.version)
                for one in await recordings.of_call(taken.call_id)
                if not one.value.case_id
            ),
        ]


def _stands_in(agent: Agent) -> str:
    """The unit that took it down, "" for the intake: else who took it down could not go on with it."""
    return "" if agent.place.below is None else agent.unit_id


def _details(taken: Taken, now: int) -> dict[str, str]:
    details = {"place": taken.place, "occurred_on": taken.occurred_on}
    if not taken.anonymous:
        details["phone"] = taken.phone
    if taken.electronic and not taken.anonymous:
        details[ELECTRONIC_CONSENT] = str(now)
    return {key: value for key, value in details.items() if value}
