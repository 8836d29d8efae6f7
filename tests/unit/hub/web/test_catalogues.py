"""Every text of the pages is there in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hub.actions.cases.citizen.show_case import LIMIT_LABELS
from hub.model.cases.proceeding import DocumentKind
from hub.model.cases.state import CITIZEN_LABEL
from hub.web.i18n import Catalogues, Language
from tests.unit.hub.web.source_texts import CHINESE, of_python, of_templates, untranslated_chinese

ENGLISH = Catalogues.load().of(Language.EN)
PLACES = re.compile(r"%\(\w+\)s|\{\w+\}")


def test_every_text_has_an_english_one() -> None:
    labels = ((text, "case.py") for text in (*CITIZEN_LABEL.values(), *LIMIT_LABELS.values(), *DocumentKind))
    used = {text: file for text, file in (*of_templates(), *of_python(), *labels) if CHINESE.search(text)}
    missing = sorted(f"{file}: {text}" for text, file in used.items() if text not in ENGLISH.texts)
    assert missing == []


def test_a_translation_fills_in_the_same_places() -> None:
    wrong = [
        text
        for text, english in ENGLISH.texts.items()
        if sorted(PLACES.findall(text)) != sorted(PLACES.findall(english))
    ]
    assert wrong == []


def test_no_english_text_is_left_in_chinese() -> None:
    example = re.compile(r"\{[^}]*\}")  # {name|您}: what a writer types, the same in every language
    assert [text for text in ENGLISH.texts.values() if CHINESE.search(example.sub("", text))] == []


def test_templates_write_no_chinese_outside_the_catalogue() -> None:
    allowed = re.compile(r'"?中文"?|"交管"')  # a language is named in its own words; a topic is a key
    left = [
        f"{file}: {line}" for line, file in untranslated_chinese() if CHINESE.search(allowed.sub("", line))
    ]
    assert left == []


def test_two_files_may_not_disagree(tmp_path: Path) -> None:
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    (tmp_path / "en.po").write_text(header + 'msgid "提交"\nmsgstr "Submit"\n', "utf-8")
    (tmp_path / "en_staff.po").write_text(header + 'msgid "提交"\nmsgstr "Send"\n', "utf-8")
    with pytest.raises(ValueError, match="two translations"):
        Catalogues.load(tmp_path)
