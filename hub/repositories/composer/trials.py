"""Numbers for trial sends, and the trials that were made."""

from __future__ import annotations

from channels.address import Address
from hub.model.campaigns.trial import MOST_NUMBERS, Trial, TrialNumber
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Delete, Documents, Insert

COLLECTIONS = (
    Collection("trial_numbers", fields={"added_at": int}, indexes=(("added_at",),)),
    Collection("trials", fields={"campaign_id": str, "at": int}, indexes=(("campaign_id", "at"), ("at",))),
)
_SHOWN = 50


class TrialRepository:
    """Reads; gives the writes."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._vault = vault
        self._numbers = Shape(TrialNumber, "trial_numbers", vault)
        self._trials = Shape(Trial, "trials", vault)

    def key(self, address: Address) -> str:
        """The blind index of an address, and the id of its number."""
        return self._vault.blind(address.key)

    async def numbers(self) -> list[Versioned[TrialNumber]]:
        """Every number, the oldest first."""
        found = await self._documents.find(
            "trial_numbers", {}, sort=(("added_at", 1),), limit=MOST_NUMBERS + 1
        )
        return self._numbers.listed_versioned(found)

    def add(self, number: TrialNumber) -> Insert:
        """The write of a new number; one that is there is a Duplicate."""
        return self._numbers.insert(number)

    def remove(self, found: Versioned[TrialNumber]) -> Delete:
        """The write that takes a number out."""
        return Delete("trial_numbers", found.value.id, found.version)

    def insert(self, trial: Trial) -> Insert:
        """The write of a trial; two in one place of an hour are a Duplicate."""
        return self._trials.insert(trial)

    async def of_campaign(self, campaign_id: str) -> list[Trial]:
        """The trials of a campaign, the newest first."""
        found = await self._documents.find(
            "trials", {"campaign_id": campaign_id}, sort=(("at", -1),), limit=_SHOWN
        )
        return self._trials.listed(found)

    async def since(self, at: int) -> int:
        """How many trials were made from `at` on."""
        return (await self._documents.count("trials", {"at": {"$gte": at}})).get("", 0)
