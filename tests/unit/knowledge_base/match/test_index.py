"""What weighs pieces is shared by the loop that answers and the threads that check a publish."""

from knowledge_base.match.index import PostingLists, Rarity
from knowledge_base.words.vocabulary import shipped_vocabulary

CODES = [ord(character) for character in "身份证丢了"]


class Emptied(dict[int, float]):
    """As if another thread emptied it each time right after it was added to."""

    def update(self, *given: object, **named: float) -> None:
        self.clear()


def test_what_another_thread_forgets_meanwhile_weighs_the_same() -> None:
    shelf, vocabulary = PostingLists.build(["身份证怎么补"]), shipped_vocabulary()
    remembered = Rarity(shelf, vocabulary)
    assert remembered.squares(CODES[:3]) == remembered.squares(CODES)[:3]
    assert Rarity(shelf, vocabulary, Emptied()).squares(CODES) == remembered.squares(CODES)
