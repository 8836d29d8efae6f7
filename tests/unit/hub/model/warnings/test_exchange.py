"""Warnings in the formats of others: what is written is valid and read again, what is wrong is refused."""

from __future__ import annotations

import xml.etree.ElementTree as Xml
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from channels.outbox.delivery import WarningLevel
from hub.model.warnings.exchange.cap import from_cap, to_cap
from hub.model.warnings.exchange.profile import PairOrder, Profile, SenderName, file_name, identifier
from hub.model.warnings.exchange.profile_12379 import from_12379, to_12379
from hub.model.warnings.exchange.xml import MAX_BYTES, Unacceptable
from hub.model.warnings.message import MessageKind, Reference, Status, WarningMessage
from hub.model.warnings.warning import EIGHT_FIELDS, missing
from tests.unit.hub.model.warnings.cap_schema import faults
from tests.unit.hub.model.warnings.samples import (
    EVENTS,
    GOLDEN,
    SENDER,
    SIX_THIRTY,
    golden_message,
    icy_road,
    messages,
)

PLAIN = Profile()


def _squeezed(document: str) -> str:
    return Xml.canonicalize(document, strip_text=True)


def _actual(kind: MessageKind = MessageKind.FIRST) -> WarningMessage:
    message = replace(golden_message(), status=Status.ACTUAL, kind=kind, methods=())
    if kind is MessageKind.FIRST:
        return message
    return replace(message, references=(Reference(f"{SENDER}_20270105060000", SENDER, SIX_THIRTY),))


# -- 12379 ----------------------------------------------------------------------------------------


def test_the_invented_example_is_read() -> None:
    assert from_12379(GOLDEN.encode(), PLAIN) == golden_message()


def test_the_invented_example_is_written() -> None:
    assert _squeezed(to_12379(golden_message(), PLAIN).decode()) == _squeezed(GOLDEN)


@settings(max_examples=30, deadline=None)
@given(messages(in_12379=True))
def test_nothing_is_lost_in_12379(message: WarningMessage) -> None:
    assert from_12379(to_12379(message, PLAIN), PLAIN) == message


@settings(max_examples=30, deadline=None)
@given(messages())
def test_nothing_is_lost_in_cap_and_the_schema_accepts_it(message: WarningMessage) -> None:
    document = to_cap(message, EVENTS)
    assert faults(document) == []
    assert from_cap(document, EVENTS) == message


