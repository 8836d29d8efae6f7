"""Measures a snapshot against questions whose right entry is known (`hub faq eval`).

A confidence is only worth what it is on questions nobody tuned for, so right, wrong and out of scope are
counted together: an answer to a question nothing answers is a wrong one.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TypedDict

from knowledge_base.match.answer import DEFAULT, Answer, Decision, Thresholds, decide
from knowledge_base.match.matcher import Snapshot
from knowledge_base.meaning.encoder import SentenceEncoder
from knowledge_base.meaning.sentence import sentence_of

RANKS = 10
BINS = 10
PRECISION = 0.95


class Ranking(TypedDict):
    """`top1`, `recall3` and `mrr` are shares of the queries in scope, None without any."""

    n: int
    in_scope: int
    top1: float | None
    recall3: float | None
    mrr: float | None


class Decided(TypedDict):
    """Counts that add up to the queries; `three_has_right` are of those of `three`. `precision`: the share of
    the answers that were right, None without any."""

    precision: float | None
    answered_right: int
    answered_wrong: int
    three: int
    three_has_right: int
    human: int


class Times(TypedDict):
    """Thousandths of a second, None without a query."""

    p50: float | None
    p99: float | None


class Ranked(Ranking):
    """What `measure_ranking` gives, its score taken for the confidence."""

    auroc: float | None
    cov_p95: float | None
    ms: Times


class Figures(Ranked):
    """What `measure` gives."""

    ece: float | None
    at_threshold: Decided
    by_source: dict[str, Ranking]


@dataclass(frozen=True, slots=True)
class Query:
    """`answer_id` is None when no entry answers it (out of scope); `source` says where it comes from ("" when
    unknown)."""

    text: str
    answer_id: str | None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A query with what was done with it. `rank`: the place of the right entry among the best ten, 0 when it
    is not there or there is none; `ms`: how long it took."""

    query: Query
    answer: Answer
    rank: int
    ms: float

    @property
    def right(self) -> bool:
        """Whether the best entry is the right one."""
        return self.rank == 1


def measure(
    snapshot: Snapshot,
    queries: Iterable[Query],
    thresholds: Thresholds = DEFAULT,
    *,
    speech: bool = False,
    encoder: SentenceEncoder | None = None,
    clock: Callable[[], float] = perf_counter,
) -> Figures:
    """The ranking; `auroc` of telling the queries in scope from the others by the confidence; `cov_p95`, the
    share of the queries in scope that are answered rightly at the best threshold with at least 95 right
    answers among 100; `ece`, how far the confidence is from the share that is right; `at_threshold`, what
    `decide` did; `ms`, the time of one decision; `by_source`, the ranking per source. A share of nothing is
    None. With an `encoder` (that of the snapshot's vectors) each question is encoded, which counts in `ms`.
    """
    asked = [_ask(snapshot, query, thresholds, clock, encoder, speech=speech) for query in queries]
    sources = sorted({each.query.source for each in asked})
    return Figures(
        **_ranked(asked),
        ece=calibration_error(asked),
        at_threshold=_decisions(asked),
        by_source={
            source: _ranking([each for each in asked if each.query.source == source]) for source in sources
        },
    )


def measure_ranking(
    rank: Callable[[str, int], Sequence[tuple[str, float]]],
    queries: Iterable[Query],
    clock: Callable[[], float] = perf_counter,
) -> Ranked:
    """The same of another way to find entries: `rank` gives ids with scores, best first, for a text and how
    many are wanted."""
    asked = []
    for query in queries:
        began = clock()
        found = rank(query.text, RANKS)
        ms = (clock() - began) * 1000
        ids = [id for id, _ in found]
        place = ids.index(query.answer_id) + 1 if query.answer_id in ids else 0
        score = found[0][1] if found else 0.0
        asked.append(Asked(query, Answer(Decision.ANSWER, (), score, score), place, ms))
    return _ranked(asked)


