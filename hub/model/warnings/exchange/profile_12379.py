"""The 12379 profile, as built from public code, from and to the neutral message (docs/warnings.md).

Read leniently where sources differ (case of levels, namespace, both commas, `audenceprt`), and strictly where
a mistake would publish the wrong thing: identifier, time, level, kind, and the first message of a chain.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as Xml
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from channels.outbox.delivery import WarningLevel
from hub.model.warnings import area as areas
from hub.model.warnings.area import Area, Circle, Point, degrees, point_of
from hub.model.warnings.events import EventCode
from hub.model.warnings.exchange.profile import (
    GRADES,
    IDENTIFIER,
    PairOrder,
    Profile,
    SenderName,
    without_grade,
)
from hub.model.warnings.exchange.xml import Node, Unacceptable, add, clean, document, instant, read
from hub.model.warnings.message import Broadcasting, MessageKind, Reference, Status, WarningMessage
from hub.model.warnings.warning import IssuingUnit, Warning
from hub.runtime.clock import CHINA, to_local

_TYPES = {MessageKind.FIRST: "Alert", MessageKind.UPDATE: "Update", MessageKind.LIFT: "Cancel"}
_KINDS = {name: kind for kind, name in _TYPES.items()}
_LEVELS: Mapping[str, WarningLevel] = {level.value: level for level in WarningLevel if level}
_STATUSES: Mapping[str, Status] = {one.value: one for one in Status if one is not Status.SYSTEM}
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)([-+]\d\d:\d\d)")
_COMMAS = re.compile(r"[,，]")


def to_12379(message: WarningMessage, profile: Profile) -> bytes:
    """The document. Raises `Unacceptable` for what the profile cannot say."""
    warning = message.warning
    if not IDENTIFIER.fullmatch(message.identifier):
        raise Unacceptable("编号应是 29 或 31 个字符：发布单位代码、下划线、14 位时间")
    if message.status is Status.SYSTEM:
        raise Unacceptable("12379 没有 System 状态")
    if warning.event.scheme != profile.event_scheme:
        raise Unacceptable("事件代码不属于 12379 使用的分类")
    root = Xml.Element("alert", {"xmlns": profile.namespace} if profile.namespace else {})
    for name, text in (
        ("identifier", message.identifier),
        ("sender", warning.unit.name),
        ("senderCode", message.sender),
    ):
        add(root, name, text)
    if profile.with_phone:
        _optional(root, "phone", message.phone, profile)
    add(root, "sendTime", when(message.sent_at))
    add(root, "status", message.status)
    add(root, "msgType", _TYPES[message.kind])
    add(root, "scope", "Public")
    _code(add(root, "code"), message, profile)
    _optional(root, "secClassification", profile.security, profile)
    _optional(root, "note", message.note, profile)
    _optional(root, "references", message.references[0].identifier if message.references else "", profile)
    _info(add(root, "info"), message, profile)
    return document(root)


def _code(code: Xml.Element, message: WarningMessage, profile: Profile) -> None:
    for one in message.methods:
        method = add(code, "method")
        add(method, "methodName", one.method)
        add(
            method, "message", one.message or (message.warning.cautions if profile.repeat_description else "")
        )
        add(method, "audienceGrp", ",".join(one.groups))
        _optional(method, "audiencePrt", "", profile)


def _info(info: Xml.Element, message: WarningMessage, profile: Profile) -> None:
    warning = message.warning
    _optional(info, "language", profile.language, profile)
    add(info, "eventType", warning.event.code)
    add(info, "urgency", "Unknown")
    add(info, "severity", warning.level.upper() if profile.upper_levels else warning.level.capitalize())
    add(info, "certainty", "Unknown")
    add(info, "effective", when(warning.issued_at))
    _optional(info, "onset", when(warning.starts_at), profile)
    _optional(info, "expires", when(warning.expires_at), profile)
    add(info, "senderName", _sender_name(message, profile))
    grade = f"[{GRADES[warning.level]}]" if profile.headline_grade else ""
    add(info, "headline", warning.headline + grade)
    add(info, "description", warning.cautions)
    _optional(info, "instruction", warning.measures, profile)
    _optional(info, "web", warning.web, profile)
    for one in warning.areas:
        _area(info, one, profile)


def _area(info: Xml.Element, area: Area, profile: Profile) -> None:
    """An area has one polygon and one circle at most: more of them are areas of the same name."""
    shapes = max(1, len(area.polygons), len(area.circles))
    for place in range(shapes):
        node = add(info, "area")
        add(node, "areaDesc", area.name)
        polygon = area.polygons[place] if place < len(area.polygons) else ()
        _optional(node, "polygon", " ".join(_pair(one, profile) for one in polygon), profile)
        circle = area.circles[place] if place < len(area.circles) else None
        text = f"{_pair(circle.centre, profile)} {circle.radius_metres}" if circle else ""
        _optional(node, "circle", text, profile)
        add(node, "geocode", ",".join(area.codes))


def _pair(point: Point, profile: Profile) -> str:
    pair = [degrees(point.latitude), degrees(point.longitude)]
    if profile.pair_order is PairOrder.LONGITUDE_FIRST:
        pair.reverse()
    return ",".join(pair)


def _sender_name(message: WarningMessage, profile: Profile) -> str:
    unit, signer = message.warning.unit.name, message.signer
    match profile.sender_name:
        case SenderName.UNIT:
            return unit
        case SenderName.OFFICER:
            return signer or unit
        case SenderName.BOTH:
            return f"{unit} {signer}" if signer else unit


def _optional(parent: Xml.Element, name: str, text: str, profile: Profile) -> None:
    if clean(text) or profile.empty_elements:
        add(parent, name, text)


def from_12379(data: bytes, profile: Profile) -> WarningMessage:
    """The message of a document. Raises `Unacceptable`."""
    root = read(data)
    if root.name != "alert" or root.namespace not in {"", "http://com.icss.amp", profile.namespace}:
        raise Unacceptable("不是 12379 的预警文件")
    identifier, sender = root.one("identifier"), root.one("senderCode")
    found = IDENTIFIER.fullmatch(identifier)
    if not found:
        raise Unacceptable("编号应是 29 或 31 个字符：发布单位代码、下划线、14 位时间")
    if found["sender"] != sender:
        raise Unacceptable("编号与发布单位代码（senderCode）不一致")
    _basic(found["at"])
    status, kind = _STATUSES.get(root.one("status")), _KINDS.get(root.one("msgType"))
    if status is None:
        raise Unacceptable("status 只接受 Actual、Test、Exercise、Draft")
    if kind is None:
        raise Unacceptable("msgType 只接受 Alert、Update、Cancel")
    if root.one("scope") != "Public":
        raise Unacceptable("scope 只接受 Public")
    first = root.one("references")
    if kind is not MessageKind.FIRST and not IDENTIFIER.fullmatch(first):
        raise Unacceptable("更新和解除要写明首发的编号（references）")
    infos = root.all("info")
    if len(infos) != 1:
        raise Unacceptable("应有且只有一个 info 元素")
    warning, signer = _warning(infos[0], root.one("sender"), sender, profile)
    return WarningMessage(
        identifier=identifier,
        sender=sender,
        sent_at=_time(root, "sendTime", needed=True),
        status=status,
        kind=kind,
        warning=warning,
        references=(Reference(first),) if first and kind is not MessageKind.FIRST else (),
        note=root.one("note"),
        signer=signer,
        phone=root.one("phone"),
        methods=tuple(_methods(root)),
        left_out=tuple(one.name for one in infos[0].all("resource")),
    )


def _warning(info: Node, unit: str, sender: str, profile: Profile) -> tuple[Warning, str]:
    level = _LEVELS.get(info.one("severity").lower())
    if level is None:
        raise Unacceptable("severity 应是 Red、Orange、Yellow 或 Blue")
    if not info.one("eventType"):
        raise Unacceptable("没有 %(name)s", name="eventType")
    starts_at, expires_at = _time(info, "onset"), _time(info, "expires")
    if expires_at and expires_at <= starts_at:
        raise Unacceptable("失效时间（expires）不晚于起始时间")
    name = info.one("senderName")
    signer = name.removeprefix(unit).strip()
    warning = Warning(
        event=EventCode(profile.event_scheme, info.one("eventType")),
        level=level,
        areas=tuple(_joined(_read_area(one, profile) for one in info.all("area"))),
        starts_at=starts_at,
        cautions=info.one("description"),
        measures=info.one("instruction"),
        unit=IssuingUnit(unit, sender),
        issued_at=_time(info, "effective", needed=True),
        expires_at=expires_at,
        headline=without_grade(info.one("headline")),
        web=info.one("web"),
    )
    return warning, signer


def _methods(root: Node) -> Iterable[Broadcasting]:
    for code in root.all("code"):
        for method in code.all("method"):
            groups = tuple(part.strip() for part in _COMMAS.split(method.one("audienceGrp")) if part.strip())
            yield Broadcasting(method.one("methodName"), method.one("message"), groups)


def _read_area(node: Node, profile: Profile) -> Area:
    polygon, circle = node.one("polygon"), node.one("circle")
    area = Area(
        name=node.one("areaDesc"),
        codes=tuple(part.strip() for part in _COMMAS.split(node.one("geocode")) if part.strip()),
        polygons=(tuple(_point(pair, profile) for pair in polygon.split()),) if polygon else (),
        circles=(_circle(circle, profile),) if circle else (),
    )
    for text in areas.problems(area):
        raise Unacceptable.said(text)
    return area


def _joined(found: Iterable[Area]) -> Iterable[Area]:
    """Neighbours of one name and the same codes are one area again."""
    last: Area | None = None
    for area in found:
        if last and (last.name, last.codes) == (area.name, area.codes):
            last = Area(last.name, last.codes, last.polygons + area.polygons, last.circles + area.circles)
            continue
        if last:
            yield last
        last = area
    if last:
        yield last


def _point(text: str, profile: Profile) -> Point:
    numbers = _COMMAS.split(text)
    if profile.pair_order is PairOrder.LONGITUDE_FIRST:
        numbers.reverse()
    try:
        latitude, longitude = numbers
        return point_of(latitude, longitude)
    except ValueError:
        raise Unacceptable("坐标应是用逗号隔开的两个数") from None


def _circle(text: str, profile: Profile) -> Circle:
    centre, _, radius = text.partition(" ")
    if not re.fullmatch(r"\d{1,7}(\.\d+)?", radius):
        raise Unacceptable("圆应写作圆心坐标、空格、半径（米）")
    return Circle(_point(centre, profile), round(float(radius)))


def _time(node: Node, name: str, *, needed: bool = False) -> int:
    """ms UTC, 0 when it is empty."""
    text = node.one(name)
    if not text:
        if needed:
            raise Unacceptable("没有 %(name)s", name=name)
        return 0
    found = _TIME.fullmatch(text)
    if not found:
        raise Unacceptable("%(name)s 应写作 2026-01-01 08:00:00+08:00", name=name)
    return instant(f"{found[1]}T{found[2]}{found[3]}")


def _basic(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=CHINA)
    except ValueError:
        raise Unacceptable("编号中的时间不存在") from None


def when(at: int) -> str:
    """`2026-01-01 08:00:00+08:00`, "" for no time."""
    if not at:
        return ""
    local = to_local(at)
    return (local - timedelta(microseconds=local.microsecond)).isoformat(sep=" ")
