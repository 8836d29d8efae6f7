"""Letters as programs really write them: damaged, mislabelled, cut. Each stands for a kind."""

from __future__ import annotations

import base64
import quopri

import pytest

from channels.mail.charset import decoded, header_text
from channels.mail.mailboxes import mailboxes
from channels.mail.parse import ParsedMail, ParseLimits, parse

TEXT = "井盖丢了两周，晚上走路很危险。"
B64 = base64.b64encode(TEXT.encode())


def read(*lines: bytes, limits: ParseLimits | None = None) -> ParsedMail:
    return parse(
        b"\r\n".join(lines),
        envelope_from="sun@example.org",
        domain="police.example",
        own_addresses=("desk@police.example",),
        limits=limits or ParseLimits(),
    )


FROM = b"From: Sun <sun@example.org>"
PLAIN = b"Content-Type: text/plain; charset=utf-8"
HTML = b"Content-Type: text/html; charset=utf-8"


@pytest.mark.parametrize(
    "label",
    [
        b"base64 ",
        b"BASE64;",
        b'"base64"',
        b"base64 (gateway)",
        b"(x) Base64",
        b"base-64",
        b"x-base64",
        b"",
        b"none",
    ],
)
def test_base64_is_undone_however_it_is_spelled(label: bytes) -> None:
    assert read(FROM, PLAIN, b"Content-Transfer-Encoding: " + label, b"", B64).text == TEXT


@pytest.mark.parametrize(
    "label", [b"quoted-printable\t", b"Quoted_Printable;", b"'quoted-printable'", b"QP", b""]
)
def test_quoted_printable_is_undone_however_it_is_spelled(label: bytes) -> None:
    body = quopri.encodestring(TEXT.encode())
    assert read(FROM, PLAIN, b"Content-Transfer-Encoding: " + label, b"", body).text == TEXT


def test_base64_in_pieces_with_a_footer_below_is_read_to_its_end() -> None:
    pieces = base64.b64encode("井盖丢了".encode()) + b"\r\n" + base64.b64encode("两周。".encode())
    mail = read(
        FROM, PLAIN, b"Content-Transfer-Encoding: base64", b"", pieces, b"", b"-- scanned by a gateway"
    )
    assert mail.text.startswith("井盖丢了两周。")
    assert mail.text.endswith("-- scanned by a gateway")


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("GB_2312-80", "gb18030", "龙䶮路"),
        ("x-gbk", "gb18030", TEXT),
        ("cn-big5", "big5hkscs", "我要報案。銅鑼灣軒尼詩道"),
        ("x-x-big5", "cp950", "報案"),
        ("big5", "big5hkscs", "深水埗嘅差館"),
        ("KS_C_5601-1987", "cp949", "도와주세요 똠"),
        ("MS_Kanji", "cp932", "警察①です"),
        ("x-euc-jp", "euc_jp", "警察です"),
        ("TIS-620", "cp874", "ตำรวจช่วยด้วย"),
        ("windows-874", "cp874", "ตำรวจช่วยด้วย"),
        ("CP-1251", "cp1251", "Помогите пожалуйста"),
        ("iso_8859-1:1987", "cp1252", "Où est la préfecture ?"),
        ("x-mac-roman", "mac_roman", "préfecture à côté"),
        ("ISO-8859-8-I", "cp1255", "שלום עזרה"),
        ("windows1256", "cp1256", "مرحبا"),
        ("ISO-2022-JP-MS", "iso2022_jp", "警察です"),
        ("UTF8MB4", "utf-8", TEXT),
        ("unicode-1-1-utf-7", "utf-7", TEXT),
        ("ISO-10646-UCS-2", "utf-16-be", TEXT),
        ("utf-32", "utf-32-le", TEXT),
        ("hz-gb-2312", "hz", TEXT),
        ("iso-8859-1", "gb18030", "我要报案，家里被盗"),
        ("us-ascii", "utf-8", TEXT),
        ("gb2312", "utf-8", TEXT),
        ("", "big5", "我要報案，請問怎麼辦理護照"),
        ("no-such-charset", "gb18030", TEXT),
        ("unicode_escape", "utf-8", TEXT),
    ],
)
def test_a_charset_is_read_by_any_label_and_without_a_right_one(label: str, codec: str, text: str) -> None:
    assert decoded(text.encode(codec), label) == text


