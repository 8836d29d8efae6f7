"""Makes an event of the table happen to a case, for a member of staff who plays the right part.

What was written (a reason, a question, an order) stands in the history, sealed; ids, dates and numbers stand
in its facts. A document that is issued here has not reached the citizen yet: its delivery is an event of its
own. Guards ask for more than people type: what the hub knows is looked up here.

Rule protected: nothing becomes a REPORT here (疑似检举 puts it behind the compartment first), and what was
one stays behind it, whatever it is called afterwards, unless it leaves without the identity of who wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from campaigns.said import Said
from hub.actions.cases.case_rules import CaseRules
from hub.actions.cases.casework import Casework
from hub.actions.cases.documents.sign_documents import SignDocuments
from hub.actions.cases.step_unit import StepUnit
from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import POSSIBLE_DANGER, Case
from hub.model.cases.competence import competence_rules
from hub.model.cases.guards import BRANCHED, REFUSAL_GROUNDS
from hub.model.cases.history import HistoryKind
from hub.model.cases.moves import IllegalMove
from hub.model.cases.roles import CaseRole
from hub.model.cases.rule_book import Row
from hub.model.cases.screening import LEAVES, without_identity
from hub.model.cases.staff_roles import as_played
from hub.model.cases.step import Step, stepped
from hub.model.track import Compartment, Track
from hub.model.units.unit import UnitFunction
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock, day_of
from hub.runtime.errors import Forbidden, Invalid, Stale

WRITTEN = ("reason", "question", "order", "comment", "items", "reply")
"""Fields of an event that people write words in."""

OWN_FORMS = frozenset({"answer", "write", "close", "claim", "assign", "note", "supplement", "citizen_reply"})
"""Events that have a form of their own on the page, or are made by what a citizen sends."""

UNASKED = Said("承办人尚未申请延期")

_FORBIDDEN = Said("您的岗位不能办理这一步")
_MAX_TEXT = 3000
_TRIES = 20
"""So many others may draw a number of the same series in between."""
_TO_THE_CITIZEN = frozenset(
    {
        "ask",
        "accept",
        "refuse",
        "redirect_legal",
        "extend",
        "deliver",
        "fucha_opinion",
        "remand",
        "fuhe_opinion",
        "feedback",
    }
)
"""Events that answer in words who spoke last; all others leave the citizen waiting."""


def is_unasked(case: Case, event: str) -> bool:
    """Whether an extension would be approved that nobody asked for: two people decide, as with a reply."""
    return event == "extend" and not case.proceeding.asked_by


class MoveCase:
    """One event."""

    def __init__(
        self,
        casework: Casework,
        repositories: Repositories,
        unit: StepUnit,
        rules: CaseRules,
        clock: Clock,
        competence: Callable[[], Iterable[Row]],
        sign: SignDocuments,
    ) -> None:
        """competence: rows of the catalogue of competence in force; none while nobody wrote one."""
        self._casework = casework
        self._repositories = repositories
        self._unit = unit
        self._rules = rules
        self._clock = clock
        self._competence = competence
        self._sign = sign

    async def __call__(
        self, agent: Agent, case_id: str, event: str, data: Mapping[str, Any], *, version: int
    ) -> bool:
        """Whether the agent may still see the case.

        Raises `Invalid`, `NotFound`, `Forbidden`, `Stale` or `IllegalMove`.
        """
        case = await self._casework.take(agent, case_id, Permission.CASE_REPLY, version=version)
        now = self._clock.now_ms()
        step, written, checked = await self._stepped(agent, case, event, data, now)
        for left in reversed(range(_TRIES)):
            signed = await self._sign(case, step, written, checked, actor=agent.id, at=now)
            writes = await self._unit.writes(signed.step, version, at=now, said=written)
            try:
                await self._casework.commit([*writes, *signed.writes])
                break
            except Stale:  # of the case, or only of the series that numbers are drawn from
                if not (left and signed.writes) or await self._is_changed(case_id, version):
                    raise
        return policy.may_see(agent, step.case)

    async def _is_changed(self, case_id: str, version: int) -> bool:
        found = await self._repositories.cases.get(case_id)
        return found is None or found.version != version

    async def why_not(self, agent: Agent, case: Case, event: str, data: Mapping[str, Any]) -> str:
        """Why it would be refused for a case that the agent may see, "" when it would happen."""
        try:
            policy.require(agent, case, Permission.CASE_REPLY)
            await self._stepped(agent, case, event, data, self._clock.now_ms())
        except IllegalMove as problem:
            return problem.reason
        except Invalid as problem:
            return next(iter(problem.problems.values()))
        except Forbidden:
            return _FORBIDDEN
        return ""

    async def _stepped(
        self, agent: Agent, case: Case, event: str, data: Mapping[str, Any], now: int
    ) -> tuple[Step, str, Mapping[str, Any]]:
        """The case after the event, what was written in it, and the data as it was taken. Raises `Invalid` or
        `IllegalMove`."""
        if event in OWN_FORMS:
            raise IllegalMove(Said("请使用这一步自己的表单"))
        data = await self._checked(case, event, data)
        known = await self._known(agent, case, event, data, now)
        written = _written(data)
        asked = Attempt(event, now, CaseRole.HND, self._rules.now, agent.id, {**data, **known})
        facts = {key: _fact(value) for key, value in data.items() if key not in WRITTEN}
        ready = replace(case, waiting=False) if event in _TO_THE_CITIZEN else case
        kind = HistoryKind.RELEASED if LEAVES in data else None
        if LEAVES in data:
            ready = without_identity(ready)
        played = as_played(agent, case, asked)
        return stepped(ready, played, actor=agent.id, text=written, facts=facts, kind=kind), written, data

    async def _checked(self, case: Case, event: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """What was typed, as it may be kept. Raises `IllegalMove`."""
        match event:
            case "reclassify" if data.get("track") == Track.REPORT:
                raise IllegalMove(Said("涉嫌检举控告的，请按“疑似检举”处理，由督察确认（track）"))
            case "reclassify":
                return await self._leaving(case, data)
            case "refuse" if data.get("code") not in REFUSAL_GROUNDS:
                raise IllegalMove(Said("请选择不予受理的情形（code）"))
            case "accept" if case.track not in BRANCHED:
                return {key: value for key, value in data.items() if key != "branch"}
            case "merge_into":
                return {**data, "master": "".join(str(data.get("master", "")).split())}
            case "extend":
                return await self._as_asked(case, data)
            case _:
                return data

    async def _leaving(self, case: Case, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Whether the case leaves the compartment with it. Raises `IllegalMove` where a voice or a file would
        tell who wrote."""
        rest = {key: value for key, value in data.items() if key != LEAVES}
        if not data.get(LEAVES) or case.compartment is not Compartment.REPORT:
            return rest
        said = await self._repositories.conversations.of_case(case.id)
        recordings = await self._repositories.recordings.of_case(case.id)
        if recordings or any(message.files for message in said):
            raise IllegalMove(Said("有录音或附件，不能删去身份，请留在保密隔离内（leaves）"))
        return {**rest, LEAVES: "1"}

    async def _as_asked(self, case: Case, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Days and reason as the handler asked for them, where who approves says nothing else."""
        if is_unasked(case, "extend"):
            raise IllegalMove(UNASKED)
        given = {key: value for key, value in data.items() if value not in ("", None)}
        if "reason" not in given:
            history = await self._repositories.cases.whole_history(case.id)
            asked = [entry.text for entry in history if entry.facts.get("event") == "ask_extension"]
            given["reason"] = asked[-1] if asked else ""
        return {"days": case.proceeding.asked_days, **given}

    async def _known(
        self, agent: Agent, case: Case, event: str, data: Mapping[str, Any], now: int
    ) -> dict[str, Any]:
        """What the hub knows and nobody types. Raises `IllegalMove`."""
        known: dict[str, Any] = {"delivered": False, "consent": bool(case.electronic_consent_at)}
        if event == "pick":
            known["recused"] = agent.id in case.recused
        if event == "route":
            known["competent"] = await self._is_competent(str(data.get("unit", "")), now)
        if event == "merge_into" and POSSIBLE_DANGER in case.flags:
            raise IllegalMove(Said("疑似险情还没有判断：请先转为警情，或者确认不是险情"))
        if event == "merge_into" and data["master"]:
            known["crosses"] = await self._crosses(agent, case, data["master"])
        return known

    async def _is_competent(self, unit_id: str, now: int) -> bool:
        """A unit that works on cases, and that the catalogue names today where there is one."""
        unit = await self._repositories.units.get(unit_id)
        if unit is None or not unit.active or UnitFunction.HANDLE not in unit.functions:
            return False
        rules, day = competence_rules(self._competence()), day_of(now)
        named = [rule for rule in rules if unit_id in (rule.unit_id, *rule.co_units)]
        return not rules or any(rule.applies(rule.category, rule.region, day) for rule in named)

    async def _crosses(self, agent: Agent, case: Case, reference: str) -> bool:
        """Whether the case with this number stands on the other side of the compartment wall.

        Raises `IllegalMove` for one that cannot take others in; of a hidden one it says what it says of none.
        """
        found = await self._repositories.cases.by_reference(reference)
        if found is None or not policy.may_see(agent, found.value):
            raise IllegalMove(Said("没有这个编号的工单（master）"))
        if found.value.id == case.id:
            raise IllegalMove(Said("不能并入工单本身（master）"))
        if not found.value.is_open:
            raise IllegalMove(Said("要并入的工单已经结束（master）"))
        return found.value.compartment is not case.compartment


def _written(data: Mapping[str, Any]) -> str:
    parts = [data[name] for name in WRITTEN if data.get(name)]
    text = "\n".join(
        "\n".join(map(str, part)) if isinstance(part, list | tuple) else str(part) for part in parts
    )
    if len(text) > _MAX_TEXT:
        raise Invalid({"reason": Said("最多 %(most)s 个字", most=_MAX_TEXT)})
    return text


def _fact(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
