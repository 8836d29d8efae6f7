import pytest

from knowledge_base.words.lexicon import Lexicon, choices, shipped_lexicon

SMALL = Lexicon.read_toml(
    """
    [asking]
    "怎么" = "咋"
    [side]
    "费用" = "(多少|几块)钱"
    [thing]
    "驾驶证" = "驾照 驾"
    "代办" = "委托"
    "殴打" = "打"
    "丢失" = "丢了 丢"
    "姓名+变更" = "改名"
    [slot]
    "paper" = "驾驶证 护照"
    [near]
    related = ["驾驶证 代办"]
    """
)


def test_words_become_their_canonical_word() -> None:
    reading = SMALL.read("驾照丢了咋补")
    assert reading.canonical == "驾驶证丢失怎么补"
    assert [(word.said, word.meant) for word in reading.words] == [
        ("驾照", "驾驶证"),
        ("丢了", "丢失"),
        ("咋", "怎么"),
        ("补", "补"),
    ]


def test_choices_in_brackets_are_all_of_their_words() -> None:
    assert list(choices("办(好|完)了(没|)")) == ["办好了没", "办好了", "办完了没", "办完了"]
    assert SMALL.read("几块钱").canonical == "费用"


def test_a_word_that_means_two_becomes_both() -> None:
    assert [word.meant for word in SMALL.read("改名").words] == ["姓名", "变更"]


def test_a_canonical_word_is_not_replaced_again() -> None:
    assert SMALL.read("驾驶证").canonical == "驾驶证"


def test_a_short_word_inside_a_longer_one_is_left_alone() -> None:
    assert SMALL.read("打算").canonical == "打算"
    assert SMALL.read("他打人").canonical == "他殴打人"


def test_the_same_word_said_twice_in_a_row_counts_once() -> None:
    assert SMALL.read("委托代办").canonical == "代办"


def test_numbers_and_latin_words_stay_whole() -> None:
    assert SMALL.cut("12389和c1") == ["12389", "和", "c1"]


def test_tables_tell_what_is_asked_about_what_excludes_and_what_is_near() -> None:
    assert SMALL.aspects == {"费用"}
    assert SMALL.asking == {"怎么"}
    assert SMALL.slots == {"驾驶证": "paper", "护照": "paper"}
    assert set(SMALL.near["代办"]) == {"驾驶证"}


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("驾驶本", "驾驶证"),
        ("户口本", "户口簿"),
        ("电瓶车", "电动自行车"),
        ("多少钱", "费用"),
        ("老外", "外国人"),
        ("不想留名字", "匿名"),
        ("大夫", "医生"),
        ("礼拜天", "星期天"),
    ],
)
def test_the_shipped_lexicon_knows_how_people_speak(said: str, meant: str) -> None:
    assert shipped_lexicon().read(said).canonical == meant


def test_what_the_shipped_lexicon_relates_or_excludes_is_known_to_it() -> None:
    lexicon = shipped_lexicon()
    known = {meant for meanings in lexicon.meanings.values() for meant in meanings}
    assert set(lexicon.slots) <= known
    assert set(lexicon.near) <= known
    assert all(lexicon.meanings[word] == (word,) for word in known)


def test_what_an_office_says_reads_as_the_name_reads() -> None:
    office = SMALL.with_groups([("驾驶证", ["红本本"]), ("驾照代办", ["跑腿证"])])
    assert office.read("红本本丢了").canonical == "驾驶证丢失"
    assert [word.meant for word in office.read("跑腿证").words] == ["驾驶证", "代办"]
    assert SMALL.read("红本本丢了").canonical == "红本本丢失"


def test_a_name_of_which_nothing_is_known_is_a_new_canonical_word() -> None:
    office = SMALL.with_groups([("滑翔伞许可", ["飞伞本"])])
    assert office.cut("我的滑翔伞许可") == ["我", "的", "滑翔伞许可"]
    assert office.read("飞伞本").canonical == office.read("滑翔伞许可").canonical == "滑翔伞许可"
    assert office.is_canonical("滑翔伞许可")


def test_an_office_wins_over_the_shipped_words_but_a_canonical_word_stands_for_itself() -> None:
    office = SMALL.with_groups([("护照", ["驾照", "驾驶证", "嗯", ""])])
    assert office.read("驾照").canonical == "护照"
    assert office.read("驾驶证").canonical == "驾驶证"
    assert "" not in office.meanings


def test_words_of_a_group_are_compared_as_texts_are() -> None:
    office = SMALL.with_groups([("驾駛證", ["紅本，本", "Ａ１本"])])
    assert office.read("红本本").canonical == "驾驶证"
    assert office.read("a1本丢了").canonical == "驾驶证丢失"


def test_the_order_of_groups_changes_nothing() -> None:
    groups = [("滑翔伞许可", ["飞伞本"]), ("护照", ["出国本"]), ("驾照", ["红本本"])]
    one, other = SMALL.with_groups(groups), SMALL.with_groups(groups[::-1])
    assert one.meanings == other.meanings


def test_what_belongs_to_a_canonical_word_holds_for_what_an_office_says() -> None:
    office = SMALL.with_groups([("护照", ["出国本"])])
    meant = office.read("出国本").words[0].meant
    assert (office.slots[meant], office.near, office.asking) == ("paper", SMALL.near, SMALL.asking)
