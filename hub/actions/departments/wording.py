"""What a department's text says when it leaves: template filled in, signature in front, way to refuse behind.

Rules protected: no text leaves under a signature its department does not have, whoever wrote it into the
text; no citizen reads a brace; the class of a template holds, and the classes of the key clamp it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from campaigns.said import Said
from campaigns.template import OPT_OUT
from channels.contract import ChannelKind
from channels.outbox.delivery import MessageClass
from channels.parts import count
from hub.actions.deliveries.channel_profile import ChannelProfile, Profiles
from hub.actions.departments.refusals import NotTaken, Problem
from hub.model.departments.registered import RegisteredDepartment, SenderLine

MAX_CHARACTERS = 1000
MAX_VALUE = 200
_PLACE = re.compile(r"\{([A-Za-z0-9_]{1,30})\}")
_SIGNED = re.compile(r"\s*【([^【】]{1,20})】")
_ORDER = tuple(MessageClass)

TEXT_OR_TEMPLATE = "text 和 template 必须且只能填写一个"
NO_TEMPLATE = "没有编号为 %(code)s 的模板，请核对登记的模板"
NO_VALUE = "模板缺少变量 %(name)s"
UNUSED_VALUE = "模板中没有变量 %(name)s"
NO_SENDER = "不能使用号码通道 %(name)s，请核对登记的发送号码"
NO_EXTENSION = "扩展号 %(number)s 没有登记，请核对登记的发送号码"
NO_CHANNEL = "没有可用的短信通道，请联系平台管理员"
NO_SIGNATURE = "签名【%(name)s】没有登记，请使用已登记的签名"
NO_CLASS = "该密钥不能发送 %(name)s 级消息"
NO_PERSON = "E0 级消息须在 responsible 中写明已登记的责任人"
TOO_LONG = "加上签名后超过 %(most)s 个字，请缩短内容"


@dataclass(frozen=True, slots=True)
class TextsWanted:
    """What a caller asks for. to: numbers in any spelling. message_class: None = by template or key.

    variables: of the template. responsible: the person in whose name E0 is sent.
    not_before, expires_at: ms UTC, 0 = at once, as the class says.
    sender, extension: a registered channel and what stands behind its number, else the first registered.
    asked: the request these texts were made of, where the hub wrote them: it makes a repeat the same one.
    """

    client_ref: str
    to: tuple[str, ...]
    text: str = ""
    template: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    message_class: MessageClass | None = None
    not_before: int = 0
    expires_at: int = 0
    sender: str = ""
    extension: str | None = None
    signature: str = ""
    callback_url: str = ""
    responsible: str = ""
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Worded:
    """What leaves, by which channel, as which class. extension: behind its number. parts: of one text."""

    sender: str
    extension: str
    text: str
    message_class: MessageClass
    parts: int


def worded(
    wanted: TextsWanted,
    department: RegisteredDepartment,
    profiles: Profiles,
    classes: Iterable[MessageClass],
) -> Worded:
    """Every problem at once. classes: those of the key. Raises `NotTaken`."""
    problems: list[Problem] = []
    text, of_template = _text(wanted, department, problems)
    message_class = _class(wanted, of_template, frozenset(classes) & set(department.classes), problems)
    if message_class is MessageClass.E0 and wanted.responsible not in department.emergency_persons:
        problems.append(Problem("responsible", "responsible_not_named", NO_PERSON))
    profile, extension = _sender(wanted, department, profiles, problems)
    signed = _signed(wanted, department, text, profile, problems)
    if message_class is MessageClass.L and "拒收" not in signed:
        signed += OPT_OUT
    if len(signed) > MAX_CHARACTERS:
        problems.append(Problem("text", "text_too_long", Said(TOO_LONG, most=MAX_CHARACTERS)))
    if problems or profile is None or message_class is None:
        raise NotTaken(problems)
    return Worded(profile.name, extension, signed, message_class, max(1, count(signed).parts))


def _text(
    wanted: TextsWanted, department: RegisteredDepartment, problems: list[Problem]
) -> tuple[str, MessageClass | None]:
    if bool(wanted.text.strip()) == bool(wanted.template):
        problems.append(Problem("text", "text_or_template", TEXT_OR_TEMPLATE))
        return "", None
    if not wanted.template:
        for name in wanted.variables:
            problems.append(Problem(f"variables.{name}", "variable_unknown", Said(UNUSED_VALUE, name=name)))
        return wanted.text.strip(), None
    template = next((one for one in department.templates if one.code == wanted.template), None)
    if template is None:
        problems.append(Problem("template", "template_unknown", Said(NO_TEMPLATE, code=wanted.template)))
        return "", None
    places = set(_PLACE.findall(template.text))
    for name in sorted(places - wanted.variables.keys()):
        problems.append(Problem(f"variables.{name}", "variable_missing", Said(NO_VALUE, name=name)))
    for name in sorted(wanted.variables.keys() - places):
        problems.append(Problem(f"variables.{name}", "variable_unknown", Said(UNUSED_VALUE, name=name)))
    filled = _PLACE.sub(lambda place: wanted.variables.get(place[1], ""), template.text)
    return filled.strip(), template.message_class


def _class(
    wanted: TextsWanted,
    of_template: MessageClass | None,
    allowed: frozenset[MessageClass],
    problems: list[Problem],
) -> MessageClass | None:
    """The class it leaves as: what is too urgent for the key comes down to the next that is not."""
    asked = of_template or wanted.message_class
    if asked is None:
        asked = (
            MessageClass.N
            if MessageClass.N in allowed
            else next((c for c in _ORDER[::-1] if c in allowed), None)
        )
    lower = [] if asked is None else [c for c in _ORDER[_ORDER.index(asked) :] if c in allowed]
    if not lower:
        name = asked.value if asked else "N"
        problems.append(Problem("class", "class_not_allowed", Said(NO_CLASS, name=name)))
        return None
    return lower[0]


def _sender(
    wanted: TextsWanted, department: RegisteredDepartment, profiles: Profiles, problems: list[Problem]
) -> tuple[ChannelProfile | None, str]:
    """The channel and the extension behind its number."""
    texts = {name: one for name, one in profiles.items() if one.kind is ChannelKind.SMS}
    own = department.senders or tuple(SenderLine(name) for name in texts)
    if wanted.sender and (wanted.sender not in texts or all(wanted.sender != one.channel for one in own)):
        problems.append(Problem("sender", "sender_not_allowed", Said(NO_SENDER, name=wanted.sender)))
        return None, ""
    lines = [one for one in own if one.channel in texts and wanted.sender in ("", one.channel)]
    found = next((one for one in lines if wanted.extension in (None, one.extension)), None)
    if found is None and lines:
        said = Said(NO_EXTENSION, number=wanted.extension or "")
        problems.append(Problem("extension", "extension_not_allowed", said))
        found = lines[0]
    if found is None:
        problems.append(Problem("sender", "no_channel", NO_CHANNEL))
        return None, ""
    profile = texts[found.channel]
    return profile, found.extension if profile.extensions else ""


def _signed(
    wanted: TextsWanted,
    department: RegisteredDepartment,
    text: str,
    profile: ChannelProfile | None,
    problems: list[Problem],
) -> str:
    of_channel = profile.signature if profile else ""
    own = department.signatures or ((of_channel,) if of_channel else ())
    written = _SIGNED.match(text)
    name = wanted.signature or (written[1] if written else "") or (own[0] if own else "")
    for place, one in (("signature", wanted.signature), ("text", written[1] if written else "")):
        if one and one not in own:
            problems.append(Problem(place, "signature_unknown", Said(NO_SIGNATURE, name=one)))
    bare = text[written.end() :] if written else text
    return f"【{name}】{bare}" if name else bare
