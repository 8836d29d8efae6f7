"""Files an online petition (网上信访): one case, its number, its query code.

The form carries a random submission id. The ids and the code are derived from it with the store's
key, so that a form sent twice (a double click, a browser that repeats) is the same petition and
the citizen is shown the same code again, although only its keyed hash is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

from channels.address import Address, AddressKind
from channels.contract import ChannelKind
from hub.actions.open_case import OpenCase
from hub.actions.triage import Triage, fold
from hub.clock import Clock
from hub.ids import derived_id
from hub.live import Live
from hub.model.contact import Contact
from hub.model.conversation import Author, Conversation, Direction, Message
from hub.model.petition import TRACK_OF, Petition, PetitionKind
from hub.model.track import Track
from hub.store.crypto import Vault
from hub.store.documents import Documents, Duplicate, Write
from hub.store.repositories import Repositories

CHANNEL = "petition"
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Filed:
    """What the citizen takes away."""

    case_id: str
    reference: str
    query_code: str


class FilePetition:
    """Stores a checked petition."""

    def __init__(
        self,
        documents: Documents,
        repositories: Repositories,
        vault: Vault,
        open_case: OpenCase,
        triage: Triage,
        clock: Clock,
        live: Live,
    ) -> None:
        self._documents = documents
        self._repositories = repositories
        self._vault = vault
        self._open_case = open_case
        self._triage = triage
        self._clock = clock
        self._live = live

    async def __call__(self, petition: Petition) -> Filed:
        """The case with its number and code; the same submission id always gives the same."""
        digits = 16 if petition.anonymous or not (petition.phone or petition.email) else 8
        case_id = derived_id("petition", petition.submission_id)
        code = f"{int(self._vault.blind(f'petition-code:{case_id}'), 16) % 10**digits:0{digits}d}"
        for _ in range(_TRIES):
            known = await self._repositories.cases.get(case_id)
            if known is not None:
                return Filed(case_id, known.value.reference, code)
            try:
                writes, reference = await self._writes(petition, case_id, code)
                await self._documents.commit(writes)
            except Duplicate:
                continue  # the same form at the same moment, or a new contact made by another message
            self._live.ring("queue", case_id)
            return Filed(case_id, reference, code)
        raise Duplicate(writes[0])

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
                contact_id = derived_id("contact", case_id)
                writes += [
                    contacts.insert(Contact(id=contact_id, created_at=now, name=petition.name)),
                    contacts.insert_address(contact_id, address, at=now),
                ]
        conversation_id = self._repositories.conversations.id_for(CHANNEL, case_id)
        folded = fold(petition.title + petition.body)
        danger = self._triage.danger_words(folded)
        opened = await self._open_case(
            track=self._track(petition, folded),
            channel=CHANNEL,
            kind=ChannelKind.PETITION,
            text=petition.body,
            title=petition.title,
            at=now,
            case_id=case_id,
            code=code,
            anonymous=petition.anonymous,
            urgent=bool(danger),
            flags=("danger",) if danger else (),
            conversation_id=conversation_id,
            contact_id=contact_id,
            address_key=address_key,
            name=petition.name,
            address=address.value if address else "",
            region=petition.region,
            language=petition.language,
            details={
                key: value
                for key, value in (
                    ("place", petition.place),
                    ("occurred_on", petition.occurred_on),
                    ("phone", petition.phone),
                    ("email", petition.email),
                )
                if value and not (petition.anonymous and key in ("phone", "email"))
            },
        )
        message = Message(
            id=derived_id("petition-message", case_id),
            conversation_id=conversation_id,
            seq=1,
            direction=Direction.IN,
            author=Author.CITIZEN,
            at=now,
            case_id=case_id,
            subject=petition.title,
            text=petition.body,
        )
        conversation = Conversation(
            id=conversation_id,
            channel=CHANNEL,
            kind=ChannelKind.PETITION,
            contact_id=contact_id,
            address_key=address_key,
            created_at=now,
            last_at=now,
            case_id=case_id,
            count=1,
            title=petition.title,
        )
        writes += [
            *self._open_case.writes(opened),
            self._repositories.conversations.insert(conversation),
            self._repositories.conversations.insert_message(message),
        ]
        return writes, opened.case.reference

    def _track(self, petition: Petition, folded: str) -> Track:
        if petition.kind in (PetitionKind.COMPLAINT, PetitionKind.HELP) and self._triage.accuses_police(
            folded
        ):
            return Track.REPORT  # a letter a rule marks as an accusation goes behind the wall first
        return TRACK_OF[petition.kind]


def _address(petition: Petition) -> Address | None:
    if petition.anonymous:
        return None
    if petition.phone:
        return Address(AddressKind.PHONE, petition.phone)
    if petition.email:
        return Address(AddressKind.EMAIL, petition.email)
    return None
