"""Everything about people, for pages."""

from __future__ import annotations

from dataclasses import dataclass

from hub.actions.people.alike import FindAlike
from hub.actions.people.edit_person import EditPerson
from hub.actions.people.may_call import MayCall
from hub.actions.people.merge_people import MergePeople
from hub.actions.people.read_person import ReadPerson
from hub.actions.people.take_down import TakeDown


@dataclass(frozen=True, slots=True)
class People:
    """One verb each."""

    edit: EditPerson
    find_alike: FindAlike
    may_call: MayCall
    merge: MergePeople
    read: ReadPerson
    take_down: TakeDown
