"""Every kind of document says what the law asks for, word for word as somebody read it (tests/data)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.cases.guards import REFUSAL_GROUNDS
from hub.model.cases.proceeding import DocumentKind
from hub.model.legal_documents.composing import (
    MISSING,
    REQUIRED,
    Known,
    Missing,
    chinese,
    compose,
    listed,
    number_of,
    templates,
)
from hub.model.legal_documents.legal_document import DocumentText

GOLDEN = Path(__file__).parents[4] / "data" / "legal_documents"
VALUES = {
    "organ": "榕州市公安局",
    "superior": "榕州市信访局",
    "reference": "261112 000183 47",
    "received": "2026年11月12日",
    "signed": "2026年11月20日",
    "accepted": "2026年11月20日",
    "channel": "网上信访",
    "branch": "6",
    "unit": "东城分局",
    "last_day": "2027年1月19日",
    "days": "30",
    "old_day": "2026年12月20日",
    "days_left": "0",
    "basis": "第二十三条、第三十一条第（六）项",
    "ground": REFUSAL_GROUNDS["CIVIL_DISPUTE"],
    "outcome": "维持",
    "outcomes": "一、噪声扰民：支持；二、要求赔偿：不支持。",
    "reviewed": "（公信处〔2026〕17号）",
    "written": "经现场核查，施工单位夜间施工属实，已依法处罚。",
    "items": "一、夜间施工噪声扰民；二、要求赔偿损失。",
}


def known(kind: DocumentKind, **other: str) -> Known:
    branch = {"branch": "4"} if kind is DocumentKind.LEGAL_WAY else {}
    code = "CIVIL_DISPUTE" if kind is DocumentKind.REFUSAL else ""
    return Known("王小明", {**VALUES, **branch, **other}, code)


def told(text: DocumentText) -> str:
    return text.plain + "\n"


@pytest.mark.parametrize("kind", DocumentKind)
def test_a_document_is_the_one_that_was_read(kind: DocumentKind) -> None:
    assert told(compose(kind, known(kind))) == (GOLDEN / f"{kind}.txt").read_text("utf-8")


def test_a_report_is_answered_neutrally_whatever_is_signed() -> None:
    for kind in DocumentKind:
        text = told(compose(kind, Known("", VALUES, neutral=True)))
        assert text == (GOLDEN / "检举控告.txt").read_text("utf-8")
        assert not any(VALUES[name] in text for name in ("written", "items", "outcomes", "unit", "ground"))


@pytest.mark.parametrize("kind", DocumentKind)
def test_no_sentence_promises_a_lawsuit_or_names_an_identity_number(kind: DocumentKind) -> None:
    text = told(compose(kind, Known("王小明", {**VALUES, "branch": "1"}, "ADMINISTRATIVE_ACT")))
    assert not re.search(r"提起(行政)?诉讼|向人民法院起诉.*本(意见|告知)", text)
    assert not re.search(r"\d{17}[\dX]", text)


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, names in REQUIRED.items() for name in names if name in MISSING]
)
def test_what_the_law_asks_for_and_nobody_knows_stops_the_signing(kind: DocumentKind, name: str) -> None:
    nothing = {"branch": ""} if name == "procedure" else {name: ""}
    with pytest.raises(Missing) as missing:
        compose(kind, known(kind, **nothing))
    assert missing.value.name == name


def test_a_remedy_runs_from_receipt_and_is_there_where_the_law_gives_one() -> None:
    with_remedy = {kind for kind, one in templates().items() if "自收到本意见书之日起三十日内" in one.remedy}
    assert with_remedy == {DocumentKind.OPINION, DocumentKind.FUCHA_OPINION}


def test_every_kind_has_sentences_and_a_series_of_its_own() -> None:
    marks = [templates()[kind].mark for kind in DocumentKind]
    assert len(set(marks)) == len(marks)
    assert number_of("公", "受", 2026, 17) == "公信受〔2026〕17号"


WRITTEN = sorted(VALUES.keys() - {"branch"})


@given(st.dictionaries(st.sampled_from(WRITTEN), st.text(max_size=12)), st.sampled_from(DocumentKind))
def test_whatever_is_written_stands_there_as_text(given_values: dict[str, str], kind: DocumentKind) -> None:
    try:
        text = compose(kind, known(kind, **given_values))
    except Missing:
        return
    assert all(paragraph for paragraph in text.paragraphs)


def test_points_are_numbered_in_chinese() -> None:
    assert [chinese(number) for number in (1, 9, 10, 11, 20, 37, 99)] == [
        "一", "九", "十", "十一", "二十", "三十七", "九十九",
    ]  # fmt: skip
    assert listed(["甲。", "", "乙"]) == "一、甲；二、乙。"
    assert listed(["只有一项"]) == "只有一项。"
    assert listed([]) == ""