def _ask(
    snapshot: Snapshot,
    query: Query,
    thresholds: Thresholds,
    clock: Callable[[], float],
    encoder: SentenceEncoder | None,
    *,
    speech: bool,
) -> Asked:
    began = clock()
    vector = None if encoder is None else encoder.encode([sentence_of(query.text)])[0]
    answer = decide(snapshot, query.text, thresholds, speech=speech, vector=vector)
    ms = (clock() - began) * 1000
    found = snapshot.look(query.text, speech=speech, vector=vector)[:RANKS]
    ranked = [candidate.entry.id for candidate in found]
    rank = ranked.index(query.answer_id) + 1 if query.answer_id in ranked else 0
    return Asked(query, answer, rank, ms)


def _ranking(asked: Sequence[Asked]) -> Ranking:
    ranks = [each.rank for each in asked if each.query.answer_id is not None]
    return Ranking(
        n=len(asked),
        in_scope=len(ranks),
        top1=_share(sum(rank == 1 for rank in ranks), len(ranks)),
        recall3=_share(sum(1 <= rank <= 3 for rank in ranks), len(ranks)),
        mrr=_share(sum(1 / rank for rank in ranks if rank), len(ranks)),
    )


def _ranked(asked: Sequence[Asked]) -> Ranked:
    times = sorted(each.ms for each in asked)
    return Ranked(
        **_ranking(asked),
        auroc=auroc(
            [each.answer.confidence for each in asked if each.query.answer_id is not None],
            [each.answer.confidence for each in asked if each.query.answer_id is None],
        ),
        cov_p95=coverage(asked)[0],
        ms=Times(p50=_at(times, 0.50), p99=_at(times, 0.99)),
    )


def _decisions(asked: Sequence[Asked]) -> Decided:
    done = Decided(precision=None, answered_right=0, answered_wrong=0, three=0, three_has_right=0, human=0)
    for each in asked:
        right = each.query.answer_id in [match.entry.id for match in each.answer.matches]
        if each.answer.decision is Decision.ANSWER:
            done["answered_right" if right else "answered_wrong"] += 1
        elif each.answer.decision is Decision.CHOICES:
            done["three"] += 1
            done["three_has_right"] += right
        else:
            done["human"] += 1
    answered = done["answered_right"] + done["answered_wrong"]
    done["precision"] = _share(done["answered_right"], answered)
    return done


def auroc(inside: Sequence[float], outside: Sequence[float]) -> float | None:
    """The chance that a value of `inside` is greater than one of `outside`, a tie counting half."""
    if not inside or not outside:
        return None
    wins = 0.0
    ordered = sorted([(value, 0) for value in outside] + [(value, 1) for value in inside])
    below = at = 0
    while at < len(ordered):
        end = at
        while end < len(ordered) and ordered[end][0] == ordered[at][0]:
            end += 1
        ours = sum(which for _, which in ordered[at:end])
        theirs = end - at - ours
        wins += ours * (below + theirs / 2)
        below += theirs
        at = end
    return wins / (len(inside) * len(outside))


def coverage(asked: Sequence[Asked], precision: float = PRECISION) -> tuple[float | None, float]:
    """The largest share of the queries in scope answered rightly by a threshold with this precision, and the
    threshold (1 when there is none)."""
    in_scope = sum(each.query.answer_id is not None for each in asked)
    if not in_scope:
        return None, 1.0
    best, threshold, right = 0, 1.0, 0
    ordered = sorted(asked, key=lambda each: -each.answer.confidence)
    for number, each in enumerate(ordered, 1):
        right += each.right
        last = number == len(ordered) or ordered[number].answer.confidence < each.answer.confidence
        if last and right >= precision * number and right > best:
            best, threshold = right, each.answer.confidence
    return best / in_scope, threshold


def calibration_error(asked: Sequence[Asked]) -> float | None:
    """The expected calibration error over ten equal bins of confidence."""
    if not asked:
        return None
    bins: list[list[Asked]] = [[] for _ in range(BINS)]
    for each in asked:
        bins[min(BINS - 1, int(each.answer.confidence * BINS))].append(each)
    return sum(
        abs(sum(each.answer.confidence for each in found) - sum(each.right for each in found))
        for found in bins
    ) / len(asked)


def _share(part: float, whole: int) -> float | None:
    return part / whole if whole else None


def _at(ordered: Sequence[float], share: float) -> float | None:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else None
