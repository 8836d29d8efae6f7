"""What nobody could confirm of the 12379 interface, as settings (docs/warnings.md).

The profile is built from public code, to be confirmed with the platform: no claim that it is any standard's.
Each choice is read in both forms where both were seen; a setting says only which one is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from channels.outbox.delivery import WarningLevel
from hub.runtime.clock import to_local

GRADES: Mapping[WarningLevel, str] = {
    WarningLevel.RED: "I级/特别重大",
    WarningLevel.ORANGE: "II级/重大",
    WarningLevel.YELLOW: "III级/较大",
    WarningLevel.BLUE: "IV级/一般",
}
IDENTIFIER = re.compile(r"(?P<sender>\d{14}|\d{11})_(?P<at>\d{14})(?:_(?P<number>\d))?")
_ROMAN = str.maketrans({"Ⅰ": "I", "Ⅱ": "II", "Ⅲ": "III", "Ⅳ": "IV"})


class PairOrder(StrEnum):
    """In which order the two numbers of a point stand."""

    LONGITUDE_FIRST = "longitude_first"
    LATITUDE_FIRST = "latitude_first"


class SenderName(StrEnum):
    """What senderName says."""

    OFFICER = "officer"  # the signing officer
    UNIT = "unit"
    BOTH = "both"  # the unit, a blank, the officer


class SendTime(StrEnum):
    """What sendTime says; effective is the release."""

    RELEASED = "released"
    SIGNED = "signed"  # the approval, where there was one before the release


@dataclass(frozen=True, slots=True)
class Profile:
    """How documents are written.

    namespace: "" or `http://com.icss.amp`; both are read. serial: whether an
    identifier ends in `_N`, 31 characters instead of 29. sender_digits: 14 or 11. upper_levels: RED for Red.
    empty_elements: optional elements without content are written empty. repeat_description: an empty text
    of a method is written as the description. with_phone: the mobile of the issuer is written.
    groups: audience groups by method, e.g. `G-T1`. test_groups: those of tests, which reach nobody else.
    headline_grade: `[II级/重大]` behind a headline. update_verb: in headlines of updates.
    security: of secClassification.
    """

    namespace: str = ""
    serial: bool = False
    sender_digits: int = 14
    upper_levels: bool = False
    pair_order: PairOrder = PairOrder.LONGITUDE_FIRST
    sender_name: SenderName = SenderName.BOTH
    send_time: SendTime = SendTime.RELEASED
    empty_elements: bool = True
    repeat_description: bool = False
    with_phone: bool = False
    headline_grade: bool = False
    update_verb: str = "更新"
    security: str = "None"
    language: str = "zh-CN"
    event_scheme: str = "GJYJ2018"
    methods: tuple[str, ...] = ("SMS", "WEB")
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    test_groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def identifier(sender: str, entered_at: int, *, serial: int | None) -> str:
    """`99010099900000_20270105063012`, and `_N` behind it where the profile has one (0–9)."""
    stem = f"{sender}_{to_local(entered_at).strftime('%Y%m%d%H%M%S')}"
    return stem if serial is None else f"{stem}_{serial}"


def file_name(sender: str, at: int, event: str, level: WarningLevel, kind: str) -> str:
    """`…_20270105063012_11B21_YELLOW_ALERT.xml`. Its time and that of the identifier are never compared."""
    return f"{sender}_{to_local(at).strftime('%Y%m%d%H%M%S')}_{event}_{level.upper()}_{kind.upper()}.xml"


def without_grade(headline: str) -> str:
    """A headline less its grade, however it is written: `[Ⅲ级/较重]`, `【II级】`, `（Ⅱ级/重大）`."""
    plain = headline.translate(_ROMAN)
    return re.sub(r"\s*[\[【（(]\s*I{0,3}V?\s*级[^\]】）)]*[\]】）)]\s*$", "", plain)
