"""Contacts: a person or organisation the hub talks with, by one or more addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hub.model.personal import personal


class Need(StrEnum):
    """What whoever speaks with somebody has to know."""

    ELDERLY = "elderly"  # 老年
    DIALECT = "dialect"  # 方言; which one is `Contact.dialect`
    DEAF = "deaf"  # 聋哑: is written to, never called
    BLIND = "blind"  # 视障
    INTERPRETER = "interpreter"  # 需要翻译
    MOBILITY = "mobility"  # 行动不便


@dataclass(frozen=True, slots=True)
class Contact:
    """A person or organisation. `region`: administrative code, "" if unknown.

    dialect: the dialect or language spoken. do_not_call: why nobody may telephone, "" when one may.
    The groups a publicity officer may address are memberships (`hub/repositories/memberships.py`).
    """

    id: str
    created_at: int
    language: str = "zh"
    region: str = ""
    name: str = personal()
    needs: tuple[Need, ...] = personal(())
    dialect: str = personal()
    do_not_call: str = personal()

    @property
    def may_be_called(self) -> bool:
        """Whether anybody may telephone: a call back, a visit by telephone. A text may go all the same."""
        return not self.do_not_call and Need.DEAF not in self.needs


@dataclass(frozen=True, slots=True)
class ContactAddress:
    """One address of a contact. `id` is the blind index of the address: look-up needs no plain text."""

    id: str
    contact_id: str
    kind: str
    created_at: int
    verified: bool = False
    value: str = personal()


class Side(StrEnum):
    """On which side of the compartment wall somebody works with contacts.

    A link that an inspector makes between people known from REPORT cases must not show on the other side.
    """

    ORDINARY = "ordinary"
    WALLED = "walled"


@dataclass(frozen=True, slots=True)
class ContactLink:
    """One contact is another one too, as somebody on this side says. Taken away, both are as they were.

    id: side and contact, so that a contact is merged into one other of a side at most. into: that other one,
    which may be merged into a third; taking one link away leaves the others as they are.
    """

    id: str
    side: Side
    contact_id: str
    into: str
    at: int
    by: str
    reason: str = personal()


class EditKind(StrEnum):
    """What was done to a contact."""

    EDITED = "edited"
    MERGED = "merged"
    UNMERGED = "unmerged"


@dataclass(frozen=True, slots=True)
class ContactEdit:
    """Who changed what about a contact, when, why; shown on the side it was done on only.

    other: the other contact of a merge. before, after: the changed fields, as words.
    """

    id: str
    contact_id: str
    at: int
    by: str
    kind: EditKind
    side: Side
    other: str = ""
    before: Mapping[str, str] = personal(default=None)
    after: Mapping[str, str] = personal(default=None)
    reason: str = personal()
