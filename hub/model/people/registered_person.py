"""The 12110 register (预登记): people who cannot speak, so that a text of theirs is understood at once.

Rules protected: nobody stands in it without consent that is dated, says how it was given and to which text;
what is written here is health data (个人信息保护法 28, 29), sealed, for the desk of 12110 only; who looked
and who changed what is kept, without what it was; on request all of it goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hub.model.personal import personal

CONSENT_VERSION = "2026-12"
"""Of the consent text (`hub/web/templates/consent_12110.html`): another text is another version."""

CHECK_AGAIN_MS = 365 * 86_400_000
"""So long a record counts as right: numbers are given to others, contacts move away."""

MOST_NUMBERS = MOST_CONTACTS = 3


class Difficulty(StrEnum):
    """What somebody cannot do, or not well."""

    DEAF = "deaf"  # hears nothing, or little: never call
    MUTE = "mute"  # cannot speak: a call may be silent
    BLIND = "blind"
    MOBILITY = "mobility"  # cannot walk: cannot come to the door
    MIND = "mind"  # understands short plain sentences only, or may be confused


IN_WORDS: Mapping[Difficulty, str] = {
    Difficulty.DEAF: "听不见",
    Difficulty.MUTE: "不能说话",
    Difficulty.BLIND: "看不见",
    Difficulty.MOBILITY: "行动不便",
    Difficulty.MIND: "理解有困难",
}
"""As texts to 110 and lists that are imported say it."""


class ConsentBy(StrEnum):
    """Who consented, and how."""

    SELF = "self"  # the person, in writing
    SIGNED = "signed"  # the person, in sign language or by text, noted by staff
    GUARDIAN = "guardian"  # parent or guardian, in writing


class RegisterAct(StrEnum):
    """What was done with a record."""

    ADDED = "added"
    CHANGED = "changed"
    CHECKED = "checked"  # everything is still right
    LOOKED = "looked"  # opened on its own page
    SHOWN = "shown"  # beside a case
    TOLD_110 = "told_110"  # with an emergency that was handed over
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class EmergencyContact:
    """Whom to call. number: E.164. relation: in the person's own words."""

    name: str
    relation: str
    number: str


@dataclass(frozen=True, slots=True)
class Interpreter:
    """Who interprets for them. number: E.164."""

    name: str
    number: str


@dataclass(frozen=True, slots=True)
class Consent:
    """at: the day it was given (ms UTC). version: of the text."""

    at: int
    by: ConsentBy
    version: str = CONSENT_VERSION


@dataclass(frozen=True, slots=True)
class RegisteredPerson:
    """One record. numbers: E.164, from which they text; the first is shown in lists. needs: what helps, in a
    sentence. address: where they usually are. checked_at: when somebody last made sure that it is right.
    """

    id: str
    created_at: int
    updated_at: int
    checked_at: int
    consent: Consent
    name: str = personal()
    numbers: tuple[str, ...] = personal(())
    difficulties: tuple[Difficulty, ...] = personal(())
    needs: str = personal()
    contacts: tuple[EmergencyContact, ...] = personal(())
    interpreter: Interpreter | None = personal(None)
    address: str = personal()

    def must_be_checked(self, now: int) -> bool:
        """Whether it was not made sure of for so long that it may be wrong."""
        return now - self.checked_at > CHECK_AGAIN_MS

    @property
    def may_be_called(self) -> bool:
        """Whether a telephone call can help."""
        return Difficulty.DEAF not in self.difficulties


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """Who did what with a record, when. fields: names of what changed, never what it was. case_id: beside
    which case it was shown."""

    id: str
    person_id: str
    at: int
    by: str
    act: RegisterAct
    fields: tuple[str, ...] = ()
    case_id: str = ""