@pytest.mark.parametrize("sender", ["99010099900000", "99010099900"])
@pytest.mark.parametrize("serial", [None, 0, 9])
def test_both_lengths_of_both_numbers_are_read(sender: str, serial: int | None) -> None:
    name = identifier(sender, SIX_THIRTY, serial=serial)
    document = to_12379(replace(golden_message(), identifier=name, sender=sender), PLAIN)
    assert from_12379(document, PLAIN).identifier == name
    if len(sender) == 14:
        assert len(name) == (29 if serial is None else 31)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("99010099900000_2027010506301", "编号应是 29 或 31 个字符"),
        ("99010099900000_20270105063012_", "编号应是 29 或 31 个字符"),
        ("99010099900000_20270105063012_12", "编号应是 29 或 31 个字符"),
        ("99010099900001_20270105063012", "不一致"),
        ("99010099900000_20271305063012", "编号中的时间不存在"),
    ],
)
def test_another_identifier_is_refused_in_words(name: str, text: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        from_12379(GOLDEN.replace("99010099900000_20270105063012", name).encode(), PLAIN)
    assert text in refused.value.text


@pytest.mark.parametrize(
    ("profile", "written"),
    [
        (Profile(namespace="http://com.icss.amp"), 'xmlns="http://com.icss.amp"'),
        (Profile(upper_levels=True), "<severity>YELLOW</severity>"),
        (Profile(pair_order=PairOrder.LATITUDE_FIRST), None),
        (Profile(sender_name=SenderName.OFFICER), "<senderName>王某</senderName>"),
        (Profile(headline_grade=True), "黄色预警[III级/较大]"),
        (Profile(security="Inner"), "<secClassification>Inner"),
    ],
)
def test_every_choice_is_written_and_read_by_any_setting(profile: Profile, written: str | None) -> None:
    document = to_12379(golden_message(), profile)
    assert written is None or written in document.decode()
    assert from_12379(document, PLAIN) == golden_message()


def test_optional_elements_may_be_left_out_and_an_empty_text_repeats_the_description() -> None:
    document = to_12379(golden_message(), Profile(empty_elements=False)).decode()
    assert "<web" not in document
    assert "<note" not in document
    silent = replace(
        golden_message(), methods=tuple(replace(m, message="") for m in golden_message().methods)
    )
    assert "<message>预计今日12时前" in to_12379(silent, Profile(repeat_description=True)).decode()


@pytest.mark.parametrize("grade", ["[Ⅲ级/较重]", "【III级】", "（Ⅲ级/较大）", "[III级/较重]"])
def test_the_grade_of_a_headline_is_read_in_every_spelling(grade: str) -> None:
    document = GOLDEN.replace("黄色预警</headline>", f"黄色预警{grade}</headline>")
    assert from_12379(document.encode(), PLAIN).warning.headline == "示例市公安局发布道路结冰黄色预警"


def test_both_commas_and_the_misspelt_element_are_read() -> None:
    document = GOLDEN.replace("990102003000", "990102003000，990102").replace("audiencePrt", "audenceprt")
    assert from_12379(document.encode(), PLAIN).warning.areas[0].codes == ("990102003000", "990102")


def test_an_update_without_its_first_issue_is_refused() -> None:
    for kind in ("Update", "Cancel"):
        with pytest.raises(Unacceptable) as refused:
            from_12379(GOLDEN.replace("<msgType>Alert", f"<msgType>{kind}").encode(), PLAIN)
        assert "首发的编号" in refused.value.text
    cap = to_cap(_actual(), EVENTS).decode().replace("<msgType>Alert", "<msgType>Update")
    with pytest.raises(Unacceptable, match="首发的编号"):
        from_cap(cap.encode(), EVENTS)


def test_a_file_is_named_as_the_notes_say() -> None:
    name = file_name(SENDER, SIX_THIRTY + 12_000, "11B21", WarningLevel.BLUE, "Alert")
    assert name == "99010099900000_20270105063012_11B21_BLUE_ALERT.xml"
    assert len(name.removesuffix(".xml")) == 46


# -- traps ----------------------------------------------------------------------------------------

_BOMB = '<!DOCTYPE alert [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
_FILE = '<!DOCTYPE alert SYSTEM "file:///etc/hostname">'


@pytest.mark.parametrize("dtd", [_BOMB, _FILE, "<!DOCTYPE alert>"])
def test_a_dtd_is_refused_before_anything_of_it_is_read(dtd: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        from_12379(GOLDEN.replace("<alert", dtd + "<alert", 1).encode(), PLAIN)
    assert "DTD" in refused.value.text
    cap = to_cap(_actual(), EVENTS).decode()
    with pytest.raises(Unacceptable) as refused:
        from_cap(cap.replace("<alert", dtd + "<alert", 1).encode(), EVENTS)
    assert "DTD" in refused.value.text


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("<expires>2027-01-05T12:00:00+08:00</expires>", "", "没有失效时间"),
        ("<expires>2027-01-05T12", "<expires>2027-01-05T06", "不晚于起始时间"),
        ("2027-01-05T06:28:00+08:00", "2027-01-04T22:28:00Z", "sent 应写作"),
        ("2027-01-05T06:28:00+08:00", "2027-02-30T06:28:00+08:00", "时间不存在"),
        ("<expires>2027-01-05T12", "<expires>9999-12-31T23", "时间不存在"),
        ("urn:oasis:names:tc:emergency:cap:1.2", "urn:oasis:names:tc:emergency:cap:1.1", "不是 CAP 1.2"),
        ("<scope>Public", '<x:scope xmlns:x="urn:x">Public</x:scope><scope>Public', "不认识的元素"),
        ("<scope>Public", "<scope>Private", "scope"),
        ("<severity>Moderate", "<severity>Unknown", "severity"),
        ("<msgType>Alert", "<msgType>Ack", "msgType"),
        ("<status>Actual", "<status>actual", "status"),
        ("<identifier>9901", "<identifier>99 01", "identifier"),
        ("<status>Actual</status>", "<status>Actual</status><status>Test</status>", "出现了两次"),
        ("<value>990102003000", "<value>9901", "区域代码"),
        ('encoding="UTF-8"', 'encoding="GBK"', "UTF-8"),
        ("</alert>", "", "不是完整的 XML"),
    ],
)
def test_what_the_schema_misses_is_refused_in_words(old: str, new: str, text: str) -> None:
    document = to_cap(_actual(), EVENTS).decode()
    assert old in document
    with pytest.raises(Unacceptable) as refused:
        from_cap(document.replace(old, new, 1).encode(), EVENTS)
    assert text in refused.value.text


