"""A raw mail as what a citizen said: safe, bounded, and honest about machines.

Nothing in a mail can be trusted: labels lie, parts nest a thousand deep, names hold line ends.
Every walk is bounded; what is over a bound is left out and said so (`shortened`). What cannot be read
of a header or a part is a fact less, never an error. This runs in a process of its own
(`channels/mail/reading_process.py`), for the library's parser takes more than linear time on what is
made for it. A mail that a machine wrote (RFC 3834 Auto-Submitted, bounces, lists, our own mail coming
back) is recognised, because answering it would start a loop.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import Compat32
from email.utils import getaddresses
from pathlib import PurePosixPath

from channels.address import Address, AddressKind, BadAddress, email
from channels.contract import Attachment, DeliveryReport
from channels.errors import ChannelError
from channels.mail.bounce import read_report
from channels.mail.charset import clean, decoded, header_text
from channels.mail.html import html_to_text
from channels.mail.identity import delivery_id_of, ids_in

_MACHINE_NAMES = ("mailer-daemon", "postmaster", "noreply", "no-reply", "do-not-reply", "bounce")
_MACHINE_HEADERS = ("x-autoreply", "x-autorespond", "x-auto-response-suppress", "list-id", "feedback-id")


_HEAD_BYTES = 262_144
_HEADER_CHARS = 16_384
_READ = frozenset(
    {
        "auto-submitted",
        "from",
        "in-reply-to",
        "message-id",
        "precedence",
        "references",
        "return-path",
        "subject",
        "x-loop",
        *_MACHINE_HEADERS,
    }
)
_HEAD_END = re.compile(rb"\r?\n\r?\n|\r\r")
_ADDRESS = re.compile(r"[^\s<>\"(),:;@\[\]\\]{1,64}@[^\s<>\"(),:;@\[\]\\]{1,255}")


class NotAMail(ChannelError):
    """Built so that reading it would cost more than it can be worth."""


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """Bounds of one mail; each is generous for a letter and small for a server."""

    parts: int = 100
    boundaries: int = 60
    attachments: int = 10
    attachment_bytes: int = 15 * 1024 * 1024
    text_chars: int = 50_000
    markup_chars: int = 2_000_000
    hops: int = 30


DEFAULT_LIMITS = ParseLimits()


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """What is left of a mail.

    id: its Message-ID, or a digest of the raw bytes. sender: "" in `value` when nobody is named.
    shortened: something was over a bound and left out. automatic: a machine wrote it. report: what it
    says of a mail that was not delivered, as a mail server does.
    """

    id: str
    sender: Address
    subject: str
    text: str
    thread: tuple[str, ...]
    attachments: tuple[Attachment, ...]
    automatic: bool
    shortened: bool
    report: DeliveryReport | None = None


def parse(
    raw: bytes,
    *,
    envelope_from: str,
    domain: str,
    own_addresses: Collection[str] = (),
    limits: ParseLimits = DEFAULT_LIMITS,
) -> ParsedMail:
    """Reads `raw`. envelope_from: MAIL FROM, "" for a bounce. domain: that of our Message-IDs.
    own_addresses: our mailboxes, lower-case.

    Raises `NotAMail`.
    """
    if len(re.findall(rb"boundary", raw, re.IGNORECASE)) > limits.boundaries:
        raise NotAMail("too many nested parts")
    bounded = _with_a_short_head(raw)
    try:
        mail = BytesParser(policy=_ShortHeaders()).parsebytes(bounded)
    except (RecursionError, ValueError, LookupError, TypeError) as problem:
        raise NotAMail("cannot be read") from problem
    headers = _headers(mail)
    content = _Content(limits)
    content.take(mail)
    ids = ids_in(headers.get("message-id", ""), limit=1)
    thread = ids_in(headers.get("in-reply-to", "") + " " + headers.get("references", ""))
    return ParsedMail(
        id=ids[0] if ids else f"sha256:{hashlib.sha256(raw).hexdigest()}",
        sender=_sender(headers, envelope_from),
        subject=headers.get("subject", "")[:300],
        text=content.text,
        thread=thread,
        attachments=tuple(content.attachments),
        automatic=_is_automatic(mail, headers, envelope_from, domain, own_addresses, limits),
        shortened=content.shortened or len(bounded) < len(raw),
        report=read_report(
            content.reports, content.text, from_a_server=_is_from_a_server(headers, envelope_from)
        ),
    )


class _ShortHeaders(Compat32):
    """Keeps the beginning of a header: the library takes quadratic time for parameters."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        kept: list[str] = []
        left = _HEADER_CHARS
        for line in sourcelines:
            kept.append(line[:left])
            left -= len(line)
            if left <= 0:
                break
        name, value = super().header_source_parse(kept)
        return name, value


def _with_a_short_head(raw: bytes) -> bytes:
    """The letter with no more than the first headers, if they are megabytes."""
    end = _HEAD_END.search(raw)
    head = end.start() if end is not None else len(raw)
    if head <= _HEAD_BYTES:
        return raw
    cut = max(raw.rfind(b"\n", 0, _HEAD_BYTES), raw.rfind(b"\r", 0, _HEAD_BYTES)) + 1
    return raw[: cut or _HEAD_BYTES].rstrip(b"\r\n") + raw[head:]


