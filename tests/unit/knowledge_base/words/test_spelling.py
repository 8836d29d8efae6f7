from knowledge_base.words.lexicon import shipped_lexicon
from knowledge_base.words.spelling import Spelling

LEXICON = shipped_lexicon()
HEARING = Spelling.of(LEXICON, {"身份证": 5, "遗失": 3, "补办": 3})


def understood(text: str, *, speech: bool = True) -> str:
    return HEARING.understand(text, LEXICON.read(text).words, speech=speech)


def test_characters_that_changed_places_go_back() -> None:
    assert understood("份身证怎么补办", speech=False) == "身份证怎么补办"
    assert understood("驾驶证失遗了", speech=False) == "驾驶证遗失了"


def test_a_character_typed_twice_is_taken_once() -> None:
    assert understood("驾驾驶证怎么换", speech=False) == "驾驶证怎么换"


def test_words_of_the_same_sound_become_those_of_the_knowledge_base() -> None:
    assert understood("身份正一十了怎么补半") == "身份证遗失了怎么补办"


def test_what_is_likely_as_it_stands_stays() -> None:
    assert understood("身份证遗失了怎么补办") == "身份证遗失了怎么补办"
    assert understood("今天天气怎么样") == "今天天气怎么样"


def test_nothing_is_lost_or_added() -> None:
    for text in ("", "a", "12389", "嘎嘎嘎嘎", "我要去派出所banjia"):
        assert len(understood(text)) == len(text)


def test_a_missing_character_of_a_word_is_put_back() -> None:
    assert understood("份证丢了怎么办", speech=False) == "身份证丢了怎么办"
    assert understood("无犯罪记证明怎么开", speech=False) == "无犯罪记录证明怎么开"


def test_what_can_be_read_as_it_stands_has_lost_nothing() -> None:
    assert understood("驾驶证怎么换", speech=False) == "驾驶证怎么换"
    assert understood("居住多久可以落户", speech=False) == "居住多久可以落户"
