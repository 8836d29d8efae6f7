from knowledge_base.text.gram import grams, neighbours
from knowledge_base.text.tables import data_text
from knowledge_base.words.vocabulary import RAREST, shipped_vocabulary
from tests.unit.knowledge_base.word_table import lines


def test_the_table_of_words_is_what_its_script_makes() -> None:
    assert data_text("words.txt") == "\n".join(lines()) + "\n"


def test_common_words_are_more_frequent_than_rare_ones() -> None:
    vocabulary = shipped_vocabulary()
    assert vocabulary.word_share("我们") > vocabulary.word_share("驾驶") > vocabulary.word_share("罂粟")
    assert vocabulary.word_share("没有这个词") == RAREST


def test_pairs_that_the_table_lacks_are_guessed_from_their_halves() -> None:
    vocabulary = shipped_vocabulary()
    common, rare = (
        vocabulary.share_of_texts(neighbours("的是")),
        vocabulary.share_of_texts(neighbours("粟饕")),
    )
    assert common[0] > rare[0]
    single = vocabulary.share_of_texts(grams("的粟"))
    assert single[0] > single[1]
