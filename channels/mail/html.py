"""The readable text of an HTML mail: no markup, no script, no style, no remote anything.

Written for letters nobody may trust: every search goes forward only, and one that found nothing is
not made again, so that the time grows with the length of the letter (`html.parser` of Python 3.11
needs hours for a megabyte of `<a b='`). What is broken is read as text rather than dropped, because
danger may stand in it.
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
    }
)
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
    lines = [line.strip() for line in "".join(reader.pieces).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def unescaped(text: str) -> str:
    """Without character references. One with too many digits is none: Python refuses to count them."""
    return html.unescape(_LONG_NUMBER.sub(" ", text)) if "&" in text else text


@dataclass(slots=True)
class _Reader:
    markup: str
    pieces: list[str] = field(default_factory=list)
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
        self._open(name)
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

    def _open(self, name: str) -> None:
        if name in _SILENT:
            if len(self._silent) < _DEEPEST:
                self._silent.append(name)
        elif name == "body":
            self._silent.clear()  # an unclosed <head> must not swallow the letter
        elif name in _LINES:
            self.pieces.append("\n")

    def _close(self, name: str) -> None:
        if name in self._silent:
            while self._silent.pop() != name:
                pass
        elif name in _LINES and name != "br":
            self.pieces.append("\n")

    def _text(self, start: int, end: int) -> None:
        if not self._silent and start < end:
            self.pieces.append(re.sub(r"\s+", " ", unescaped(self.markup[start:end])))
