"""What must be true before a department's texts leave by the hub: one line each, looked up where the hub can
know, otherwise answered for by a person by name.

Nothing here is stored: a line that was fulfilled and is not any more is open again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from campaigns.said import Listed, Said
from hub.model.departments.callback import CallbackState
from hub.model.departments.cutover import Cutover, Signature
from hub.model.departments.department_key import DepartmentKey, Scope
from hub.model.departments.registered import RegisteredDepartment
from hub.repositories.departments.keys import KeyUse
from hub.repositories.departments.records import DepartmentRecords
from hub.runtime.clock import Clock, to_local

NO_END = "没有填写合同到期日"
ENDED = "合同已于 %(day)s 到期"
NO_RATE = "没有填写合同速率"
NO_PRICE = "没有填写单价"
CONTRACT = "合同到 %(day)s，每秒 %(rate)s 条"
NO_SENDER = "没有登记发送号码"
UNKNOWN_SENDER = "通道 %(names)s 没有启用"
NO_EXTENSION = "通道 %(names)s 没有扩展号"
SENDERS = "%(names)s"
NO_SIGNATURE = "没有登记签名"
SIGNATURES = "%(names)s"
NO_QUOTA = "每日和每月配额都没有填写"
QUOTA = "每日 %(day)s 条，每月 %(month)s 条，0 表示不限"
NO_KEY = "没有可提交短信的正式密钥"
KEY_UNUSED = "正式密钥还没有使用过"
KEY_USED = "%(name)s 最近由 %(source)s 使用"
NO_NETWORK = "密钥 %(names)s 没有限制来源地址"
NETWORKS = "%(count)s 个来源地址或网段"
NO_CALLBACK = "没有登记回执地址，部门自行查询状态"
CALLBACK_UNPROVEN = "还没有一次回执被部门的系统收下，可用沙箱密钥演练"
CALLBACK_PROVEN = "回执已被部门的系统收下"
NO_SHADOW = "还没有影子副本"
FEW_DAYS = "连续 %(done)s 天没有差异，需要 %(wanted)s 天"
NOT_LATELY = "最近 %(days)s 天没有影子副本"
ENOUGH_DAYS = "连续 %(done)s 天没有差异"
NOT_IMPORTED = "导入结果还没有签收：%(count)s 个文件"
IMPORTED = "导入结果已签收：%(count)s 个文件"
NO_CONFLICT = "没有冲突"
NOT_SIGNED = "还没有人确认"

LOOK_BACK_DAYS = 31
_LATELY_DAYS = 3


class Line(StrEnum):
    """The lines, in their order."""

    CONTRACT = "contract"
    EXTENSION = "extension"
    SIGNATURE = "signature"
    QUOTA = "quota"
    KEYS = "keys"
    NETWORKS = "networks"
    CALLBACK = "callback"
    SHADOW = "shadow"
    IMPORTED = "imported"
    CONFLICTS = "conflicts"
    TESTED = "tested"
    OLD_STOPS = "old_stops"
    FALLBACK = "fallback"


class LineState(StrEnum):
    """Whether a line stands in the way."""

    DONE = "done"
    OPEN = "open"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class ChecklistLine:
    """note: what was found, source text. by_hand: a person answers for it; signed: who, when they have."""

    line: Line
    state: LineState
    note: str
    by_hand: bool = False
    signed: Signature | None = None


@dataclass(frozen=True, slots=True)
class ImportStanding:
    """What an importer knows of a department. taken: files that were imported; unsigned: of these, those the
    department has not signed for. open: all that stands against go-live, as conflicts, in words."""

    taken: int
    unsigned: int
    open: Sequence[str]


class ImportsSigned(Protocol):
    """The port of an importer."""

    async def __call__(self, department: str) -> ImportStanding:
        """How it stands now."""


@dataclass(frozen=True, slots=True)
class ShadowDay:
    """A local day with copies. counts: as `ShadowRepository.count` keeps them. differences: numbers by
    reason, without those that were explained."""

    day: str
    counts: Mapping[str, int]
    differences: Mapping[str, int]


class Checklist:
    """channels: names of the enabled text channels. shadow_days: so many in a row without a difference.

    imports: where it has nothing of a department, a person answers for what was imported.
    """

    def __init__(
        self,
        records: DepartmentRecords,
        clock: Clock,
        *,
        channels: frozenset[str],
        shadow_days: int,
        imports: ImportsSigned | None = None,
    ) -> None:
        self._records = records
        self._clock = clock
        self._channels = channels
        self._shadow_days = shadow_days
        self._imports = imports

    async def __call__(self, department: RegisteredDepartment, cutover: Cutover) -> list[ChecklistLine]:
        """Every line as it stands now."""
        keys = await self._records.keys.of_department(department.id)
        uses = await self._records.keys.uses([key.id for key in keys])
        now = self._clock.now_ms()
        live = [key for key in keys if key.is_open(now) and not key.sandbox]
        return [
            _contract(department, to_local(now).date()),
            self._extension(department),
            _line(
                Line.SIGNATURE, _names(department.signatures), "" if department.signatures else NO_SIGNATURE
            ),
            _quota(department),
            _keys(live, uses),
            _networks(live),
            await self._callback(department),
            self._shadow(await self.days(cutover)),
            *await self._imported(department.id, cutover),
            *(_by_hand(line, cutover) for line in (Line.TESTED, Line.OLD_STOPS, Line.FALLBACK)),
        ]

    async def days(self, cutover: Cutover) -> list[ShadowDay]:
        """Days with copies, newest first; differences that were explained are none."""
        today = to_local(self._clock.now_ms()).date()
        wanted = [f"{today - timedelta(days=back):%Y%m%d}" for back in range(LOOK_BACK_DAYS)]
        counted = await self._records.shadows.days(cutover.id, wanted)
        explained = {one.reason for one in cutover.explained}
        return [
            ShadowDay(
                f"{day[:4]}-{day[4:6]}-{day[6:]}",
                counted[day],
                {
                    name[2:]: number
                    for name, number in counted[day].items()
                    if name.startswith("d_") and number > 0 and name[2:] not in explained
                },
            )
            for day in wanted
            if day in counted
        ]

    def _extension(self, department: RegisteredDepartment) -> ChecklistLine:
        senders = department.senders
        unknown = [one.channel for one in senders if one.channel not in self._channels]
        bare = [one.channel for one in senders if not one.extension]
        if not senders:
            return ChecklistLine(Line.EXTENSION, LineState.OPEN, NO_SENDER)
        if unknown:
            note = Said(UNKNOWN_SENDER, names=Listed(unknown))
            return ChecklistLine(Line.EXTENSION, LineState.OPEN, note)
        found = _names([f"{one.channel} {one.extension}" for one in senders])
        return _line(Line.EXTENSION, found, Said(NO_EXTENSION, names=Listed(bare)) if bare else "")

    async def _callback(self, department: RegisteredDepartment) -> ChecklistLine:
        if not department.callback_url:
            return ChecklistLine(Line.CALLBACK, LineState.NOT_NEEDED, NO_CALLBACK)
        state = CallbackState.DONE.value
        taken, _ = await self._records.callbacks.page(department.id, state=state, limit=100)
        proven = any(one.url == department.callback_url for one in taken)
        return _line(Line.CALLBACK, CALLBACK_PROVEN, "" if proven else CALLBACK_UNPROVEN)

    def _shadow(self, days: Sequence[ShadowDay]) -> ChecklistLine:
        if not days:
            return ChecklistLine(Line.SHADOW, LineState.OPEN, NO_SHADOW)
        today = to_local(self._clock.now_ms()).date()
        if date.fromisoformat(days[0].day) < today - timedelta(days=_LATELY_DAYS):
            note = Said(NOT_LATELY, days=_LATELY_DAYS)
            return ChecklistLine(Line.SHADOW, LineState.OPEN, note)
        first = next((place for place, one in enumerate(days) if one.differences), len(days))
        few = Said(FEW_DAYS, done=first, wanted=self._shadow_days) if first < self._shadow_days else ""
        return _line(Line.SHADOW, Said(ENOUGH_DAYS, done=first), few)

    async def _imported(self, department: str, cutover: Cutover) -> list[ChecklistLine]:
        """Where nothing was handed over a person says that there is nothing."""
        found = await self._imports(department) if self._imports else None
        lines = [_by_hand(line, cutover) for line in (Line.IMPORTED, Line.CONFLICTS)]
        if found is not None and found.taken:
            unsigned = Said(NOT_IMPORTED, count=found.unsigned) if found.unsigned else ""
            lines[0] = _line(Line.IMPORTED, Said(IMPORTED, count=found.taken), unsigned)
        if found is not None and (found.taken or found.open):
            lines[1] = _line(Line.CONFLICTS, NO_CONFLICT, Said.joined(found.open) if found.open else "")
        return lines


def still_open(lines: Sequence[ChecklistLine]) -> list[ChecklistLine]:
    """What stands in the way."""
    return [one for one in lines if one.state is LineState.OPEN]


def _line(line: Line, found: str, lacking: str) -> ChecklistLine:
    """lacking: what is not so yet, "" = nothing."""
    return ChecklistLine(line, LineState.OPEN if lacking else LineState.DONE, lacking or found)


def _names(names: Sequence[str]) -> str:
    return Said(SENDERS, names=Listed(names))


def _contract(department: RegisteredDepartment, today: date) -> ChecklistLine:
    contract, lacking = department.contract, []
    if not contract.ends_on:
        lacking.append(Said(NO_END))
    elif date.fromisoformat(contract.ends_on) < today:
        lacking.append(Said(ENDED, day=contract.ends_on))
    if not contract.parts_per_second:
        lacking.append(Said(NO_RATE))
    if not contract.price_milli:
        lacking.append(Said(NO_PRICE))
    found = Said(CONTRACT, day=contract.ends_on, rate=contract.parts_per_second)
    return _line(Line.CONTRACT, found, Said.joined(lacking) if lacking else "")


def _quota(department: RegisteredDepartment) -> ChecklistLine:
    found = Said(QUOTA, day=department.daily_parts, month=department.monthly_parts)
    return _line(Line.QUOTA, found, "" if department.daily_parts or department.monthly_parts else NO_QUOTA)


def _keys(live: Sequence[DepartmentKey], uses: Mapping[str, KeyUse]) -> ChecklistLine:
    sending = [key for key in live if Scope.SMS_SUBMIT in key.scopes]
    if not sending:
        return ChecklistLine(Line.KEYS, LineState.OPEN, NO_KEY)
    used = [key for key in sending if key.id in uses]
    if not used:
        return ChecklistLine(Line.KEYS, LineState.OPEN, KEY_UNUSED)
    last = max(used, key=lambda key: uses[key.id].at)
    return ChecklistLine(
        Line.KEYS, LineState.DONE, Said(KEY_USED, name=last.name, source=uses[last.id].source)
    )


def _networks(live: Sequence[DepartmentKey]) -> ChecklistLine:
    anywhere = [f"{key.name}（{key.hint}…）" for key in live if not key.networks]
    if not live:
        return ChecklistLine(Line.NETWORKS, LineState.OPEN, NO_KEY)
    count = len({network for key in live for network in key.networks})
    lacking = Said(NO_NETWORK, names=Listed(anywhere)) if anywhere else ""
    return _line(Line.NETWORKS, Said(NETWORKS, count=count), lacking)


def _by_hand(line: Line, cutover: Cutover) -> ChecklistLine:
    signed = next((one for one in cutover.signed if one.line == line), None)
    state = LineState.OPEN if signed is None else LineState.DONE
    return ChecklistLine(line, state, NOT_SIGNED if signed is None else "", by_hand=True, signed=signed)
