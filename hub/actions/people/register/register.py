"""Everything about the 12110 register, for pages."""

from __future__ import annotations

from dataclasses import dataclass

from hub.actions.people.register.edit_register import EditRegister
from hub.actions.people.register.import_register import ImportRegister
from hub.actions.people.register.read_register import ReadRegister
from hub.actions.people.register.show_cards import ShowCards


@dataclass(frozen=True, slots=True)
class Register:
    """One verb each."""

    cards: ShowCards
    edit: EditRegister
    read: ReadRegister
    take_in: ImportRegister
