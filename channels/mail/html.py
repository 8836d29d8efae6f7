"""The readable text of an HTML mail: no markup, no script, no style, no remote anything.

Cells of a table stay apart, the target of a link stands behind its words (in a fraud it is the evidence),
lines of <pre> stay lines, and what is not shown is not read. Written for letters nobody may trust: every
search goes forward only, and one that found nothing is not made again, so that the time grows with the
length of the letter (`html.parser` of Python 3.11 needs hours for a megabyte of `<a b='`). What is broken
is read as text rather than dropped, because danger may stand in it.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

_SILENT = frozenset({"script", "style", "head", "title", "template", "noscript"})
_RAW = frozenset({"script", "style"})
"""Nothing in these is markup but their own end."""
_LINES = frozenset(
    {
        "br",
        "p",
        "div",
        "tr",
        "li",
        "ul",
        "ol",
        "table",
        "blockquote",
        "hr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "address",
        "article",
        "center",
        "dd",
        "dl",
        "dt",
        "fieldset",
        "footer",
        "form",
        "header",
        "listing",
        "option",
        "pre",
        "section",
        "textarea",
    }
)
_CELLS = frozenset({"td", "th"})
_KEPT = frozenset({"pre", "textarea", "listing", "xmp"})
_VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"})
_HREF = re.compile(r"\bhref\s*=\s*(?:\"([^\"]{0,2000})|'([^']{0,2000})|([^\s>\"']{1,2000}))", re.IGNORECASE)
_STYLE = re.compile(r"\bstyle\s*=\s*(?:\"([^\"]{0,2000})|'([^']{0,2000})|([^\s>]{1,2000}))", re.IGNORECASE)
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_KEEPS_LINES = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.IGNORECASE)
_HIDDEN = re.compile(r"\shidden(?=[\s>=/]|\Z)", re.IGNORECASE)
_TARGET = re.compile(r" ?<(?:https?|ftp|mailto|tel)[^<>\s]{0,2000}>")
_ATTRIBUTE_CHARS = 20_000
_TARGET_CHARS = 500
_OPENING = re.compile(r"<(?=[A-Za-z/!?])")
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]{0,60})")
_STOP = re.compile(r">|=\s{0,20}[\"']")
_END_OF_RAW = {name: re.compile(rf"</{name}", re.IGNORECASE) for name in _RAW}
_OPEN_TAG = "end of a tag"
_DEEPEST = 50
_LONG_NUMBER = re.compile(r"&#[0-9]{9,}")


def html_to_text(markup: str) -> str:
    """Plain text with its line breaks, at most one empty line in a row."""
    reader = _Reader(markup)
    reader.read()
    if reader.is_within("unseen"):  # never closed: it must not swallow the letter
        reader = _Reader(markup, reads_unseen=True)
        reader.read()
    reader.end_link()
    lines = ["\t".join(cell for one in line.split("\t") if (cell := one.strip())) for line in reader.lines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def without_targets(text: str) -> str:
    """A text of `html_to_text` without the targets of its links."""
    return _TARGET.sub("", text)


def unescaped(text: str) -> str:
    """Without character references. One with too many digits is none: Python refuses to count them."""
    return html.unescape(_LONG_NUMBER.sub(" ", text)) if "&" in text else text


@dataclass(slots=True)
class _Reader:
    markup: str
    reads_unseen: bool = False
    pieces: list[str] = field(default_factory=list)
    _within: list[tuple[str, str, int]] = field(default_factory=list)
    """What an element does to all in it: its name, `unseen` or `kept`, how many of that name are open."""
    _link: tuple[str, int] = ("", 0)
    _silent: list[str] = field(default_factory=list)
    _nowhere: set[str] = field(default_factory=set)

    def read(self) -> None:
        """Goes through the markup once."""
        at = 0
        while True:
            opening = _OPENING.search(self.markup, at)
            self._text(at, opening.start() if opening else len(self.markup))
            if opening is None:
                return
            at = self._markup(opening.start())

    def _markup(self, at: int) -> int:
        """Where to go on behind what begins with `<` at `at`."""
        if self.markup.startswith("<!--", at):
            end = self._find("-->", at + 4)
            return end + 3 if end >= 0 else at + 4
        if self.markup.startswith(("<!", "<?"), at):
            end = self._find(">", at)
            return end + 1 if end >= 0 else at + 2
        tag = _TAG.match(self.markup, at)
        if tag is None:
            self._text(at, at + 1)
            return at + 1
        name = tag[2].lower()
        end = self._end_of_tag(tag.end())
        if tag[1]:
            self._close(name)
            return end
        self._open(name, self.markup[tag.end() : min(end, tag.end() + _ATTRIBUTE_CHARS)])
        if name in _RAW and name not in self._nowhere:
            found = _END_OF_RAW[name].search(self.markup, end)
            if found is not None:
                return found.start()
            self._nowhere.add(name)
        return end

    def _end_of_tag(self, at: int) -> int:
        """Behind the tag's `>`, which does not count inside a quoted value; else where its name ends."""
        start = at
        while _OPEN_TAG not in self._nowhere and (stop := _STOP.search(self.markup, at)) is not None:
            if stop[0] == ">":
                return stop.end()
            closing = self._find(stop[0][-1], stop.end())
            at = closing + 1 if closing >= 0 else stop.end()
        self._nowhere.add(_OPEN_TAG)  # looked for up to the end of the letter: not again
        return start

    def _find(self, what: str, at: int) -> int:
        if what in self._nowhere:
            return -1
        found = self.markup.find(what, at)
        if found < 0:
            self._nowhere.add(what)  # nor behind any later place
        return found

    def is_within(self, what: str) -> bool:
        """Whether an element that is `unseen` or `kept` is open."""
        return any(kind == what for _, kind, _ in self._within)

    def lines(self) -> list[str]:
        """What was read."""
        return "".join(self.pieces).split("\n")

    def end_link(self) -> None:
        """Writes where the link that is open leads to, unless its words say so."""
        target, since = self._link
        self._link = ("", 0)
        if not target:
            return
        said = "".join(self.pieces[since:])
        bare = target.partition(":")[2].strip("/")
        if bare and bare not in said:
            self.pieces.append(f" <{target}>")

    def _open(self, name: str, attributes: str) -> None:
        if name in _SILENT:
            if len(self._silent) < _DEEPEST:
                self._silent.append(name)
        elif name == "body":
            self._silent.clear()  # an unclosed <head> must not swallow the letter
        elif name in ("a", "area"):
            self._begin_link(attributes)
        elif name in _CELLS:
            self.pieces.append("\t")
        elif name in _LINES:
            self.pieces.append("\n")
        if self._within and self._within[-1][0] == name:
            _, kind, count = self._within[-1]
            self._within[-1] = (name, kind, count + 1)
        elif name not in _VOID and not attributes.endswith("/>") and len(self._within) < _DEEPEST:
            kind = self._kind(name, attributes)
            if kind:
                self._within.append((name, kind, 1))

    def _kind(self, name: str, attributes: str) -> str:
        style = _value(_STYLE.search(attributes)) if "=" in attributes else ""
        if not self.reads_unseen and (_UNSEEN.search(style) or _HIDDEN.search(attributes)) and name != "body":
            return "unseen"
        return "kept" if name in _KEPT or _KEEPS_LINES.search(style) else ""

    def _begin_link(self, attributes: str) -> None:
        self.end_link()
        target = "".join(unescaped(_value(_HREF.search(attributes))).split())[:_TARGET_CHARS]
        if (
            target
            and not target.lower().startswith(("#", "cid:", "javascript:", "data:"))
            and not self.is_within("unseen")
        ):
            self._link = (target.replace("<", "%3C").replace(">", "%3E"), len(self.pieces))

    def _close(self, name: str) -> None:
        if name in self._silent:
            while self._silent.pop() != name:
                pass
        elif name == "a":
            self.end_link()
        elif name in _CELLS:
            self.pieces.append("\t")
        elif name in _LINES and name != "br":
            self.pieces.append("\n")
        if self._within and self._within[-1][0] == name:
            _, kind, count = self._within.pop()
            if count > 1:
                self._within.append((name, kind, count - 1))

    def _text(self, start: int, end: int) -> None:
        if self._silent or start >= end or (self._within and self.is_within("unseen")):
            return
        text = unescaped(self.markup[start:end])
        if self._within and self.is_within("kept"):
            self.pieces.append(text.replace("\r\n", "\n").replace("\r", "\n"))
        else:
            self.pieces.append(re.sub(r"\s+", " ", text))


def _value(found: re.Match[str] | None) -> str:
    return (found[1] or found[2] or found[3] or "") if found else ""
