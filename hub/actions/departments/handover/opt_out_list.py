"""A department's list of people who opted out, as a kind of file.

Rules protected: an opt-out in any platform wins; what cannot be understood of one is read as wanting nothing
at all. Only what the person said here later than the file knows is stronger: who subscribed again stays so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from campaigns.importing.columns import Column
from campaigns.importing.row import OptOutRow, read_opt_out
from campaigns.importing.table import MAX_CELL_CHARS
from channels.address import masked
from channels.outbox.suppression import subjects_of
from hub.actions.campaigns.recipients.taker import Merged, others_turn
from hub.model.recipients.contact_import import ContactImport, ImportState, Totals, added
from hub.repositories.contacts import ContactRepository
from hub.repositories.suppressions import ERASED, Lift, SuppressionRepository
from hub.store.documents import Write

EVERYTHING = "all"


class OptOutList:
    """See `Taker`."""

    is_whole = False
    at_once = 0
    longest = MAX_CELL_CHARS
    repeats = "unchanged"

    def __init__(self, contacts: ContactRepository, suppressions: SuppressionRepository) -> None:
        self._contacts = contacts
        self._suppressions = suppressions

    def read(self, taking: ContactImport, cells: Sequence[str]) -> OptOutRow:
        """Raises `Rejected`."""
        return read_opt_out(cells, [Column(one) for one in taking.mapping])

    async def merge(
        self, taking: ContactImport, rows: Sequence[tuple[int, OptOutRow]], *, at: int, is_last: bool
    ) -> Merged:
        """New: addresses no rule of the row was about; merged: some were."""
        keyed = [(self._contacts.key(row.address), row) for _, row in rows]
        keys = list(dict.fromkeys(key for key, _ in keyed))
        rules = [(key, subject) for key in keys for subject in (*subjects_of(EVERYTHING), ERASED)]
        stands = set(await self._suppressions.blocked(rules)) if rules else set()
        lifts = await self._suppressions.lifted(keys) if keys else {}
        counts: Counter[str] = Counter()
        noted: Counter[str] = Counter()
        writes: list[Write] = []
        new: list[str] = []
        for place, (key, row) in enumerate(keyed, 1):
            await others_turn(place)
            noted.update(row.noted)
            wanted = [(key, one) for one in subjects_of(row.subject or taking.subject or EVERYTHING)]
            missing = [rule for rule in wanted if rule not in stands]
            came_back = [rule for rule in missing if _came_back(lifts, rule, row, taking)]
            missing = [rule for rule in missing if rule not in came_back]
            noted["came_back"] += bool(came_back)
            outcome = "unchanged" if not missing else "new" if missing == wanted else "merged"
            counts[outcome] += 1
            if outcome == "new":
                new.append(key)
            stands.update(missing)
            if taking.state is not ImportState.RUNNING:
                continue
            shown = "" if (key, ERASED) in stands else masked(row.address)
            since = min(row.since or at, at)
            writes += [
                self._suppressions.add(
                    rule, reason="asked", by=taking.source, at=since, masked=shown, note="移交名单"
                )
                for rule in missing
            ]
        return Merged(tuple(writes), added(Totals(), **counts, noted=+noted), tuple(new))


def _came_back(
    lifts: Mapping[tuple[str, str], Sequence[Lift]],
    rule: tuple[str, str],
    row: OptOutRow,
    taking: ContactImport,
) -> bool:
    """Whether the person subscribed again after this opt-out: after its day, or, where the file tells none,
    after it had been taken from this source before."""
    found = lifts.get(rule, ())
    return any(lift.at >= row.since if row.since else lift.by == taking.source for lift in found)
