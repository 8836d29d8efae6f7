"""Reading what arrives: old charsets, HTML only, bombs, machines."""

from __future__ import annotations

import base64
import time
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.address import Address, AddressKind
from channels.mail.html import html_to_text
from channels.mail.parse import ParsedMail, ParseLimits, parse

DOMAIN = "police.example"
OURS = "desk@police.example"
TEXT = "我的身份证丢了，怎么补办？"


def read(
    raw: bytes, *, envelope_from: str = "zhang@example.org", limits: ParseLimits | None = None
) -> ParsedMail:
    return parse(
        raw,
        envelope_from=envelope_from,
        domain=DOMAIN,
        own_addresses=(OURS,),
        limits=limits or ParseLimits(),
    )


def a_mail(*headers: str, body: bytes = b"hello") -> bytes:
    lines = [
        "From: Zhang <Zhang@Example.org>",
        "To: desk@police.example",
        "Message-ID: <m1@example.org>",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def test_a_plain_letter() -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Message-ID"] = (
        "张三 <zhang@example.org>",
        "补办身份证",
        "<m1@example.org>",
    )
    mail["In-Reply-To"], mail["References"] = "<r2@police.example>", "<r1@police.example> <r2@police.example>"
    mail.set_content(TEXT)
    letter = read(mail.as_bytes())
    assert letter.sender == Address(AddressKind.EMAIL, "zhang@example.org")
    assert (letter.id, letter.subject, letter.text) == ("<m1@example.org>", "补办身份证", TEXT)
    assert letter.thread == ("<r2@police.example>", "<r1@police.example>")
    assert not letter.automatic
    assert not letter.shortened


@pytest.mark.parametrize("label", ["gb2312", "us-ascii", "x-unknown", "utf-8", "punycode", '"GBK"'])
def test_gbk_is_read_whatever_its_label_says(label: str) -> None:
    letter = read(a_mail(f"Content-Type: text/plain; charset={label}", body=TEXT.encode("gb18030")))
    assert letter.text == TEXT


def test_raw_gbk_in_a_subject_is_read() -> None:
    raw = a_mail("Subject: @", body=b"x").replace(b"@\r\n\r\n", "求助".encode("gb18030") + b"\r\n\r\n")
    assert read(raw).subject == "求助"


def test_an_encoded_subject_cannot_bring_a_line_end() -> None:
    word = base64.b64encode(b"hi\r\nBcc: spy@example.org").decode()
    assert read(a_mail(f"Subject: =?utf-8?b?{word}?=")).subject == "hi Bcc: spy@example.org"


def test_a_mail_of_html_only_becomes_text() -> None:
    html = (
        "<html><head><style>p{color:red}</style><title>x</title></head><body><p>您好&nbsp;警官</p>"
        "<script>alert(1)</script><div>第一行<br>第二行</div></body></html>"
    )
    letter = read(a_mail("Content-Type: text/html; charset=utf-8", body=html.encode()))
    assert letter.text == "您好 警官\n\n第一行\n第二行"


def test_plain_text_is_preferred_to_its_html_twin() -> None:
    mail = EmailMessage()
    mail["From"] = "zhang@example.org"
    mail.set_content("The same *words*")
    mail.add_alternative("<p>The same <b>words</b></p>", subtype="html")
    assert read(mail.as_bytes()).text == "The same *words*"


def test_attachments_come_with_a_safe_name_and_within_bounds() -> None:
    mail = EmailMessage()
    mail["From"] = "zhang@example.org"
    mail.set_content("see attached")
    for number in range(4):
        mail.add_attachment(b"x" * 100, maintype="image", subtype="png", filename=f"../../照片{number}.png")
    letter = read(mail.as_bytes(), limits=ParseLimits(attachments=3, attachment_bytes=250))
    assert [a.filename for a in letter.attachments] == ["照片0.png", "照片1.png"]
    assert letter.attachments[0].content == b"x" * 100
    assert letter.shortened


def test_a_forwarded_mail_is_one_attachment() -> None:
    inner, mail = EmailMessage(), EmailMessage()
    inner["Subject"] = "inner"
    inner.set_content("inner text")
    mail["From"] = "zhang@example.org"
    mail.set_content("please look")
    mail.add_attachment(inner)
    letter = read(mail.as_bytes())
    assert letter.text == "please look"
    assert b"inner text" in letter.attachments[0].content


def test_a_mail_without_an_id_is_known_by_its_digest() -> None:
    raw = a_mail().replace(b"Message-ID: <m1@example.org>\r\n", b"")
    assert read(raw).id == read(raw).id
    assert read(raw).id.startswith("sha256:")
    assert read(raw).id != read(raw + b"!").id


def test_a_thousand_parts_cost_little_and_say_so() -> None:
    body = b"--b\r\nContent-Type: text/plain\r\n\r\npart\r\n" * 1000 + b"--b--\r\n"
    started = time.perf_counter()
    letter = read(a_mail("Content-Type: multipart/mixed; boundary=b", body=body))
    assert time.perf_counter() - started < 2
    assert letter.shortened
    assert letter.text.count("part") == 200


