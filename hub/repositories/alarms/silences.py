"""Whom no text may reach by itself, as the stored cases say; asked when it is said and when it leaves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from channels.outbox.ports import OutboxUnavailable, Suppressions
from channels.outbox.suppression import SILENT
from hub.model.alarms.silence import is_silent
from hub.repositories.cases import CaseRepository
from hub.runtime.clock import Clock
from hub.store.documents import StoreUnavailable


class SilenceRepository:
    """Reads cases. Nothing is kept apart, so that it cannot differ from them."""

    def __init__(self, cases: CaseRepository) -> None:
        self._cases = cases

    async def of(self, address_keys: Iterable[str], at: int, *, but: Collection[str] = ()) -> frozenset[str]:
        """Those of these addresses (blind indexes) to which silence holds. but: ids of cases left out."""
        found = await self._cases.running_of(sorted({key for key in address_keys if key}))
        return frozenset(
            case.applicant.address_key for case in found if case.id not in but and is_silent(case, at)
        )


class SilentSuppressions:
    """`Suppressions` that know silence too: the last thing that is asked before a text leaves."""

    def __init__(self, rules: Suppressions, silences: SilenceRepository, clock: Clock) -> None:
        self._rules = rules
        self._silences = silences
        self._clock = clock

    async def blocked(self, keys: Sequence[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """See the port."""
        blocked = await self._rules.blocked([key for key in keys if key[1] != SILENT])
        asked = [key for key, subject in keys if subject == SILENT]
        if not asked:
            return blocked
        try:
            silent = await self._silences.of(asked, self._clock.now_ms())
        except StoreUnavailable as problem:
            raise OutboxUnavailable(str(problem)) from problem
        return blocked | {(key, SILENT) for key in silent}

    async def suppress(self, key: tuple[str, str], *, reason: str, by: str, at: int) -> None:
        """See the port."""
        await self._rules.suppress(key, reason=reason, by=by, at=at)
