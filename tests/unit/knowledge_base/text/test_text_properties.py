"""What holds for any text that is brought into its one form, whoever typed or spoke it, and however long."""

import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.text.normalise import MAX_CHARS, normalise
from knowledge_base.text.numeral import numerals
from knowledge_base.text.plain import MAX_CHARS as PLAIN_CHARS
from knowledge_base.text.plain import plain
from knowledge_base.words.lexicon import shipped_lexicon
from tests.unit.knowledge_base.text.traditional import FIRST, LAST

LEXICON = shipped_lexicon()
KNOWN = sorted(LEXICON.meanings)
WORDS = st.lists(
    st.sampled_from([*KNOWN, "嗯", "那个", "请问", "十", "二", "百", "3", "c1", "天"]), max_size=12
)
QUESTIONS = WORDS.map("".join)
NUMBERS = st.text("零〇幺一二两三四五六七八九十百千万0123456789a岁天", max_size=12)

SIGNS = st.text(
    st.one_of(
        st.sampled_from(
            "，。？！、；：“”《》…—·・ \u3000\t\r\n\x00\x07\x08\x7f\u200b\u200d\ufeff\u202e\u2066"
        ),
        st.sampled_from("\U0001f693\U0001f44d\U0001f468\ufe0f\U0001f3fb\u263a\u26a0"),
        st.characters(categories=["Cs", "Mn", "Cf", "Co"]),
    ),
    max_size=4,
)
TERMINAL = st.sampled_from(
    r"^[31m ^[m ^[2J ^[K ^[1;31;40m ^]0;title^G ^]8;;u^\ ^(B ^OA ^[?25l [0m".replace("^G", "\x07")
    .replace("^", "\x1b")
    .split()
)
NOISE = st.one_of(SIGNS, TERMINAL)

