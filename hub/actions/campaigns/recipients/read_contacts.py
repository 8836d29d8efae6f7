"""Contacts the office may write to: a list with filters, one by whole number or whole name, one in full.

Rule protected: whoever is known from a case only is not here. What is shown is what lists and imports say, by
masked number, and how many messages of campaigns went out; of cases nothing, not even that there are any.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from campaigns.segment import EVERYBODY, Segment
from campaigns.selection import delivery_id
from channels.address import Address, masked
from channels.outbox.delivery import DeliveryState
from hub.actions.campaigns.recipients.opt_outs import SUBJECTS, Found, OptOuts, address_of
from hub.model.recipients.contact_source import ContactSource
from hub.repositories.campaigns import CampaignRepository
from hub.repositories.contacts import ContactRepository
from hub.repositories.memberships import Membership, MembershipRepository, fits
from hub.repositories.outbox import OutboxRepository
from hub.repositories.recipients.contact_imports import ContactImportRepository
from hub.repositories.suppressions import SuppressionRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid, NotFound

PAGE = 50
_NAMED = 50
_SENT_MS = 90 * 86_400_000
_RUNS = 300


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A contact in a list. out: subjects they get nothing about, `invalid` for a dead address."""

    person: Membership
    masked: str
    out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContactPage:
    """One page; `next` continues it, None at the end. total: all that fit, not only those of the page."""

    lines: tuple[ContactLine, ...]
    next: str | None
    total: int


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message of a campaign to one contact. at: when its run began."""

    campaign_id: str
    name: str
    at: int
    state: DeliveryState


@dataclass(frozen=True, slots=True)
class ContactView:
    """Everything the page of a contact shows. groups: name → since when (ms UTC). sent: of the last 90 days,
    of the newest runs; the newest first."""

    person: Membership
    masked: str
    groups: Mapping[str, int]
    sources: tuple[ContactSource, ...]
    found: Found
    sent: tuple[SentMessage, ...]


class ReadContacts:
    """Reads contacts."""

    def __init__(
        self,
        memberships: MembershipRepository,
        contacts: ContactRepository,
        imports: ContactImportRepository,
        suppressions: SuppressionRepository,
        campaigns: CampaignRepository,
        outbox: OutboxRepository,
        opt_outs: OptOuts,
        clock: Clock,
    ) -> None:
        self._memberships = memberships
        self._contacts = contacts
        self._imports = imports
        self._suppressions = suppressions
        self._campaigns = campaigns
        self._outbox = outbox
        self._opt_outs = opt_outs
        self._clock = clock

    async def page(self, segment: Segment, *, reach: str = "", after: str | None = None) -> ContactPage:
        """Those of the first group of `segment` (everybody without one) that fit it, who came last first.
        reach: a `Reach`, "" = any."""
        wanted = Segment(
            segment.groups[:1] or (EVERYBODY,),
            segment.regions,
            segment.language,
            segment.tags,
            segment.sources,
            segment.consent,
        )
        where = {"reach": reach} if reach else {}
        people, following = await self._memberships.listed(where, wanted, after=after, limit=PAGE)
        cells = await self._memberships.cells(wanted.groups)
        total = sum(cell.count for cell in cells if fits(wanted, cell) and (not reach or cell.reach == reach))
        return ContactPage(tuple(await self._lines(people)), following, total)

    async def find(self, text: str) -> list[ContactLine]:
        """Whoever has this whole number, mail address or name. Raises `Invalid` (field `find`)."""
        text = text.strip()
        if not text:
            raise Invalid({"find": "请输入完整的手机号或姓名"})
        if "@" in text or not any(char.isalpha() for char in text):
            try:
                address = address_of(text)
            except Invalid as problem:
                raise Invalid({"find": problem.problems["number"]}) from None
            key = self._contacts.key(address)
            people = list((await self._memberships.of_addresses([key])).values())
            if not people:  # another address of somebody in the list
                owner = await self._contacts.owner(key)
                rows = (await self._memberships.of_contacts([owner]))[owner]
                people = [one.value for one in rows if one.value.group == EVERYBODY]
        else:
            people = await self._memberships.named(text, limit=_NAMED)
        return await self._lines(people)

    async def view(self, contact_id: str) -> ContactView:
        """One contact in full. Raises `NotFound`."""
        rows = [one.value for one in (await self._memberships.of_contacts([contact_id]))[contact_id]]
        if not rows:
            raise NotFound("contact")
        person = next((row for row in rows if row.group == EVERYBODY), rows[0])
        shown = masked(Address(person.kind, person.address))
        return ContactView(
            person,
            shown,
            {
                row.group: row.since
                for row in sorted(rows, key=lambda row: row.since)
                if row.group != EVERYBODY
            },
            tuple(await self._imports.sources_of(contact_id)),
            await self._opt_outs.of(person.address_key, shown),
            tuple(await self._sent(person.address_key)),
        )

    async def _sent(self, address_key: str) -> list[SentMessage]:
        """The id of a row follows from run and address: no index over people is needed."""
        runs = await self._campaigns.recent_broadcasts(since=self._clock.now_ms() - _SENT_MS, limit=_RUNS)
        by_id = {delivery_id(run, address_key): run for run in runs}
        rows = await self._outbox.reread(list(by_id)) if by_id else {}
        names = await self._campaigns.named([by_id[id].campaign_id for id in rows])
        found = [
            SentMessage(by_id[id].campaign_id, names.get(by_id[id].campaign_id, ""), by_id[id].fire_at, state)
            for id, state in ((id, row.delivery.state) for id, row in rows.items())
        ]
        return sorted(found, key=lambda one: -one.at)

    async def _lines(self, people: Sequence[Membership]) -> list[ContactLine]:
        rules = [(one.address_key, subject) for one in people for subject in SUBJECTS]
        blocked = await self._suppressions.blocked(rules) if rules else frozenset()
        return [
            ContactLine(
                one,
                masked(Address(one.kind, one.address)),
                tuple(subject for subject in SUBJECTS if (one.address_key, subject) in blocked),
            )
            for one in people
        ]
