"""What stands against a publish, in words an editor can act on."""

from __future__ import annotations

from hub.web.i18n import Language, Translator
from hub.web.pages.knowledge.objections import said
from knowledge_base.entry import Entry, EntryState
from knowledge_base.match.gate import objections
from knowledge_base.match.matcher import Snapshot


def _entry(id_: str, question: str, *variants: str) -> Entry:
    text = ("答案。", "", "户政", "")
    return Entry(id_, question, variants, *text, False, EntryState.PUBLISHED, 0)


def test_a_wording_that_is_taken_names_both_entries_and_the_wording() -> None:
    """The gate names the wording of the other entry: that one is not the editor's."""
    old, new = _entry("old", "身份证丢了怎么补？", "证件掉了"), _entry("new", "证件掉了咋办", "证件掉了")
    before = Snapshot.build([old])
    found = objections(before, Snapshot.build([old, new]), [new])
    texts = [one.text for one in said(found, Translator(Language.ZH))]
    assert "条目“证件掉了咋办”有一个问法与条目“身份证丢了怎么补？”的问法“证件掉了”相同。" in texts
