"""Texts with placeholders: `您好，{name|市民朋友}`, the signature in front, the way to refuse behind.

Rule protected: no citizen ever reads a brace or an empty gap. A placeholder must name what takes its
place when the value is unknown, and a template that fails the lint is never rendered.
`【签名】+内容+拒收请回复R` is the form Chinese carriers require of texts one may refuse; it counts in the
parts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from campaigns.errors import BadTemplate
from campaigns.said import Said
from channels.contract import ChannelKind
from channels.outbox.delivery import MessageClass

PLACEHOLDERS: Mapping[str, str] = {"name": "姓名", "city": "城市"}
FALLBACKS: Mapping[str, str] = {"name": "您", "city": "本市"}
"""What is proposed for whoever has no such value."""
OPT_OUT = "拒收请回复R"
MAX_CHARACTERS = 500  # vendors refuse longer ones
MAX_VALUE = 20
"""Characters of a value that are written at most; so much longer than its placeholder a text may get."""
SAMPLES: Mapping[str, str] = {"name": "王小明", "city": "榕城市"}
"""What stands for a value where a text is shown or tried and no recipient is meant."""
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """What a pair of braces stands for."""

    name: str
    fallback: str


def parse(template: str, *, most: int = MAX_CHARACTERS) -> tuple[str | Placeholder, ...]:
    """Plain pieces and placeholders in order. most: characters. Raises `BadTemplate`."""
    found = problems(template, most=most)
    if found:
        raise BadTemplate(found)
    return pieces(template)


def pieces(template: str) -> tuple[str | Placeholder, ...]:
    """`parse` without the lint, for a text that passed it before its marks were added."""
    found: list[str | Placeholder] = []
    at = 0
    for match in _PLACEHOLDER.finditer(template):
        if match.start() > at:
            found.append(template[at : match.start()])
        name, _, fallback = match.group(1).partition("|")
        found.append(Placeholder(name.strip(), fallback))
        at = match.end()
    if at < len(template):
        found.append(template[at:])
    return tuple(found)


def problems(template: str, *, most: int = MAX_CHARACTERS) -> tuple[str, ...]:
    """Everything wrong with a template of at most `most` characters, in Chinese."""
    found: list[str] = []
    if not template.strip():
        return ("请填写内容",)
    if len(template) > most:
        found.append(Said("内容最多 %(most)s 字，现在 %(count)s 字", most=most, count=len(template)))
    if any(mark in template for mark in "｛｝"):
        found.append("变量请用半角花括号，例如 {name|您}")
    for piece in pieces(template):
        if isinstance(piece, str):
            if "{" in piece or "}" in piece:
                found.append("花括号没有成对出现")
            continue
        if piece.name not in PLACEHOLDERS:
            known = "、".join(f"{{{name}|…}}（{label}）" for name, label in PLACEHOLDERS.items())
            found.append(Said("不认识的变量“%(name)s”，可用：%(known)s", name=piece.name, known=known))
        elif not piece.fallback.strip():
            example = f"{{{piece.name}|{FALLBACKS[piece.name]}}}"
            found.append(
                Said("变量“%(name)s”缺少备用文字，例如 %(example)s", name=piece.name, example=example)
            )
    if template.lstrip().startswith("【"):
        found.append("签名【…】由系统自动加上，请从内容中删去")
    if OPT_OUT in template:
        found.append(Said("“%(mark)s”由系统自动加上，请从内容中删去", mark=OPT_OUT))
    return tuple(dict.fromkeys(found))


def is_personal(template: str) -> bool:
    """Whether every recipient gets a text of his own."""
    return any(isinstance(piece, Placeholder) for piece in pieces(template))


def render(template: str, values: Mapping[str, str]) -> str:
    """The text for one recipient; an unknown or blank value gives the fallback. Raises `BadTemplate`."""
    return fill(parse(template), values)


def fill(parsed: tuple[str | Placeholder, ...], values: Mapping[str, str]) -> str:
    """`render` for a template parsed once: values are inserted as they are and never read as braces."""
    return "".join(
        piece if isinstance(piece, str) else _tidy(values.get(piece.name, "")) or piece.fallback
        for piece in parsed
    )


def with_marks(text: str, *, kind: ChannelKind, message_class: MessageClass, signature: str = "") -> str:
    """The text as it leaves: on SMS the signature in front and, for law education, the way to refuse behind.

    `signature` comes without its brackets. Works on a template as well as on a rendered text.
    """
    if kind is not ChannelKind.SMS:
        return text
    before = f"【{signature}】" if signature else ""
    after = OPT_OUT if message_class is MessageClass.L else ""
    return f"{before}{text}{after}"


def _tidy(value: str) -> str:
    return " ".join(value.split())[:MAX_VALUE]