@pytest.mark.parametrize(("label", "codec"), [("utf-8", "utf-8"), ("", "utf-8"), ("gbk", "gb18030")])
def test_one_bad_byte_leaves_the_other_words_as_they_are(label: str, codec: str) -> None:
    raw = TEXT.encode(codec)
    text = decoded(raw * 3 + b"\xff" + raw * 3, label)
    assert text.count(TEXT) >= 5
    assert "\ufffd" in text


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("关于 =?utf-8?B?5oi35Y+j?=", "关于 户口"),
        ("=?utf-8?B?5oi3?=   =?UTF-8?B?5Y+j?=", "户口"),
        ("=?utf-8?B?5o?= =?utf-8?B?i35Y+j?=", "户口"),
        ("Re:=?utf-8?Q?=E6=88=B7?=(2)", "Re:户(2)"),
        ("=?utf-8*zh?Q?=E6=88=B7?=", "户"),
        ("=?x-none?B?5oi35Y+j?=", "户口"),
        ("=?utf-8?Q?two words?=", "two words"),
    ],
)
@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_raw_bytes_and_encoded_words_stand_together(written: str, text: str, codec: str) -> None:
    assert header_text(written.encode(codec).decode("latin-1")) == text


@pytest.mark.parametrize(
    "written",
    [
        "boss@bank.example <sun@example.org>",
        "=?utf-8?Q?boss=40bank=2Eexample?= <sun@example.org>",
        "=?utf-8?Q?=3Cboss=40bank=2Eexample=3E?= sun@example.org",
        '"boss@bank.example" <sun@example.org>',
        '"<boss@bank.example>," <sun@example.org>',
        "sun@example.org (boss@bank.example)",
        "Boss <boss@bank.example> <sun@example.org>",
        "boss@bank.example, Sun <sun@example.org>",
        "'sun@example.org'",
        "<mailto:sun@example.org>",
        "< sun@example.org >",
        '"Sun <sun@example.org>',
        "sun@example.org;",
        '"half a"@bank.example, <sun@example.org>',
    ],
)
def test_a_name_is_never_taken_for_the_address(written: str) -> None:
    assert [one.value for one in mailboxes(written)][:1] == ["sun@example.org"]


def test_an_address_in_chinese_is_read_and_bytes_that_are_none_are_not() -> None:
    assert [one.value for one in mailboxes("张@例子.中国".encode().decode("latin-1"))] == ["张@例子.中国"]
    assert mailboxes("张@例子.中国".encode("gb18030").decode("latin-1")) == []


def test_a_letter_that_came_as_a_file_is_read_and_kept() -> None:
    mail = read(FROM, b"Content-Type: text/plain; name=letter.txt", b"", TEXT.encode())
    assert (mail.text, [file.filename for file in mail.attachments]) == (TEXT, ["letter.txt"])


def test_html_is_read_by_the_charset_it_names_itself() -> None:
    markup = '<meta http-equiv="Content-Type" content="text/html; charset=shift_jis"><p>警察です</p>'
    assert read(FROM, b"Content-Type: text/html", b"", markup.encode("cp932")).text == "警察です"


def test_doubled_line_ends_are_single_ones() -> None:
    raw = b"\r\r\n".join((FROM, PLAIN, b"", TEXT.encode()))
    assert read(raw).text == TEXT


@pytest.mark.parametrize("name", ["老张", "关羽\u3000", "一张\r\n 张"])
def test_a_raw_head_line_keeps_the_last_byte_of_a_character(name: str) -> None:
    mail = read(FROM, f"Subject: {name}".encode(), b"", b"x")
    assert mail.subject == " ".join(name.split())
    [file] = read(*multipart(b"mixed", (f"Content-Type: a/b; name={name}".encode(), b"x"))).attachments
    assert file.filename == " ".join(name.split())


def test_half_of_a_quoted_mailbox_is_nobodys_address() -> None:
    assert mailboxes('"sun li"@example.org') == []


