import pytest

from knowledge_base.lexicon import Kind, Lexicon, shipped_lexicon

SMALL = Lexicon.read_toml(
    """
    weak = "怎么的"
    [asking]
    "怎么" = ["咋"]
    [side]
    "丢失" = ["丢了", "丢"]
    [thing]
    "驾驶证" = ["驾照", "驾"]
    "代办" = ["委托"]
    [other]
    "丢人" = []
    """
)


def test_words_become_their_canonical_word() -> None:
    reading = SMALL.read("驾照丢了咋补")
    assert reading.canonical == "驾驶证丢失怎么补"
    assert reading.words == {"驾驶证", "丢失", "怎么"}


def test_the_longest_word_wins() -> None:
    assert SMALL.read("驾照").canonical == "驾驶证"
    assert SMALL.read("驾").canonical == "驾驶证"


def test_a_canonical_word_is_not_replaced_again() -> None:
    assert SMALL.read("驾驶证").canonical == "驾驶证"


def test_a_protected_word_is_left_alone() -> None:
    assert SMALL.read("丢人").canonical == "丢人"


def test_the_same_word_said_twice_in_a_row_counts_once() -> None:
    assert SMALL.read("委托代办").canonical == "代办"


def test_words_are_told_apart_by_kind() -> None:
    reading = SMALL.read("驾照丢了咋补")
    assert SMALL.of_kind(reading, Kind.THING) == {"驾驶证"}
    assert SMALL.of_kind(reading, Kind.SIDE) == {"丢失"}


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("驾驶本", "驾驶证"),
        ("户口本", "户口簿"),
        ("电瓶车", "电动自行车"),
        ("多少钱", "费用"),
        ("老外", "外国人"),
        ("不想留名字", "匿名"),
    ],
)
def test_the_shipped_lexicon_knows_how_people_speak(said: str, meant: str) -> None:
    assert shipped_lexicon().read(said).canonical == meant


def test_no_shipped_word_belongs_to_two_canonical_words() -> None:
    words = [
        word
        for found in shipped_lexicon().by_first.values()
        for word, canonical in found
        if word == canonical
    ]
    assert set(shipped_lexicon().kinds) == set(words)
