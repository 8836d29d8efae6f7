"""Measures a snapshot against questions whose right entry is known (`hub faq eval`)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from knowledge_base.answer import DEFAULT, Decision, Thresholds, decide
from knowledge_base.matcher import Snapshot

RANKS = 10


@dataclass(frozen=True, slots=True)
class Query:
    """`answer_id` is None when no entry answers it (out of scope)."""

    text: str
    answer_id: str | None


def read_queries(jsonl: str) -> tuple[Query, ...]:
    """Queries from lines of `{"text": …, "answer_id": … or null}`; other keys are ignored."""
    rows = [json.loads(line) for line in jsonl.splitlines() if line.strip()]
    return tuple(Query(row["text"], row["answer_id"]) for row in rows)


def measure(
    snapshot: Snapshot, queries: Iterable[Query], thresholds: Thresholds = DEFAULT
) -> dict[str, float | int | None]:
    """`n`, `in_scope`; `top1`, `recall3`, `mrr` as shares of the in-scope queries (None without any).

    What `decide` did with all of them, as counts that add up to `n`: `answered_right`, `answered_wrong` (an
    answer to an out-of-scope query is wrong), `three`, `human`. `three_has_right` counts the offers with the
    right entry among them.
    """
    counts = dict.fromkeys(("answered_right", "answered_wrong", "three", "three_has_right", "human"), 0)
    n = in_scope = first = among_three = 0
    reciprocal = 0.0
    for query in queries:
        n += 1
        if query.answer_id is not None:
            in_scope += 1
            ranked = [match.entry.id for match in snapshot.match(query.text, RANKS)]
            rank = ranked.index(query.answer_id) + 1 if query.answer_id in ranked else 0
            first += rank == 1
            among_three += 1 <= rank <= 3
            reciprocal += 1 / rank if rank else 0.0
        answer = decide(snapshot, query.text, thresholds)
        right = query.answer_id in [match.entry.id for match in answer.matches]
        if answer.decision is Decision.ANSWER:
            counts["answered_right" if right else "answered_wrong"] += 1
        elif answer.decision is Decision.CHOICES:
            counts["three"] += 1
            counts["three_has_right"] += right
        else:
            counts["human"] += 1
    return {
        "n": n,
        "in_scope": in_scope,
        "top1": first / in_scope if in_scope else None,
        "recall3": among_three / in_scope if in_scope else None,
        "mrr": reciprocal / in_scope if in_scope else None,
        **counts,
    }
