"""Between the hub and the process that reads letters: JSON and bytes behind their lengths, on pipes.

What comes back is data, whatever became of the process: it is never unpickled.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

from channels.address import Address, AddressKind
from channels.contract import Attachment, DeliveryReport
from channels.mail.parse import ParsedMail, ParseLimits

HEAD = struct.Struct(">IQ")
"""Length of the JSON, length of the bytes behind it."""

NO_MEMORY = 12
"""The exit code of a process that a letter asked too much memory of."""

READY: Mapping[str, Any] = {"ready": True}


def packed(facts: Mapping[str, Any], content: bytes = b"") -> bytes:
    """One request or answer."""
    text = json.dumps(facts).encode()
    return HEAD.pack(len(text), len(content)) + text + content


def request(
    raw: bytes,
    *,
    envelope_from: str,
    domain: str,
    own_addresses: Collection[str],
    limits: ParseLimits,
    cautious: bool = False,
) -> bytes:
    """A letter to read; the facts are the parameters of `channels/mail/parse.py:parse`."""
    facts = {
        "envelope_from": envelope_from,
        "domain": domain,
        "own_addresses": sorted(own_addresses),
        "limits": asdict(limits),
        "cautious": cautious,
    }
    return packed(facts, raw)


def arguments(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of `parse` out of the facts of a `request`."""
    return {**facts, "limits": ParseLimits(**facts.get("limits", {}))}


def answer(mail: ParsedMail) -> bytes:
    """A letter that was read."""
    facts = {
        "id": mail.id,
        "sender": mail.sender.value,
        "subject": mail.subject,
        "text": mail.text,
        "thread": mail.thread,
        "files": [(file.filename, file.media_type, len(file.content)) for file in mail.attachments],
        "automatic": mail.automatic,
        "left_out": mail.left_out,
        "passed_on_by": mail.passed_on_by,
        "report": [mail.report.failed, mail.report.status, mail.report.named] if mail.report else None,
    }
    return packed(facts, b"".join(file.content for file in mail.attachments))


def mail_of(facts: Mapping[str, Any], content: bytes) -> ParsedMail:
    """The letter of an `answer`. Raises `KeyError`, `TypeError`, `ValueError` when it is none."""
    attachments = []
    at = 0
    for filename, media_type, size in facts["files"]:
        attachments.append(Attachment(filename, media_type, content[at : at + size]))
        at += size
    return ParsedMail(
        id=facts["id"],
        sender=Address(AddressKind.EMAIL, facts["sender"]),
        subject=facts["subject"],
        text=facts["text"],
        thread=tuple(facts["thread"]),
        attachments=tuple(attachments),
        automatic=facts["automatic"],
        left_out=tuple(facts["left_out"]),
        passed_on_by=facts["passed_on_by"],
        report=DeliveryReport(*facts["report"]) if facts["report"] else None,
    )
