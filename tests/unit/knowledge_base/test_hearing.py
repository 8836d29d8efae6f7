from knowledge_base.hearing import Hearing
from knowledge_base.lexicon import shipped_lexicon

HEARING = Hearing.of(shipped_lexicon(), {"身份证": 5, "遗失": 3, "补办": 3})


def test_words_of_the_same_sound_become_those_of_the_knowledge_base() -> None:
    assert HEARING.understand("身份正一十了怎么补半") == "身份证遗失了怎么补办"


def test_what_is_likely_as_it_stands_stays() -> None:
    assert HEARING.understand("身份证遗失了怎么补办") == "身份证遗失了怎么补办"
    assert HEARING.understand("今天天气怎么样") == "今天天气怎么样"


def test_nothing_is_lost_or_added() -> None:
    for text in ("", "a", "12389", "嘎嘎嘎嘎", "我要去派出所banjia"):
        assert len(HEARING.understand(text)) == len(text)
