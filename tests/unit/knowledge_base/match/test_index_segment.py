"""Parts that are put together are what a part built of the same entries at once would be."""

from random import Random

import numpy as np

from knowledge_base.files.importer import shipped
from knowledge_base.match.index import Rarity
from knowledge_base.match.index_segment import IndexSegment, LiveIndexSegment
from knowledge_base.match.term_weights import Tally
from knowledge_base.words.lexicon import shipped_lexicon
from tests.unit.knowledge_base.entries import entry

LEXICON = shipped_lexicon()
UNREADABLE = entry("unreadable", "？？", "嗯", "无人机怎么登记")
ENTRIES = (*shipped()[:60], UNREADABLE, entry("twice", "身份证怎么补领", "身份证怎么补办"))


def test_parts_put_together_are_one_built_at_once() -> None:
    random = Random(1)
    first = IndexSegment.build(ENTRIES[:20], LEXICON, Tally())
    rarity = Rarity(first.shelf, LEXICON.vocabulary)
    for _ in range(20):
        entries = random.sample(ENTRIES, 30)
        gone = {entry.id for entry in random.sample(entries, random.randint(0, 12))}
        cut = random.randint(0, 30)
        parts = [IndexSegment.build(tuple(some), LEXICON, Tally()) for some in (entries[:cut], entries[cut:])]
        one, other = [part.standing(rarity).without(gone) for part in parts]
        living = tuple(entry for entry in entries if entry.id not in gone)
        assert_same(one.joined(other), IndexSegment.build(living, LEXICON, Tally()).standing(rarity))


def assert_same(found: LiveIndexSegment, wanted: LiveIndexSegment) -> None:
    for name in ("entries", "places", "cuts"):
        assert getattr(found.part, name) == getattr(wanted.part, name)
    for name in ("owners", "turns", "hashes", "hashed"):
        assert np.array_equal(getattr(found.part, name), getattr(wanted.part, name)), name
    for name in ("codes", "starts", "texts"):
        assert np.array_equal(getattr(found.part.shelf, name), getattr(wanted.part.shelf, name)), name
    assert (found.part.shelf.size, found.living) == (wanted.part.shelf.size, wanted.living)
    assert np.allclose(found.lengths, wanted.lengths)
    assert np.allclose(found.raw_lengths, wanted.raw_lengths)
    assert found.alive.all()
