"""What answers is ready before anybody asks."""

from __future__ import annotations

from dataclasses import replace

from hub.actions.knowledge.in_force import Knowledge
from hub.model.entry_record import EntryRecord
from knowledge_base.files.importer import shipped


def test_the_first_question_finds_the_words_by_their_sound_already_made() -> None:
    entry = replace(shipped()[0], valid_from=0, valid_until=0)
    knowledge = Knowledge()
    knowledge.take([EntryRecord(entry.id, live=entry)], 1)
    assert "hearing" in vars(knowledge.snapshot._scales)
