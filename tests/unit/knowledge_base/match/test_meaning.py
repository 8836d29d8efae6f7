"""What is meant beside the words: candidates, score, confidence and what is done with them.

The vectors are made by hand, a direction for each matter, so that a reader sees what is alike.
"""

from dataclasses import replace

import numpy as np
import pytest

from knowledge_base.match.answer import Decision, Thresholds, decide
from knowledge_base.match.confidence import MEANING_FEATURES, Confidence, evidence_of, shipped_confidence
from knowledge_base.match.matcher import Snapshot
from knowledge_base.meaning.encoder import Vector, unit
from knowledge_base.meaning.wording_vectors import WordingVectors
from tests.unit.knowledge_base.entries import SMALL, entry
from tests.unit.knowledge_base.match.test_snapshot import GRID

ENGINE = "by hand/four matters/4"
LICENCE, IDENTITY, HOTLINE, NOISE = np.eye(4, dtype=np.float32)
MATTERS = {
    "licence-lost": LICENCE,
    "licence-expired": LICENCE + 0.7 * NOISE,
    "id-card-lost": IDENTITY,
    "12389-scope": HOTLINE,
    "noise": NOISE,
}
WORDED = [(wording, MATTERS[each.id]) for each in SMALL for wording in (each.question, *each.variants)]
VECTORS = WordingVectors.of(
    ENGINE, [wording for wording, _ in WORDED], unit(np.array([meant for _, meant in WORDED]))
)
SNAPSHOT = Snapshot.build(SMALL, vectors=VECTORS)
ELSEWHERE: Vector = unit(np.ones(4, np.float32))
SURE = Confidence({"one": 9.0}, {"one": 9.0}, {ENGINE: Confidence({"one": 9.0}, {"one": 9.0})})


def ids(snapshot: Snapshot, text: str, vector: Vector | None) -> list[str]:
    return [match.entry.id for match in snapshot.match(text, 5, vector=vector)]


def test_a_question_that_shares_no_word_with_its_entry_is_found() -> None:
    assert ids(SNAPSHOT, "咚咚咚响个不停", None)[:1] != ["noise"]
    assert ids(SNAPSHOT, "咚咚咚响个不停", NOISE)[0] == "noise"


def test_without_a_vector_of_the_question_everything_is_as_without_vectors() -> None:
    plain = Snapshot.build(SMALL)
    for text in ("驾照丢了", "身份证掉了怎么办", "咚咚咚响个不停", "12389"):
        assert [each.likeness for each in SNAPSHOT.look(text)] == [each.likeness for each in plain.look(text)]


def test_a_snapshot_without_vectors_leaves_that_of_the_question_out() -> None:
    plain = Snapshot.build(SMALL)
    assert plain.look("驾照丢了", vector=NOISE) == plain.look("驾照丢了")
    assert plain.engine == ""


def test_looks_with_and_without_a_vector_are_remembered_apart() -> None:
    with_vector = SNAPSHOT.look("驾照的事", vector=LICENCE)
    without = SNAPSHOT.look("驾照的事")
    assert SNAPSHOT.look("驾照的事", vector=LICENCE) is with_vector
    assert SNAPSHOT.look("驾照的事") is without
    assert without[0].likeness.closeness is None
    assert with_vector[0].likeness.closeness == pytest.approx(1, abs=0.01)


def test_words_still_decide_between_entries_that_mean_alike() -> None:
    between = unit(LICENCE + 0.35 * NOISE)
    assert ids(SNAPSHOT, "驾驶证到期换证", between)[0] == "licence-expired"
    assert ids(SNAPSHOT, "驾驶证丢了补证", between)[0] == "licence-lost"


def test_a_wording_without_a_vector_is_found_by_its_words() -> None:
    after = SNAPSHOT.with_changes([entry("drone", "无人机怎么登记")])
    assert ids(after, "无人机登记", ELSEWHERE)[0] == "drone"


def test_a_removed_entry_is_not_found_by_its_vector() -> None:
    after = SNAPSHOT.with_changes((), ["noise"])
    assert "noise" not in ids(after, "咚咚咚响个不停", NOISE)


def test_what_is_added_brings_its_vector_and_parts_put_together_keep_theirs() -> None:
    snapshot, vectors = SNAPSHOT, VECTORS
    meant = [unit(HOTLINE + number / 20 * IDENTITY) for number in range(12)]
    for number, vector in enumerate(meant):
        wording = f"第{number}号窗口几点开门"
        vectors = vectors.joined(WordingVectors.of(ENGINE, [wording], vector[None]))
        snapshot = snapshot.with_changes([entry(f"window-{number}", wording)], vectors=vectors)
    found = {each.entry.id: each.likeness.glance.meant for each in snapshot.look("几点上班", vector=HOTLINE)}
    assert [found[f"window-{number}"] for number in range(12)] == pytest.approx(
        [vector @ HOTLINE for vector in meant], abs=0.003
    )


def test_vectors_of_another_engine_replace_all_and_are_never_mixed() -> None:
    other = replace(VECTORS, name="another/model/4", rows=np.roll(VECTORS.rows, 1, axis=1))
    after = SNAPSHOT.with_changes((), vectors=other)
    assert after.engine == "another/model/4"
    assert ids(after, "咚咚咚响个不停", LICENCE)[0] == "noise"  # each matter is turned to the next axis


def test_words_of_the_same_meaning_are_not_the_same_question_when_another_wording_means_closer() -> None:
    text = "驾驶证快过期怎么换"
    assert SNAPSHOT.look(text)[0].exact
    assert SNAPSHOT.look(text, vector=unit(MATTERS["licence-expired"]))[0].exact
    anew = Snapshot.build(SMALL, vectors=VECTORS)
    assert not any(each.exact for each in anew.look(text, vector=IDENTITY))


