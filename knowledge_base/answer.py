"""Decides what to do with a question: answer it, offer choices, or hand over to a person.

The rule: no answer is better than a wrong one. A score is not a confidence, so an answer needs both a high
score and a clear lead over the next entry; when two entries are close, the citizen chooses.
"""

from dataclasses import dataclass
from enum import StrEnum

from knowledge_base.matcher import Match, Snapshot

CHOICES = 3


class Decision(StrEnum):
    ANSWER = "answer"
    CHOICES = "choices"
    HAND_OVER = "hand_over"


@dataclass(frozen=True, slots=True)
class Answer:
    """`matches`: the one entry that answers; or one to three to offer, best first; or () when a person is
    needed."""

    decision: Decision
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """`answer`: the least score to answer with; `gap`: the least lead over the next entry to answer with;
    `choice`: the least score of an entry worth offering. All 0..1.

    The default was chosen on the development set (`measure` over its police and service-grid parts), for the
    share of right answers among those given, before their number. There it answers 147 of 258 grid questions
    rightly and 2 wrongly (108 out-of-scope ones included), and 25 of 90 police questions against 30 bare
    entries without variants, none wrongly. They are not a promise for other entries: measure again when the
    entries or the lexicon change much.
    """

    answer: float
    choice: float
    gap: float


DEFAULT = Thresholds(answer=0.60, choice=0.30, gap=0.08)


def decide(snapshot: Snapshot, text: str, thresholds: Thresholds = DEFAULT) -> Answer:
    """What to do with `text`. Exactly the words of an entry are answered whatever the next one scores."""
    # What scores less is neither offered nor near enough to put an answer in doubt.
    least = min(thresholds.choice, thresholds.answer - thresholds.gap)
    matches = snapshot.match(text, CHOICES, least=max(0.0, least))
    if not matches or matches[0].score < thresholds.choice:
        return Answer(Decision.HAND_OVER, ())
    best = matches[0]
    lead = best.score - (matches[1].score if len(matches) > 1 else 0.0)
    if best.score >= 1.0 or (best.score >= thresholds.answer and lead >= thresholds.gap):
        return Answer(Decision.ANSWER, (best,))
    return Answer(Decision.CHOICES, tuple(match for match in matches if match.score >= thresholds.choice))
