"""Of two platforms one sends: texts are taken in one phase only, and no text goes to a number from both.

Rules protected: before the switch and after a fallback the hub takes nothing, from the next request on, in
every process; a text one platform had is not taken from the other in the window, and who had it first stands
in the same unit of work as the text itself (docs/adr/0049).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from channels.address import Address
from channels.outbox.delivery import Delivery, DeliveryState, MessageClass
from hub.actions.departments.refusals import NotTaken, Problem
from hub.model.departments.cutover import Phase
from hub.model.departments.sent_once import ALREADY_SENT, Platform, SentText, SentTwice, Stopped
from hub.model.departments.shadow import ShadowCopy
from hub.model.departments.submission import Submission
from hub.repositories.departments.records import DepartmentRecords
from hub.repositories.outbox import OutboxRepository
from hub.runtime.ids import derived_id
from hub.store.codec import Versioned
from hub.store.documents import Write

STILL_OLD = "本部门仍在旧平台发送，平台没有收下任何短信。请从旧平台发送，切换后再提交"
STILL_SHADOW = "本部门在影子运行阶段，平台没有收下任何短信。请从旧平台发送，副本写明 shadow: true"
NEVER_SENT = frozenset(
    {
        DeliveryState.SUPPRESSED,
        DeliveryState.EXPIRED,
        DeliveryState.FAILED,
        DeliveryState.DEAD,
        DeliveryState.CANCELED,
    }
)
"""Rows that end so did not leave: whoever has the text may send it."""


class NotLive(NotTaken):
    """The department's texts are sent by its old platform; nothing was taken."""


@dataclass(frozen=True, slots=True)
class Claim:
    """already: texts the other platform had. again: texts this one had. writes: who has the others now."""

    already: frozenset[str] = frozenset()
    again: frozenset[str] = frozenset()
    writes: tuple[Write, ...] = ()


@dataclass(frozen=True, slots=True)
class Admitted:
    """What the hub takes of a submission. writes: beside those of the submission and its rows."""

    submission: Submission
    rows: Sequence[Delivery]
    writes: tuple[Write, ...] = field(default=())


class OnePlatform:
    """window_hours: so long a text of one platform stops the same text of the other."""

    def __init__(self, records: DepartmentRecords, outbox: OutboxRepository, *, window_hours: int) -> None:
        self._records = records
        self._outbox = outbox
        self._window_ms = window_hours * 3_600_000

    async def must_be_live(self, department: str) -> None:
        """Raises `NotLive` while its old platform sends."""
        found = await self._records.cutovers.get(department)
        if found is None or found.value.phase is Phase.NEW:
            return
        text = STILL_OLD if found.value.phase is Phase.OLD else STILL_SHADOW
        raise NotLive([Problem("", f"phase_{found.value.phase.value}", text)])

    async def admit(self, submission: Submission, rows: Sequence[Delivery]) -> Admitted:
        """What of a submission the old platform did not send. A department without a cut-over has no other
        platform, and nothing is kept of it; E0 is stopped by nothing: silence is worse than a second one."""
        urgent = submission.message_class is MessageClass.E0
        if urgent or not rows or await self._records.cutovers.get(submission.department) is None:
            return Admitted(submission, rows)
        texts = {row.id: (row.recipient, row.text) for row in rows}
        claim = await self.claim(Platform.HUB, submission.department, texts, submission.at)
        spelled = {one.message_id: one.to for one in submission.results}
        twice = [
            self.twice(id, Stopped.AT_HUB, submission, spelled[id], at=submission.at)
            for id in sorted(claim.already)
        ]
        day = {"stopped_twice": len(claim.already)}
        return Admitted(
            submission.without(claim.already, ALREADY_SENT),
            [row for row in rows if row.id not in claim.already],
            (
                *claim.writes,
                *(self._records.sent_texts.write_twice(one) for one in twice),
                *self._records.submissions.count(submission.department, submission.day, day),
            ),
        )

    async def claim(
        self, by: Platform, department: str, texts: Mapping[str, tuple[Address, str]], now: int
    ) -> Claim:
        """Who has each of `texts` (text id → number and words): the first who came."""
        ids = {text_id: self.sent_id(department, *text) for text_id, text in texts.items()}
        known = await self._records.sent_texts.get_many(sorted(set(ids.values())))
        fresh = {id: one for id, one in known.items() if one.value.until > now}
        unsent = await self._unsent([one.value for one in fresh.values() if one.value.by is not by])
        already, again, writes = set[str](), set[str](), list[Write]()
        for text_id, id in ids.items():
            before = fresh.get(id)
            if before is not None and before.value.by is not by and before.value.text_id not in unsent:
                already.add(text_id)
                continue
            if before is not None and before.value.by is by:
                again.add(text_id)
            writes.append(self.write(id, by, text_id, known.get(id), now))
        return Claim(frozenset(already), frozenset(again), tuple(writes))

    def sent_id(self, department: str, address: Address, text: str) -> str:
        """Under which it is kept who sent a text."""
        return self._records.sent_texts.id_of(department, address, text)

    def write(
        self, id: str, by: Platform, text_id: str, before: Versioned[SentText] | None, now: int
    ) -> Write:
        """The write that `by` has the text from now on."""
        return self._records.sent_texts.write(SentText(id, by, text_id, now, now + self._window_ms), before)

    def twice(
        self, text_id: str, stopped: Stopped, of: Submission | ShadowCopy, to: str, *, at: int
    ) -> SentTwice:
        """The row of a text of `of` that both platforms had."""
        return SentTwice(twice_id(text_id), of.department, at, stopped, to=to, client_ref=of.client_ref)

    async def _unsent(self, found: Sequence[SentText]) -> frozenset[str]:
        of_hub = [one.text_id for one in found if one.by is Platform.HUB]
        states = await self._outbox.states(of_hub) if of_hub else {}
        return frozenset(id for id, state in states.items() if state in NEVER_SENT)


def twice_id(text_id: str) -> str:
    """Of the row of a text both had, by the text that was second."""
    return derived_id("twice", text_id)
