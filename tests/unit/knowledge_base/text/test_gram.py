import pytest

from knowledge_base.match.index import pieces, raw_pieces
from knowledge_base.text.gram import codes_of
from knowledge_base.text.sound import sound


@pytest.mark.parametrize("text", ["", "证", "身份证丢了怎么补", "证证证", "etc怎么办", "妈妈骑马"])
def test_the_pieces_of_one_text_are_those_of_a_text_among_many(text: str) -> None:
    assert codes_of(text) == raw_pieces([text]).tolist()
    assert codes_of(text, sound(text)) == pieces([text]).tolist()
