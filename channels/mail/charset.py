"""Bytes of a mail as text, whatever their label says.

Old Chinese mail programs label GBK as gb2312 or us-ascii, or not at all. Only charsets of mail are
tried: Python knows codecs (punycode, for one) that a label must not be able to call.
"""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.header import decode_header

_CHINESE = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030"}
_KNOWN = re.compile(
    r"utf-?8|utf-?16(?:le|be)?|us-ascii|gb18030|big5(?:-?hkscs)?|hz(?:-gb-2312)?|iso-8859-\d{1,2}"
    r"|windows-125\d|koi8-[ru]|euc-(?:jp|kr)|shift_jis|iso-2022-(?:jp|kr)"
)
_LONGEST = 8_000
"""Characters of a header that are decoded: the library looks for the end of every encoded word anew."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def decoded(raw: bytes, charset: str | None) -> str:
    """Text of `raw`: as labelled, else UTF-8, else GB18030, else with replacement marks."""
    label = (charset or "").strip().strip("\"'").lower()
    label = _CHINESE.get(label, label)
    tried = ([label] if _KNOWN.fullmatch(label) else []) + ["utf-8", "gb18030"]
    for name in tried:
        try:
            return raw.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("utf-8", "replace")


def header_text(value: str) -> str:
    """A header as one line of text: encoded words and raw bytes decoded, control characters out.

    value: as the parser gives it, bytes above 127 as lone surrogates. At most 2,000 characters come back;
    what cannot be decoded stays as it is.
    """
    plain = decoded(value[:_LONGEST].encode("utf-8", "surrogateescape"), None)
    try:
        words = decode_header(plain)
    except (HeaderParseError, ValueError, LookupError, TypeError):
        words = [(plain, None)]
    text = "".join(word if isinstance(word, str) else decoded(word, charset) for word, charset in words)
    return " ".join(clean(text).split())[:2000]


def clean(text: str) -> str:
    """Without control characters; line ends become a plain newline."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
