"""What some rows of a file change about contacts: the same decision for looking at a file and for taking it.

Rules protected: persons are merged by their number; taking the same rows again changes nothing; what another
source knows is completed, never overwritten; consent is kept for each source with its date; an opt-out in any
source wins, and no file takes one back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from campaigns.importing.row import Row
from campaigns.segment import EVERYBODY, packed, unpacked
from channels.address import masked
from channels.outbox.suppression import EDUCATION, subjects_of
from hub.actions.campaigns.recipients.taker import Merged, others_turn
from hub.model.people.contact import Contact
from hub.model.recipients.contact_import import (
    ContactImport,
    ImportState,
    RejectedRow,
    Totals,
    added,
)
from hub.model.recipients.contact_source import ContactSource, source_id
from hub.repositories.contacts import ContactRepository
from hub.repositories.memberships import Membership, MembershipRepository, reach_of
from hub.repositories.recipients.contact_imports import ContactImportRepository
from hub.repositories.suppressions import ERASED, SuppressionRepository
from hub.store.codec import Versioned
from hub.store.documents import Write


@dataclass(slots=True)
class _Person:
    """A contact while the rows about it are read. stored: its rows. now: the row of `EVERYBODY` as it should
    be, None before the first row of somebody new. blocked: subjects a standing rule is about already."""

    id: str
    row: Row
    stored: list[Versioned[Membership]]
    source: Versioned[ContactSource] | None
    blocked: frozenset[str]
    is_known: bool
    has_address: bool
    now: Membership | None = None
    said: ContactSource | None = None
    opts_out: bool = False
    groups: set[str] = field(default_factory=set)

    @property
    def is_out(self) -> bool:
        """Whether they want no campaign."""
        return self.opts_out or EDUCATION in self.blocked


class MergeRows:
    """Decides, writes nothing itself."""

    def __init__(
        self,
        contacts: ContactRepository,
        memberships: MembershipRepository,
        imports: ContactImportRepository,
        suppressions: SuppressionRepository,
    ) -> None:
        self._contacts = contacts
        self._memberships = memberships
        self._imports = imports
        self._suppressions = suppressions

    async def __call__(self, taking: ContactImport, lined: Sequence[tuple[int, Row]], *, at: int) -> Merged:
        """What these rows of an import, each with its line, change at `at` (ms UTC); 200 rows at most."""
        if not lined:
            return Merged()
        rows, erased = await self._wanted(lined)
        keys = [self._contacts.key(row.address) for row in rows]
        people = await self._people(taking, rows, keys)
        counts: Counter[str] = Counter()
        new: list[str] = []
        for place, (key, row) in enumerate(zip(keys, rows, strict=True), 1):
            await others_turn(place)
            person = people[key]
            outcome = self._read(taking, person, row, key, at)
            counts[outcome] += 1
            if outcome == "new":
                new.append(key)
            counts["opted_out"] += person.is_out and outcome != "repeated"
        writes: list[Write] = []
        if taking.state is ImportState.RUNNING:  # to seal what nobody stores is half of the work
            for place, (key, person) in enumerate(people.items(), 1):
                await others_turn(place)
                writes += self._writes(taking, person, key, at)
        noted = Counter(reason for row in rows for reason in row.noted)
        return Merged(tuple(writes), added(Totals(), **counts, noted=noted), tuple(new), erased)

    async def _wanted(
        self, lined: Sequence[tuple[int, Row]]
    ) -> tuple[Sequence[Row], tuple[RejectedRow, ...]]:
        """The rows without those of people who had their data erased, and these: what stood there is kept
        nowhere."""
        rules = [(self._contacts.key(row.address), ERASED) for _, row in lined]
        erased = await self._suppressions.blocked(list(dict.fromkeys(rules)))
        kept = [row for (_, row), rule in zip(lined, rules, strict=True) if rule not in erased]
        gone = [line for (line, _), rule in zip(lined, rules, strict=True) if rule in erased]
        return kept, tuple(RejectedRow(line, ERASED) for line in gone)

    async def _people(
        self, taking: ContactImport, rows: Sequence[Row], keys: Sequence[str]
    ) -> dict[str, _Person]:
        known = await self._contacts.known(keys)
        listed = await self._memberships.of_addresses([key for key in keys if key not in known])
        ids = {key: known.get(key) or self._contacts.id_for(key) for key in keys}
        ids |= {
            key: row.contact_id for key, row in listed.items()
        }  # in a list, their address in no other place
        of_contacts = list(dict.fromkeys(ids.values()))
        stored = await self._memberships.of_contacts(of_contacts)
        contacts = await self._contacts.many(of_contacts)
        sources = await self._imports.sources([source_id(id, taking.source) for id in of_contacts])
        rules = [(key, subject) for key in dict.fromkeys(keys) for subject in subjects_of("")]
        blocked = await self._suppressions.blocked(rules)
        people: dict[str, _Person] = {}
        by_id: dict[str, _Person] = {}
        for key, row in zip(keys, rows, strict=True):
            id = ids[key]
            # A number and a mail address of one contact are one person.
            person = by_id.get(id) or _Person(
                id,
                row,
                stored[id],
                sources.get(source_id(id, taking.source)),
                frozenset(subject for of, subject in blocked if of == key),
                is_known=id in contacts,
                has_address=key in known,
            )
            by_id[id] = people[key] = person
        for person in by_id.values():
            person.groups = {one.value.group for one in person.stored}
            everybody = [one.value for one in person.stored if one.value.group == EVERYBODY]
            others = [one.value for one in person.stored]
            person.now = next(iter([*everybody, *others]), None)
            person.said = person.source.value if person.source else None
        return people

    def _read(self, taking: ContactImport, person: _Person, row: Row, key: str, at: int) -> str:
        """Reads one row into the person; the name of the total it counts for."""
        before = (person.now, person.said, frozenset(person.groups), person.opts_out)
        is_new = person.now is None
        repeats = person.now is not None and person.now.batch == taking.id
        person.opts_out = person.opts_out or (
            row.opted_out and not person.blocked.issuperset(subjects_of(""))
        )
        base = person.now or self._first(taking, person, row, key, at)
        person.now = self._with(taking, person, base, row)
        person.said = _said(taking, person, row, at)
        person.groups |= {EVERYBODY} | ({taking.group} if taking.group else set())
        if is_new:
            return "new"
        if repeats:
            return "repeated"
        after = (person.now, person.said, frozenset(person.groups), person.opts_out)
        return "unchanged" if before == after else "merged"

    def _first(self, taking: ContactImport, person: _Person, row: Row, key: str, at: int) -> Membership:
        return Membership(
            id=f"{EVERYBODY}:{person.id}",
            group=EVERYBODY,
            contact_id=person.id,
            address_key=key,
            since=at,
            kind=row.address.kind,
            address=row.address.value,
            reach=reach_of(row.address),
            batch=taking.id,
        )

    def _with(self, taking: ContactImport, person: _Person, old: Membership, row: Row) -> Membership:
        """What is known of somebody when this row is known too. What a rule stands against is not agreed to
        by a file; that it was once stays, or the same file would say something else the next time."""
        is_ours = unpacked(old.sources) in ((), (taking.source,))

        def better(old_word: str, new_word: str) -> str:
            return new_word if new_word and (is_ours or not old_word) else old_word

        return replace(
            old,
            name=better(old.name, row.name),
            region=better(old.region, row.region),
            language=better(old.language, row.language),
            tags=packed((*unpacked(old.tags), *row.tags, *taking.tags)),
            sources=packed((*unpacked(old.sources), taking.source)),
            consent="" if person.opts_out else old.consent if person.is_out else row.consent or old.consent,
        )

    def _writes(self, taking: ContactImport, person: _Person, key: str, at: int) -> list[Write]:
        now = person.now
        if now is None:
            return []
        writes: list[Write] = []
        if not person.is_known and not person.stored:
            contact = Contact(person.id, at, language=now.language, region=now.region, name=now.name)
            writes.append(self._contacts.insert(contact))
            person.is_known = True
        if not person.has_address and not person.stored:
            writes.append(self._contacts.insert_address(person.id, person.row.address, at=at))
            person.has_address = True
        for stored in person.stored:
            wanted = self._in_group(now, stored.value.group, stored.value)
            if wanted != stored.value:
                writes.append(self._memberships.update(wanted, stored.version))
        there = {stored.value.group for stored in person.stored}
        for group in sorted(person.groups - there):
            listed_at = at if group == EVERYBODY else None
            fresh = replace(
                now, id=f"{group}:{person.id}", group=group, since=at, listed_at=listed_at, batch=taking.id
            )
            writes.append(self._memberships.insert(self._in_group(fresh, group, fresh)))
        if person.said is not None and person.source is None:
            writes.append(self._imports.insert_source(person.said))
        elif person.said is not None and person.source is not None and person.said != person.source.value:
            writes.append(self._imports.update_source(person.said, person.source.version))
        if person.opts_out:
            writes += [
                self._suppressions.add(
                    (key, subject),
                    reason="asked",
                    by=taking.source,
                    at=at,
                    masked=masked(person.row.address),
                    note="导入名单",
                )
                for subject in subjects_of("")
                if subject not in person.blocked
            ]
        person.now = None  # two addresses of one person are written once
        return writes

    def _in_group(self, now: Membership, group: str, old: Membership) -> Membership:
        """The row of one group with what is known now."""
        return replace(
            old,
            name=now.name,
            region=now.region,
            language=now.language,
            tags=now.tags,
            sources=now.sources,
            consent=now.consent,
            name_key=self._memberships.name_key(now.name) if group == EVERYBODY else "",
        )


def _said(taking: ContactImport, person: _Person, row: Row, at: int) -> ContactSource:
    """What this source knows, with when it was agreed to; a row that does not say changes nothing."""
    old = person.said or ContactSource(
        source_id(person.id, taking.source), person.id, taking.source, at, batch=taking.id
    )
    if not row.consent or row.opted_out:
        return replace(old, opted_out=old.opted_out or row.opted_out)
    return replace(
        old, consent=row.consent, consent_at=row.consent_at or old.consent_at or at, opted_out=old.opted_out
    )
