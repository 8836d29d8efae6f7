"""Bytes of a mail as text, whatever their label says.

A label is a hint. Old Chinese mail programs label GBK as gb2312, us-ascii or iso-8859-1, or not at all;
gateways label what they do not know. So a label is read in every spelling that is met (`_codec`), bytes
that are surely UTF-8 are UTF-8, and where nothing fits exactly, the reading with the least damage is taken:
one bad byte must not turn a letter into other words. Codecs that are no charset of mail (punycode,
unicode_escape) cannot be called by a label.
"""

from __future__ import annotations

import binascii
import codecs
import re
from collections.abc import Iterator

_FAMILIES = {
    "gb18030": (
        "gb2312 gb231280 csgb2312 csgb231280 csiso58gb231280 isoir58 gbk xgbk csgbk gb cp936 "
        "ms936 windows936 xcp20936 xgb2312 xgbk2312 gb18030 xgb18030 gb180302000 gb180302005 "
        "gb13000 gb130001 cngb euccn xeuccn eucgb2312cn gb2312gbk chinese simplifiedchinese "
        "xmacchinesesimp 936 gbkgb2312 gbt2312 utf8gbk"
    ),
    "big5hkscs": (
        "big5 xbig5 cnbig5 xxbig5 csbig5 cp950 ms950 windows950 xwindows950 big5hkscs xbig5hkscs "
        "hkscs big5eten big5plus big5e big5uao big52003 950 xmacchinesetrad chinesetraditional "
        "big5tw big5hk"
    ),
    "hz": "hz hzgb2312 hzgb xhz",
    "cp949": (
        "ksc56011987 ksc56011989 ksc5601 xksc5601 kscs56011987 isoir149 korean euckr xeuckr "
        "cseuckr cp949 ms949 windows949 xwindows949 uhc ks c56011987 949 csksc56011987"
    ),
    "johab": "johab ms1361 cp1361",
    "cp932": (
        "shiftjis xshiftjis shiftjisx0213 sjis xsjis mskanji xmskanji csshiftjis windows31j "
        "cswindows31j cp932 ms932 windows932 xmsi932 cp943 cp943c ibm943 xmacjapanese"
    ),
    "euc_jp": "eucjp xeucjp xeuc cseucpkdfmtjapanese eucjpms cp51932 eucjpwin ujis",
    "iso2022_jp_2": (
        "iso2022jp iso2022jp1 iso2022jp2 csiso2022jp csiso2022jp2 jis cp50220 cp50221 cp50222 "
        "iso2022jpms junet"
    ),
    "iso2022_kr": "iso2022kr csiso2022kr",
    "cp874": ("tis620 tis6200 tis6202529 cp874 windows874 xwindows874 iso885911 tis620iso885911 isoir166"),
    "cp1252": (
        "iso88591 iso885911987 latin1 isolatin1 l1 csisolatin1 isoir100 cp819 ibm819 88591 cp1252 "
        "windows1252 xcp1252 ansi winlatin1 xansi iso8859"
    ),
    "ascii": "usascii ascii ansix341968 iso646us us iso646irv1991 csascii isoir6 cp367 ibm367 7bit 646",
    "utf-8": (
        "utf8 utf8mb4 utf8mb3 xutf8 unicode11utf8 unicode20utf8 cp65001 65001 windows65001 utf "
        "utf80 cesu8 xunicode20utf8 utf8bom utf8sig utf8nobom utf8n"
    ),
    "utf-7": "utf7 xutf7 unicode11utf7 csunicode11utf7 unicode20utf7 cp65000",
    "utf-16": "utf16 iso10646ucs2 ucs2 unicode csunicode utf16bom utf16ucs2 iso10646 xutf16",
    "utf-32": "utf32 iso10646ucs4 ucs4 csucs4 utf32bom",
    "mac_roman": "macintosh mac macroman xmacroman xmacintosh csmacintosh",
    "mac_cyrillic": "xmaccyrillic maccyrillic xmacukrainian",
    "mac_greek": "xmacgreek",
    "mac_turkish": "xmacturkish",
    "mac_latin2": "xmacce xmaccentraleurroman",
    "iso8859-6": "iso88596 iso88596i iso88596e arabic",
    "cp1255": "iso88598 iso88598i iso88598e hebrew logical visual csiso88598i dos862",
    "koi8_r": "koi8r koi8 xkoi8r cskoi8r",
    "koi8_u": "koi8u koi8ru xkoi8u",
    "cp1258": "tcvn viscii vps",
}
_BY_LABEL = {label: codec for codec, labels in _FAMILIES.items() for label in labels.split()}
_NO_CHARSET = frozenset(
    {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
)
_SHIFTED = frozenset({"hz", "iso2022_jp_2", "iso2022_kr", "utf-7", "utf-16", "utf-32"})
"""Not to be had by chance: pure ASCII bytes, or a zero byte in every character."""
_WINDOWS = re.compile(r"(?:x?cp|windows|win|xwindows|ms|ibm|x)(125[0-8]|437|85\d|86\d|720|737|775|866)")
_ISO = re.compile(r"(?:x?iso)?(8859)(\d{1,2})(?:\d{4})?[ie]?")
_MULTIBYTE_UTF8 = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_WORD = re.compile(r"=\?([^?\s=]{1,60})\?([bBqQ])\?([^?]*(?:\?(?!=)[^?]*){0,8})\?=")
_PRIVATE = re.compile(r"[\ue000-\uf8ff]")
_HIGH = bytes(range(128, 256))
_MOST_DAMAGE = 0.2
_SURE_BYTES = 12
_LONGEST = 8_000
"""Characters of a header that are decoded."""


def decoded(raw: bytes, charset: str | None) -> str:
    """Text of `raw`, at least with replacement marks."""
    codec = _codec(charset or "")
    for mark, wide in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if raw.startswith(mark):
            return raw.decode(wide, "replace")
    if raw.isascii() and codec not in _SHIFTED:
        codec = _escaping(raw) or ("ascii" if b"\0" not in raw else codec)
    if codec == "utf-16" and raw[1:2] != b"\0" and b"\0" not in raw[1::2]:
        codec = "utf-16-be"
    if codec == "utf-32" and raw[:1] == b"\0":
        codec = "utf-32-be"
    if codec != "utf-8" and _is_surely_utf8(
        raw, least=_SURE_BYTES if codec not in ("", "ascii", "cp1252") else 1
    ):
        return raw.decode("utf-8")
    tried = _readings(raw, codec)
    for name in tried:
        text = _strictly(raw, name)
        if text is not None:
            return text
        if name == "utf-8" and _is_nearly_utf8(raw):
            return raw.decode(name, "replace")
    return min((raw.decode(name, "replace") for name in tried), key=lambda text: text.count("\ufffd"))


def is_strict_text(raw: bytes) -> bool:
    """Whether bytes are a text as they are: UTF-8 or GB18030 without a control character."""
    text = _strictly(raw, "utf-8") or _strictly(raw, "gb18030")
    return (
        text is not None
        and _CONTROL.search(text.replace("\r\n", "\n")) is None
        and _PRIVATE.search(text) is None
    )


def header_text(value: str, *, most: int = 2_000) -> str:
    """A header as one line of text: encoded words and raw bytes decoded, control characters out.

    value: a character per byte (latin-1). At most `most` characters come back; what cannot be decoded stays
    as it is.
    """
    text = "".join(_pieces(value[:_LONGEST]))
    return " ".join(clean(text).split())[:most]


def clean(text: str) -> str:
    """Without control characters; line ends become a plain newline."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _codec(label: str) -> str:
    """The codec a label means, "" for one that nobody knows."""
    key = re.sub(r"\(.*?\)", "", label).partition("*")[0].lower()
    key = re.sub(r"[^a-z0-9]", "", key)
    if key.startswith("charset"):
        key = key.removeprefix("charset")
    if key in _BY_LABEL:
        return _BY_LABEL[key]
    windows, iso = _WINDOWS.fullmatch(key), _ISO.fullmatch(key)
    name = f"cp{windows[1]}" if windows else f"iso8859-{iso[2]}" if iso else label.strip(" \"'").lower()
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    return found.name if found._is_text_encoding and found.name not in _NO_CHARSET else ""


def _escaping(raw: bytes) -> str:
    """The charset of seven-bit bytes that switch it, whatever their label says."""
    if b"\x1b$" in raw:
        return "iso2022_kr" if b"\x1b$)C" in raw else "iso2022_jp_2"
    return ""


def _readings(raw: bytes, codec: str) -> list[str]:
    if codec in ("ascii", "cp1252") and _looks_like_gb(raw):
        codec = "gb18030"
    if codec == "ascii" and not raw.isascii():
        codec = ""
    others = [] if codec in _SHIFTED and raw.isascii() else ["utf-8", "gb18030"]
    if codec == "" and _looks_like_big5(raw):
        others = ["utf-8", "big5hkscs"]
    also = {
        "big5hkscs": ["cp950"],
        "euc_jp": ["euc_jis_2004"],
        "iso2022_jp_2": ["iso2022_jp_2004"],
        "hz": ["gb18030"],
    }
    first = [codec] if codec else []
    return list(dict.fromkeys([*first, *also.get(codec, ()), *others]))


def _strictly(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        return None


def _is_surely_utf8(raw: bytes, *, least: int) -> bool:
    """least: how many bytes above 127 make a chance impossible."""
    return len(raw) - len(raw.translate(None, _HIGH)) >= least and _strictly(raw, "utf-8") is not None


def _is_nearly_utf8(raw: bytes) -> bool:
    """UTF-8 with some damage: nearly all that is above 127 stands in sequences of UTF-8."""
    whole = len(_MULTIBYTE_UTF8.findall(raw))
    return raw.decode("utf-8", "replace").count("\ufffd") <= max(1, _MOST_DAMAGE * whole) and whole > 1


def _looks_like_gb(raw: bytes) -> bool:
    """Characters of GB2312, two high bytes each: French in latin-1 has single ones."""
    text = _strictly(raw, "gb18030")
    high = len(raw) - len(raw.translate(None, _HIGH))
    wide = sum(char > "\x7f" for char in text) if text else 0
    return wide > 0 and high >= 1.9 * wide and (wide > 1 or len(raw) <= 4)


def _looks_like_big5(raw: bytes) -> bool:
    """Common characters of Big5 (A4-C6), whose bytes give rare ones or none in GB18030."""
    if _strictly(raw, "big5hkscs") is None:
        return False
    text = _strictly(raw, "gb18030")
    if text is None:
        return True
    pairs = list(_pairs(raw))
    common_big5 = sum(0xA4 <= first <= 0xC6 or first in (0xA1, 0xA2) for first, _ in pairs)
    common_gb = sum(
        second >= 0xA1 and (0xB0 <= first <= 0xD7 or first in (0xA1, 0xA3)) for first, second in pairs
    )
    return bool(pairs) and common_big5 >= 0.9 * len(pairs) and common_gb < 0.7 * len(pairs)


def _pairs(raw: bytes) -> Iterator[tuple[int, int]]:
    at = 0
    while at + 1 < len(raw) and at < 4_000:
        if raw[at] >= 0x81:
            yield raw[at], raw[at + 1]
            at += 1
        at += 1


def _pieces(value: str) -> Iterator[str]:
    """The text between encoded words, and encoded words that stand together as one."""
    at = 0
    charset, held, digits = "", b"", ""
    for word in _WORD.finditer(value):
        between = value[at : word.start()]
        label, way, text = word[1].partition("*")[0].lower(), word[2].lower(), word[3]
        if between.strip(" \t\r\n") or label != charset:
            yield decoded(held + _word_digits(digits), charset or None)
            held, digits = b"", ""
        if between.strip(" \t\r\n") or at == 0:
            yield decoded(between.encode("latin-1", "replace"), None)
        charset, at = label, word.end()
        if way == "b":
            digits += text
            if text.endswith("=") or len(digits) % 4 == 0:  # else the next word goes on with it
                held, digits = held + _word_digits(digits), ""
        else:
            held, digits = held + _word_digits(digits) + _word_quoted(text), ""
    yield decoded(held + _word_digits(digits), charset or None)
    yield decoded(value[at:].encode("latin-1", "replace"), None)


def _word_digits(text: str) -> bytes:
    digits = re.sub(r"[^A-Za-z0-9+/]", "", text.replace("-", "+").replace("_", "/"))
    digits = digits[: len(digits) - (len(digits) % 4 == 1)]
    return binascii.a2b_base64(digits + "=" * (-len(digits) % 4))


def _word_quoted(text: str) -> bytes:
    return binascii.a2b_qp(text.encode("latin-1", "replace"), header=True)
