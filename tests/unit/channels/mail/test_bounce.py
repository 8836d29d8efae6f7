"""What mail servers say about a mail they could not deliver, in the shapes they say it."""

from __future__ import annotations

import json

import pytest

from channels.contract import DeliveryReport
from channels.mail import frame
from channels.mail.parse import parse

DSN = """\
From: MAILER-DAEMON@mx.example.org
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <b1@mx.example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"

--=_b
Content-Type: text/plain; charset=utf-8

I could not deliver your message; see 4.9.1 of our manual.

--=_b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Arrival-Date: Mon, 30 Nov 2026 10:00:00 +0800

Final-Recipient: rfc822; nobody@example.org
{fields}

--=_b
Content-Type: text/rfc822-headers

Subject: x

--=_b--
"""


def report_of(raw: str, *, envelope_from: str = "") -> DeliveryReport | None:
    mail = parse(raw.encode(), envelope_from=envelope_from, domain="police.example")
    packed = frame.answer(mail)
    head = frame.HEAD.size
    facts_size, _ = frame.HEAD.unpack(packed[:head])
    facts = json.loads(packed[head : head + facts_size])
    again = frame.mail_of(facts, packed[head + facts_size :])
    assert again.report == mail.report  # it survives the way out of the reading process
    return mail.report


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 unknown",
            DeliveryReport(True, "5.1.1"),
        ),
        ("Action: Failed\nStatus: 4.4.7 (expired)", DeliveryReport(True, "4.4.7")),
        ("Action: failed\nDiagnostic-Code: smtp; 552 mailbox full", DeliveryReport(True, "5.2.2")),
        (
            "Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 user unknown",
            DeliveryReport(True, "5.1.1"),
        ),
        ("Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 spam", DeliveryReport(True, "5.0.0")),
        (
            "Action: failed\nStatus: 5.7.1\nDiagnostic-Code: smtp; 550 user unknown",
            DeliveryReport(True, "5.7.1"),
        ),
        ("Action: failed", DeliveryReport(True, "5.0.0")),
        ("Status: 5.2.2", DeliveryReport(True, "5.2.2")),
        ("Action: delayed\nStatus: 4.4.1", DeliveryReport(False)),
        ("Action: delivered\nStatus: 2.0.0", DeliveryReport(False)),
    ],
)
def test_a_report_says_what_became_of_the_mail(fields: str, expected: DeliveryReport) -> None:
    assert report_of(DSN.format(to="bounce@police.example", fields=fields)) == expected


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("<nobody@example.org>:\nSorry, no mailbox here by that name. (#5.1.1)", "5.1.1"),
        ("host mx.example.org[192.0.2.1] said: 550 Mailbox not found", "5.1.1"),
        ("remote server answered: 554 refused", "5.0.0"),
        ("451 try again later, giving up after 5 days", "4.0.0"),
        ("收件人邮箱地址不存在，邮件无法送达。", "5.1.1"),
        ("550 Mail content denied, see the help page", "5.0.0"),
        ("对方邮箱已满，暂时不能接收邮件。", "4.2.2"),
    ],
)
def test_a_server_that_only_writes_a_text_is_understood(text: str, status: str) -> None:
    raw = (
        f"From: postmaster@example.org\nSubject: failure\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
    )
    assert report_of(raw) == DeliveryReport(True, status)


def test_a_person_who_writes_about_codes_reports_nothing() -> None:
    raw = "From: zhang@example.org\nSubject: q\n\nI got 550 5.1.1 user unknown from you. Why?\n"
    assert report_of(raw, envelope_from="zhang@example.org") is None


@pytest.mark.parametrize("text", ["我休假了，12 月 1 日回来。", "Postfix 3.7.11, 5.14.21.2, from 192.5.2.10"])
def test_what_only_looks_like_a_code_is_none(text: str) -> None:
    raw = f"From: postmaster@example.org\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
    assert report_of(raw) is None


def test_a_report_with_a_thousand_recipients_is_bounded() -> None:
    block = "Final-Recipient: rfc822; a@example.org\nAction: delayed\n\n"
    last = "Final-Recipient: rfc822; b@example.org\nAction: failed\nStatus: 5.1.1"
    raw = DSN.format(to="x", fields="Action: delayed\n\n" + block * 1000 + last)
    assert report_of(raw) == DeliveryReport(False)
