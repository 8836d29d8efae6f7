"""Changes the 12110 register: adds, edits, makes sure of, removes a record.

Rules protected: no record without consent; a number is of one person; every change is in the log with the
names of the fields and without their content; what is removed is gone at once, the log of it stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from campaigns.said import Said
from channels.address import BadAddress, is_textable, phone
from hub.model.agent import Agent, Permission
from hub.model.people.registered_person import (
    MOST_CONTACTS,
    MOST_NUMBERS,
    Consent,
    ConsentBy,
    Difficulty,
    EmergencyContact,
    Interpreter,
    RegisterAct,
    RegisteredPerson,
    RegisterEntry,
)
from hub.repositories.people.register import RegisterRepository, is_number
from hub.runtime.clock import Clock
from hub.runtime.errors import Forbidden, Invalid, NotFound, Stale
from hub.runtime.ids import new_id
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write

MOST_NAME, MOST_NEEDS, MOST_ADDRESS = 40, 200, 200
TAKEN = "这个号码已经登记在另一个人名下"


@dataclass(frozen=True, slots=True)
class ContactTyped:
    """A contact as it was typed; all "" for a line that was left free."""

    name: str = ""
    relation: str = ""
    number: str = ""

    def __bool__(self) -> bool:
        return bool(self.name or self.relation or self.number)


@dataclass(frozen=True, slots=True)
class RecordTyped:
    """A record as it was typed, blanks trimmed. consent_at: the day (ms UTC), 0 for none that can be read."""

    name: str
    numbers: tuple[str, ...]
    difficulties: tuple[Difficulty, ...]
    needs: str
    contacts: tuple[ContactTyped, ...]
    interpreter: ContactTyped
    address: str
    consent_by: ConsentBy | None
    consent_at: int
    consented: bool


class EditRegister:
    """For who keeps the register. All raise `Forbidden`; where a record is named, `NotFound` and `Stale`."""

    def __init__(self, documents: Documents, register: RegisterRepository, clock: Clock) -> None:
        self._documents = documents
        self._register = register
        self._clock = clock

    async def add(self, agent: Agent, typed: RecordTyped) -> str:
        """The id of the new record. Raises `Invalid` by field."""
        require_keeper(agent)
        now = self._clock.now_ms()
        person = checked_record(typed, new_id(now), now, now)
        entry = self._entry(agent, person.id, RegisterAct.ADDED)
        await self._commit([*self._register.insert(person), entry], typed)
        return person.id

    async def change(self, agent: Agent, person_id: str, typed: RecordTyped, *, version: int) -> None:
        """Raises `Invalid` by field. A record that was written anew counts as made sure of."""
        was = await self._found(agent, person_id, version)
        now = self._clock.now_ms()
        person = _same_consent(was.value, checked_record(typed, person_id, was.value.created_at, now))
        fields = _changed(was.value, person)
        act = RegisterAct.CHANGED if fields else RegisterAct.CHECKED
        entry = self._entry(agent, person_id, act, fields)
        await self._commit([*await self._register.update(person, version), entry], typed)

    async def check(self, agent: Agent, person_id: str, *, version: int) -> None:
        """Somebody made sure that everything is still right."""
        was = await self._found(agent, person_id, version)
        now = self._clock.now_ms()
        person = replace(was.value, checked_at=now, updated_at=now)
        entry = self._entry(agent, person_id, RegisterAct.CHECKED)
        await self._commit([*await self._register.update(person, version), entry])

    async def remove(self, agent: Agent, person_id: str, *, version: int, asked: bool) -> None:
        """Takes the record away for good. Raises `Invalid` unless it is confirmed."""
        was = await self._found(agent, person_id, version)
        if not asked:
            raise Invalid({"asked": "请确认本人或监护人要求删除，或登记有误"})
        entry = self._entry(agent, person_id, RegisterAct.REMOVED)
        await self._commit([*await self._register.remove(was), entry])

    async def _found(self, agent: Agent, person_id: str, version: int) -> Versioned[RegisteredPerson]:
        require_keeper(agent)
        found = await self._register.get(person_id)
        if found is None:
            raise NotFound("registered_person")
        if found.version != version:
            raise Stale("registered_person")
        return found

    def _entry(self, agent: Agent, person_id: str, act: RegisterAct, fields: Sequence[str] = ()) -> Write:
        now = self._clock.now_ms()
        return self._register.insert_entry(
            RegisterEntry(new_id(now), person_id, now, agent.id, act, tuple(fields))
        )

    async def _commit(self, writes: Sequence[Write], typed: RecordTyped | None = None) -> None:
        try:
            await self._documents.commit(writes)
        except (Conflict, Duplicate) as problem:
            if typed is not None and isinstance(problem, Duplicate) and is_number(problem.write):
                taken = problem.write.id
                fields = {self._key(text): f"number-{place}" for place, text in enumerate(typed.numbers, 1)}
                raise Invalid({fields.get(taken, "number-1"): TAKEN}) from None
            raise Stale("registered_person") from None

    def _key(self, number: str) -> str:
        return self._register.key(phone(number).value) if number else ""


def require_keeper(agent: Agent) -> None:
    if not agent.may(Permission.REGISTER_EDIT):
        raise Forbidden(Permission.REGISTER_EDIT)


def checked_record(typed: RecordTyped, person_id: str, created_at: int, now: int) -> RegisteredPerson:
    """The record that was typed. Raises `Invalid` with every problem by the name of its field."""
    problems: dict[str, str] = {}
    _length(problems, "name", typed.name, MOST_NAME, "请填写姓名")
    numbers = _numbers(typed.numbers, problems)
    _length(problems, "address", typed.address, MOST_ADDRESS)
    if not (typed.difficulties or typed.needs):
        problems["difficulties"] = "请至少选择一项，或写明需要"
    _length(problems, "needs", typed.needs, MOST_NEEDS)
    contacts = tuple(
        EmergencyContact(one.name, one.relation, _number(one, f"contact-{place}", problems))
        for place, one in enumerate(typed.contacts[:MOST_CONTACTS], 1)
        if one
    )
    interpreter = None
    if typed.interpreter:
        told = typed.interpreter
        interpreter = Interpreter(told.name, _number(told, "interpreter", problems))
    if typed.consent_by is None:
        problems["consent_by"] = "请选择谁表示同意、怎样表示"
    if not 0 < typed.consent_at <= now:
        problems["consent_at"] = "请填写同意的日期，不能晚于今天"
    if not typed.consented:
        problems["consented"] = "没有本人或监护人的同意，不能登记"
    if problems or typed.consent_by is None:
        raise Invalid(problems)
    return RegisteredPerson(
        id=person_id,
        created_at=created_at,
        updated_at=now,
        checked_at=now,
        consent=Consent(typed.consent_at, typed.consent_by),
        name=typed.name,
        numbers=numbers,
        difficulties=typed.difficulties,
        needs=typed.needs,
        contacts=contacts,
        interpreter=interpreter,
        address=typed.address,
    )


def _same_consent(was: RegisteredPerson, now: RegisteredPerson) -> RegisteredPerson:
    """A consent that was not given anew stays one to the text it was given to."""
    is_same = (was.consent.at, was.consent.by) == (now.consent.at, now.consent.by)
    return replace(now, consent=was.consent) if is_same else now


def _numbers(typed: Sequence[str], problems: dict[str, str]) -> tuple[str, ...]:
    found: list[str] = []
    for place, text in enumerate(typed[:MOST_NUMBERS], 1):
        if not text:
            continue
        try:
            address = phone(text)
        except BadAddress:
            problems[f"number-{place}"] = "这不是电话号码，请核对"
            continue
        if not is_textable(address) or not address.value.startswith("+"):
            problems[f"number-{place}"] = "请填写能发短信的手机号"
        elif address.value not in found:
            found.append(address.value)
    if not found and not any(name.startswith("number-") for name in problems):
        problems["number-1"] = "请填写发短信用的手机号"
    return tuple(found)


def _number(typed: ContactTyped, field: str, problems: dict[str, str]) -> str:
    """The number of somebody to be called: any that can be dialled."""
    _length(problems, f"{field}-name", typed.name, MOST_NAME, "请填写姓名")
    _length(problems, f"{field}-relation", typed.relation, MOST_NAME)
    try:
        value = phone(typed.number).value
    except BadAddress:
        value = ""
    if not value:
        problems[f"{field}-number"] = "请填写能打通的电话号码"
    return value


def _length(problems: dict[str, str], field: str, text: str, most: int, missing: str = "") -> None:
    if missing and not text:
        problems[field] = missing
    elif len(text) > most:
        problems[field] = Said("最多 %(most)s 个字", most=most)


def _changed(was: RegisteredPerson, now: RegisteredPerson) -> tuple[str, ...]:
    """Names of the fields that differ, as the page calls them."""
    values: Mapping[str, tuple[object, object]] = {
        name: (getattr(was, name), getattr(now, name))
        for name in (
            "name",
            "numbers",
            "difficulties",
            "needs",
            "contacts",
            "interpreter",
            "address",
            "consent",
        )
    }
    return tuple(name for name, (before, after) in values.items() if before != after)
