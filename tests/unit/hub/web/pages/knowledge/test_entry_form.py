"""English on the form of an entry."""

from __future__ import annotations

import pytest

from hub.web.form import FormErrors, parse
from hub.web.i18n import Language, Translator
from hub.web.pages.knowledge.entry_form import EntryForm, form_values
from knowledge_base.entry import Entry
from knowledge_base.files.importer import shipped

ZH = Translator(Language.ZH)
LOST = next(entry for entry in shipped() if entry.id == "foreigner-lost-passport")
TOGETHER = "英文的问题、问法、答案和短信答案应同时填写；分情况的条目不能有英文"


def _read(values: dict[str, str]) -> Entry | FormErrors:
    form = parse(EntryForm, values, ZH)
    return form if isinstance(form, FormErrors) else form.entry("x")


def test_what_an_editor_saves_unchanged_keeps_its_english() -> None:
    read = _read(form_values(LOST))
    assert isinstance(read, Entry)
    assert read.wordings == LOST.wordings
    assert read.said_in("en").answer == LOST.answer_en
    assert read.short_answer_en == LOST.short_answer_en


@pytest.mark.parametrize(
    "change", [{"answer_en": ""}, {"short_answer_en": ""}, {"slot": "C1", "by_slot": "【C1】到窗口"}]
)
def test_english_in_part_or_beside_a_slot_is_refused(change: dict[str, str]) -> None:
    read = _read(form_values(LOST) | change)
    assert isinstance(read, FormErrors)
    assert read.fields["short_answer_en"] == TOGETHER
