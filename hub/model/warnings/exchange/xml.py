"""XML from others, read safely, and written properly.

Rules protected: no DTD and no entity of it is ever read (no file is fetched, nothing grows), nothing is
larger or deeper than a warning can be, and another character set is refused in words.
The parser is expat of the standard library; its own limits stand behind these.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as Xml
from dataclasses import dataclass, field
from datetime import datetime
from xml.parsers import expat

from campaigns.said import Said
from hub.runtime.clock import to_ms

MAX_BYTES = 256 * 1024
_MAX_DEPTH = 12
_CENTURY_ENDS = 4_102_444_800_000
_MAX_ELEMENTS = 5_000
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CHARACTER_SETS = ("utf-8", "utf-16", "iso-8859-1", "us-ascii")


class Unacceptable(Exception):
    """A document that is refused. text: why, in Chinese; it holds no content but names of elements."""

    def __init__(self, source: str, **values: object) -> None:
        super().__init__(source)
        self.text = Said(source, **values)

    @classmethod
    def said(cls, text: str) -> Unacceptable:
        """With a problem that is in words already."""
        made = cls(text)
        made.text = Said.joined([text])
        return made


@dataclass(slots=True)
class Node:
    """An element as it is read. namespace: "" for none. text: its characters, trimmed."""

    name: str
    namespace: str
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def all(self, name: str) -> list[Node]:
        """Its children of this name."""
        return [one for one in self.children if one.name == name]

    def one(self, name: str) -> str:
        """The text of its child of this name, "" for none. Raises `Unacceptable` for two."""
        found = self.all(name)
        if len(found) > 1:
            raise Unacceptable("元素 %(name)s 出现了两次", name=name)
        return found[0].text if found else ""


class _Reader:
    def __init__(self) -> None:
        self._open: list[Node] = []
        self._texts: list[list[str]] = []
        self._count = 0
        self.root: Node | None = None

    def start(self, name: str, _: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) >= _MAX_DEPTH or self._count > _MAX_ELEMENTS:
            raise Unacceptable("XML 层次太深或元素太多")
        namespace, _blank, local = name.rpartition(" ")
        node = Node(local, namespace)
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        self._open.append(node)
        self._texts.append([])

    def end(self, _: str) -> None:
        self._open.pop().text = "".join(self._texts.pop()).strip()

    def characters(self, text: str) -> None:
        self._texts[-1].append(text)

    def refuse(self, *_: object) -> int:
        raise Unacceptable("XML 不能带 DTD 或实体定义")


def read(document: bytes) -> Node:
    """The root of a document. Raises `Unacceptable`."""
    if len(document) > MAX_BYTES:
        raise Unacceptable("文件超过 %(most)s KB", most=MAX_BYTES // 1024)
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.EntityDeclHandler = reader.refuse
    parser.ExternalEntityRefHandler = reader.refuse
    parser.XmlDeclHandler = _character_set
    try:
        parser.Parse(document, True)
    except expat.ExpatError as broken:
        raise Unacceptable("不是完整的 XML：第 %(line)s 行", line=broken.lineno) from None
    if reader.root is None:
        raise Unacceptable("文件是空的")
    return reader.root


def _character_set(_: str, encoding: str | None, __: int) -> None:
    if encoding and encoding.lower() not in _CHARACTER_SETS:
        raise Unacceptable("XML 应使用 UTF-8 编码")


def instant(iso: str) -> int:
    """ms UTC of `2026-01-01T08:00:00+08:00`. Raises `Unacceptable` for a time that is not on the calendar, or
    not of this century: a year 9999 is nobody's warning, and no page could show it."""
    try:
        at = to_ms(datetime.fromisoformat(iso))
    except (ValueError, OverflowError):
        raise Unacceptable("时间不存在") from None
    if not 0 <= at < _CENTURY_ENDS:
        raise Unacceptable("时间不存在")
    return at


def clean(text: str) -> str:
    """Without characters that XML forbids: one of them would make the whole document unreadable. Lines end
    as XML readers see them end."""
    return _NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def add(parent: Xml.Element, name: str, text: str = "") -> Xml.Element:
    """A child with this text."""
    child = Xml.SubElement(parent, name)
    child.text = clean(text) or None
    return child


def document(root: Xml.Element) -> bytes:
    """The document in UTF-8 with its declaration, an element a line."""
    Xml.indent(root)
    text = '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"
    return text.encode()
