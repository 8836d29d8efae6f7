"""Saves what a writer wrote: the campaign and its version in one commit, the kept draft goes afterwards.

Rules protected: two writers never overwrite each other unseen (`Stale`); what was typed and not saved is
kept on the server, for its writer only; a text that was saved once can be read again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from campaigns.campaign import Campaign
from hub.actions.campaigns.desk import CampaignDesk
from hub.actions.campaigns.draft_campaign import Draft
from hub.model.agent import Agent
from hub.model.campaigns.writing import CampaignVersion, KeptDraft, draft_id, version_of
from hub.repositories.composer.composer import ComposerRepositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.store.documents import Conflict, Documents, Duplicate, Write
from hub.store.until_committed import until_committed

_TRIES = 4
_LONGEST_VALUE = 8_000
_MOST_VALUES = 200
OTHER_CLASS = "内容类型由模板决定，不能更改；需要别的类型请换模板"


class WriteCampaign:
    """Saves, keeps and remembers."""

    def __init__(
        self, documents: Documents, desk: CampaignDesk, stores: ComposerRepositories, clock: Clock
    ) -> None:
        self._documents = documents
        self._desk = desk
        self._stores = stores
        self._clock = clock

    async def create(self, agent: Agent, draft: Draft) -> Campaign:
        """A new draft. Raises `Invalid`."""
        await self._template_allows(draft)
        made = await self._desk.create(draft, agent.id, also=lambda new: [self._version(agent, new, 1)])
        await self.discard(agent, "")
        return made

    async def edit(self, agent: Agent, campaign_id: str, draft: Draft, *, version: int) -> Campaign:
        """Replaces what was read at `version`. Raises `Invalid`, `NotFound`, `Stale`."""
        await self._template_allows(draft)
        before = await self._desk.get(campaign_id)
        known = await self._stores.writings.versions(campaign_id)

        def versions(edited: Campaign) -> Sequence[Write]:
            new = self._version(agent, edited, version + 1)
            if known:
                return [new]
            at, by = before.value.changed_at or before.value.created_at, before.value.author_id
            first = version_of(before.value, before.version, at=at, by=by)  # of an earlier release
            return [self._stores.writings.insert_version(first), new]

        edited = await self._desk.edit(campaign_id, draft, version=version, by=agent.id, also=versions)
        await self.discard(agent, campaign_id)
        return edited

    # -- what is typed and not saved -------------------------------------------------------------

    async def keep(
        self, agent: Agent, campaign_id: str, values: Mapping[str, Sequence[str]], *, base: int
    ) -> int:
        """Keeps what is being typed; when (ms UTC). Raises `NotFound`, `Stale`.

        campaign_id: "" for a new one. base: version of the campaign that the page showed.
        """
        if campaign_id:
            await self._desk.get(campaign_id)
        now = self._clock.now_ms()
        kept = {
            name: tuple(value[:_LONGEST_VALUE] for value in several[:_MOST_VALUES])
            for name, several in values.items()
        }

        async def decide() -> tuple[Sequence[Write], int]:
            found = await self._stores.writings.draft(agent.id, campaign_id)
            draft = KeptDraft(draft_id(agent.id, campaign_id), agent.id, campaign_id, now, base, kept)
            return [self._stores.writings.put_draft(draft, found)], now

        try:
            return await until_committed(self._documents, decide, tries=_TRIES)
        except (Conflict, Duplicate):
            raise Stale("draft") from None

    async def kept(self, agent: Agent, campaign_id: str) -> KeptDraft | None:
        """What the agent typed and did not save, or None."""
        found = await self._stores.writings.draft(agent.id, campaign_id)
        return found.value if found else None

    async def discard(self, agent: Agent, campaign_id: str) -> None:
        """Drops it. One that is kept anew at this moment stays; it says what was saved, or more."""
        found = await self._stores.writings.draft(agent.id, campaign_id)
        if found is not None:
            with suppress(Conflict):
                await self._documents.commit([self._stores.writings.remove_draft(found)])

    # -- what was saved --------------------------------------------------------------------------

    async def versions(self, campaign_id: str) -> list[CampaignVersion]:
        """The saved versions, the newest first; one of the present content where none was kept yet.

        Raises `NotFound`.
        """
        read = await self._desk.get(campaign_id)
        known = await self._stores.writings.versions(campaign_id)
        if known:
            return known
        at = read.value.changed_at or read.value.created_at
        return [version_of(read.value, read.version, at=at, by=read.value.author_id)]

    async def version(self, campaign_id: str, number: int) -> CampaignVersion:
        """One of them. Raises `NotFound`."""
        found = next((one for one in await self.versions(campaign_id) if one.number == number), None)
        if found is None:
            raise NotFound("version")
        return found

    async def _template_allows(self, draft: Draft) -> None:
        if not draft.template_id:
            return
        found = await self._stores.templates.get(draft.template_id)
        if found is not None and found.value.content.message_class is not draft.message_class:
            raise Invalid({"message_class": OTHER_CLASS})

    def _version(self, agent: Agent, campaign: Campaign, number: int) -> Write:
        at = campaign.changed_at or campaign.created_at
        return self._stores.writings.insert_version(version_of(campaign, number, at=at, by=agent.id))
