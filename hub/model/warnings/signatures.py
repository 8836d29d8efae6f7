"""The signature matrix (签发权限): who may sign what, as a book of rules.

Rule protected: nothing is signed without a row that fits unit, event, level, area, channels and the signer's
role, and the row's written authority (授权书) holds on that day. What is shipped for warnings names no
authority: an administrator enters the paper the office was given before anybody can sign. The emergency path
asks for the row and its role, and drops the paper until the day after.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hub.model.agent import Role
from hub.model.cases.rule_book import BETWEEN_UNITS, BookKind, Row, RowProblem, RuleBook, checked_keys
from hub.model.warnings.warning import LEVEL_WORDS, NoticeTopic, SafetyNotice, Warning

ANY = "*"
NOTICE = "notice"
"""What stands for the level of a safety notice."""
COLUMNS = ("issuer", "subject", "levels", "area", "channels", "role", "authority", "valid_from", "valid_to")
SIGNERS = (Role.SUPERVISOR, Role.PUBLICITY_LEAD)
_TOPICS = frozenset(f"{NOTICE}:{topic}" for topic in NoticeTopic)
_LEVELS = frozenset({*(level.value for level in LEVEL_WORDS), NOTICE})
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be signed. subject: event code, or `notice:` and its topic. areas: administrative codes.

    day: `2026-01-31`, on which it is signed.
    """

    issuer: str
    subject: str
    level: str
    areas: tuple[str, ...]
    channels: tuple[str, ...]
    day: str


def wanted(content: Warning | SafetyNotice, channels: Iterable[str], day: str) -> Wanted:
    """What a content asks of the matrix."""
    codes = tuple(code for area in content.areas for code in area.codes)
    if isinstance(content, SafetyNotice):
        subject, level = f"{NOTICE}:{content.topic}", NOTICE
    else:
        subject, level = content.event.code, content.level.value
    return Wanted(content.unit.name, subject, level, codes, tuple(channels), day)


def fitting(rows: Iterable[Row], what: Wanted, roles: Iterable[str] | None, *, written: bool) -> Row | None:
    """The first row that fits, or None. roles: of the signer, None = of anybody. written: whether its
    authority must hold."""
    held = None if roles is None else set(roles)
    for row in rows:
        if not _fits(row, what) or (held is not None and not held & set(_split(row["role"]))):
            continue
        if not written or holds(row, what.day):
            return row
    return None


def holds(row: Row, day: str) -> bool:
    """Whether there is a written authority, and it holds on that day."""
    after_start = not row["valid_from"] or row["valid_from"] <= day
    return bool(row["authority"]) and after_start and (not row["valid_to"] or day <= row["valid_to"])


def _fits(row: Row, what: Wanted) -> bool:
    subject = row["subject"]
    channels = _split(row["channels"])
    return (
        row["issuer"] in (ANY, what.issuer)
        and (subject == ANY or what.subject.startswith(subject))
        and what.level in _split(row["levels"])
        and (not row["area"] or (bool(what.areas) and all(one.startswith(row["area"]) for one in what.areas)))
        and (not channels or set(what.channels) <= set(channels))
    )


def _split(text: str) -> list[str]:
    return [one.strip() for one in text.split(BETWEEN_UNITS) if one.strip()]


def signature_book(shipped: Iterable[Row], issuers: Iterable[str], channels: Iterable[str]) -> RuleBook:
    """See the module. issuers, channels: those that are configured."""
    known_issuers, known_channels = frozenset(issuers), frozenset(channels)

    def check(rows: Sequence[Row], _: Mapping[str, str]) -> list[RowProblem]:
        found = checked_keys(book, rows)
        for place, row in enumerate(rows):
            found += [
                RowProblem(place, field, zh, en)
                for field, zh, en in _cells(row, known_issuers, known_channels)
            ]
        return found

    book = RuleBook(
        kind=BookKind.SIGNATURES,
        columns=COLUMNS,
        needed=("issuer", "subject", "levels", "role"),
        key=("issuer", "subject", "levels", "area", "channels", "role", "valid_from"),
        check=check,
        part=lambda row: row["issuer"],
        is_statutory=lambda _: True,
        dates=("valid_from", "valid_to"),
        shipped=tuple(shipped),
    )
    return book


def _cells(row: Row, issuers: frozenset[str], channels: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    if row["issuer"] and row["issuer"] != ANY and row["issuer"] not in issuers:
        yield "issuer", "不是配置的发布单位", "is not a configured issuing unit"
    subject = row["subject"]
    if (
        subject
        and subject != ANY
        and subject not in _TOPICS
        and not re.fullmatch(r"1\d[0-9A-Z]{0,3}", subject)
    ):
        yield (
            "subject",
            "应是事件代码的开头（如 11B）、notice:fraud 等安全提示，或 *",
            "must be the start of an event code, a notice:topic, or *",
        )
    if not set(_split(row["levels"])) <= _LEVELS:
        yield (
            "levels",
            "应是 red、orange、yellow、blue、notice，多个用 | 分开",
            "must be red, orange, yellow, blue or notice",
        )
    if row["area"] and not re.fullmatch(r"\d{2}(\d\d){0,5}", row["area"]):
        yield "area", "应是行政区划代码或其前几位", "must be an administrative code or its start"
    if not set(_split(row["channels"])) <= channels:
        yield "channels", "有没有配置的渠道", "names a channel that is not configured"
    if not set(_split(row["role"])) <= {role.value for role in SIGNERS}:
        yield "role", "应是 supervisor 或 publicity_lead", "must be supervisor or publicity_lead"
    for field in ("valid_from", "valid_to"):
        if row[field] and not _DAY.fullmatch(row[field]):
            yield field, "应是日期，例如 2026-01-31", "must be a date"
    if row["valid_from"] and row["valid_to"] and row["valid_to"] < row["valid_from"]:
        yield "valid_to", "早于有效期起", "is before the start"