def test_the_written_words_are_the_same_question_whatever_a_vector_says() -> None:
    best = SNAPSHOT.look("驾照快过期怎么换", vector=IDENTITY)[0]
    assert (best.entry.id, best.exact, best.score) == ("licence-expired", True, 1.0)


def test_an_editor_sees_how_alike_the_two_mean() -> None:
    by_words = SNAPSHOT.match("驾照不见了", 1)[0]
    match = SNAPSHOT.match("驾照不见了", 1, vector=LICENCE)[0]
    assert by_words.meaning is None
    assert match.meaning == pytest.approx(1, abs=0.01)
    assert match.reason == f"{by_words.reason} · meaning 1.00"


def test_what_is_looked_at_has_a_name_with_and_without_vectors() -> None:
    assert tuple(evidence_of(SNAPSHOT.look("驾照", vector=LICENCE))) == MEANING_FEATURES
    assert "close" not in evidence_of(SNAPSHOT.look("驾照"))


def test_the_shipped_models_know_every_feature_of_their_engine() -> None:
    for models in shipped_confidence().engines.values():
        assert set(models.first) == set(models.three) == set(MEANING_FEATURES)


def test_of_an_engine_without_weights_the_vector_is_left_out() -> None:
    text = "咚咚咚响个不停"
    assert decide(SNAPSHOT, text, vector=NOISE) == decide(SNAPSHOT, text)
    known = decide(SNAPSHOT, text, Thresholds(0.9, 0.3, SURE), vector=NOISE)
    assert [match.entry.id for match in known.matches] == ["noise"]


def test_models_without_weights_of_an_engine_take_the_shipped_ones() -> None:
    shipped = shipped_confidence()
    office = Confidence.read_toml("[first]\none = 1.0\n[three]\none = 1.0\n")
    for name, models in shipped.engines.items():
        assert office.with_engine(name) == models


def test_what_shares_a_word_and_no_meaning_is_not_offered() -> None:
    unsure = Confidence({}, {}, {ENGINE: Confidence({"one": -0.4}, {"one": -0.4})})
    thresholds = Thresholds(0.9, 0.3, unsure)
    assert decide(SNAPSHOT, "楼上半夜下棋", thresholds).decision is Decision.CHOICES
    assert decide(SNAPSHOT, "楼上半夜下棋", thresholds, vector=ELSEWHERE).decision is Decision.HAND_OVER
    close = decide(SNAPSHOT, "楼上半夜跳舞", thresholds, vector=NOISE)
    assert [match.entry.id for match in close.matches] == ["noise"]


def test_what_is_likelier_right_than_not_is_offered_however_little_it_means_alike() -> None:
    likely = Confidence({}, {}, {ENGINE: Confidence({"one": 0.4}, {"one": 0.4})})
    answer = decide(SNAPSHOT, "楼上半夜打牌", Thresholds(0.9, 0.3, likely), vector=ELSEWHERE)
    assert [match.entry.id for match in answer.matches] == ["noise"]


def test_what_means_much_alike_is_offered_however_little_is_sure() -> None:
    never = Confidence({}, {}, {ENGINE: Confidence({"one": -9.0}, {"one": -9.0})})
    answer = decide(SNAPSHOT, "咚咚咚响个不停", Thresholds(0.9, 0.3, never), vector=NOISE)
    assert (answer.decision, answer.matches[0].entry.id) == (Decision.CHOICES, "noise")


def test_an_entry_about_another_aspect_is_offered_and_never_the_answer() -> None:
    snapshot = Snapshot.build(
        [each for each in GRID if not each.id.startswith("护照") or "多少钱" in each.id]
    )
    answer = decide(snapshot, "护照要多久", Thresholds(0.0, 0.0, SURE))
    assert answer.decision is Decision.CHOICES
    assert answer.matches[0].entry.id == "护照-多少钱"


@pytest.mark.parametrize("text", ["我不想办身份证了", "身份证我不补了", "不用换驾照了", "算了，驾驶证不考了"])
def test_what_somebody_does_not_want_any_more_is_neither_answered_nor_offered(text: str) -> None:
    assert decide(SNAPSHOT, text, Thresholds(0.0, 0.0, SURE)).decision is Decision.HAND_OVER


@pytest.mark.parametrize("text", ["身份证丢了不想补了可以吗", "不让我补身份证了", "驾照不换了怎么注销"])
def test_a_question_with_a_no_in_it_is_still_one(text: str) -> None:
    assert decide(SNAPSHOT, text, Thresholds(0.0, 0.0, SURE)).decision is not Decision.HAND_OVER


def test_a_choice_between_what_was_named_leaves_its_free_place_to_what_means_near() -> None:
    entries = [
        entry("passport-lost", "护照丢了"),
        entry("passport-expired", "护照到期"),
        entry("papers", "旅行证件补发"),
        entry("noise", "半夜施工"),
    ]
    meant = unit(np.array([IDENTITY, IDENTITY, IDENTITY, NOISE]))
    vectors = WordingVectors.of(ENGINE, [each.question for each in entries], meant)
    answer = decide(
        Snapshot.build(entries, vectors=vectors), "护照", Thresholds(0.9, 0.35, SURE), vector=IDENTITY
    )
    assert answer.decision is Decision.CHOICES
    found = [match.entry.id for match in answer.matches]
    assert {*found[:2]} == {"passport-lost", "passport-expired"}
    assert found[2:] == ["papers"]