def test_parts_nested_a_thousand_deep_cost_little() -> None:
    body = b"".join(
        b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (n, n + 1) for n in range(1000)
    )
    started = time.process_time()
    letter = read(a_mail("Content-Type: multipart/mixed; boundary=b0", body=body + b"letter"))
    assert time.process_time() - started < 2
    assert "letter" in letter.text


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied (vacation)",
        "Auto-Submitted: auto-generated",
        "Auto-Submitted: (a comment) Auto-Replied",
        "X-Autoreply: yes",
        "X-Autorespond: holiday",
        "X-Autoreply-From: zhang@example.org",
        "Precedence: auto_reply",
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=x",
        "Subject: 自动回复: 您的来信",
        "Subject: 自動回覆：收到",
        "Subject: Automatic reply: absent",
        "Subject: Out of Office: until Monday",
        "Return-Path: <>",
        "X-Loop: desk@police.example",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=x",
    ],
)
def test_a_machine_is_recognised_by_its_headers(header: str) -> None:
    assert read(a_mail(header)).automatic


def test_a_bounce_our_own_mail_and_a_circling_mail_are_machines() -> None:
    assert read(a_mail(), envelope_from="").automatic
    ours = a_mail().replace(b"<m1@example.org>", b"<01k5q9w0000000000000000000@police.example>")
    assert read(ours).automatic
    assert read(a_mail().replace(b"Zhang@Example.org", b"MAILER-DAEMON@example.org")).automatic
    assert read(a_mail(*["Received: from a by b"] * 31)).automatic


def test_a_colleague_of_the_same_domain_is_no_machine() -> None:
    raw = a_mail("Auto-Submitted: no").replace(b"<m1@example.org>", b"<20260301.1234@police.example>")
    assert not read(raw).automatic


def test_a_letter_without_a_readable_sender_is_kept_and_never_answered() -> None:
    letter = read(a_mail().replace(b"Zhang <Zhang@Example.org>", b"nobody"), envelope_from="x")
    assert (letter.sender.value, letter.automatic) == ("", True)


@given(st.binary(max_size=600))
def test_whatever_comes_is_read_or_refused(garbage: bytes) -> None:
    for raw in (garbage, a_mail("Content-Type: multipart/mixed; boundary=b", body=garbage)):
        letter = read(raw)
        assert letter.id
        letter.text.encode()
        letter.subject.encode()


@given(st.text(alphabet="<>/!-pbrdivscripthead &;#x\"'=一", max_size=200))
def test_any_markup_becomes_text(markup: str) -> None:
    html_to_text(markup).encode()


HTML = "Content-Type: text/html"
FILENAMES = b"".join(b" filename*%d*=a;\r\n" % number for number in range(60_000))


@pytest.mark.parametrize(
    "raw",
    [
        a_mail(HTML, body=b"<a b='" * 40_000 + b"<p>letter"),
        a_mail(HTML, body=b"<a b=''" * 40_000 + b"<p>letter"),
        a_mail(HTML, body=b"<title>" * 40_000 + b"</head>" * 40_000 + b"<body>letter"),
        a_mail(HTML, body=b"<!--" * 100_000 + b"letter"),
        a_mail(HTML, body=b"<" * 400_000 + b" letter"),
        a_mail(HTML, body=b"&#" + b"9" * 100_000 + b"; letter"),
        b"X: y\r\n" * 400_000 + b"\r\nletter",
        b"Subject: " + b"=?a?q?x " * 300_000 + b"\r\n\r\nletter",
        b"Content-Type: text/plain;\r\n" + FILENAMES + b"\r\nletter",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nletter\r\n"
        b"--b\r\nContent-Disposition: attachment;\r\n" + FILENAMES + b"\r\nx\r\n--b--\r\n",
    ],
    ids=[
        "open values",
        "empty values",
        "open parts",
        "open comments",
        "openings",
        "a long number",
        "many headers",
        "open encoded words",
        "many parameters",
        "many parameters of a part",
    ],
)
def test_what_is_made_to_take_long_is_read_in_linear_time(raw: bytes) -> None:
    started = time.process_time()
    letter = read(raw)
    assert time.process_time() - started < 4
    assert "letter" in letter.text


def test_a_sender_in_500_brackets_is_read_all_the_same() -> None:
    raw = a_mail().replace(b"From: Zhang", b"From: " + b"(" * 500)
    assert read(raw, envelope_from="other@example.org").sender.value == "zhang@example.org"


def test_a_greater_sign_in_a_value_ends_no_tag_and_a_smaller_sign_is_text() -> None:
    assert html_to_text("<p title='a > b'>1 < 2</p><script>if (a < b) '<p>'</script>3") == "1 < 2\n3"