def test_who_asks_to_be_answered_elsewhere_is_unless_it_is_us_or_a_list() -> None:
    form = b"From: noreply@forms.example"
    mail = read(form, b"Reply-To: Sun <sun@example.net>", PLAIN, b"", TEXT.encode())
    assert (mail.sender.value, mail.automatic) == ("sun@example.net", False)
    ours = read(FROM, b"Reply-To: desk@police.example", b"", b"x")
    assert ours.sender.value == "sun@example.org"
    listed = read(FROM, b"Reply-To: all@list.example", b"List-Id: <all.list.example>", b"", b"x")
    assert (listed.sender.value, listed.passed_on_by) == ("sun@example.org", "all.list.example")


@pytest.mark.parametrize(
    "header",
    [
        b"Feedback-ID: 1:qq",
        b"X-Auto-Response-Suppress: All",
        b"Auto-Submitted: no (by hand)",
        b"X-Priority: 1",
        "Subject: 自动回复功能怎么关闭".encode(),
        "Subject: 退件了怎么办".encode(),
        b"Subject: Re: Automatic reply: x",
    ],
)
def test_what_says_nothing_of_who_wrote_makes_no_machine(header: bytes) -> None:
    mail = read(FROM, header, PLAIN, b"", TEXT.encode())
    assert (mail.automatic, mail.passed_on_by) == (False, "")


@pytest.mark.parametrize(
    "header", [b"Precedence: bulk", b"Precedence: list", b"List-Unsubscribe: <https://a.example>"]
)
def test_what_a_list_passes_on_is_no_machines_letter(header: bytes) -> None:
    mail = read(FROM, header, PLAIN, b"", TEXT.encode())
    assert (mail.automatic, mail.passed_on_by) == (False, "sun@example.org")


@pytest.mark.parametrize(
    "head",
    [
        (b"\xef\xbb\xbf" + FROM, PLAIN),
        (b"", b"", FROM, PLAIN),
        (b">From sun Mon Nov 30", FROM, PLAIN),
        (FROM, b"a line that is none", PLAIN),
        (b"X-Long: aaa", b"bbb", FROM, b"Subject : s", PLAIN),
        (FROM, b"Content-Type: multipart/mixed", b""),
        (FROM, b"Content-Type: multipart/mixed; boundary=nowhere", b"", b"--real", PLAIN),
        (FROM, b'Content-Type: multipart/mixed; boundary="b "', b"", b"--b", PLAIN),
        (FROM, b"Content-Type: multipart/mixed; boundary=B", b"", b"--b", PLAIN),
        (FROM, b"Content-Type: multipart/mixed; boundary='b'", b"", b"--b", HTML),
        (FROM, b"Content-Type: application/octet-stream"),
        (FROM, b"Content-Type: application/xhtml+xml"),
        (FROM, b"Content-Type: text", b"Content-Disposition: attachment"),
        (FROM, b"Content-Type: =?utf-8?Q?text?="),
    ],
)
def test_a_damaged_head_or_boundary_hides_no_letter(head: tuple[bytes, ...]) -> None:
    mail = read(*head, b"", TEXT.encode())
    assert TEXT in mail.text
    assert "--b" not in mail.text
    assert mail.sender.value == "sun@example.org"


def multipart(kind: bytes, *parts: tuple[bytes, bytes]) -> tuple[bytes, ...]:
    lines = [FROM, b"Content-Type: multipart/" + kind + b"; boundary=b", b""]
    for head, body in parts:
        lines += [b"--b", head, b"", body]
    return (*lines, b"--b--", b"")


@pytest.mark.parametrize("kind", [b"mixed", b"related", b"alternative"])
@pytest.mark.parametrize("text_first", [True, False])
def test_html_letter_and_plain_text_that_says_something_else_are_both_read(
    kind: bytes, text_first: bool
) -> None:
    parts = [(PLAIN, "本邮件由网关扫描".encode()), (HTML, f"<p>{TEXT}</p>".encode())]
    mail = read(*multipart(kind, *(parts if text_first else reversed(parts))))
    assert TEXT in mail.text
    assert "网关" in mail.text


def test_alternatives_that_say_the_same_are_read_once_with_the_links_of_both() -> None:
    html = f'<p>{TEXT}<a href="http://fraud.example/x">银行</a></p>'.encode()
    mail = read(*multipart(b"alternative", (PLAIN, f"{TEXT}银行".encode()), (HTML, html)))
    assert mail.text == f"{TEXT}银行\n<http://fraud.example/x>"


