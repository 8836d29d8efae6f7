"""Everything about people, for pages."""

from __future__ import annotations

from dataclasses import dataclass

from hub.actions.people.advise import Advise
from hub.actions.people.alike import FindAlike
from hub.actions.people.edit_person import EditPerson
from hub.actions.people.know_caller import KnowCaller
from hub.actions.people.lost_calls import LostCalls
from hub.actions.people.may_call import MayCall
from hub.actions.people.merge_people import MergePeople
from hub.actions.people.read_person import ReadPerson
from hub.actions.people.register.register import Register
from hub.actions.people.take_down import TakeDown


@dataclass(frozen=True, slots=True)
class People:
    """One verb each."""

    advise: Advise
    edit: EditPerson
    find_alike: FindAlike
    know_caller: KnowCaller
    lost_calls: LostCalls
    may_call: MayCall
    merge: MergePeople
    read: ReadPerson
    register: Register
    take_down: TakeDown