def _headers(mail: Message) -> Mapping[str, str]:
    """The first of each header that is asked for, as text."""
    found: dict[str, str] = {}
    for name, value in mail.raw_items():
        if (name := name.lower()) in _READ and name not in found:
            found[name] = header_text(str(value))
    return found


def _sender(headers: Mapping[str, str], envelope_from: str) -> Address:
    written = headers.get("from", "")
    try:
        named = [address for _, address in getaddresses([written])]
    except (RecursionError, ValueError, LookupError, TypeError):  # 500 opening brackets, for one
        named = _ADDRESS.findall(written)
    for candidate in (*named, envelope_from):
        try:
            return email(candidate)
        except BadAddress:
            continue
    return Address(AddressKind.EMAIL, "")


def _is_automatic(
    mail: Message,
    headers: Mapping[str, str],
    envelope_from: str,
    domain: str,
    own_addresses: Collection[str],
    limits: ParseLimits,
) -> bool:
    sender = _sender(headers, envelope_from).value
    name = sender.partition("@")[0]
    ours = delivery_id_of(headers.get("message-id", ""), domain) is not None
    returned = headers.get("return-path", "").strip()
    return (
        ours
        or not sender
        or not envelope_from
        or returned == "<>"
        or name.startswith(_MACHINE_NAMES)
        or sender in own_addresses
        or headers.get("x-loop", "").lower() in own_addresses
        or headers.get("auto-submitted", "no").lower().partition(";")[0].strip() != "no"
        or headers.get("precedence", "").lower() in ("bulk", "junk", "list", "auto_reply")
        or any(header in headers for header in _MACHINE_HEADERS)
        or mail.get_content_type() in ("multipart/report", "message/delivery-status")
        or len(mail.get_all("received", [])) > limits.hops
    )


def _is_from_a_server(headers: Mapping[str, str], envelope_from: str) -> bool:
    """Whether a mail system speaks: nobody can be answered, or its name says so."""
    name = _sender(headers, envelope_from).value.partition("@")[0]
    return not envelope_from or name.startswith(("mailer-daemon", "postmaster"))


class _Content:
    """Collects text and attachments of a tree of parts, within bounds."""

    def __init__(self, limits: ParseLimits) -> None:
        self._limits = limits
        self._plain: list[str] = []
        self._html: list[str] = []
        self._bytes_left = limits.attachment_bytes
        self.attachments: list[Attachment] = []
        self.reports: list[Message] = []
        self.shortened = False

    def take(self, mail: Message) -> None:
        """Goes through `mail`, the first parts first."""
        for number, part in enumerate(_leaves(mail)):
            if number >= self._limits.parts:
                self.shortened = True
                return
            kind = part.get_content_type()
            raw = _bytes_of(part)
            if kind in ("text/plain", "text/html") and part.get_content_disposition() != "attachment":
                text = decoded(raw, _charset(part))
                (self._plain if kind == "text/plain" else self._html).append(text)
            elif kind == "message/delivery-status":
                self.reports.append(part)
            else:
                self._attach(part, kind, raw)

    @property
    def text(self) -> str:
        """The letter; plain text where there is some, else the HTML as text."""
        plain = "\n".join(self._plain).strip()
        if not plain:
            plain = html_to_text(self._both_ends("\n".join(self._html), self._limits.markup_chars))
        return self._both_ends(clean(plain).strip(), self._limits.text_chars)

    def _both_ends(self, text: str, most: int) -> str:
        if len(text) <= most:
            return text
        self.shortened = True
        return text[: most // 2] + text[-(most - most // 2) :]  # danger may stand at the very end

    def _attach(self, part: Message, kind: str, raw: bytes) -> None:
        if len(self.attachments) >= self._limits.attachments or len(raw) > self._bytes_left:
            self.shortened = True
            return
        self._bytes_left -= len(raw)
        self.attachments.append(Attachment(_filename(part, kind), kind, raw))


def _leaves(mail: Message) -> Iterator[Message]:
    """The parts that hold something, without recursion; a forwarded mail is one part."""
    waiting = [mail]
    while waiting:
        part = waiting.pop()
        # Asked only for trees: on text, the library would decode by a label we have not checked.
        children = part.get_payload() if part.is_multipart() else ()
        if isinstance(children, list) and part.get_content_maintype() == "multipart":
            waiting.extend(child for child in reversed(children) if isinstance(child, Message))
        else:
            yield part


def _bytes_of(part: Message) -> bytes:
    try:
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            return payload
        children = part.get_payload() if part.is_multipart() else ()
        return b"".join(child.as_bytes() for child in children if isinstance(child, Message))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):  # it trips over odd labels
        return b""


def _charset(part: Message) -> str | None:
    try:
        return part.get_content_charset()
    except (ValueError, LookupError, TypeError):
        return None


def _filename(part: Message, kind: str) -> str:
    try:
        name = header_text(part.get_filename() or "")
    except (ValueError, LookupError, TypeError):
        name = ""
    name = PurePosixPath(name.replace("\\", "/")).name.strip(". ")[-120:]
    return name or ("message.eml" if kind == "message/rfc822" else "attachment")
