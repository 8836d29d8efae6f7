"""Whether a machine wrote a letter, or a list passed it on.

A machine says so (RFC 3834 and what programs used before it), has nobody to answer (an empty envelope,
RFC 5321 §4.5.5), reports on a mail of ours, or is ourselves. What only asks for silence says nothing of who
wrote: `Feedback-ID` stands in every mail of QQ, `noreply` in every form of a web site.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from channels.mail.charset import header_text
from channels.mail.entity import Entity
from channels.mail.identity import name_in

_COMMENT = re.compile(r"\([^()]*\)")
_MARKS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-autoreply-from",
    "x-mail-autoreply",
    "x-autorespond-from",
)
_REPORTS = ("multipart/report", "message/delivery-status", "message/disposition-notification")
_AUTOMATIC_SUBJECT = re.compile(
    r"[\s\[【(（<《]*(?:"
    r"(?:系统)?自[动動](?:回[复復覆]|答[复復覆]|[应應]答|回信|响应|通知回复)(?!\w)"
    r"|自[动動]回[复復覆](?=来自|自|您|\d)"
    r"|auto(?:matic|mated|matically)?[ -]?(?:generated )?(?:re(?:ply|sponse|spond(?:er)?)|answer)\b"
    r"|out of (?:the )?office\b|ooo\s*[:：]|(?:不在办公室|外出|休假)(?:自动)?(?:回复|通知|提示)(?!\w))",
    re.IGNORECASE,
)
_RETURNED_SUBJECT = re.compile(
    r"[\s\[【(（]*(?:undeliver(?:ed|able)|delivery (?:status notification|failure|has failed|report|error)"
    r"|(?:mail|message) (?:delivery )?(?:failed|failure|undeliverable|system error|not delivered)"
    r"|mail delivery|return(?:ed|ing) (?:mail|message|to sender)|failure notice|non[- ]?deliver(?:y|able)"
    r"|(?:系统|自动)?退信|来自.{0,60}的?退信|(?:邮件|信件)?(?:未送达|无法(?:投递|送达|投遞)|投[递遞](?:失败|失敗)|"
    r"发送失败|被?退回)|未能送达|无法传递|無法傳遞|無法投遞|傳送失敗|傳遞失敗|退信通知|退件)",
    re.IGNORECASE,
)
_LATE = re.compile(
    r"delay|still being retried|could not send (?:message )?for|延迟|延遲|暂时未", re.IGNORECASE
)
_SERVERS = ("mailer-daemon", "mailerdaemon", "mail-daemon", "postmaster", "microsoftexchange")
_LIST = (
    "list-id",
    "list-post",
    "list-unsubscribe",
    "list-help",
    "list-subscribe",
    "list-owner",
    "list-archive",
    "mailing-list",
)
_ANGLED = re.compile(r"<([^<>]{1,200})>")


def is_late(subject: str) -> bool:
    """Whether a report only tells that a mail is not there yet."""
    return _LATE.search(subject) is not None


def is_returned(subject: str) -> bool:
    """Whether a subject is one of those that mail servers give to a mail they bring back."""
    return _RETURNED_SUBJECT.match(subject) is not None


def is_from_a_server(sender: str, envelope_from: str) -> bool:
    """Whether a mail system speaks: nobody can be answered, or its name says so."""
    return not envelope_from.strip("<> ") or sender.startswith(_SERVERS)


def is_automatic(
    whole: Entity, *, subject: str, envelope_from: str, domain: str, own_addresses: Collection[str], hops: int
) -> bool:
    """Whether nothing may be answered because a machine wrote it. subject: decoded."""
    said = _COMMENT.sub("", whole.first("auto-submitted")).lower().partition(";")[0].strip(" \"'")
    precedence = _COMMENT.sub("", whole.first("precedence")).lower().strip().replace("-", "_")
    return (
        said not in ("", "no")
        or any(_COMMENT.sub("", whole.first(mark)).strip().lower() not in ("", "no") for mark in _MARKS)
        or precedence == "auto_reply"
        or whole.media_type in _REPORTS
        or not envelope_from.strip("<> ")
        or whole.first("return-path").strip() == "<>"
        or _AUTOMATIC_SUBJECT.match(subject) is not None
        or name_in(whole.first("message-id"), domain) is not None
        or header_text(whole.first("x-loop")).lower() in own_addresses
        or len(whole.all("received")) > hops
    )


def list_of(whole: Entity, sender: str) -> str:
    """What names the list that a letter came by, "" for a letter that came by none."""
    for name in _LIST[:1]:
        named = _ANGLED.search(whole.first(name))
        if named is not None or whole.first(name):
            return (named[1] if named else header_text(whole.first(name))).strip().lower()[:200]
    precedence = _COMMENT.sub("", whole.first("precedence")).lower().strip()
    if precedence in ("bulk", "list", "junk") or any(whole.first(name) for name in _LIST):
        return sender
    return ""
