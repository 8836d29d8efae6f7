"""Issues of warnings, and the identifiers that were given: one second of a unit is used once.

Nothing of it is personal: an issue is written to be published. Whom it reached is known by its campaigns,
whose lists of recipients are erased by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.model.warnings.issue import WAITING, Handing, Issue, Stage
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert, Update

COLLECTIONS = (
    Collection(
        "warning_issues",
        fields={
            **dict.fromkeys(("stage", "handing", "chain"), str),
            **dict.fromkeys(("created_at", "expires_at", "papers_due_at"), int),
        },
        indexes=(
            ("created_at",),
            ("stage", "created_at"),
            ("chain", "created_at"),
            ("papers_due_at",),
            ("handing",),
        ),
    ),
    Collection("warning_ids", fields={"issue_id": str}),
)
_OLDEST = (("created_at", 1),)
_MOST = 200
"""Issues that wait or hold at once: a province has some dozens."""


class WarningRepository:
    """Reads issues; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._issues = Shape(Issue, "warning_issues", vault)

    async def get(self, issue_id: str) -> Versioned[Issue] | None:
        """An issue with its version, or None."""
        stored = await self._documents.get("warning_issues", issue_id)
        return None if stored is None else self._issues.versioned(stored)

    async def named(self, identifier: str) -> Issue | None:
        """The issue that was given this identifier, or took it over from outside; None for none."""
        stored = await self._documents.get("warning_ids", identifier)
        found = await self.get(str(stored.body["issue_id"])) if stored else None
        return found.value if found else None

    async def chain(self, chain: str) -> list[Issue]:
        """All issues of a chain, the first one first."""
        found = await self._documents.find("warning_issues", {"chain": chain}, sort=_OLDEST, limit=_MOST)
        return self._issues.listed(found)

    async def waiting(self) -> list[Issue]:
        """Those on their way to release, oldest first."""
        stages = {"$in": sorted(WAITING)}
        found = await self._documents.find("warning_issues", {"stage": stages}, sort=_OLDEST, limit=_MOST)
        return self._issues.listed(found)

    async def out(self) -> list[Versioned[Issue]]:
        """Those that were released and have not ended, oldest first."""
        found = await self._documents.find(
            "warning_issues", {"stage": Stage.OUT.value}, sort=_OLDEST, limit=_MOST
        )
        return self._issues.listed_versioned(found)

    async def in_stage(self, stage: Stage) -> list[Versioned[Issue]]:
        """Those of one stage, oldest first."""
        found = await self._documents.find(
            "warning_issues", {"stage": stage.value}, sort=_OLDEST, limit=_MOST
        )
        return self._issues.listed_versioned(found)

    async def owing(self) -> list[Versioned[Issue]]:
        """Those whose papers are owed."""
        found = await self._documents.find(
            "warning_issues", {"papers_due_at": {"$gt": 0}}, sort=(("papers_due_at", 1),), limit=_MOST
        )
        return self._issues.listed_versioned(found)

    async def to_hand_out(self) -> list[Versioned[Issue]]:
        """Those that wait to be written for the platform."""
        return await self._handing(Handing.WAITING)

    async def handed_out(self) -> list[Versioned[Issue]]:
        """Those that were written and have no receipt."""
        return await self._handing(Handing.WRITTEN)

    async def _handing(self, handing: Handing) -> list[Versioned[Issue]]:
        found = await self._documents.find("warning_issues", {"handing": handing.value}, limit=_MOST)
        return self._issues.listed_versioned(found)

    async def page(self, *, limit: int, after: str | None = None) -> tuple[Sequence[Issue], str | None]:
        """All of them, newest first, and what continues the list (None at the end)."""
        sort = (("created_at", -1),)
        found = await self._documents.find("warning_issues", {}, sort=sort, limit=limit, after=after)
        more = self._documents.cursor(found[-1], sort) if len(found) == limit else None
        return self._issues.listed(found), more

    def insert(self, issue: Issue) -> Insert:
        """The write of a new issue."""
        return self._issues.insert(issue)

    def update(self, issue: Issue, version: int) -> Update:
        """The write of an issue read at `version`."""
        return self._issues.update(issue, version)

    def take_identifier(self, identifier: str, issue_id: str) -> Insert:
        """The write that keeps an identifier; one that was given before is a Duplicate."""
        return Insert("warning_ids", identifier, {"issue_id": issue_id})
