"""Units: offices of the police, each under another (`hub/model/units/tree.py`)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class UnitFunction(StrEnum):
    """What a unit is there for (职能). The root of the tree has all of them."""

    ROUTE = "route"  # 分流: its handlers see what lies below, because they sent it there
    HANDLE = "handle"  # 承办: cases are sent to it
    PETITION = "petition"  # 信访: it receives petitions


class UnitLevel(StrEnum):
    """Where a unit stands in the police of the state (层级)."""

    MINISTRY = "部"
    PROVINCE = "省"
    CITY = "市"
    COUNTY = "县"
    STATION = "所"


@dataclass(frozen=True, slots=True)
class Unit:
    """An office (`hub/model/units/tree.py`). id: the code that cases and rules name it by; it never changes.
    path: ids from the top down to its own, with "/" between."""

    id: str
    name: str
    path: str
    region: str = ""
    inspection: bool = False
    level: str = ""
    functions: tuple[UnitFunction, ...] = (UnitFunction.HANDLE,)
    active: bool = True
