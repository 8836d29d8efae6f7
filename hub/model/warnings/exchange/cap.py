"""OASIS CAP 1.2 (Common Alerting Protocol, 2010-07-01) from and to the neutral message.

Written so that the schema accepts it: elements in their order, times with an offset and never `Z`, identifier
and sender without blanks, commas, `<` and `&`. Read more strictly than the schema: an alert without an end,
with an open polygon or with swapped coordinates is valid there and refused here, because people act on it.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as Xml
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from channels.outbox.delivery import WarningLevel
from hub.model.warnings import area as areas
from hub.model.warnings.area import Area, Circle, degrees, point_of
from hub.model.warnings.events import EventCode, EventTable
from hub.model.warnings.exchange.xml import Node, Unacceptable, add, clean, document, instant, read
from hub.model.warnings.message import MessageKind, Reference, Status, WarningMessage
from hub.model.warnings.warning import IssuingUnit, Warning
from hub.runtime.clock import CHINA, to_local

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
_SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"
_SEVERITY: Mapping[WarningLevel, str] = {
    WarningLevel.RED: "Extreme",
    WarningLevel.ORANGE: "Severe",
    WarningLevel.YELLOW: "Moderate",
    WarningLevel.BLUE: "Minor",
}
_LEVELS = {severity: level for level, severity in _SEVERITY.items()}
_TYPES = {MessageKind.FIRST: "Alert", MessageKind.UPDATE: "Update", MessageKind.LIFT: "Cancel"}
_KINDS = {name: kind for kind, name in _TYPES.items()}
_GEOCODE = "GB/T 2260"
_SIGNER = "signer"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")
_NAME = re.compile(r"[^\s,<&]+")
_ALERT = frozenset(
    {
        "identifier",
        "sender",
        "sent",
        "status",
        "msgType",
        "source",
        "scope",
        "restriction",
        "addresses",
        "code",
    }
    | {"note", "references", "incidents", "info"}
)
_INFO = frozenset(
    {"language", "category", "event", "responseType", "urgency", "severity", "certainty", "audience"}
    | {"eventCode", "effective", "onset", "expires", "senderName", "headline", "description", "instruction"}
    | {"web", "contact", "parameter", "resource", "area"}
)
_AREA = frozenset({"areaDesc", "polygon", "circle", "geocode", "altitude", "ceiling"})
_KILOMETRE = 1000


def to_cap(message: WarningMessage, events: EventTable) -> bytes:
    """The document. Raises `Unacceptable` for an identifier or sender that CAP cannot carry."""
    for text in (message.identifier, message.sender, *(one.identifier for one in message.references)):
        if not _NAME.fullmatch(text):
            raise Unacceptable("编号和发布单位代码不能含有空格、逗号、< 和 &")
    root = Xml.Element("alert", {"xmlns": NAMESPACE})
    add(root, "identifier", message.identifier)
    add(root, "sender", message.sender)
    add(root, "sent", when(message.sent_at))
    add(root, "status", message.status)
    add(root, "msgType", _TYPES[message.kind])
    add(root, "scope", "Public")
    if message.note:
        add(root, "note", message.note)
    if message.references:
        chain = (
            f"{one.sender or message.sender},{one.identifier},{when(one.sent_at)}"
            for one in message.references
        )
        add(root, "references", " ".join(chain))
    _info(root, message, events)
    return document(root)


def _info(root: Xml.Element, message: WarningMessage, events: EventTable) -> None:
    warning = message.warning
    kind = events.get(warning.event)
    info = add(root, "info")
    add(info, "language", "zh-CN")
    add(info, "category", kind.category if kind else "Other")
    add(info, "event", events.named(warning.event))
    if message.kind is MessageKind.LIFT:
        add(info, "responseType", "AllClear")
    add(info, "urgency", "Past" if message.kind is MessageKind.LIFT else "Unknown")
    add(info, "severity", _SEVERITY[warning.level])
    add(info, "certainty", "Unknown")
    _named(info, "eventCode", warning.event.scheme, warning.event.code)
    if warning.issued_at:
        add(info, "effective", when(warning.issued_at))
    if warning.starts_at:
        add(info, "onset", when(warning.starts_at))
    add(info, "expires", when(warning.expires_at))
    add(info, "senderName", warning.unit.name)
    for name, text in (
        ("headline", warning.headline),
        ("description", warning.cautions),
        ("instruction", warning.measures),
        ("web", warning.web),
        ("contact", message.phone),
    ):
        if clean(text):
            add(info, name, text)
    if message.signer:
        _named(info, "parameter", _SIGNER, message.signer)
    for one in warning.areas:
        _area(info, one)


def _area(info: Xml.Element, area: Area) -> None:
    node = add(info, "area")
    add(node, "areaDesc", area.name)
    for polygon in area.polygons:
        add(node, "polygon", " ".join(f"{degrees(p.latitude)},{degrees(p.longitude)}" for p in polygon))
    for circle in area.circles:
        centre = f"{degrees(circle.centre.latitude)},{degrees(circle.centre.longitude)}"
        add(node, "circle", f"{centre} {degrees(circle.radius_metres / _KILOMETRE)}")
    for code in area.codes:
        _named(node, "geocode", _GEOCODE, code)


def _named(parent: Xml.Element, name: str, value_name: str, value: str) -> None:
    node = add(parent, name)
    add(node, "valueName", value_name)
    add(node, "value", value)


def from_cap(data: bytes, events: EventTable) -> WarningMessage:
    """The message of a document. Raises `Unacceptable`."""
    root = read(data)
    if root.name != "alert" or root.namespace != NAMESPACE:
        raise Unacceptable("不是 CAP 1.2 文件：命名空间应是 %(namespace)s", namespace=NAMESPACE)
    left_out = ["数字签名（没有验证）"] if any(one.namespace == _SIGNATURE for one in root.children) else []
    root.children = [one for one in root.children if one.namespace != _SIGNATURE]
    _only(root, _ALERT)
    status = _choice(Status, root, "status")
    kind = _KINDS.get(root.one("msgType"))
    if kind is None:
        raise Unacceptable("msgType 只接受 Alert、Update、Cancel")
    if root.one("scope") != "Public":
        raise Unacceptable("scope 只接受 Public")
    identifier, sender = (_name(root, name) for name in ("identifier", "sender"))
    references = tuple(_references(root.one("references")))
    if kind is not MessageKind.FIRST and not references:
        raise Unacceptable("更新和解除要写明首发的编号（references）")
    info, more = _chosen(root.all("info"))
    left_out += more
    left_out += [one.name for one in info.children if one.name in ("resource", "audience")]
    parameters = dict(_pairs(info.all("parameter")))
    left_out += sorted(set(parameters) - {_SIGNER})
    return WarningMessage(
        identifier=identifier,
        sender=sender,
        sent_at=_needed(root, "sent"),
        status=status,
        kind=kind,
        warning=_warning(info, sender, events),
        references=references,
        note=root.one("note"),
        signer=parameters.get(_SIGNER, ""),
        phone=info.one("contact"),
        left_out=tuple(left_out),
    )


def _warning(info: Node, sender: str, events: EventTable) -> Warning:
    level = _LEVELS.get(info.one("severity"))
    if level is None:
        raise Unacceptable("severity 应是 Extreme、Severe、Moderate 或 Minor")
    onset, effective, expires = (_time(info, name) for name in ("onset", "effective", "expires"))
    if not expires:
        raise Unacceptable("没有失效时间（expires）")
    if expires <= max(onset, effective):
        raise Unacceptable("失效时间（expires）不晚于起始时间")
    return Warning(
        event=_event(info, events),
        level=level,
        areas=tuple(map(_read_area, info.all("area"))),
        starts_at=onset,
        cautions=info.one("description"),
        measures=info.one("instruction"),
        unit=IssuingUnit(info.one("senderName"), sender),
        issued_at=effective,
        expires_at=expires,
        headline=info.one("headline"),
        web=info.one("web"),
    )


def _event(info: Node, events: EventTable) -> EventCode:
    """By its code where a scheme of ours is named, else by its name; a kind nobody knows keeps its code."""
    codes = [EventCode(scheme, code) for scheme, code in _pairs(info.all("eventCode"))]
    for code in codes:
        if events.get(code):
            return code
    name = info.one("event")
    for kind in events:
        if kind.name == name:
            return kind.code
    if codes:
        return codes[0]
    raise Unacceptable("不认识的事件类别：请在事件代码表中补充")


def _read_area(node: Node) -> Area:
    _only(node, _AREA)
    area = Area(
        name=node.one("areaDesc"),
        codes=tuple(code for _, code in _pairs(node.all("geocode"))),
        polygons=tuple(tuple(map(_pair, one.text.split())) for one in node.all("polygon")),
        circles=tuple(_circle(one.text) for one in node.all("circle")),
    )
    for text in areas.problems(area):
        raise Unacceptable.said(text)
    return area


def _pair(text: str) -> areas.Point:
    latitude, _, longitude = text.partition(",")
    try:
        return point_of(latitude, longitude)
    except ValueError:
        raise Unacceptable("坐标应写作“纬度,经度”") from None


def _circle(text: str) -> Circle:
    centre, _, radius = text.partition(" ")
    if not re.fullmatch(r"\d{1,4}(\.\d+)?", radius):
        raise Unacceptable("圆应写作“纬度,经度 半径（公里）”")
    return Circle(_pair(centre), round(float(radius) * _KILOMETRE))


def _chosen(infos: list[Node]) -> tuple[Node, list[str]]:
    """The Chinese one of several languages, else the first; the others are left out and said so."""
    if not infos:
        raise Unacceptable("没有 info 元素")
    for one in infos:
        _only(one, _INFO)
    chosen = next((one for one in infos if one.one("language").lower().startswith("zh")), infos[0])
    others = [one for one in infos if one is not chosen]
    if any(one.one("severity") != chosen.one("severity") for one in others):
        raise Unacceptable("几个 info 的级别不同，请分成几条预警")
    return chosen, [f"info（{one.one('language') or 'en-US'}）" for one in others]


def _references(text: str) -> Iterable[Reference]:
    for one in text.split():
        parts = one.split(",")
        if len(parts) != 3 or not _TIME.fullmatch(parts[2]):
            raise Unacceptable("references 应写作“发布者,编号,时间”")
        yield Reference(parts[1], parts[0], instant(parts[2]))


def _pairs(nodes: Iterable[Node]) -> Iterable[tuple[str, str]]:
    for node in nodes:
        yield node.one("valueName"), node.one("value")


def _only(node: Node, names: frozenset[str]) -> None:
    for one in node.children:
        if one.namespace != NAMESPACE or one.name not in names:
            raise Unacceptable("不认识的元素 %(name)s", name=one.name[:40])


def _name(root: Node, name: str) -> str:
    text = root.one(name)
    if not _NAME.fullmatch(text):
        raise Unacceptable("%(name)s 不能为空，也不能含有空格、逗号、< 和 &", name=name)
    return text


def _choice(of: type[Status], root: Node, name: str) -> Status:
    try:
        return of(root.one(name))
    except ValueError:
        raise Unacceptable("%(name)s 的值不在 CAP 1.2 之内", name=name) from None


def _needed(root: Node, name: str) -> int:
    at = _time(root, name)
    if not at:
        raise Unacceptable("没有 %(name)s", name=name)
    return at


def _time(node: Node, name: str) -> int:
    """ms UTC, 0 when it is not there."""
    text = node.one(name)
    if not text:
        return 0
    if not _TIME.fullmatch(text):
        raise Unacceptable("%(name)s 应写作 2026-01-01T08:00:00+08:00", name=name)
    return instant(text)


def when(at: int) -> str:
    """`2026-01-01T08:00:00+08:00`: the schema refuses `Z`."""
    local = to_local(at, CHINA) if at else datetime.fromtimestamp(0, CHINA)
    return (local - timedelta(microseconds=local.microsecond)).isoformat()
