"""How a warning or a notice leaves: class, level, night, opt-out subject; and which events may have a colour.

Each rule is a row of configuration that names its legal basis, so that the composer can say why a colour is
offered or not. Lane and hours follow from class and level where every message has them
(`channels/outbox/quiet_hours.py`); this table does not repeat them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from campaigns.said import Said
from channels.outbox.delivery import MessageClass, WarningLevel
from channels.outbox.suppression import SAFETY, WARNING
from hub.model.warnings.events import EventClass
from hub.model.warnings.warning import LEVEL_WORDS, SafetyNotice, Warning


class Night(StrEnum):
    """What the quiet hours do to it. The value is what configuration says."""

    ALWAYS = "always"  # it never waits
    BY_RIGHT = "by_right"  # waits, unless somebody with the right to approve E0 releases it for the night
    NEVER = "never"  # always waits


@dataclass(frozen=True, slots=True)
class Leaving:
    """One row. subject: what an opt-out of it is called."""

    message_class: MessageClass
    level: WarningLevel
    night: Night
    subject: str
    legal_basis: str


NO_COLOUR = (
    "安全提示不分颜色：法律只为自然灾害、事故灾难和公共卫生事件规定了预警级别（突发事件应对法第六十三条）"
)
_ART_63 = "突发事件应对法第六十三条"
SHIPPED: Mapping[str, Leaving] = {
    "red": Leaving(MessageClass.E0, WarningLevel.RED, Night.ALWAYS, WARNING, _ART_63),
    "orange": Leaving(MessageClass.E0, WarningLevel.ORANGE, Night.ALWAYS, WARNING, _ART_63),
    "yellow": Leaving(MessageClass.E1, WarningLevel.YELLOW, Night.BY_RIGHT, WARNING, _ART_63),
    "blue": Leaving(MessageClass.E1, WarningLevel.BLUE, Night.NEVER, WARNING, _ART_63),
    "urgent_notice": Leaving(
        MessageClass.E1,
        WarningLevel.NONE,
        Night.BY_RIGHT,
        SAFETY,
        "人民警察法第六条",
    ),
    "notice": Leaving(MessageClass.N, WarningLevel.NONE, Night.NEVER, SAFETY, "人民警察法第六条"),
}
"""What holds unless configuration says otherwise (decisions 1)."""


@dataclass(frozen=True, slots=True)
class ColourRule:
    """Whether events of a class may have a colour. legal_basis: of the yes or of the no."""

    allowed: bool
    legal_basis: str


COLOURS: Mapping[EventClass, ColourRule] = {
    EventClass.NATURAL: ColourRule(allowed=True, legal_basis=_ART_63),
    EventClass.ACCIDENT: ColourRule(allowed=True, legal_basis=_ART_63),
    EventClass.HEALTH: ColourRule(allowed=True, legal_basis=_ART_63),
    EventClass.SECURITY: ColourRule(allowed=False, legal_basis="突发事件应对法第六十九条"),
}
"""Art. 69 gives social security events a duty to report, and no levels."""


@dataclass(frozen=True, slots=True)
class LeavingRules:
    """The tables of one office."""

    rows: Mapping[str, Leaving]
    colours: Mapping[EventClass, ColourRule]

    def of(self, content: Warning | SafetyNotice) -> Leaving:
        """How it leaves. Raises `KeyError` for a warning without a level."""
        if isinstance(content, SafetyNotice):
            return self.rows["urgent_notice" if content.urgent else "notice"]
        return self.rows[content.level.value]

    def why(self, event_class: EventClass | None) -> str:
        """Why an event of this class has colours, or none, in Chinese. None: a notice of the police."""
        if event_class is None:
            return NO_COLOUR
        rule = self.colours[event_class]
        if rule.allowed:
            return Said("可以选择颜色，依据：%(basis)s", basis=Said(rule.legal_basis))
        return Said("这类事件不能选择颜色，请改发安全提示。依据：%(basis)s", basis=Said(rule.legal_basis))

    def refusal(self, event_class: EventClass) -> str:
        """Why an event of this class may have no colour, "" when it may."""
        return "" if self.colours[event_class].allowed else self.why(event_class)


def level_words(level: WarningLevel) -> str:
    """`红色`; "" for none."""
    return LEVEL_WORDS.get(level, "")
