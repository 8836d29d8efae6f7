"""Who wants no messages, since when, by which word, and who noted it.

Rules protected: a wish to stop is noted by whoever hears it and is in force at once; it is lifted only
because the citizen asked for that, by a named officer with a reason, and a record of it stays. A number is
looked up by its blind index and travels in a form, never in an address.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from channels.address import Address, AddressKind, BadAddress, email, is_textable, masked, phone
from channels.outbox.suppression import EDUCATION, INVALID, NOTICE, SAFETY, WARNING
from hub.repositories.agents import AgentRepository
from hub.repositories.contacts import ContactRepository
from hub.repositories.memberships import MembershipRepository
from hub.repositories.suppressions import ERASED, Lift, Suppression, SuppressionRepository
from hub.runtime.clock import CHINA, Clock, to_local, to_ms
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.store.documents import Conflict, Documents, Duplicate

WISHES = (EDUCATION, NOTICE, WARNING, SAFETY)
"""What a citizen may want no messages about."""
SUBJECTS = (*WISHES, INVALID, ERASED)
PAGE = 50
DAYS = 30
MAX_NOTE = 200
PROVIDER = "provider"


class How(StrEnum):
    """Who or what a rule came from."""

    CHANNEL = "channel"  # the citizen wrote
    PROVIDER = "provider"
    AGENT = "agent"
    SOURCE = "source"  # a list that was imported


class Via(StrEnum):
    """How the citizen told staff."""

    PHONE = "phone"
    VISIT = "visit"
    LETTER = "letter"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule as an officer sees it. by: a channel, a source or the name of an agent. contact_id: "" when the
    number is in no list."""

    rule: Suppression
    masked: str
    how: How
    by: str
    contact_id: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What stands about one number."""

    masked: str
    contact_id: str
    rules: tuple[RuleLine, ...]
    lifts: tuple[Lift, ...]
    names: Mapping[str, str]


class OptOuts:
    """Reads rules, adds and lifts them by hand."""

    def __init__(
        self,
        documents: Documents,
        suppressions: SuppressionRepository,
        contacts: ContactRepository,
        memberships: MembershipRepository,
        agents: AgentRepository,
        clock: Clock,
        *,
        channels: Container[str],
    ) -> None:
        """channels: names of the configured ones."""
        self._documents = documents
        self._suppressions = suppressions
        self._contacts = contacts
        self._memberships = memberships
        self._agents = agents
        self._clock = clock
        self._channels = channels

    async def page(self, *, subject: str = "", after: str | None = None) -> tuple[list[RuleLine], str | None]:
        """Rules, the newest first, and where the next page begins."""
        rules, following = await self._suppressions.page(subject=subject, after=after, limit=PAGE)
        return await self._lines(rules), following

    async def counts(self) -> dict[str, int]:
        """Rules in force by subject."""
        found = await self._suppressions.counts()
        return {subject: found.get(subject, 0) for subject in SUBJECTS}

    async def curve(self, subject: str) -> list[tuple[str, int]]:
        """Day (`2026-11-30`, in China) and how many of the rules in force began on it, the oldest first."""
        today = to_local(self._clock.now_ms()).replace(hour=0, minute=0, second=0, microsecond=0)
        found = []
        for ago in range(DAYS - 1, -1, -1):
            day = today - timedelta(days=ago)
            start = to_ms(day.replace(tzinfo=CHINA))
            number = await self._suppressions.since(subject, start, start + 86_400_000)
            found.append((f"{day:%Y-%m-%d}", number))
        return found

    async def find(self, number: str) -> Found:
        """What stands about a whole number or mail address. Raises `Invalid` (field `number`)."""
        address = address_of(number)
        return await self.of(self._contacts.key(address), masked(address))

    async def of(self, address_key: str, shown: str) -> Found:
        """What stands about an address; shown: its masked form."""
        rules = [one.value for one in await self._suppressions.of_address(address_key)]
        lifts = await self._suppressions.lifts(address_key)
        lines = await self._lines(rules)
        agents = await self._agents.get_many(sorted({lift.lifted_by for lift in lifts}))
        there = await self._memberships.of_addresses([address_key])
        contact_id = there[address_key].contact_id if address_key in there else ""
        names = {id: agent.name for id, agent in agents.items()}
        return Found(shown, contact_id, tuple(lines), tuple(lifts), names)

    async def add(self, agent_id: str, number: str, subjects: Sequence[str], via: str, note: str) -> int:
        """Notes that a citizen asked to be left alone; how many rules are new. Raises `Invalid`."""
        problems: dict[str, str] = {}
        address = None
        try:
            address = address_of(number)
        except Invalid as problem:
            problems.update(problem.problems)
        wanted = [subject for subject in WISHES if subject in subjects]
        if not wanted:
            problems["subjects"] = "请至少选择一项"
        problems |= told(via, note)
        if problems or address is None:
            raise Invalid(problems)
        key, now = self._contacts.key(address), self._clock.now_ms()
        there = {one.value.subject for one in await self._suppressions.of_address(key)}
        writes = [
            self._suppressions.add(
                (key, subject),
                reason="asked",
                by=agent_id,
                at=now,
                masked=masked(address),
                via=Via(via),
                note=note.strip(),
            )
            for subject in wanted
            if subject not in there
        ]
        if writes:
            try:
                await self._documents.commit(writes)
            except Duplicate:
                raise Stale("suppression") from None
        return len(writes)

    async def lift(self, agent_id: str, rule_id: str, via: str, note: str, *, asked: bool) -> Suppression:
        """Lifts one rule because the citizen asked for it, or because a dead number is in use again. Raises
        `Invalid`, `NotFound`, `Stale`."""
        found = await self._suppressions.get(rule_id)
        if found is None:
            raise NotFound("suppression")
        problems = told(via, note)
        if not asked:
            problems["asked"] = "只有本人要求，才能恢复发送"
        if problems:
            raise Invalid(problems)
        writes = self._suppressions.lift(
            found, by=agent_id, at=self._clock.now_ms(), via=Via(via), note=note.strip()
        )
        try:
            await self._documents.commit(writes)
        except Conflict:
            raise Stale("suppression") from None
        return found.value

    async def _lines(self, rules: Sequence[Suppression]) -> list[RuleLine]:
        keys = sorted({rule.address_key for rule in rules})
        bare = sorted({rule.address_key for rule in rules if not rule.masked})
        known = await self._contacts.masked(bare) if bare else {}
        people = await self._memberships.of_addresses(keys)
        agents = await self._agents.get_many(sorted({rule.by for rule in rules}))
        lines = []
        for rule in rules:
            person = people.get(rule.address_key)
            shown = rule.masked or known.get(rule.address_key, "")
            if not shown and person is not None and person.address:
                shown = masked(Address(person.kind, person.address))
            how, by = self._from(rule.by, {id: agent.name for id, agent in agents.items()})
            lines.append(RuleLine(rule, shown, how, by, person.contact_id if person else ""))
        return lines

    def _from(self, by: str, names: Mapping[str, str]) -> tuple[How, str]:
        if by in names:
            return How.AGENT, names[by]
        if by == PROVIDER:
            return How.PROVIDER, ""
        return (How.CHANNEL if by in self._channels else How.SOURCE), by


def address_of(number: str) -> Address:
    """A whole number or mail address as it was typed. Raises `Invalid` (field `number`)."""
    try:
        address = email(number) if "@" in number else phone(number)
    except BadAddress:
        address = None
    is_number = address is not None and address.kind is AddressKind.PHONE
    if address is None or (is_number and not (is_textable(address) and address.value.startswith("+"))):
        raise Invalid({"number": "手机号应为 11 位数字，例如 13800001234"})
    return address


def told(via: str, note: str) -> dict[str, str]:
    """What is wrong with how somebody told staff, by field, in Chinese."""
    found: dict[str, str] = {}
    if via not in set(Via):
        found["via"] = "请选择本人是怎样提出的"
    if not note.strip() or len(note) > MAX_NOTE:
        found["note"] = f"请写明情况，最多 {MAX_NOTE} 个字"
    return found
