"""Who wrote: addresses out of a head line as it stands, before anything in it is decoded.

An encoded word, a comment and what stands in quotation marks are names, whatever they look like once they
are decoded: `=?utf-8?Q?boss=40bank?= <li@example.com>` is li. An address in angle brackets is meant before
one that stands free, for people write an address as their name.
"""

from __future__ import annotations

import re

from channels.address import Address, BadAddress, email

_WORD = re.compile(r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?=")
_FREE = re.compile(r"[^\s\x00<>\"(),:;@\[\]\\]{1,64}@[^\s\x00<>\"(),:;@\[\]\\]{1,255}", re.ASCII)
_PLAIN_NAME = re.compile(r"[^\s\x00<>\"(),:;@\[\]\\]{1,64}")
_MOST = 50


def mailboxes(value: str) -> list[Address]:
    """The addresses of a From or Reply-To, those in angle brackets first. value: as it came."""
    bare = _without_names(_WORD.sub(" ", value))
    angled: list[Address] = []
    free: list[Address] = []
    at = 0
    while len(angled) + len(free) < _MOST and (opening := bare.find("<", at)) >= 0:
        _collect(bare[at:opening], free)
        closing = bare.find(">", opening)
        closing = len(bare) if closing < 0 else closing
        within = bare[opening + 1 : closing].rpartition("<")[2]
        _collect(within.rpartition(":")[2], angled)  # behind a route, or `mailto:`
        at = closing + 1
        if not bare[at:].lstrip().startswith((",", ";")) and "<" in bare[at:].partition(",")[0]:
            angled.clear()  # two in one mailbox: the last one is the address
    _collect(bare[at:], free)
    return angled or free


def _collect(text: str, into: list[Address]) -> None:
    for found in _FREE.findall(text):
        written = found.rstrip("'`.,")
        written = written.lstrip("'`") if written != found else written
        try:
            into.append(email(written.encode("latin-1").decode("utf-8")))  # RFC 6532
        except (BadAddress, UnicodeError):
            continue


def _without_names(value: str) -> str:
    """Without comments and what stands in quotation marks; a mark that never closes is no mark. The local
    part of an address may stand in them."""
    out: list[str] = []
    depth, at = 0, 0
    closes = value.rfind(")")
    while at < len(value):
        char = value[at]
        if char == '"':
            end = value.find('"', at + 1)
            while end > 0 and value[end - 1] == "\\":
                end = value.find('"', end + 1)
            if end < 0:
                out.append(" " + value[at + 1 :].replace('"', " ") if not depth else "")
                break
            if value[end + 1 : end + 2] == "@" and not depth:
                name = value[at + 1 : end]
                out.append(name if _PLAIN_NAME.fullmatch(name) else "\0")  # the half of one is somebody else
            at = end
        elif char == "(" and at < closes:
            depth += 1
        elif char == ")" and depth:
            depth -= 1
        elif not depth:
            out.append(char)
        at += 1
    return "".join(out)
