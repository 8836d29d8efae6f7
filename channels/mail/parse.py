"""A raw mail as what a citizen said: safe, bounded, and honest about machines.

Nothing in a mail can be trusted: labels lie, parts nest a thousand deep, names hold line ends. Every part
becomes text or an attachment, or is counted in `left_out`, so that handler and sender are told. This runs in
a process of its own (`channels/mail/reading_process.py`) with a bound on time and memory. A mail that a
machine wrote (`machine.py`) is recognised, because answering it would start a loop.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from channels.address import Address, AddressKind, BadAddress, email
from channels.contract import Attachment, DeliveryReport
from channels.mail.bounce import read_report
from channels.mail.charset import clean, decoded, header_text, is_strict_text
from channels.mail.entity import Bounds, Entity, Reading
from channels.mail.identity import ids_in, name_in
from channels.mail.letter_text import LetterText, TextPart
from channels.mail.machine import is_automatic, is_from_a_server, is_late, is_returned, list_of
from channels.mail.mailboxes import mailboxes
from channels.mail.winmail import NAME, TYPES, Opened, opened

_UNNAMED = "attachment"
_NAME_CHARS = 120
_FILES_BY_TYPE = (
    "text/calendar",
    "text/css",
    "text/csv",
    "text/directory",
    "text/javascript",
    "text/rtf",
    "text/vcard",
    "text/x-vcard",
    "text/xml",
    "text/rfc822-headers",
)
_META = re.compile(rb"<meta[^>]{0,200}charset\s{0,9}=\s{0,9}[\"']?([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_STUBS = ("message/disposition-notification",)


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """Bounds of one mail; each is generous for a letter and small for a server.

    head_bytes: of all heads. fields: of one head. parameters: of one field. markup_chars: of HTML.
    """

    parts: int = 200
    head_bytes: int = 262_144
    fields: int = 1_000
    parameters: int = 100
    attachments: int = 50
    attachment_bytes: int = 15 * 1024 * 1024
    text_chars: int = 50_000
    markup_chars: int = 2_000_000
    hops: int = 30


DEFAULT_LIMITS = ParseLimits()


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """What is left of a mail.

    id: its Message-ID, or a digest of the raw bytes. sender: who is answered, "" in `value` when nobody is
    named. left_out: what was over a bound: names of files, `text` or `parts`. automatic: a machine wrote it.
    passed_on_by: the list it came by. report: what it says of a mail that was not delivered, as a mail server
    does.
    """

    id: str
    sender: Address
    subject: str
    text: str
    thread: tuple[str, ...]
    attachments: tuple[Attachment, ...]
    automatic: bool
    left_out: tuple[str, ...] = ()
    passed_on_by: str = ""
    report: DeliveryReport | None = None

    @property
    def shortened(self) -> bool:
        """Whether anything was left out."""
        return bool(self.left_out)


def parse(
    raw: bytes,
    *,
    envelope_from: str,
    domain: str,
    own_addresses: Collection[str] = (),
    limits: ParseLimits = DEFAULT_LIMITS,
    cautious: bool = False,
) -> ParsedMail:
    """Reads `raw`. envelope_from: MAIL FROM, "" for a bounce. domain: that of our Message-IDs.
    own_addresses: our mailboxes, lower-case. cautious: no file in it is opened."""
    bounds = Bounds(limits.head_bytes, limits.fields, limits.parameters, limits.parts)
    reading = Reading(_with_single_ends(raw), bounds)
    whole = reading.whole()
    content = _Content(limits, reading, cautious=cautious)
    content.take(whole)
    text = content.text()
    left_out = [*content.left_out, *(("parts",) if reading.left_out else ())]
    subject = header_text(whole.first("subject"))[:300]
    written_by, sender = _senders(whole, envelope_from, own_addresses)
    ids = ids_in(whole.first("message-id"), limit=1)
    thread = ids_in(whole.first("in-reply-to") + " " + whole.first("references"))
    report = content.report(subject, written_by, envelope_from, domain, thread)
    automatic = (
        not sender.value
        or sender.value in own_addresses
        or written_by in own_addresses
        or report is not None
        or written_by.startswith(("mailer-daemon", "mailerdaemon"))
        or is_automatic(
            whole,
            subject=subject,
            envelope_from=envelope_from,
            domain=domain,
            own_addresses=own_addresses,
            hops=limits.hops,
        )
    )
    return ParsedMail(
        id=ids[0] if ids else f"sha256:{hashlib.sha256(raw).hexdigest()}",
        sender=sender,
        subject=subject,
        text=text,
        thread=thread,
        attachments=tuple(content.attachments),
        automatic=automatic,
        left_out=tuple(dict.fromkeys(left_out)),
        passed_on_by="" if automatic else list_of(whole, sender.value),
        report=report,
    )


def _with_single_ends(raw: bytes) -> bytes:
    """Without the line ends that a gateway doubled to CR CR LF: each would be a blank line."""
    first = raw.find(b"\r")
    return raw.replace(b"\r\r\n", b"\r\n") if raw[first : first + 3] == b"\r\r\n" else raw


def _senders(whole: Entity, envelope_from: str, own_addresses: Collection[str]) -> tuple[str, Address]:
    """Who wrote, and who is to be answered: by Reply-To, unless it names us or a list set it."""
    written = [one for value in whole.all("from")[:1] for one in mailboxes(value)]
    envelope = _envelope(envelope_from)
    sender = next((one for one in written if one == envelope), written[0] if written else envelope)
    if not whole.first("list-id") and not whole.first("list-post"):
        for one in mailboxes(whole.first("reply-to")):
            if one.value not in own_addresses:
                return sender.value, one
    return sender.value, sender


def _envelope(written: str) -> Address:
    try:
        return email(written.strip("<> "))
    except BadAddress:
        return Address(AddressKind.EMAIL, "")


class _Content:
    """Sorts the parts of a letter into text and attachments, within bounds."""

    def __init__(self, limits: ParseLimits, reading: Reading, *, cautious: bool) -> None:
        self._limits = limits
        self._reading = reading
        self._cautious = cautious
        self._text = LetterText(limits.markup_chars)
        self._bytes_left = limits.attachment_bytes
        self._reports: list[bytes] = []
        self._returned: list[str] = []
        self._files_of_text: list[Entity] = []
        self.attachments: list[Attachment] = []
        self.left_out: list[str] = []

    def take(self, whole: Entity) -> None:
        """Goes through the letter, the first parts first."""
        for part, choices in self._reading.leaves(whole):
            kind = part.media_type
            disposition, details = self._reading.value_of(part.first("content-disposition"))
            name = _filename(part, details)
            if kind == "message/delivery-status":
                self._reports.append(part.content)
            elif kind in _STUBS:
                continue  # says that a mail was opened, in fields; the text beside it says so in words
            elif self._is_text(part, whole, disposition, name):
                self._text.add(_text_of(part, choices))
            else:
                if kind in ("text/plain", "text/html") or (not name and is_strict_text(part.content)):
                    self._files_of_text.append(part)
                self._attach(part, kind, name)
        if not self._text.whole().strip():  # the letter itself came as a file
            for part in self._files_of_text[:1]:
                self._text.add(_text_of(part, ()))
        if self._text.shortened:
            self.left_out.append("text")

    def text(self) -> str:
        """The letter; what is over the bound is left out of its middle."""
        text = clean(self._text.whole()).strip()
        most = self._limits.text_chars
        if len(text) <= most:
            return text
        self.left_out.append("text")
        return text[: most // 2] + text[-(most - most // 2) :]  # danger may stand at the very end

    def report(
        self, subject: str, written_by: str, envelope_from: str, domain: str, thread: tuple[str, ...]
    ) -> DeliveryReport | None:
        """What the letter says of a mail of ours."""
        text = self._text.whole()
        returned, by_a_server = is_returned(subject), is_from_a_server(written_by, envelope_from)
        named = [*self._returned, *thread, *ids_in(text)]
        ours = next((id for one in named if (id := name_in(one, domain)) is not None), "")
        found = read_report(self._reports, text, from_a_server=by_a_server or (returned and bool(ours)))
        if found is None and returned and by_a_server:
            found = DeliveryReport(failed=True, status="5.0.0")
        if found is None:
            return None
        if found.failed and not self._reports and is_late(subject):
            return DeliveryReport(failed=False)
        return replace(found, named=ours)

    def _is_text(self, part: Entity, whole: Entity, disposition: str, name: str) -> bool:
        kind = part.media_type
        if not kind.startswith("text/") or (kind in _FILES_BY_TYPE):
            return False
        return not name and (part.start == whole.start or disposition != "attachment")

    def _attach(self, part: Entity, kind: str, name: str) -> None:
        content = part.content
        if kind in ("message/rfc822", "text/rfc822-headers"):
            inner = Reading(content, Bounds()).whole()
            self._returned.extend(ids_in(inner.first("message-id"), limit=1))
        is_winmail = kind in TYPES or name.lower() == NAME
        name = name or ("message.eml" if kind == "message/rfc822" else NAME if is_winmail else _UNNAMED)
        self._keep(name, kind, content)  # itself too: what is damaged may have more in it than was found
        found = opened(content) if is_winmail and not self._cautious else None
        if found is not None:
            self._take_opened(found)

    def _take_opened(self, found: Opened) -> None:
        part = TextPart(found.text, found.is_html, flowed=False, del_space=False, choices=())
        self._text.add(part, if_new=True)
        for name, content in found.files:
            self._keep(_cleaned(name) or _UNNAMED, "application/octet-stream", content)

    def _keep(self, name: str, kind: str, content: bytes) -> None:
        if len(self.attachments) >= self._limits.attachments or len(content) > self._bytes_left:
            self.left_out.append(name)
            return
        self._bytes_left -= len(content)
        self.attachments.append(Attachment(name, kind, content))


def _text_of(part: Entity, choices: tuple[int, ...]) -> TextPart:
    content, charset = part.content, part.parameters.get("charset", "")
    is_html = part.media_type == "text/html"
    named = _META.search(content, 0, 4_000) if is_html and not charset else None
    return TextPart(
        decoded(content, named[1].decode() if named else charset),
        is_html=is_html,
        flowed=part.parameters.get("format", "").lower() == "flowed",
        del_space=part.parameters.get("delsp", "").lower() == "yes",
        choices=choices,
    )


def _filename(part: Entity, disposition: object) -> str:
    """The name of a file as a text without folders, "" for a part that has none."""
    for details, key in ((disposition, "filename"), (part.parameters, "name")):
        if isinstance(details, dict) and (written := details.get(key, "")):
            charset = details.get(f"{key}*charset")
            name = decoded(written.encode("latin-1"), charset) if charset else header_text(written)
            return _cleaned(name) or _UNNAMED
    return ""


def _cleaned(name: str) -> str:
    name = "".join(_printable(" ".join(clean(name).split())))
    return PurePosixPath(name.replace("\\", "/")).name.strip(". ")[-_NAME_CHARS:]


def _printable(name: str) -> Iterator[str]:
    """Without marks that turn the order of letters: `exe.fdp` must not look like a PDF."""
    return (char for char in name if char == " " or char.isprintable())
