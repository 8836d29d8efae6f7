"""The texts of a letter's parts as one: what a reader of the letter would have read.

Of alternatives (RFC 2046 §5.1.4) the plain one is taken where it says the same; where it does not, both are:
a stub must not hide the letter, nor a harmless text what stands in the other. Otherwise parts follow each
other as they came.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from channels.mail.html import html_to_text, without_targets

_SAME = 0.9
_COMPARED = 50_000
"""Characters: longer ones are not compared, which takes time with the square."""
_LINK = re.compile(r"<((?:https?|ftp)://[^<>\s]{1,500})>")
_IS_HTML = re.compile(r"\s{0,100}<(?:!doctype html|html)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TextPart:
    """One text. flowed, del_space: format and delsp of RFC 3676. choices: the alternatives it stands in."""

    text: str
    is_html: bool
    flowed: bool
    del_space: bool
    choices: tuple[int, ...]


class LetterText:
    """Collects and joins."""

    def __init__(self, markup_chars: int) -> None:
        self._markup_left = markup_chars
        self._parts: list[tuple[TextPart, str]] = []
        self.shortened = False

    def add(self, part: TextPart, *, if_new: bool = False) -> None:
        """The next part. if_new: only where the letter does not say the same already."""
        text = part.text
        is_html = part.is_html or _IS_HTML.match(text) is not None
        if is_html:
            if len(text) > self._markup_left:
                half = self._markup_left // 2
                text = text[:half] + text[len(text) - half :]
                self.shortened = True
            self._markup_left -= len(text)
            text = html_to_text(text)
        elif part.flowed:
            text = unflowed(text, del_space=part.del_space)
        if not (if_new and _folded(text) in _folded(self.whole())):
            self._parts.append((part, text.strip("\r\n")))

    def whole(self) -> str:
        """The letter."""
        texts: list[str] = []
        for choice, group in groupby(self._parts, lambda one: one[0].choices[:1]):
            together = list(group)
            plain = "\n".join(text for part, text in together if not part.is_html and text.strip())
            rich = "\n".join(text for part, text in together if part.is_html and text.strip())
            if choice and plain and rich:
                texts.append(_of_two(plain, rich))
            else:
                texts.extend(text for _, text in together if text.strip())
        return "\n".join(texts)


def unflowed(text: str, *, del_space: bool) -> str:
    """Lines that end in a blank go on with the next one of the same depth of quotation (RFC 3676)."""
    out: list[list[str]] = []
    flowing, depth = False, 0
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        bare = line.lstrip(">")
        quoted = len(line) - len(bare)
        bare = bare.removeprefix(" ")
        is_signature = bare == "-- "
        begins = not (flowing and quoted == depth and not is_signature)
        if begins:
            out.append([">" * quoted + (" " if quoted else "")])
        flowing = bare.endswith(" ") and not is_signature
        out[-1].append(bare[:-1] if flowing and del_space else bare)
        depth = quoted
    return "\n".join(map("".join, out))


def _of_two(plain: str, rich: str) -> str:
    if max(len(plain), len(rich)) > _COMPARED:
        return f"{rich}\n{plain}"
    missing = list(_missing(rich.split("\n"), plain))
    if sum(map(len, missing)) <= (1 - _SAME) * max(len(_folded(rich)), 1):
        targets = [target for target in _LINK.findall(rich) if target not in plain]
        return "\n".join([plain, *(f"<{target}>" for target in dict.fromkeys(targets))])
    return "\n".join([rich, *_missing(plain.split("\n"), rich)])


def _missing(lines: Sequence[str], other: str) -> Iterator[str]:
    """The lines of one that the other does not have."""
    known = _folded(other)
    at = 0
    for line in lines:
        folded = _folded(line)
        if not folded:
            continue
        found = known.find(folded, at)
        if found >= 0:
            at = found  # goes on from here: both come in the same order
        elif folded not in known[:at]:
            yield line


def _folded(text: str) -> str:
    return "".join(char for char in without_targets(text) if char.isalnum()).lower()
