from pypinyin import Style, lazy_pinyin

from knowledge_base.text.sound import merged, sound
from knowledge_base.text.tables import table_lines


def test_the_table_of_syllables_agrees_with_pypinyin() -> None:
    for line in table_lines("pinyin.txt"):
        syllable, characters = line.split(" ")
        assert all(lazy_pinyin(character, style=Style.NORMAL) == [syllable] for character in characters)


def test_characters_that_sound_alike_get_the_same_sign() -> None:
    assert sound("罢") == sound("爸")
    assert sound("声") == sound("生")


def test_pairs_that_accents_merge_count_as_the_same() -> None:
    assert merged("zhang") == merged("zan")
    assert merged("nan") == merged("lan")
    assert merged("fu") == merged("hu")
    assert merged("xing") == merged("xin")


def test_other_pairs_stay_apart() -> None:
    assert merged("dong") != merged("don")
    assert sound("驾") != sound("户")


def test_what_has_no_syllable_stays() -> None:
    assert sound("12389a") == "12389a"


def test_one_sign_per_character() -> None:
    assert len(sound("驾驶证丢了")) == 5


def test_every_traditional_character_becomes_a_known_one_that_is_not_changed_again() -> None:
    pairs = [pair for line in table_lines("traditional.txt") for pair in line.split()]
    changed = {pair[0] for pair in pairs}
    assert len(changed) == len(pairs)
    assert all(len(pair) == 2 for pair in pairs)
    assert not changed & {pair[1] for pair in pairs}
    assert all(sound(pair[1]) != pair[1] for pair in pairs)
