"""Questions that ask the same come together, the same way whatever their order, and soon."""

from __future__ import annotations

import random
import time

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.meaning.encoder import Vector, unit
from knowledge_base.measure.cluster import Asked, UnknownWord, clusters, unknown_words

DRONES = ("无人机飞行要备案吗", "飞无人机要去哪里备案", "无人机备案怎么办", "无人机备案需要什么材料")
PETS = ("养狗要办证吗", "养狗办证在哪里", "养狗办证要多少钱")


def asked(*texts: str) -> list[Asked]:
    return [Asked(f"q{number:05}", text, number) for number, text in enumerate(texts)]


def words(texts: tuple[Asked, ...]) -> set[str]:
    return {one.text for one in texts}


def test_what_asks_the_same_comes_together_and_the_largest_group_first() -> None:
    first, second = clusters(asked(*PETS, *DRONES))
    assert words(first.questions) == set(DRONES)
    assert words(second.questions) == set(PETS)


def test_the_same_words_are_one_form_and_begin_the_group() -> None:
    [cluster] = clusters(
        asked("飞无人机要去哪里备案", "无人机备案怎么办", "无人机备案怎么办！", "请问无人机备案怎么办")
    )
    assert cluster.questions[0].text == "无人机备案怎么办"
    assert len(cluster.questions) == 4


def test_what_has_nothing_to_compare_is_left_out() -> None:
    assert clusters(asked("", "？？？", "…")) == ()


@given(st.randoms(use_true_random=False))
def test_the_order_of_the_questions_makes_no_difference(order: random.Random) -> None:
    questions = asked(*DRONES, *PETS, "驾照换证", "驾驶证期满换证")
    shuffled = list(questions)
    order.shuffle(shuffled)
    assert clusters(shuffled) == clusters(questions)


@given(st.lists(st.text(max_size=20), max_size=12))
def test_every_comparable_question_is_in_one_cluster(texts: list[str]) -> None:
    questions = asked(*texts)
    found = [one for cluster in clusters(questions) for one in cluster.questions]
    assert len(found) == len({one.id for one in found})
    assert {one.id for one in found} <= {one.id for one in questions}


def test_five_thousand_questions_take_seconds() -> None:
    rng = random.Random(7)
    things = ["驾驶证", "身份证", "护照", "居住证", "户口", "无人机", "犬证", "电动车", "摩托车", "保安证"]
    asks = [
        "怎么办",
        "去哪里办",
        "要什么材料",
        "多少钱",
        "多久能好",
        "能代办吗",
        "网上能办吗",
        "过期了怎么办",
    ]
    places = [f"{a}{b}" for a in "东西南北中" for b in "城区县镇乡村街"]
    texts = [
        f"{rng.choice(places)}{rng.choice(things)}{rng.choice(asks)}{rng.choice('啊呢吗呀')}"
        for _ in range(5_000)
    ]
    began = time.process_time()
    found = clusters(asked(*texts))
    assert time.process_time() - began < 8
    assert sum(len(cluster.questions) for cluster in found) == 5_000


def test_words_that_questions_have_and_entries_lack_are_listed() -> None:
    questions = [*DRONES, "狗证在哪里办"]
    found = unknown_words(questions, ["备案去派出所办理", "养狗要办证"], least=3)
    assert UnknownWord("无人机", 4) in found
    assert all(word.word != "备案" for word in found)
    assert unknown_words(questions, ["无人机备案"], least=3) == ()


def meaning(*parts: float) -> Vector:
    """A vector with a large share that all have in common, as encoders give them."""
    return unit(np.array([5.0, *parts], np.float32))


STRANGERS = [f"{one}{other}" for one in "甲乙丙丁戊己庚辛" for other in "子丑寅卯辰"]


def strangers() -> dict[str, Vector]:
    rows = np.random.default_rng(5).normal(size=(len(STRANGERS), 16))
    return {text: meaning(*row) for text, row in zip(STRANGERS, rows, strict=True)}


def test_what_means_the_same_in_other_words_comes_together_and_strangers_do_not() -> None:
    row = np.random.default_rng(7).normal(size=16)
    meant = {**strangers(), "毛孩子上户口": meaning(*row), "养狗登记": meaning(*(row + 0.1))}
    questions = asked(*STRANGERS, "毛孩子上户口", "养狗登记")
    by_words = {frozenset(words(one.questions)) for one in clusters(questions)}
    by_both = {frozenset(words(one.questions)) for one in clusters(questions, meant=meant)}
    assert frozenset({"毛孩子上户口", "养狗登记"}) in by_both - by_words


def test_words_that_are_alike_and_mean_something_else_are_told_apart() -> None:
    first, second = np.random.default_rng(9).normal(size=(2, 16))
    one, other = "狗证怎么补", "狗证怎么办"
    assert len(clusters(asked(one, other))) == 1
    meant = {**strangers(), one: meaning(*first), other: meaning(*-first)}
    [group] = [g for g in clusters(asked(*STRANGERS, one, other), meant=meant) if one in words(g.questions)]
    assert other not in words(group.questions)
    few = {one: meaning(*first), other: meaning(*second)}
    assert clusters(asked(one, other), meant=few) == clusters(asked(one, other))
