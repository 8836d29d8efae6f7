"""The table [warnings]: units, who is called at night, how each kind leaves, choices of the 12379 profile."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from channels.outbox.delivery import MessageClass
from hub.model.warnings.events import EventClass
from hub.model.warnings.exchange.profile import PairOrder, Profile, SenderName, SendTime
from hub.model.warnings.leaving import COLOURS, SHIPPED, ColourRule, Leaving, LeavingRules, Night
from hub.settings.table import Table

Names = dict[Annotated[str, Field(pattern=r"^[A-Z]{2,12}$")], list[str]]


class UnitTable(Table):
    """A unit that issues warnings (发布单位). code: as the 12379 platform issued it."""

    name: str = Field(min_length=2, max_length=40)
    code: str = Field(default="", pattern=r"^(\d{11}|\d{14})?$")


class OnCallTable(Table):
    """Somebody who is called to release at night, in this order."""

    login: str = Field(min_length=1, max_length=60)
    phone: str = Field(pattern=r"^\+?\d{6,15}$")


class LeavingTable(Table):
    """How one kind leaves, where it differs from what is shipped."""

    message_class: MessageClass | None = None
    night: Night | None = None
    legal_basis: str = Field(min_length=4, max_length=200)


class ColourTable(Table):
    """Whether events of a class may have a colour."""

    allowed: bool
    legal_basis: str = Field(min_length=4, max_length=200)


class ProfileTable(Table):
    """The choices of the 12379 profile; see `hub/model/warnings/exchange/profile.py`."""

    namespace: str = Field(default="", max_length=200)
    serial: bool = False
    sender_digits: Literal[11, 14] = 14
    upper_levels: bool = False
    pair_order: PairOrder = PairOrder.LONGITUDE_FIRST
    sender_name: SenderName = SenderName.BOTH
    send_time: SendTime = SendTime.RELEASED
    empty_elements: bool = True
    repeat_description: bool = False
    with_phone: bool = False
    headline_grade: bool = False
    update_verb: str = Field(default="更新", min_length=1, max_length=8)
    security: Literal["None", "Inner"] = "None"
    language: str = "zh-CN"
    event_scheme: str = "GJYJ2018"
    methods: list[str] = ["SMS", "WEB"]
    groups: Names = {}
    test_groups: Names = {}

    def profile(self) -> Profile:
        """As the mapper takes it."""
        given = self.model_dump()
        for name in ("groups", "test_groups"):
            given[name] = {method: tuple(ids) for method, ids in given[name].items()}
        given["methods"] = tuple(given["methods"])
        return Profile(**given)


class Warnings(Table):
    units: list[UnitTable] = Field(default=[], max_length=50)
    text_channel: str = "sms-12110"
    on_call: list[OnCallTable] = Field(default=[], max_length=5)
    deputy_seconds: int = Field(default=180, ge=30, le=3600)
    papers_hours: int = Field(default=24, ge=1, le=168)
    watch_folder: str = ""
    out_folder: str = ""
    leaving: dict[Literal["red", "orange", "yellow", "blue", "urgent_notice", "notice"], LeavingTable] = {}
    colours: dict[EventClass, ColourTable] = {}
    profile_12379: ProfileTable = ProfileTable()

    @model_validator(mode="after")
    def _keeps_the_statute(self) -> Self:
        for kind in ("red", "orange"):
            changed = self.leaving.get(kind)
            if changed and (changed.message_class or MessageClass.E0) is not MessageClass.E0:
                raise ValueError(f"{kind}: 红色、橙色预警只能是 E0 (must stay E0)")
        digits = self.profile_12379.sender_digits
        if any(unit.code and len(unit.code) != digits for unit in self.units):
            raise ValueError(f"units: code 应是 {digits} 位 (must have {digits} digits)")
        names = [unit.name for unit in self.units]
        if len(names) != len(set(names)):
            raise ValueError("units: 发布单位重名 (a unit is named twice)")
        return self

    def rules(self) -> LeavingRules:
        """How each kind leaves, with what differs here."""
        rows: dict[str, Leaving] = {}
        for name, row in SHIPPED.items():
            changed = self.leaving.get(name)  # type: ignore[call-overload]
            if changed is None:
                rows[name] = row
                continue
            rows[name] = Leaving(
                changed.message_class or row.message_class,
                row.level,
                changed.night or row.night,
                row.subject,
                changed.legal_basis,
            )
        colours = {name: ColourRule(one.allowed, one.legal_basis) for name, one in self.colours.items()}
        return LeavingRules(rows, {**COLOURS, **colours})