MEGABYTE = 1_000_000
LONG: dict[str, Callable[[], str]] = {
    "one character": lambda: "证" * MEGABYTE,
    "fillers": lambda: "嗯那个请问" * (MEGABYTE // 5),
    "fillers within fillers": lambda: "那" * (MAX_CHARS // 2) + "个" * MEGABYTE,
    "digits": lambda: "0123456789" * (MEGABYTE // 10),
    "spoken digits": lambda: "幺二三" * (MEGABYTE // 3),
    "spoken numbers": lambda: "一" + "万" * MEGABYTE,
    "numbers that grow": lambda: "十天" * (MEGABYTE // 2),
    "traditional": lambda: "駕駛證遺失" * (MEGABYTE // 5),
    "terminal": lambda: "\x1b[31m" * (MEGABYTE // 5),
    "unfinished terminal": lambda: "\x1b]" * (MEGABYTE // 2),
    "eighteen characters each": lambda: "\ufdfa" * MEGABYTE,
    "four Han characters each": lambda: "\u337f" * MEGABYTE,
    "marks upon marks": lambda: "证" + "\u0336\u0489\u0301" * (MEGABYTE // 3),
    "surrogates": lambda: "\ud83d" * MEGABYTE,
    "every script": lambda: "".join(map(chr, range(0x110000)))[:MEGABYTE],
}
every_long_text = pytest.mark.parametrize("make", LONG.values(), ids=LONG)


@given(st.one_of(st.text(), st.text(st.characters()), QUESTIONS, NUMBERS))
def test_a_text_in_its_form_stays_as_it_is(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(st.characters(), max_size=200))
def test_any_character_there_is_leaves_only_characters_that_are_compared(text: str) -> None:
    assert all(
        c in "0123456789abcdefghijklmnopqrstuvwxyz" or "\u3400" <= c <= "\u9fff" for c in normalise(text)
    )


@given(st.lists(st.tuples(NOISE, st.sampled_from(KNOWN)), min_size=1, max_size=8), NOISE)
def test_signs_marks_pictures_and_what_steers_a_screen_make_no_difference(
    said: list[tuple[str, str]], end: str
) -> None:
    noisy = "".join(noise + word for noise, word in said) + end
    assert normalise(noisy) == normalise("".join(word for _, word in said))


@given(st.sampled_from(KNOWN), SIGNS)
def test_signs_within_a_word_make_no_difference(word: str, sign: str) -> None:
    assert normalise(sign.join(word)) == normalise(word)


@pytest.mark.parametrize("word", ["乾坤", "著名", "原著", "瞭望"])
def test_a_blank_within_a_word_that_keeps_its_character_makes_no_difference(word: str) -> None:
    assert normalise(" ".join(word)) == normalise(word) == word


@pytest.mark.parametrize("text", ["hùkǒu", "hu\u0300ko\u030cu", "H\u0336u\u0489kou", "ｈｕｋｏｕ"])
def test_accents_and_marks_are_taken_off_their_letters(text: str) -> None:
    assert normalise(text) == "hukou"


@given(QUESTIONS)
def test_width_and_case_make_no_difference(text: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    assert normalise(wide) == normalise(wide.upper()) == normalise(text.upper()) == normalise(text)


@pytest.mark.parametrize("table", [FIRST, LAST], ids=["first form", "last form"])
def test_every_word_of_the_lexicon_reads_the_same_in_traditional_characters(table: dict[int, str]) -> None:
    assert [word for word in KNOWN if normalise(word.translate(table)) != normalise(word)] == []


@given(QUESTIONS)
def test_a_question_of_known_words_reads_the_same_in_traditional_characters(text: str) -> None:
    assert normalise(text.translate(FIRST)) == normalise(text.translate(LAST)) == normalise(text)


@pytest.mark.parametrize(
    ("spoken", "digits"),
    [
        ("幺二三八九", "12389"),
        ("一二三八九", "12389"),
        ("幺二幺二三", "12123"),
        ("一二一一〇", "12110"),
        ("一二一一○", "12110"),
        ("九六幺幺零", "96110"),
        ("二〇二六年", "2026年"),
        ("一百二十", "120"),
        ("一百二", "120"),
        ("一百一十", "110"),
        ("两千", "2000"),
        ("兩千", "2000"),
        ("一萬二", "12000"),
        ("２百", "200"),
        ("十五天", "15天"),
        ("记十二分", "记12分"),
        ("十六周岁", "16周岁"),
        ("二十5", "25"),
    ],
)
def test_a_spoken_number_is_the_number_in_digits(spoken: str, digits: str) -> None:
    assert normalise(spoken) == normalise(digits)


@given(st.integers(100, 10**9))
def test_digits_spoken_one_by_one_are_the_number(number: int) -> None:
    for spoken in ("零一二三四五六七八九", "〇幺两三四五六七八九"):
        assert normalise("".join(spoken[int(digit)] for digit in str(number))) == str(number)


@given(NUMBERS)
def test_numbers_in_their_form_stay_as_they_are(text: str) -> None:
    assert numerals(numerals(text)) == numerals(text)


@given(st.one_of(QUESTIONS, st.text(st.characters())))
def test_the_words_of_a_text_joined_are_the_text(text: str) -> None:
    text = normalise(text)
    words = LEXICON.cut(text)
    assert "".join(words) == text
    read = [(word.said, word.meant) for word in LEXICON.read(text).words]
    assert read == [(said, meant) for said in words for meant in LEXICON.meanings.get(said, (said,))]


def test_a_canonical_word_reads_as_itself() -> None:
    canonical = {meant for meanings in LEXICON.meanings.values() for meant in meanings}
    assert {word for word in canonical if LEXICON.read(word).canonical != word} == set()


@every_long_text
def test_a_megabyte_is_a_short_text_in_little_memory(make: Callable[[], str]) -> None:
    text = make()
    assert (normalise("证据"), plain("证据")) == (
        "证据",
        "证据",
    )  # reads the tables, before anything is measured
    tracemalloc.start()
    try:
        compared, bare = normalise(text), plain(text)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(compared) <= MAX_CHARS
    assert len(bare) <= 18 * PLAIN_CHARS
    assert peak < MEGABYTE // 2


@every_long_text
def test_what_stands_behind_the_first_characters_is_not_looked_at(make: Callable[[], str]) -> None:
    text = make()
    assert normalise(text) == normalise(text[:MAX_CHARS])
    assert plain(text) == plain(text[:PLAIN_CHARS])
