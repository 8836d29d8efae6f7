"""What the 110 command centre is told beside the words: who registered with 12110, where the telephone is.

Rule protected: what is needed to save a life, no more. People registered for exactly this, and the consent
text says so; that it was told stands in the log of the record. Behind the compartment only what they cannot
do and where they are leaves: a name is the secret there, and a contact may be who is accused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.model.alarms.carrier_data import Asked, CarrierLook, Outcome, Position
from hub.model.cases.case import Case
from hub.model.people.registered_person import (
    IN_WORDS,
    Difficulty,
    EmergencyContact,
    Interpreter,
    RegisterAct,
    RegisteredPerson,
    RegisterEntry,
)
from hub.repositories.people.aid import AidRepositories
from hub.runtime.ids import new_id
from hub.store.documents import Write

_IN_A_LINE = 60
"""Of a text that somebody wrote; the webhook has all of it."""


@dataclass(frozen=True, slots=True)
class ToldRecord:
    """As much of a record as may leave."""

    difficulties: tuple[Difficulty, ...]
    address: str
    name: str = ""
    needs: str = ""
    contacts: tuple[EmergencyContact, ...] = ()
    interpreter: Interpreter | None = None

    def line(self) -> str:
        """In a text message."""
        cannot = "、".join(IN_WORDS[one] for one in self.difficulties)
        parts = [f"已登记：{self.name} {cannot}".rstrip()]
        if self.needs:
            parts.append(f"需要：{self.needs[:_IN_A_LINE]}")
        if self.address:
            parts.append(f"常住：{self.address[:_IN_A_LINE]}")
        parts += [f"联系人：{one.name}{one.number}" for one in self.contacts[:1]]
        if self.interpreter:
            parts.append(f"翻译：{self.interpreter.name}{self.interpreter.number}")
        return "；".join(parts)


@dataclass(frozen=True, slots=True)
class ToldByCarrier:
    """What the carrier answered when somebody asked it about this emergency."""

    address: str = ""
    position: Position | None = None
    name: str = ""

    def line(self) -> str:
        """In a text message."""
        parts = [f"机主：{self.name}"] if self.name else []
        parts += [f"机主地址：{self.address[:_IN_A_LINE]}"] if self.address else []
        if self.position:
            parts.append(f"手机位置：{self.position.text}±{self.position.accuracy_m}米")
        return "；".join(parts)


async def record_of(aid: AidRepositories, case: Case) -> ToldRecord | None:
    """The record of who wrote, None for who did not register."""
    person = await _person(aid, case)
    if person is None:
        return None
    told = ToldRecord(person.difficulties, person.address)
    if case.is_restricted:
        return told
    return ToldRecord(
        person.difficulties, person.address, person.name, person.needs, person.contacts, person.interpreter
    )


async def by_carrier(aid: AidRepositories, case: Case) -> ToldByCarrier | None:
    """The last answers of the carrier, None for none, and for a case whose identity was taken away."""
    if not case.applicant.address:
        return None
    looks = await aid.carrier_looks.of_cases([case.id])
    answered = [look for look in looks if look.outcome is Outcome.ANSWERED]
    whose, where = _first(answered, Asked.SUBSCRIBER), _first(answered, Asked.POSITION)
    subscriber = whose.subscriber if whose else None
    position = where.position if where else None
    if not (subscriber or position):
        return None
    return ToldByCarrier(
        subscriber.address if subscriber else "",
        position,
        subscriber.name if subscriber and not case.is_restricted else "",
    )


async def told_110(aid: AidRepositories, case: Case, *, at: int, by: str) -> list[Write]:
    """The line in the log of the record: 110 was told. by: id of the officer, "" for the hub."""
    person = await _person(aid, case)
    if person is None:
        return []
    entry = RegisterEntry(new_id(at), person.id, at, by, RegisterAct.TOLD_110, case_id=case.id)
    return [aid.register.insert_entry(entry)]


async def _person(aid: AidRepositories, case: Case) -> RegisteredPerson | None:
    key = case.applicant.address_key
    return (await aid.register.by_keys([key])).get(key)


def _first(looks: Sequence[CarrierLook], asked: Asked) -> CarrierLook | None:
    return next((look for look in looks if look.asked is asked), None)
