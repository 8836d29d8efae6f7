"""接处警 in words, a line for each event: for the printed file of a case."""

from __future__ import annotations

from collections.abc import Iterator

from hub.actions.alarms.dispatch.read_handling import Handling, LifeEvent
from hub.model.alarms.alarm import ForwardReason
from hub.model.alarms.handling import Outcome, StepKind
from hub.runtime.clock import to_local
from hub.web.i18n import Translator
from hub.web.pages.alarms.alarms import REASONS
from hub.web.pages.alarms.handling_words import BY, LIFE, OUTCOMES, duration


def life_lines(handling: Handling, _: Translator) -> list[tuple[str, str, str]]:
    """When, what, and what more is known of it: desk, unit, outcome, times of both sides, who wrote it."""
    return [
        (_second(event.at), _(LIFE[event.kind].text), "\n".join(filter(None, _more(event, _))))
        for event in handling.life
    ]


def _more(event: LifeEvent, _: Translator) -> Iterator[str]:
    step, passing = event.step, event.passing
    if passing:
        yield f"{_(event.desk)} · {_(BY[passing.way])}"
        yield _("%(time)s 移交", time=_second(passing.sent_at))
        if passing.taken_at:
            took = duration((passing.taken_at - passing.sent_at) // 1000, _)
            who = f"（{event.who}）" if event.who else ""
            yield f"{_('%(time)s 接收', time=_second(passing.taken_at))}{who} {_('用时 %(time)s', time=took)}"
        else:
            yield _("尚未接收") if passing.acknowledged_at else _("尚未送达")
        return
    if step:
        desk = _(event.desk) if step.kind is StepKind.DISPATCHED and event.desk else ""
        yield " → ".join(filter(None, (desk, step.unit)))
        if step.kind is StepKind.CORRECTED:
            yield _("更正第 %(number)s 步", number=step.of)
            yield _("时间应为 %(time)s", time=_second(step.at)) if step.at else ""
        if step.outcome:
            yield _(OUTCOMES[Outcome(step.outcome)]) if step.outcome in OUTCOMES else step.outcome
        yield step.text
        yield _("登记人 %(name)s", name=event.who) if event.who else ""
        yield _("%(time)s 登记", time=_second(event.noted_at)) if event.noted_at else ""
    elif event.kind == "forwarded":
        yield _(REASONS[ForwardReason(event.said)])
    else:
        yield event.who


def _second(at: int) -> str:
    return f"{to_local(at):%Y-%m-%d %H:%M:%S}"
