from collections.abc import Iterable
from functools import partial

from knowledge_base.text.memo import Memo


def made_for(asked: Iterable[int], size: int) -> list[int]:
    """For which of these questions a result had to be made."""
    memo, made = Memo[int, str](size), []

    def make(question: int) -> str:
        made.append(question)
        return str(question)

    for question in asked:
        assert memo.get(question, partial(make, question)) == str(question)
    return made


def test_what_was_made_is_not_made_again() -> None:
    assert made_for([1, 2, 1, 2], size=2) == [1, 2]


def test_the_oldest_is_given_up_for_a_new_one_and_no_other() -> None:
    assert made_for([1, 2, 3, 2, 3, 1], size=2) == [1, 2, 3, 1]
