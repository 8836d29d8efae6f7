"""Decides what to do with a question: answer it, offer choices, or hand over to a person.

The rule: no answer is better than a wrong one. What counts is not how alike a question and an entry are, but
how often such a likeness was right (`confidence`); and whatever the confidence, an entry about another value
of the same slot (换证 for 补证), or about another aspect of the matter (材料 for 费用), is never the answer,
only a choice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge_base.entry import Aspect
from knowledge_base.match.confidence import CHOICES, Confidence, shipped_confidence
from knowledge_base.match.matcher import Candidate, Match, Snapshot
from knowledge_base.meaning.encoder import Vector
from knowledge_base.text.advice import asks_for_advice
from knowledge_base.text.declined import is_declined
from knowledge_base.text.normalise import normalise

FAR = 0.6
"""What scores less than this share of the best is not offered."""
ALIKE = 0.62
"""What means this much alike is offered however little is sure: three of four sentences that nothing answers
are farther from every entry."""
SAYS_IT, LEAD = 0.7, 0.1
"""What means this much alike, and scores by so much more than the other entries about a service, says which
of them is meant: of 42 such test questions none was another's."""
LIKELY = 0.5
"""What is likelier right than not is offered however little it means alike."""
MEANT = 0.62
"""What means less alike than this is never the answer, however sure the words are: all words of 疫苗在哪打
stand in 狗要打什么疫苗. Of a hundred right answers one means less alike."""
STRANGER = 0.56
"""Nor what means less alike than this: it shares a word (这个天热死了, 死亡登记) and nothing else. Of 100
questions 98 are closer to the entry that answers them."""


class Decision(StrEnum):
    ANSWER = "answer"
    CHOICES = "choices"
    HAND_OVER = "hand_over"


@dataclass(frozen=True, slots=True)
class Answer:
    """`matches`: the one entry that answers; or one to three to offer, best first; or () when a person is
    needed. `confidence`: the chance that the best entry is right, `confidence_three` that the right one is
    among the best three; 0..1."""

    decision: Decision
    matches: tuple[Match, ...]
    confidence: float = 0.0
    confidence_three: float = 0.0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """`answer`: the least confidence to answer with; `choice`: the least confidence, of three, to offer
    them. `models`: what judges the confidence, None for the shipped models.

    The default keeps 96 of 100 answers right on the development set, 98 on its police part (`docs/
    knowledge_base.md`). It is not a promise for other entries: `hub faq calibrate` fits to an office's own.
    """

    answer: float
    choice: float
    models: Confidence | None = None


DEFAULT = Thresholds(answer=0.90, choice=0.35)


def weighs(thresholds: Thresholds, engine: str) -> bool:
    """Whether somebody fitted a confidence for vectors of this engine."""
    return (thresholds.models or shipped_confidence()).with_engine(engine) is not None


def decide(
    snapshot: Snapshot,
    text: str,
    thresholds: Thresholds = DEFAULT,
    *,
    speech: bool = False,
    vector: Vector | None = None,
) -> Answer:
    """What to do with `text`. Exactly the words of one entry alone are always answered. `vector`: see
    `Snapshot.look`; it is left out where nobody fitted a confidence for its engine."""
    models = thresholds.models or shipped_confidence()
    if not weighs(thresholds, snapshot.engine):
        vector = None
    candidates = snapshot.look(text, speech=speech, vector=vector)
    if not candidates:
        return Answer(Decision.HAND_OVER, ())
    first, three = models.of(candidates, snapshot.engine)
    best = candidates[0]
    if not best.exact and (is_declined(normalise(text)) or _wants_other_advice(text, best)):
        return Answer(Decision.HAND_OVER, (), first, three)
    doubt = _in_doubt(candidates)
    if best.exact or (
        first >= thresholds.answer and _close_enough(best, MEANT) and not _of_another(best) and not doubt
    ):
        return Answer(Decision.ANSWER, (snapshot.told(best),), first, three)
    if max(first, three) < thresholds.choice and (best.likeness.closeness or 0.0) < ALIKE and not doubt:
        return Answer(Decision.HAND_OVER, (), first, three)
    offered = [
        each
        for each in doubt or candidates
        if each.same
        or (each is best and first >= LIKELY)
        or ((doubt or each.score >= FAR * best.score) and _close_enough(each))
    ]
    if doubt and len(offered) < CHOICES:
        offered += [each for each in candidates if each not in offered and _is_near(each, best)]
    if not offered:
        return Answer(Decision.HAND_OVER, (), first, three)
    return Answer(Decision.CHOICES, tuple(snapshot.told(each) for each in offered[:CHOICES]), first, three)


def _wants_other_advice(text: str, best: Candidate) -> bool:
    """Whether advice is asked for (水果刀哪种好) that the best entry is not about."""
    return asks_for_advice(normalise(text)) and not asks_for_advice(normalise(best.written))


def _says_which(best: Candidate, served: Sequence[Candidate]) -> bool:
    """Whether a question without a word for the aspect means the best of these entries about one service all
    the same (护照名字拼音打错了)."""
    if "".join(word.said for word in best.question.words) in best.entry.service:
        return False  # the name of the service and nothing else
    lead = best.score - max(each.score for each in served if each is not best)
    return (best.likeness.closeness or 0.0) >= SAYS_IT and lead >= LEAD


def _of_another(candidate: Candidate) -> bool:
    return candidate.likeness.slots > 0 or candidate.likeness.other_aspect


def _close_enough(candidate: Candidate, least: float = STRANGER) -> bool:
    """Whether it means enough alike, to be offered unless another least is given; words alone cannot tell."""
    closeness = candidate.likeness.closeness
    return closeness is None or closeness >= least


def _is_near(candidate: Candidate, best: Candidate) -> bool:
    """Whether it may be what was meant although the words fit others better (当完兵回来户口)."""
    closeness = candidate.likeness.closeness
    return closeness is not None and closeness >= ALIKE and candidate.score >= FAR * best.score


def _in_doubt(candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """The entries between which a question leaves open what it asks for, () for none: two claim these very
    words; or it only names what several are about (护照, 我要投诉); or a service, but not what about it."""
    best = candidates[0]
    same = [each for each in candidates if each.same]
    if len(same) > 1:
        return same
    bare = best.question.content
    if len(bare) <= 1 and bare < best.wording.content:
        named = [each for each in candidates if bare <= each.wording.content]
        if len(named) > 1:
            return named
    if best.entry.service and best.entry.aspect not in (None, Aspect.HOW) and not best.question.aspects:
        served = [each for each in candidates if each.entry.service == best.entry.service]
        if len(served) > 1 and not _says_which(best, served):
            return served
    return ()
