"""What really left, as the played carrier and mail server wrote it down before they answered."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from email import message_from_string
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from hub.demo.folder import DemoFolder


@dataclass(frozen=True, slots=True)
class TextTaken:
    """A text as it was whole on a handset."""

    recipient: str
    text: str


@dataclass(frozen=True, slots=True)
class MailTaken:
    """A mail the server took."""

    recipients: tuple[str, ...]
    mail: EmailMessage

    @property
    def text(self) -> str:
        """Its plain text."""
        part = self.mail.get_body(("plain",))
        return str(part.get_content()) if part is not None else ""


class Journals:
    """The journals of one demo folder, from the moment this was made."""

    def __init__(self, folder: DemoFolder) -> None:
        self._texts = folder.texts
        self._mails = folder.mails
        self._texts_before = len(_lines(self._texts))
        self._mails_before = len(_lines(self._mails))

    def texts(self, number: str = "") -> list[TextTaken]:
        """Texts taken so far, to one number or to all."""
        found = [
            TextTaken(line["recipient"], line["text"]) for line in _lines(self._texts)[self._texts_before :]
        ]
        return [text for text in found if number in ("", text.recipient)]

    def mails(self, address: str) -> list[MailTaken]:
        """Mails taken so far for one address."""
        found = [
            MailTaken(tuple(line["to"]), message_from_string(line["raw"], policy=default))
            for line in _lines(self._mails)[self._mails_before :]
        ]
        return [mail for mail in found if address in mail.recipients]

    def mailed_twice(self) -> list[str]:
        """Mails the server took more than once, by our id."""
        seen = Counter(
            str(message_from_string(line["raw"], policy=default)["Message-ID"]).strip("<>").partition("@")[0]
            for line in _lines(self._mails)[self._mails_before :]
        )
        return [id for id, times in seen.items() if times > 1]


def doubled(
    taken: Iterable[TextTaken], meant: Iterable[Mapping[str, str]], unsure: Collection[str]
) -> list[str]:
    """Texts that a handset showed more often than the outbox has rows (id, to, text) for them, but for those
    of which a row is unsure: the end of the number, how often and of how many.

    A gateway is not told our ids, so texts are counted by number and words.
    """
    rows: dict[tuple[str, str], list[str]] = {}
    for row in meant:
        rows.setdefault((row["to"], row["text"]), []).append(row["id"])
    found = []
    for (to, words), times in Counter((text.recipient, text.text) for text in taken).items():
        ids = rows.get((to, words), [])
        if times > len(ids) and not any(id in unsure for id in ids):
            found.append(f"{to[-4:]} {times}/{len(ids)}")
    return found


def _lines(path: Path) -> list[dict[str, Any]]:
    """Whole lines only: the last one may be just being written."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in text.split("\n")[:-1] if line]
