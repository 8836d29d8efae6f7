"""What was answered by itself to one address lately, so that two machines never talk for ever.

The rule: a text that was not heard from the address before is new and is always answered; to one that brings
nothing new go 3 answers in 10 minutes and 10 a day, and then none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

_WINDOW_MS, _IN_WINDOW = 600_000, 3
_DAY_MS, _IN_A_DAY = 86_400_000, 10
_REMEMBERED = 20


@dataclass(frozen=True, slots=True)
class RecentAnswers:
    """id: blind index of the address. heard: keyed digests of its last different texts.

    answered_at: instants of the answers since the last new text. noted: whether it was said to the staff that
    nothing is answered any more. keep_until: when all of it is forgotten (ms UTC).
    """

    id: str
    heard: tuple[str, ...] = ()
    answered_at: tuple[int, ...] = ()
    noted: bool = False
    keep_until: int = 0

    def hearing(self, digest: str, at: int) -> RecentAnswers:
        """After one more text; `digest` "" is new whatever was heard before."""
        known = self if at < self.keep_until else RecentAnswers(self.id)
        if digest and digest in known.heard:
            return known
        heard = (*known.heard, digest)[-_REMEMBERED:] if digest else known.heard
        return RecentAnswers(self.id, heard, (), False, at + _DAY_MS)

    def may_answer(self, at: int) -> bool:
        """Whether one more answer may go."""
        day = [answered for answered in self.answered_at if answered > at - _DAY_MS]
        window = [answered for answered in day if answered > at - _WINDOW_MS]
        return len(window) < _IN_WINDOW and len(day) < _IN_A_DAY

    def answering(self, at: int) -> RecentAnswers:
        """After one more answer."""
        return replace(
            self, answered_at=(*self.answered_at, at)[-_IN_A_DAY:], noted=False, keep_until=at + _DAY_MS
        )

    def noting(self) -> RecentAnswers:
        """After the staff were told."""
        return replace(self, noted=True)
