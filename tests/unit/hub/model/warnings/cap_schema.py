"""What the schema of CAP 1.2 (cap12.xsd, OASIS 2010) asks of a document, as tables: order, number, values."""

from __future__ import annotations

import re
import xml.etree.ElementTree as Xml

NAMESPACE = "{urn:oasis:names:tc:emergency:cap:1.2}"
_MANY = 10_000
_PAIR = [("valueName", 1, 1), ("value", 1, 1)]
_CONTENT: dict[str, list[tuple[str, int, int]]] = {
    "alert": [
        *((name, 1, 1) for name in ("identifier", "sender", "sent", "status", "msgType")),
        ("source", 0, 1),
        ("scope", 1, 1),
        ("restriction", 0, 1),
        ("addresses", 0, 1),
        ("code", 0, _MANY),
        ("note", 0, 1),
        ("references", 0, 1),
        ("incidents", 0, 1),
        ("info", 0, _MANY),
    ],
    "info": [
        ("language", 0, 1),
        ("category", 1, _MANY),
        ("event", 1, 1),
        ("responseType", 0, _MANY),
        ("urgency", 1, 1),
        ("severity", 1, 1),
        ("certainty", 1, 1),
        ("audience", 0, 1),
        ("eventCode", 0, _MANY),
        *(
            (name, 0, 1)
            for name in ("effective", "onset", "expires", "senderName", "headline", "description")
        ),
        *((name, 0, 1) for name in ("instruction", "web", "contact")),
        ("parameter", 0, _MANY),
        ("resource", 0, _MANY),
        ("area", 0, _MANY),
    ],
    "area": [
        ("areaDesc", 1, 1),
        ("polygon", 0, _MANY),
        ("circle", 0, _MANY),
        ("geocode", 0, _MANY),
        ("altitude", 0, 1),
        ("ceiling", 0, 1),
    ],
    "eventCode": _PAIR,
    "parameter": _PAIR,
    "geocode": _PAIR,
}
_VALUES = {
    "status": "Actual|Exercise|System|Test|Draft",
    "msgType": "Alert|Update|Cancel|Ack|Error",
    "scope": "Public|Restricted|Private",
    "category": "Geo|Met|Safety|Security|Rescue|Fire|Health|Env|Transport|Infra|CBRNE|Other",
    "responseType": "Shelter|Evacuate|Prepare|Execute|Avoid|Monitor|Assess|AllClear|None",
    "urgency": "Immediate|Expected|Future|Past|Unknown",
    "severity": "Extreme|Severe|Moderate|Minor|Unknown",
    "certainty": "Observed|Likely|Possible|Unlikely|Unknown",
    **dict.fromkeys(
        ("sent", "effective", "onset", "expires"), r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-,+]\d\d:\d\d"
    ),
    "language": r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*",
    "web": r"\S*",
}


def faults(document: bytes) -> list[str]:
    """What the schema would refuse; nothing for a valid document."""
    root = Xml.fromstring(document)  # noqa: S314  our own
    return [f"root {root.tag}"] if root.tag != f"{NAMESPACE}alert" else _of(root)


def _of(node: Xml.Element) -> list[str]:
    name = node.tag.removeprefix(NAMESPACE)
    found: list[str] = []
    if name in _VALUES and not re.fullmatch(_VALUES[name], node.text or ""):
        found.append(f"{name}: {node.text}")
    children = [child.tag.removeprefix(NAMESPACE) for child in node]
    model = _CONTENT.get(name, [])
    for child, least, most in model:
        if not least <= children.count(child) <= most:
            found.append(f"{name}/{child} ×{children.count(child)}")
    order = [one for one, _, _ in model]
    if any(child not in order for child in children) or children != sorted(children, key=order.index):
        found.append(f"{name}: {children}")
    return found + [fault for child in node for fault in _of(child)]
