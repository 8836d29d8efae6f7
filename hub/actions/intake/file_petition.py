"""Files an online petition (网上信访): one case, its number, its query code.

The form carries a random submission id. The ids and the code are derived from it with the store's
key, so that a form sent twice (a double click, a browser that repeats) is the same petition and
the citizen is shown the same code again, although only its keyed hash is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

from channels.address import Address, AddressKind
from channels.contract import ChannelKind
from hub.actions.cases.open_case import NewCase, OpenCase
from hub.actions.cases.plan import PlannedCase
from hub.actions.dialogue.triage import Triage
from hub.actions.dialogue.understand import Understand
from hub.actions.intake.by_meaning import BY_MEANING
from hub.model.cases.alarm import denied
from hub.model.cases.case import ELECTRONIC_CONSENT, POSSIBLE_DANGER, Applicant, Case, Origin
from hub.model.conversation import Author, Conversation, Direction, Message
from hub.model.people.contact import Contact
from hub.model.petition import TRACK_OF, Petition, PetitionKind
from hub.model.track import Track
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.ids import derived_id
from hub.store.crypto import Vault
from hub.store.documents import Documents, Write
from hub.store.until_committed import until_committed
from knowledge_base.meaning.safety import Level
from knowledge_base.text.utterance import Utterance

CHANNEL = "petition"
_TRIES = 5
_SECONDS = 3.0
"""A letter is sent once and read by nobody meanwhile: its meaning is waited for."""


@dataclass(frozen=True, slots=True)
class Filed:
    """What the citizen takes away. differs: the form was sent before with other words; those hold."""

    case_id: str
    reference: str
    query_code: str
    differs: bool = False


class FilePetition:
    """Stores a checked petition."""

    def __init__(
        self,
        documents: Documents,
        repositories: Repositories,
        vault: Vault,
        open_case: OpenCase,
        triage: Triage,
        understand: Understand,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._repositories = repositories
        self._vault = vault
        self._open_case = open_case
        self._triage = triage
        self._understand = understand
        self._clock = clock

    async def __call__(self, petition: Petition) -> Filed:
        """The case with its number and code; the same submission id always gives the same."""
        digits = 16 if petition.anonymous or not (petition.phone or petition.email) else 8
        case_id = derived_id("petition", petition.submission_id)
        code = f"{int(self._vault.blind(f'petition-code:{case_id}'), 16) % 10**digits:0{digits}d}"

        async def decide() -> tuple[list[Write], Filed]:
            known = await self._repositories.cases.get(case_id)
            if known is not None:
                differs = (known.value.title, known.value.text) != (petition.title, petition.body)
                return [], Filed(case_id, known.value.reference, code, differs)
            writes, reference = await self._writes(petition, case_id, code)
            return writes, Filed(case_id, reference, code)

        # Again for the same form at the same moment, and for a new contact made by another message.
        return await until_committed(self._documents, decide, tries=_TRIES)

    async def _writes(self, petition: Petition, case_id: str, code: str) -> tuple[list[Write], str]:
        now = self._clock.now_ms()
        contacts = self._repositories.contacts
        address = _address(petition)
        writes: list[Write] = []
        contact_id = address_key = ""
        if address is not None:
            address_key = contacts.key(address)
            contact_id = await contacts.contact_id(address_key) or ""
            if not contact_id:
                contact_id = contacts.id_for(address_key)
                writes += [
                    contacts.insert(Contact(id=contact_id, created_at=now, name=petition.name)),
                    contacts.insert_address(contact_id, address, at=now),
                ]
        folded = Utterance(petition.title + petition.body).folded
        understood = await self._understand(f"{petition.title}|{petition.body}", seconds=_SECONDS)
        judged, accusation = understood.judgement, self._triage.accusation(folded, understood)
        danger = self._triage.danger_words(folded)
        if judged.danger is Level.SURE:
            danger = danger or (BY_MEANING,)
        track = self._track(petition, folded, accusation)
        perhaps = accusation is not Level.NONE and _may_accuse(petition)
        opened = await self._open_case(
            NewCase(
                track,
                Origin(
                    CHANNEL,
                    ChannelKind.PETITION,
                    self._repositories.conversations.id_for(CHANNEL, case_id),
                    petition.region,
                    petition.language,
                ),
                now,
                Applicant(
                    petition.name,
                    address.value if address else "",
                    address_key,
                    contact_id,
                    petition.anonymous,
                ),
                title=petition.title,
                text=petition.body,
                id=case_id,
                code=code,
                told=True,
                screening=perhaps and track is not Track.REPORT,
                flags=(POSSIBLE_DANGER,) if judged.danger is Level.POSSIBLE and not danger else (),
                details=_details(petition, now),
            )
        )
        writes += [*self._open_case.writes(opened), *self._said(opened.case, petition, now)]
        if danger:
            writes += await self._emergency(opened.case, petition, danger, now)
        return writes, opened.case.reference

    async def _emergency(
        self, case: Case, petition: Petition, danger: tuple[str, ...], now: int
    ) -> list[Write]:
        """Live danger inside a letter is a case of its own above the queue; the letter goes on.

        What a letter behind the wall says stays there: the emergency names the words only.
        """
        emergency_id = derived_id("petition-emergency", case.id)
        walled = case.is_restricted
        conversation_id = self._repositories.conversations.id_for(CHANNEL, emergency_id)
        opened = await self._open_case(
            NewCase(
                Track.EMERGENCY,
                Origin(CHANNEL, ChannelKind.PETITION, conversation_id, petition.region),
                now,
                case.applicant,
                title="网上来信紧急求助" if walled else petition.title,
                text="" if walled else petition.body,
                id=emergency_id,
                urgent=True,
                linked_case_id="" if walled else case.id,
                flags=("danger",),
                details={"danger": "、".join(danger), **({} if walled else {"place": petition.place})},
            )
        )
        said = [] if walled else self._said(opened.case, petition, now)
        if petition.no_emergency:  # noted; a person looks all the same
            planned = PlannedCase.opened(opened)
            planned = planned.after(*denied(opened.case, at=now))
            return [*planned.writes(self._repositories.cases), *said]
        return [*self._open_case.writes(opened), *said]

    def _said(self, case: Case, petition: Petition, now: int) -> list[Write]:
        """The letter as the first message of the case's own conversation."""
        conversations = self._repositories.conversations
        return [
            conversations.insert(
                Conversation(
                    id=case.origin.conversation_id,
                    channel=CHANNEL,
                    kind=ChannelKind.PETITION,
                    contact_id=case.applicant.contact_id,
                    address_key=case.applicant.address_key,
                    created_at=now,
                    last_at=now,
                    case_id=case.id,
                    count=1,
                    title=petition.title,
                )
            ),
            conversations.insert_message(
                Message(
                    id=derived_id("petition-message", case.id),
                    conversation_id=case.origin.conversation_id,
                    seq=1,
                    direction=Direction.IN,
                    author=Author.CITIZEN,
                    at=now,
                    case_id=case.id,
                    subject=petition.title,
                    text=petition.body,
                )
            ),
        ]

    def _track(self, petition: Petition, folded: str, accusation: Level) -> Track:
        sure = accusation is Level.SURE or self._triage.accuses_police(folded)
        if sure and _may_accuse(petition):
            return Track.REPORT  # a letter that accuses goes behind the compartment first
        return TRACK_OF[petition.kind]


def _may_accuse(petition: Petition) -> bool:
    """Whoever chose 检举 is behind the compartment anyway; a suggestion is what it says it is."""
    return petition.kind in (PetitionKind.COMPLAINT, PetitionKind.HELP)


def _details(petition: Petition, now: int) -> dict[str, str]:
    details = {"place": petition.place, "occurred_on": petition.occurred_on}
    if not petition.anonymous:
        details |= {"phone": petition.phone, "email": petition.email}
    if petition.electronic:
        details[ELECTRONIC_CONSENT] = str(now)
    return {key: value for key, value in details.items() if value}


def _address(petition: Petition) -> Address | None:
    if petition.anonymous:
        return None
    if petition.phone:
        return Address(AddressKind.PHONE, petition.phone)
    if petition.email:
        return Address(AddressKind.EMAIL, petition.email)
    return None
