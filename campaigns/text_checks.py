"""What a text holds that a text of the police should not, found by its shape: links, numbers, years.

Rules protected: an identity or card number never leaves in a text to many; a link whose end nobody can see
does not either. Everything else is told to the writer and to who approves, with its reason. Spellings are
folded first (full width, blanks within numbers), so that nothing passes by being typed differently.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator

from campaigns.finding import Finding, Level

SHORT_HOSTS = frozenset(
    {
        *("t.cn", "url.cn", "dwz.cn", "dwz.win", "suo.im", "mrw.so", "sourl.cn", "u.nu", "985.so", "rrd.me"),
        *("bit.ly", "tinyurl.com", "goo.gl", "t.co", "is.gd", "ow.ly", "cutt.ly", "rebrand.ly", "s.id"),
        *("k.jd.com", "m.tb.cn", "c.tb.cn", "t.hk.uy", "0x9.me", "x.co", "w.url.cn"),
    }
)
"""Services that hide where a link ends."""

KNOWN_NUMBERS = frozenset(
    {
        *("110", "119", "120", "122", "999", "12110", "12389", "12123", "12345", "12337", "12348", "12309"),
        *("12368", "12388", "12315", "12321", "12377", "12338", "12355", "12367", "12379", "12395", "96110"),
    }
)
"""Public lines every citizen may be told to call."""

IDENTITY = "含有身份证号码，不能群发"
SHORT_LINK = "短链接 %(link)s 看不出指向哪里，请写完整网址"
HIDDEN_LINK = "链接 %(link)s 用数字地址或带“@”，容易被当成钓鱼网址，请改用域名"
PLAIN_LINK = "链接 %(link)s 不是 https 网址，请确认"
UNKNOWN_LINK = "链接 %(link)s 不在本单位认可的网站之内，请确认"
MOBILE = "含有手机号码 %(number)s，请改用公开的服务电话，或确认可以公开"
UNKNOWN_NUMBER = "电话 %(number)s 不在本单位认可的号码之内，请确认没有写错"
OLD_YEAR = "文字里写着 %(year)s 年，请确认不是往年的内容"
CARD = "含有银行卡号，不能群发"

_LINK = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.]*://)?(?P<user>[a-z0-9._~%:-]+@)?"
    r"(?P<host>(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,18}|\d{1,3}(?:\.\d{1,3}){3})"
    r"(?P<rest>(?::\d+)?(?:[/?#][A-Za-z0-9/?#@&=%+:$*._~-]*)?)",
    re.IGNORECASE,
)
_IDENTITY = re.compile(
    r"(?<![0-9A-Za-z])[1-9]\d{5}[ -]?"
    r"(?:(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ -]?\d{3}[\dXx]"
    r"|\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3})(?![0-9A-Za-z])"
)
_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){14,18}(?!\d)")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?(1[3-9]\d[ -]?\d{4}[ -]?\d{4})(?!\d)")
_OTHERS = (
    re.compile(r"(?<![\d-])(0\d{2,3}[ -]?\d{7,8})(?!\d)"),
    re.compile(r"(?<!\d)([48]00[ -]?\d{3}[ -]?\d{4})(?!\d)"),
    re.compile(r"(?<![\d.:-])(1[0-2]\d{3}|9[56]\d{3,4})(?![\d.:%]|[ ]?[年月日元件人起个次名万余])"),
    re.compile(r"(?:拨打|致电|拨)[^\d。，]{0,4}(1\d\d)(?!\d)"),
)
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?=年)")


def check_text(
    field: str, text: str, *, year: int, hosts: Collection[str] = (), numbers: Collection[str] = ()
) -> tuple[Finding, ...]:
    """Every finding of one text, the heaviest first. year: the present one.

    hosts: names of sites of the office and its partners; those below them count as well.
    numbers: public numbers besides `KNOWN_NUMBERS`, digits only.
    """
    rest = unicodedata.normalize("NFKC", text)
    found: list[Finding] = []

    def taken(pattern: re.Pattern[str], judge: Callable[[re.Match[str]], Finding | None]) -> None:
        """Judges every match and takes it out, so that nothing is found twice."""
        nonlocal rest

        def one(match: re.Match[str]) -> str:
            finding = judge(match)
            if finding is None:
                return match.group()
            found.append(finding)
            return "\n"

        rest = pattern.sub(one, rest)

    for finding in _links(field, rest, hosts):
        found.append(finding)
    rest = _LINK.sub("\n", rest)
    taken(_IDENTITY, lambda _: Finding(field, Level.BLOCK, IDENTITY))
    taken(_CARD, lambda match: _card(field, match.group()))
    known = KNOWN_NUMBERS | {_digits(number) for number in numbers}
    taken(_MOBILE, lambda match: _number(field, match.group(1), known, MOBILE))
    for pattern in _OTHERS:
        taken(pattern, lambda match: _number(field, match.group(1), known, UNKNOWN_NUMBER))
    for match in _YEAR.finditer(rest):
        if int(match.group()) < year:
            found.append(Finding(field, Level.WARN, OLD_YEAR, {"year": match.group()}))
    order = list(Level)
    return tuple(sorted(_once(found), key=lambda one: order.index(one.level)))


def _links(field: str, text: str, hosts: Collection[str]) -> Iterator[Finding]:
    for match in _LINK.finditer(text):
        host, scheme = match["host"].lower(), (match["scheme"] or "").lower()
        if match["user"] and not scheme:
            continue  # a mail address
        values = {"link": match.group()}
        if _is_in(host, SHORT_HOSTS):
            yield Finding(field, Level.BLOCK, SHORT_LINK, values)
            continue
        if match["user"] or host[-1].isdigit():
            if scheme or match["rest"]:
                yield Finding(field, Level.BLOCK, HIDDEN_LINK, values)
            continue
        if scheme and scheme != "https://":
            yield Finding(field, Level.WARN, PLAIN_LINK, values)
        if not _is_in(host, hosts):
            yield Finding(field, Level.WARN, UNKNOWN_LINK, values)


def _is_in(host: str, hosts: Collection[str]) -> bool:
    names = host.removeprefix("www.").split(".")
    return any(".".join(names[place:]) in hosts for place in range(len(names)))


def _card(field: str, written: str) -> Finding | None:
    digits = [int(digit) for digit in _digits(written)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    if (sum(digits[-1::-2]) + sum(doubled)) % 10:
        return None
    return Finding(field, Level.BLOCK, CARD)


def _number(field: str, written: str, known: Collection[str], text: str) -> Finding | None:
    digits = _digits(written)
    return None if digits in known else Finding(field, Level.WARN, text, {"number": written.strip()})


def _digits(written: str) -> str:
    return re.sub(r"\D", "", written)


def _once(found: list[Finding]) -> list[Finding]:
    return [one for place, one in enumerate(found) if one not in found[:place]]
