"""Hands a citizen's mail to the hub as the organisation's mail server would."""

from __future__ import annotations

import asyncio
import smtplib
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from hub.demo.settings import HOST, MAILBOX
from hub.runtime.clock import to_local

_PATIENCE_SECONDS = 30.0
_PAUSE_SECONDS = 0.05


async def post(
    port: int,
    *,
    sender: str,
    name: str,
    subject: str,
    text: str,
    message_id: str,
    at: int,
    reply_to: str = "",
    patience_seconds: float = _PATIENCE_SECONDS,
) -> None:
    """Returns when the hub said 250. Tries again while nobody listens or it says "later".

    Raises `OSError` or `smtplib.SMTPException` when that goes on for too long.
    """
    mail = EmailMessage()
    mail["From"] = formataddr((name, sender))
    mail["To"] = MAILBOX
    mail["Subject"] = subject
    mail["Date"] = format_datetime(to_local(at))
    mail["Message-ID"] = message_id
    if reply_to:
        mail["In-Reply-To"] = reply_to
        mail["References"] = reply_to
    mail.set_content(text)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience_seconds
    while True:
        try:
            await asyncio.to_thread(_send, port, mail)
        except (OSError, smtplib.SMTPException):
            if loop.time() > deadline:
                raise
            await asyncio.sleep(_PAUSE_SECONDS)
        else:
            return


def _send(port: int, mail: EmailMessage) -> None:
    with smtplib.SMTP(HOST, port, local_hostname="mail.example.com", timeout=15) as server:
        server.send_message(mail)
