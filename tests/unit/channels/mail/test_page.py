"""A mail as plain text and as a page: the same words, nothing of a text becomes markup."""

from __future__ import annotations

import dataclasses
from email.message import EmailMessage
from html import unescape

from channels.address import email
from channels.contract import OutboundMessage
from channels.mail.html import html_to_text
from channels.mail.outgoing import MailSender, MailSenderSettings
from channels.mail.page import page_of
from channels.signed_id import SignedIds
from hub.runtime.clock import FakeClock

TEXT = "您好：\n一<b>二</b> & 三，请看 https://a.gov.cn/b?c=1&d=2。\n\n再见"
MAIL = OutboundMessage("0" * 26, 1, "mail", email("li@example.com"), TEXT, "提醒 <一>", bulk=True, page=True)


def composed(message: OutboundMessage) -> EmailMessage:
    settings = MailSenderSettings(
        "mail", "127.0.0.1", 25, "hub@example.gov.cn", public_url="https://hub.example.gov.cn"
    )
    return MailSender(settings, FakeClock(0), signed_ids=SignedIds(b"k" * 32)).compose(message)


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_both_say_the_same_and_how_to_refuse() -> None:
    mail = composed(MAIL)
    assert mail.get_content_type() == "multipart/alternative"
    plain, page = body(mail, "plain"), body(mail, "html")
    assert plain.startswith(TEXT)
    assert "".join(html_to_text(page).split()).endswith("".join(plain.replace("\n--\n", "").split()))
    url = "https://hub.example.gov.cn/unsubscribe/" + "0" * 26
    assert url in plain
    assert f'<a href="{url}' in page


def test_nothing_of_a_text_becomes_markup_and_a_link_ends_before_the_sentence_does() -> None:
    page = page_of(TEXT, "提醒 <一>")
    assert "<b>" not in page
    assert "<i>" not in page_of("<i>甲</i> https://a.cn/ <i>", "t")
    assert "<title>提醒 &lt;一&gt;</title>" in page
    assert '<a href="https://a.gov.cn/b?c=1&amp;d=2">https://a.gov.cn/b?c=1&amp;d=2</a>。' in page
    assert page.count("<p>") == 3
    assert 'href="https://x.cn/"' in page_of('https://x.cn/"onload=alert(1)', "t")
    assert unescape(page).count("https://a.gov.cn/b?c=1&d=2") == 2


def test_an_answer_stays_plain() -> None:
    mail = composed(dataclasses.replace(MAIL, page=False, bulk=False))
    assert mail.get_content_type() == "text/plain"