def test_every_file_is_kept_or_named_as_left_out() -> None:
    files = [(b"Content-Disposition: attachment; filename=%d.txt" % n, b"same") for n in range(15)]
    mail = read(*multipart(b"mixed", *files))
    assert [file.filename for file in mail.attachments] == [f"{n}.txt" for n in range(15)]
    assert mail.left_out == ()
    few = read(*multipart(b"mixed", *files), limits=ParseLimits(attachments=13))
    assert few.left_out == ("13.txt", "14.txt")
    assert read(FROM, b"", b"x" * 60_000).left_out == ("text",)


@pytest.mark.parametrize(
    "head",
    [
        'Content-Disposition: attachment; filename="证据.pdf"'.encode(),
        'Content-Disposition: attachment; filename="证据.pdf"'.encode("gb18030"),
        b"Content-Disposition: attachment; filename*=gbk''%D6%A4%BE%DD.pdf",
        b"Content-Disposition: x; filename*0*=utf-8''%E8%AF; filename*1*=%81%E6%8D%AE; filename*2=.pdf",
        b"Content-Type: application/pdf; name==?gb2312?B?1qS+3S5wZGY=?=",
        'Content-Disposition: attachment; filename="C:\\Users\\a\\\u202e证据.pdf"'.encode(),
    ],
)
def test_the_name_of_a_file_is_read_and_cleaned(head: bytes) -> None:
    [file] = read(*multipart(b"mixed", (head, b"x"))).attachments
    assert file.filename == "证据.pdf"


def test_a_winmail_without_a_name_is_called_by_its_own() -> None:
    [file] = read(*multipart(b"mixed", (b"Content-Type: application/ms-tnef", b"x"))).attachments
    assert file.filename == "winmail.dat"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<table><tr><td>1380</td><td>1234</td></tr></table>", "1380\t1234"),
        ('<a href="http://fraud.example">银行</a>', "银行 <http://fraud.example>"),
        ('<a href="http://a.example/b">http://a.example/b</a>', "http://a.example/b"),
        ("<pre>一\n  二</pre>", "一\n  二".replace("  ", "")),
        ('<div style="white-space: pre-wrap">一\n二</div>三', "一\n二\n三"),
        ('<div style="display:none">x<div>y</div>z</div>一', "一"),
        ('<div style="display:none">一', "一"),
    ],
)
def test_html_loses_nothing_that_means_something(markup: str, text: str) -> None:
    assert read(FROM, HTML, b"", markup.encode()).text == text


def test_flowing_lines_are_joined_and_a_quotation_stays_apart() -> None:
    flowed = b"Content-Type: text/plain; format=flowed"
    assert read(FROM, flowed, b"", b"one ", b"two", b"> three ", b"> four", b"-- ", b"me").text == (
        "one two\n> three four\n-- \nme"
    )


def test_a_letter_about_a_boundary_is_a_letter() -> None:
    assert read(FROM, PLAIN, b"", b"the boundary stone " * 500).text.count("boundary") == 500


def report(*head: bytes, text: bytes = b"") -> ParsedMail:
    ours = b"Message-ID: <01k5q9w0000000000000000000@police.example>"
    return read(*head, b"", text, b"", b"----- original -----", ours)


@pytest.mark.parametrize(
    ("head", "text", "status"),
    [
        ((b"From: MAILER-DAEMON@example.org",), b"550 5.1.1 user unknown", "5.1.1"),
        ((b"From: Postmaster@qq.com", "Subject: 系统退信".encode()), "收件人不存在".encode(), "5.1.1"),
        ((b"From: x@163.com", "Subject: 来自 163.com 的退信".encode()), b"552 5.2.2 mailbox full", "5.2.2"),
        ((b"From: MicrosoftExchange1@example.org", b"Subject: Undeliverable: re"), b"it failed", "5.0.0"),
    ],
)
def test_a_report_without_its_form_names_our_mail(head: tuple[bytes, ...], text: bytes, status: str) -> None:
    mail = report(*head, text=text)
    assert mail.report is not None
    assert (mail.report.failed, mail.report.status, mail.automatic) == (True, status, True)
    assert mail.report.named == "01k5q9w0000000000000000000"
