"""Takes what a visitor says of an answer: 有用 or 没用, and why.

Rules protected: a visitor counts once per entry however often the button is pressed, and may change his mind;
the counters and the opinion they come from are one unit of work. The reason is kept without numbers; one
that tells of danger or accuses police is not kept at all, and the visitor is told where it is heard: editors
may not read the one and do not watch for the other.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from hub.actions.dialogue.triage import Triage
from hub.actions.knowledge.read_help import Gone, ReadHelp
from hub.model.feedback import REASON_CHARS, Feedback, Verdict
from hub.model.masking import masked_text
from hub.repositories.knowledge.answer_counts import AnswerCountRepository
from hub.repositories.knowledge.feedback import FeedbackRepository
from hub.runtime.clock import Clock, day_of
from hub.runtime.errors import Invalid, Stale
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write
from hub.store.until_committed import until_committed
from knowledge_base.text.utterance import Utterance

_TRIES = 5
_DANGER = "这里的说明没有人马上看到。有危险请立即拨打 110，不便说话时发短信到 12110。"
_REPORT = "这里不受理对民警的举报和投诉。请拨打 12389，或者在本站“网上信访”中填写，内容保密。"


class RateEntry:
    """`visitor`: a secret of the browser; only its blind index is stored."""

    def __init__(
        self,
        documents: Documents,
        feedback: FeedbackRepository,
        counts: AnswerCountRepository,
        read_help: ReadHelp,
        triage: Triage,
        clock: Clock,
        *,
        keep_seconds: int,
    ) -> None:
        self._documents = documents
        self._feedback = feedback
        self._counts = counts
        self._read_help = read_help
        self._triage = triage
        self._clock = clock
        self._keep_ms = keep_seconds * 1000

    async def given(self, visitor: str, *entry_ids: str) -> dict[str, Feedback]:
        """What the visitor said of these entries before, by entry."""
        return await self._feedback.given(visitor, entry_ids) if visitor and entry_ids else {}

    async def __call__(self, visitor: str, entry_id: str, verdict: Verdict, reason: str = "") -> Feedback:
        """The opinion as it is now. Raises `NotFound` for an entry that never was, `Invalid` for a
        reason that belongs elsewhere, `Stale` when pressed on many pages at once."""
        with suppress(Gone):  # it was read while it still answered
            await self._read_help.entry(entry_id)
        self._refuse_misplaced(Utterance(reason).folded)
        line = " ".join(masked_text(reason).split())[:REASON_CHARS] if verdict is Verdict.UNHELPFUL else ""

        async def decide() -> tuple[list[Write], Feedback]:
            known = await self._feedback.get(visitor, entry_id)
            feedback = self._now(known, visitor, entry_id, verdict, line)
            return self._writes(known, feedback), feedback

        try:
            return await until_committed(self._documents, decide, tries=_TRIES)
        except (Conflict, Duplicate):
            raise Stale("feedback") from None

    def _refuse_misplaced(self, folded: str) -> None:
        if self._triage.danger(folded) is not None:
            raise Invalid({"reason": _DANGER})
        if self._triage.may_accuse(folded):
            raise Invalid({"reason": _REPORT})

    def _now(
        self, known: Versioned[Feedback] | None, visitor: str, entry_id: str, verdict: Verdict, reason: str
    ) -> Feedback:
        now = self._clock.now_ms()
        if known is None:
            id = self._feedback.id_for(visitor, entry_id)
            return Feedback(id, entry_id, verdict, now, now + self._keep_ms, reason)
        if known.value.verdict is verdict:
            return replace(known.value, reason=reason or known.value.reason)
        return replace(known.value, verdict=verdict, at=now, keep_until=now + self._keep_ms, reason=reason)

    def _writes(self, known: Versioned[Feedback] | None, feedback: Feedback) -> list[Write]:
        def count(of: Feedback, amount: int) -> Write:
            return self._counts.add(of.entry_id, day_of(of.at), {str(of.verdict): amount})

        if known is None:
            return [self._feedback.insert(feedback), count(feedback, 1)]
        if known.value == feedback:
            return []
        update = self._feedback.update(feedback, known.version)
        if known.value.verdict is feedback.verdict:
            return [update]
        return [update, count(known.value, -1), count(feedback, 1)]
