"""Keyed terms: what of a text is found, and that nobody reads it without the key."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.store.crypto import KeyRing, Vault
from hub.store.keyed_terms import KeyedTerms, pieces, words

TERMS = KeyedTerms(Vault(KeyRing.fresh()).subkey("test"))


def test_a_text_gives_pairs_of_characters_and_whole_words_of_letters() -> None:
    assert pieces("夜间噪声，ＫＴＶ 3号") == {"夜间", "间噪", "噪声", "ktv"}
    assert pieces("刀。Ａ！") == set()


def test_long_numbers_are_no_terms_however_they_are_written() -> None:
    for number in ("13800138000", "138 0013 8000", "138-0013-8000", "35010219900101123X", "12345678"):
        assert pieces(f"我的号码{number}谢谢") == pieces("我的号码 谢谢")
    assert "1204" in pieces("1204室")


def test_what_is_typed_becomes_words() -> None:
    assert words("  夜间，噪声　Noise 噪声 ") == ["夜间", "噪声", "noise"]


def test_another_key_and_another_purpose_give_other_terms() -> None:
    ring = KeyRing.fresh()
    one, same = KeyedTerms(Vault(ring).subkey("a")), KeyedTerms(Vault(ring).subkey("a"))
    assert one.of_text("噪声") == same.of_text("噪声")
    assert one.of_text("噪声") != KeyedTerms(Vault(ring).subkey("b")).of_text("噪声")
    assert one.of_text("噪声") != TERMS.of_text("噪声")


def test_a_value_is_never_taken_for_a_word() -> None:
    assert TERMS.of_value("name", "张三").startswith("v")
    assert not any(term.startswith("v") for term in TERMS.of_text("夜间噪声扰民 abc 1204 vvv"))
    assert TERMS.of_value("name", "张三") not in TERMS.of_text("张三")
    assert TERMS.of_value("name", "张三") != TERMS.of_value("address", "张三")


@given(st.text(min_size=2, max_size=30), st.data())
def test_a_piece_of_a_chinese_run_has_only_terms_of_the_whole(text: str, data: st.DataObject) -> None:
    whole = "噪" + "".join(c for c in text if "一" <= c <= "龥") + "声"
    start = data.draw(st.integers(0, len(whole) - 2))
    piece = whole[start : data.draw(st.integers(start + 2, len(whole)))]
    assert TERMS.of_text(piece)
    assert TERMS.of_text(piece) <= TERMS.of_text(f"早上{whole}，谢谢")
