"""Warnings for tests. All codes that begin with 99 are fictitious."""

from __future__ import annotations

from hypothesis import strategies as st

from channels.outbox.delivery import WarningLevel
from hub.model.warnings.area import Area, Circle, Point
from hub.model.warnings.events import EventCode
from hub.model.warnings.message import Broadcasting, MessageKind, Reference, Status, WarningMessage
from hub.model.warnings.warning import IssuingUnit, Warning
from hub.settings.warnings.shipped import shipped_events

SCHEME = "GJYJ2018"
SENDER = "99010099900000"
UNIT = IssuingUnit("示例市公安局", SENDER)
EVENTS = shipped_events()

GOLDEN = """\
<?xml version="1.0" encoding="UTF-8"?>
<alert>
<identifier>99010099900000_20270105063012</identifier>
<sender>示例市公安局</sender><senderCode>99010099900000</senderCode>
<sendTime>2027-01-05 06:28:00+08:00</sendTime>
<status>Test</status><msgType>Alert</msgType><scope>Public</scope>
<code><method><methodName>SMS</methodName><message>【测试】6时30分发布道路结冰黄色预警：东岭路至12时易结冰，请绕行。</message><audienceGrp>G-T1</audienceGrp><audiencePrt/></method></code>
<secClassification>None</secClassification><note/><references/>
<info><language>zh-CN</language><eventType>11B21</eventType>
<urgency>Unknown</urgency><severity>Yellow</severity><certainty>Unknown</certainty>
<effective>2027-01-05 06:30:40+08:00</effective>
<onset>2027-01-05 06:30:00+08:00</onset><expires>2027-01-05 12:00:00+08:00</expires>
<senderName>示例市公安局 王某</senderName>
<headline>示例市公安局发布道路结冰黄色预警</headline>
<description>预计今日12时前东岭路桥面结冰，影响东岭镇。</description>
<instruction>减速绕行，听从民警指挥。</instruction><web/>
<area><areaDesc>示例市东岭镇</areaDesc><polygon/><circle/><geocode>990102003000</geocode></area>
</info></alert>
"""
"""The invented example of the profile."""

SIX_THIRTY = 1_799_101_800_000  # 2027-01-05 06:30:00 +08:00


def icy_road(level: WarningLevel = WarningLevel.YELLOW) -> Warning:
    return Warning(
        event=EventCode(SCHEME, "11B21"),
        level=level,
        areas=(Area("示例市东岭镇", ("990102003000",)),),
        starts_at=SIX_THIRTY,
        cautions="预计今日12时前东岭路桥面结冰，影响东岭镇。",
        measures="减速绕行，听从民警指挥。",
        unit=UNIT,
        issued_at=SIX_THIRTY + 40_000,
        expires_at=SIX_THIRTY + 5 * 3_600_000 + 1_800_000,
        headline="示例市公安局发布道路结冰黄色预警",
    )


def golden_message() -> WarningMessage:
    """What `GOLDEN` says."""
    text = "【测试】6时30分发布道路结冰黄色预警：东岭路至12时易结冰，请绕行。"
    return WarningMessage(
        identifier=f"{SENDER}_20270105063012",
        sender=SENDER,
        sent_at=SIX_THIRTY - 120_000,
        status=Status.TEST,
        kind=MessageKind.FIRST,
        warning=icy_road(),
        signer="王某",
        methods=(Broadcasting("SMS", text, ("G-T1",)),),
    )


_WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs")), min_size=1, max_size=30
).filter(lambda text: text == text.strip() and not any(ord(c) >= 0xFFFE and ord(c) <= 0xFFFF for c in text))
_TIMES = st.integers(1_600_000_000, 4_000_000_000).map(lambda seconds: seconds * 1000)
_POINTS = st.builds(
    Point,
    st.floats(3, 54).map(lambda number: round(number, 6)),
    st.floats(73, 136).map(lambda number: round(number, 6)),
)
_POLYGONS = st.lists(_POINTS, min_size=3, max_size=6).map(lambda points: (*points, points[0]))
_CIRCLES = st.builds(Circle, _POINTS, st.integers(0, 1_000_000))
_CODES = st.from_regex(r"[1-9]\d{5}(\d{6})?", fullmatch=True)


@st.composite
def messages(draw: st.DrawFn, *, in_12379: bool = False) -> WarningMessage:
    """Any message; what its format does not carry is left at its default."""
    starts = draw(_TIMES)
    count = draw(st.integers(1, 3))
    areas = tuple(
        Area(
            f"{draw(_WORDS)}{number}",
            tuple(draw(st.lists(_CODES, min_size=1 if in_12379 else 0, max_size=3))),
            tuple(draw(st.lists(_POLYGONS, max_size=2))),
            tuple(draw(st.lists(_CIRCLES, max_size=2))),
        )
        for number in range(count)
    )
    warning = Warning(
        event=draw(st.sampled_from([kind.code for kind in EVENTS])),
        level=draw(st.sampled_from([level for level in WarningLevel if level])),
        areas=areas,
        starts_at=starts,
        cautions=draw(_WORDS),
        measures=draw(_WORDS),
        unit=IssuingUnit(draw(_WORDS), SENDER),
        issued_at=starts - draw(st.integers(0, 90_000)) * 1000,
        expires_at=starts + draw(st.integers(1, 90_000)) * 1000,
        headline=draw(_WORDS) + "预警",
        web=draw(st.sampled_from(["", "https://example.cn/w?a=1&b=<2>"])),
    )
    kind = draw(st.sampled_from(MessageKind))
    first = f"{SENDER}_20270105063012"
    earlier = Reference(first) if in_12379 else Reference(first, SENDER, draw(_TIMES))
    return WarningMessage(
        identifier=f"{SENDER}_20270105070000" + draw(st.sampled_from(["", "_3"])),
        sender=SENDER,
        sent_at=draw(_TIMES),
        status=draw(st.sampled_from([one for one in Status if one is not Status.SYSTEM])),
        kind=kind,
        warning=warning,
        references=() if kind is MessageKind.FIRST else (earlier,),
        note=draw(st.sampled_from(["", "危险已经消除 <&>"])),
        signer=draw(st.sampled_from(["", "王某"])),
        phone="" if in_12379 else draw(st.sampled_from(["", "13900000000"])),
        methods=tuple(
            Broadcasting(
                name, draw(_WORDS), tuple(draw(st.lists(st.sampled_from(["G-1", "G-2"]), unique=True)))
            )
            for name in (("SMS", "WEB") if in_12379 else ())
        ),
    )
