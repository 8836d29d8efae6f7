"""Forms: every error at once, in the reader's language; what people type is understood generously."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from hub.model.petition import PetitionKind
from hub.web.form import TEXTS, Form, FormErrors, parse
from hub.web.i18n import Catalogues, Language
from hub.web.pages.citizen.chat_form import ChatForm
from hub.web.pages.citizen.petition_form import PetitionForm
from hub.web.pages.citizen.track_form import TrackForm
from hub.web.pages.people.new_case_form import NewCaseForm
from tests.unit.hub.web.source_texts import CHINESE

ZH = Catalogues.load().of(Language.ZH)
EN = Catalogues.load().of(Language.EN)
CONTEXT: dict[str, object] = {"today": date(2026, 11, 22), "regions": {"350100"}}
GOOD = {
    "submission_id": "0" * 32,
    "kind": "complaint",
    "title": "夜间施工噪声",
    "body": "连续三天夜里十二点以后施工，多次反映没有处理。",
    "anonymous": "no",
    "name": "测试人",
    "phone": "138 0000-1111",
}


def petition(**changes: str) -> PetitionForm | FormErrors:
    return parse(PetitionForm, {**GOOD, **changes}, ZH, CONTEXT)


def good(**changes: str) -> PetitionForm:
    form = petition(**changes)
    assert isinstance(form, PetitionForm)
    return form


def errors(**changes: str) -> dict[str, str]:
    form = petition(**changes)
    assert isinstance(form, FormErrors)
    return dict(form.fields)


class Everything(Form):
    """One field for the errors a form can have."""

    whole: int = Field(ge=1, le=9)
    day: date
    kind: PetitionKind
    short: str = Field(min_length=3, max_length=5)
    many: list[str] = Field(max_length=1)
    yes: bool


def test_every_error_is_reported_at_once_in_the_readers_language() -> None:
    data: dict[str, Any] = {
        "whole": "x",
        "day": "soon",
        "kind": "?",
        "short": "toolong",
        "many": ["a", "b"],
        "yes": "perhaps",
    }
    chinese, english = parse(Everything, data, ZH), parse(Everything, data, EN)
    assert isinstance(chinese, FormErrors)
    assert isinstance(english, FormErrors)
    assert chinese.fields == {
        "whole": "请填写整数",
        "day": "请填写有效的日期，例如 2026-11-22",
        "kind": "请选择一项",
        "short": "最多填写 5 个字",
        "many": "最多选择 1 项",
        "yes": "请选择是或否",
    }
    assert list(english.fields) == list(chinese.fields)
    assert not any(CHINESE.search(text) for text in english.fields.values())


def test_an_empty_form_names_every_field_that_is_needed() -> None:
    form = parse(Everything, {}, ZH)
    assert isinstance(form, FormErrors)
    assert set(form.fields) == set(Everything.model_fields)
    assert set(form.fields.values()) == {"请填写此项"}


def test_the_table_knows_the_usual_errors() -> None:
    assert len(TEXTS) >= 40


def test_a_petition_normalises_what_was_typed() -> None:
    form = good(email=" Test@Example.COM ", title="  夜间施工噪声  ")
    assert form.phone == "+8613800001111"
    assert form.email == "test@example.com"
    assert form.title == "夜间施工噪声"


@pytest.mark.parametrize("phone", ["12345", "110", "12110", "private", "abc", "1380000111"])
def test_what_is_nobodys_telephone_is_refused(phone: str) -> None:
    assert errors(phone=phone) == {"phone": "手机号应为 11 位数字，例如 13800001234"}


def test_one_way_to_be_reached_is_enough() -> None:
    assert good(phone="", email="test@example.com").email == "test@example.com"
    assert errors(phone="", email="") == {"phone": "请填写手机号或者电子邮箱，方便我们答复您"}
    assert set(errors(phone="", email="not one")) == {"email"}


def test_an_anonymous_petition_drops_who_it_is_from() -> None:
    form = good(anonymous="yes", name="测试人", phone="13800001111", email="test@example.com")
    assert (form.name, form.phone, form.email) == ("", "", "")
    assert form.petition(Language.ZH).anonymous


def test_whether_to_be_named_has_to_be_chosen() -> None:
    form = parse(PetitionForm, {k: v for k, v in GOOD.items() if k != "anonymous"}, ZH, CONTEXT)
    assert isinstance(form, FormErrors)
    assert form.fields == {"anonymous": "请填写此项"}


@pytest.mark.parametrize(
    ("day", "problem"),
    [
        ("2026-11-23", "发生日期不能晚于今天"),
        ("yesterday", "请填写有效的日期，例如 2026-11-22"),
        ("2026-02-30", "请填写有效的日期，例如 2026-11-22"),
    ],
)
def test_a_day_lies_in_the_past(day: str, problem: str) -> None:
    assert errors(occurred_on=day) == {"occurred_on": problem}
    assert good(occurred_on="2026-11-22").occurred_on == "2026-11-22"


def test_what_is_taken_down_is_checked_like_a_petition() -> None:
    given = {"form_id": "0" * 32, "source": "phone", "track": "CONSULT", "matter": "路灯坏了"}
    wrong = parse(NewCaseForm, {**given, "occurred_on": "2026-11-23", "phone": "12110"}, ZH, CONTEXT)
    assert isinstance(wrong, FormErrors)
    assert wrong.fields == {
        "occurred_on": "发生日期不能晚于今天",
        "phone": "电话号码格式不正确，例如 13800001234 或 059187654321",
    }
    typed = {"occurred_on": "2026-11-22", "region": "999999", "phone": "0591-87654321"}
    form = parse(NewCaseForm, {**given, **typed}, ZH, CONTEXT)
    assert isinstance(form, NewCaseForm)
    assert (form.occurred_on, form.region, form.phone) == ("2026-11-22", "", "+8659187654321")


def test_a_region_that_is_not_offered_is_left_out() -> None:
    assert good(region="350100").region == "350100"
    assert good(region="999999").region == ""


def test_lengths_have_their_own_words() -> None:
    found = errors(title="字", body="太短")
    assert found["title"] == "请用 2–120 个字概括您要反映的问题"
    assert found["body"] == "请写明事情经过，例如时间、地点、涉及的单位"
    assert errors(body="字" * 5001) == {"body": "最多填写 5000 个字"}


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("26112200000145", "12345678"),
        ("2611 2200 0001 45", "1234-5678"),
        ("２６１１２２０００００１４５", "１２３４５６７８"),
        (" 2611-2200-0001-45 ", "1234 5678 1234 5678"),
    ],
)
def test_numbers_are_read_as_people_copy_them(reference: str, code: str) -> None:
    form = parse(TrackForm, {"reference": reference, "code": code}, ZH)
    assert isinstance(form, TrackForm)
    assert form.reference == "26112200000145"
    assert form.code in ("12345678", "1234567812345678")


@given(reference=st.text(max_size=40), code=st.text(max_size=40))
def test_whatever_is_typed_gives_a_number_or_an_error(reference: str, code: str) -> None:
    form = parse(TrackForm, {"reference": reference, "code": code}, ZH)
    if isinstance(form, TrackForm):
        assert form.reference.isascii()
        assert form.reference.isalnum()
        assert 4 <= len(form.code) <= 20
    else:
        assert set(form.fields) <= {"reference", "code"}


def test_a_chat_message_needs_words() -> None:
    form = parse(ChatForm, {"text": "  \n ", "client_id": "a" * 32}, ZH)
    assert isinstance(form, FormErrors)
    assert form.fields == {"text": "请先写下您的问题"}
