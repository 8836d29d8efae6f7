"""Every text of the pages is there in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from campaigns.said import Listed, Said
from hub.actions.cases.citizen.show_case import LIMIT_LABELS
from hub.model.cases.attempt import Attempt
from hub.model.cases.guards import FUCHA_OUTCOMES, OUTCOMES, TRANSFER_MODES
from hub.model.cases.moves import IllegalMove, move
from hub.model.cases.proceeding import DeliveryMethod, DocumentKind, Proceeding
from hub.model.cases.roles import ROLE_NAME, CaseRole
from hub.model.cases.state import CITIZEN_LABEL, CaseState
from hub.model.cases.table import LABELS
from hub.model.staff.bulk_run import BulkRow
from hub.model.track import Track
from hub.web.i18n import Catalogues, Language
from tests.rules import RULES
from tests.unit.hub.web.source_texts import CHINESE, of_python, of_templates, untranslated_chinese

ENGLISH = Catalogues.load().of(Language.EN)
PLACES = re.compile(r"%\(\w+\)s|\{\w+\}")


def test_every_text_has_an_english_one() -> None:
    words = (*CITIZEN_LABEL.values(), *LIMIT_LABELS.values(), *DocumentKind, *DeliveryMethod)
    of_steps = (*ROLE_NAME.values(), *LABELS.values(), *OUTCOMES, *FUCHA_OUTCOMES, *TRANSFER_MODES)
    labels = ((str(text), "case.py") for text in (*words, *of_steps))
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


def test_why_a_step_is_refused_is_said_in_the_readers_language() -> None:
    with pytest.raises(IllegalMove) as refused:
        move(Proceeding(Track.APPEAL, CaseState.HANDLING), Attempt("sign", 0, CaseRole.CIT, RULES))
    assert CHINESE.search(refused.value.reason)
    assert not CHINESE.search(ENGLISH(refused.value.reason))
    several = Said("由%(who)s办理", who=Listed((Said("督察"), Said("回访员"))))
    assert several == "由督察、回访员办理"
    assert ENGLISH(several) == f"Done by: {ENGLISH('督察')}, call-back officer"


def test_a_refusal_that_was_stored_is_said_in_the_readers_language_too() -> None:
    with pytest.raises(IllegalMove) as refused:
        move(Proceeding(Track.APPEAL, CaseState.HANDLING), Attempt("accept", 0, CaseRole.CIT, RULES))
    row = BulkRow("c1").refused(refused.value.reason)
    read = msgspec.convert(msgspec.to_builtins(row), BulkRow)
    assert read.reason == row.why == refused.value.reason
    assert ENGLISH(read.reason) == ENGLISH(refused.value.reason)
    assert BulkRow("c1", why="没有权限").reason == "没有权限"