@pytest.mark.parametrize(
    ("polygon", "text"),
    [
        ("26.1,119.2 26.2,119.3 26.1,119.4", "四个点"),
        ("26.1,119.2 26.2,119.3 26.1,119.4 26.0,119.3", "没有闭合"),
        ("119.2,26.1 119.3,26.2 119.4,26.1 119.2,26.1", "写反了"),
        ("0.1,0.2 0.2,0.3 0.1,0.4 0.1,0.2", "不在国内"),
        ("26.1 119.2 26.2 119.3", "纬度,经度"),
    ],
)
def test_an_open_or_misplaced_polygon_is_refused(polygon: str, text: str) -> None:
    document = to_cap(_actual(), EVENTS).decode()
    shaped = document.replace("</areaDesc>", f"</areaDesc><polygon>{polygon}</polygon>")
    with pytest.raises(Unacceptable) as refused:
        from_cap(shaped.encode(), EVENTS)
    assert text in refused.value.text


def test_the_wrong_order_of_coordinates_is_seen_in_12379() -> None:
    pairs = "119.2,26.1 119.3,26.2 119.4,26.1 119.2,26.1"
    document = GOLDEN.replace("<polygon/>", f"<polygon>{pairs}</polygon>")
    read = from_12379(document.encode(), PLAIN)
    assert read.warning.areas[0].polygons[0][0].latitude == 26.1
    with pytest.raises(Unacceptable) as refused:
        from_12379(document.encode(), Profile(pair_order=PairOrder.LATITUDE_FIRST))
    assert "写反了" in refused.value.text


def test_a_circle_is_kilometres_in_cap_and_metres_in_12379() -> None:
    document = GOLDEN.replace("<circle/>", "<circle>119.2,26.1 1500</circle>")
    message = from_12379(document.encode(), PLAIN)
    assert message.warning.areas[0].circles[0].radius_metres == 1500
    assert "<circle>26.1,119.2 1.5</circle>" in to_cap(message, EVENTS).decode()


def test_a_signature_is_left_out_and_said() -> None:
    signature = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo/></Signature></alert>'
    document = to_cap(_actual(), EVENTS).decode().replace("</alert>", signature)
    assert from_cap(document.encode(), EVENTS).left_out == ("数字签名（没有验证）",)


def test_of_several_languages_the_chinese_one_is_read() -> None:
    document = to_cap(_actual(), EVENTS).decode()
    start, end = document.index("<info>"), document.index("</info>") + len("</info>")
    english = document[start:end].replace("zh-CN", "en-US").replace("减速绕行", "Slow down")
    read = from_cap((document[:start] + english + document[start:]).encode(), EVENTS)
    assert read.warning.measures == "减速绕行，听从民警指挥。"
    assert read.left_out == ("info（en-US）",)


def test_what_is_too_large_or_too_deep_is_refused() -> None:
    for document in (b" " * (MAX_BYTES + 1), b"<a>" * 20, b""):
        with pytest.raises(Unacceptable):
            from_cap(document, EVENTS)


def test_only_actual_messages_are_public() -> None:
    public = {status for status in Status if replace(golden_message(), status=status).is_public}
    assert public == {Status.ACTUAL}


# -- the statute ----------------------------------------------------------------------------------


def test_each_of_the_eight_fields_may_be_the_one_that_is_missing() -> None:
    whole = icy_road()
    assert missing(whole) == {}
    empty: dict[str, Any] = {
        "event": replace(whole.event, code=""),
        "level": WarningLevel.NONE,
        "starts_at": 0,
        "areas": (),
        "cautions": " ",
        "measures": "",
        "unit": replace(whole.unit, name=""),
        "issued_at": 0,
    }
    assert list(empty) == list(EIGHT_FIELDS)
    assert len(empty) == 8
    for field, nothing in empty.items():
        assert list(missing(replace(whole, **{field: nothing}))) == [field]
