from knowledge_base.words.deletion_index import DeletionIndex

FORGOTTEN = DeletionIndex.of(["身份证", "无犯罪记录", "护照", "身分证", "abc"])


def test_a_piece_that_lacks_one_character_of_a_word_finds_it() -> None:
    assert FORGOTTEN.within("我的份证") == {2: [(4, "身份证")]}
    assert FORGOTTEN.within("无犯罪录怎么开") == {0: [(4, "无犯罪记录")]}


def test_the_first_of_two_words_that_leave_the_same_counts() -> None:
    assert FORGOTTEN.within("身证") == {0: [(2, "身份证")]}


def test_whole_words_short_words_and_letters_have_lost_nothing() -> None:
    assert FORGOTTEN.within("护照身份证ab") == {2: [(4, "身份证")], 3: [(5, "身份证")]}
    assert DeletionIndex.of([]).within("身证") == {}
    assert FORGOTTEN.within("身") == {}
