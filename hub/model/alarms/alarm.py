"""An alarm: an EMERGENCY case until a person has it in hand or the 110 command centre has said so.

Rules protected: the instant by which an alarm nobody confirmed is forwarded stands in the store from the
commit that made the case; who confirms, and who is forwarded to, is written with its times; what is no
emergency any more is not forwarded. The rules stand in docs/alarms.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from hub.model.alarms.handling import HandlingStep
from hub.model.personal import personal

KEPT_UP_MS = 24 * 3_600_000
"""How long an acknowledgement is waited for; what was not heard by then is shown and not tried any more."""

_FIRST_PAUSE_MS = 5_000
_LONGEST_PAUSE_MS = 60_000


class AlarmState(StrEnum):
    """Where an alarm stands."""

    WAITING = "waiting"  # rings; nobody confirmed
    TAKEN = "taken"  # somebody has it in hand
    FORWARDED = "forwarded"  # 已转 110
    OVER = "over"  # the case is no open emergency any more (误报, reclassified, closed)


class Way(StrEnum):
    """How an alarm is told to the 110 command centre."""

    WEBHOOK = "webhook"
    TEXT = "text"
    TELEPHONE = "telephone"
    PAGE = "page"  # staff of the command desk read it here and press 已接收


class ForwardReason(StrEnum):
    """Why an alarm was forwarded."""

    UNCONFIRMED = "unconfirmed"  # nobody confirmed in time
    NOBODY = "nobody"  # no duty page listens: nothing waits
    PERSON = "person"  # 转 110 by somebody on the page


@dataclass(frozen=True, slots=True)
class Passing:
    """One way on which an alarm was passed on. sent_at: handed over; taken_at: a person there took it over;
    acknowledged_at: it reached their system or telephone. ms UTC, 0 = not yet.

    delivery_id: of a text, its row of the outbox. next_at: when the hub looks again, 0 = never. desk: id of
    the command desk, "" for the 110 centre of `[alarms]`. code: what a text is answered with. take_by: when
    it is escalated unless somebody took it over, 0 = it is not waited for.
    """

    way: Way
    sent_at: int
    acknowledged_at: int = 0
    delivery_id: str = ""
    tries: int = 0
    next_at: int = 0
    desk: str = ""
    code: str = ""
    taken_at: int = 0
    taken_by: str = ""
    take_by: int = 0


@dataclass(frozen=True, slots=True)
class Alarm:
    """The alarm of one case.

    id: of the case. forward_at: when it is forwarded at the latest (ms UTC). by: who confirmed it or
    forwarded it by hand, "" for the hub. missed_at: when it should have been forwarded and no way was
    configured. dialled_at: when somebody began to telephone 110. seen_by: on duty and shown the full
    number. city, wall: region code and compartment of the case, "" of an earlier release. untaken_at: when
    every way was used up and nobody had taken it over. dismissed_at: 误报, by a person.
    taken_who: who took over, in words, by the number of the passing. signed_at: when a new sign of danger
    came, or another desk was written to, after somebody had it in hand (ms UTC): it rings again until
    somebody takes it; 0 = none. also: units of other desks whose numbers were written to.
    """

    id: str
    raised_at: int
    forward_at: int
    state: AlarmState = AlarmState.WAITING
    by: str = ""
    confirmed_at: int = 0
    forwarded_at: int = 0
    reason: ForwardReason = ForwardReason.UNCONFIRMED
    passings: tuple[Passing, ...] = ()
    missed_at: int = 0
    dialled_at: int = 0
    ended_at: int = 0
    seen_by: tuple[str, ...] = ()
    city: str = ""
    wall: str = ""
    untaken_at: int = 0
    dismissed_at: int = 0
    signed_at: int = 0
    also: tuple[str, ...] = ()
    answered_by: str = personal()
    taken_who: Mapping[str, str] = personal(default=None)
    steps: tuple[HandlingStep, ...] = personal(default=())

    @property
    def acknowledged_at(self) -> int:
        """When 110 first said that it has it, 0 = not yet."""
        return min((p.acknowledged_at for p in self.passings if p.acknowledged_at), default=0)

    @property
    def is_unconfirmed(self) -> bool:
        """Whether it still rings: nobody has it in hand, and 110 has not said that it has it, or nobody there
        took it over in time; or something new came after it was taken."""
        heard = self.acknowledged_at and not (self.untaken_at and not self.taken_over_at)
        unheard = self.state is AlarmState.FORWARDED and not (heard or self.confirmed_at)
        anew = self.state is AlarmState.TAKEN and self.signed_at > 0
        return self.state is AlarmState.WAITING or unheard or anew

    @property
    def taken_over_at(self) -> int:
        """When a person of a command centre first took it over, 0 = not yet."""
        return min((p.taken_at for p in self.passings if p.taken_at), default=0)

    @property
    def received_at(self) -> int:
        """When a person first had it, here or at 110 (ms UTC), 0 = not yet."""
        known = (self.confirmed_at, self.taken_over_at or self.acknowledged_at)
        return min(filter(None, known), default=0)

    @property
    def takes_at(self) -> int:
        """When it is escalated unless it is taken over before, 0 = it is not waited for."""
        return min((p.take_by for p in self.passings if p.take_by), default=0)

    @property
    def unheard(self) -> tuple[Passing, ...]:
        """Ways on which it was passed on and that were not acknowledged, while there is any hope."""
        return tuple(
            p for p in self.passings if p.way is not Way.TELEPHONE and not p.acknowledged_at and p.next_at
        )


def raised(case_id: str, *, at: int, wait_ms: int) -> Alarm:
    """A new alarm."""
    return Alarm(case_id, at, at + wait_ms)


def raised_again(alarm: Alarm, *, at: int, wait_ms: int) -> Alarm:
    """The alarm of a case that had stopped being an emergency and is one again."""
    again = raised(alarm.id, at=at, wait_ms=wait_ms)
    return replace(again, seen_by=alarm.seen_by, city=alarm.city, wall=alarm.wall)


def must_forward(alarm: Alarm, *, now: int, heard: bool) -> ForwardReason | None:
    """Why it has to be forwarded now, None for not yet. heard: whether a duty page listens."""
    if alarm.state is not AlarmState.WAITING:
        return None
    if now >= alarm.forward_at:
        return ForwardReason.UNCONFIRMED
    return None if heard else ForwardReason.NOBODY


def taken(alarm: Alarm, *, by: str, at: int) -> Alarm:
    """Somebody has it in hand. What was passed on before stays so, and is told until it is acknowledged.
    Taken again after something new came, the first time counts."""
    state = alarm.state if alarm.state is AlarmState.FORWARDED else AlarmState.TAKEN
    return replace(alarm, state=state, by=by, confirmed_at=alarm.confirmed_at or at, signed_at=0)


def signed(alarm: Alarm, *, at: int, desk: str = "") -> Alarm:
    """A new sign of danger came, or a text to the number of another desk: whoever has it in hand may not
    have seen it. desk: the unit, "" for none."""
    also = (*alarm.also, desk) if desk and desk not in alarm.also else alarm.also
    anew = at if alarm.state is AlarmState.TAKEN else alarm.signed_at
    return replace(alarm, signed_at=anew, also=also)


def over(alarm: Alarm, *, at: int) -> Alarm:
    """No emergency any more: nothing is forwarded."""
    return replace(alarm, state=AlarmState.OVER, ended_at=at)


def forwarded(
    alarm: Alarm,
    passings: tuple[Passing, ...],
    reason: ForwardReason,
    *,
    at: int,
    by: str = "",
    who: str = "",
) -> Alarm:
    """Passed on; the first time counts. by: the officer who did it. who: answered the telephone at 110."""
    return replace(
        alarm,
        state=AlarmState.FORWARDED,
        by=by or alarm.by,
        confirmed_at=alarm.confirmed_at or (at if by else 0),
        forwarded_at=alarm.forwarded_at or at,
        reason=alarm.reason if alarm.forwarded_at else reason,
        passings=(*alarm.passings, *passings),
        answered_by=who or alarm.answered_by,
    )


def dialling(alarm: Alarm, *, at: int) -> Alarm:
    """The officer who has it in hand telephones 110 now."""
    return replace(alarm, dialled_at=at)


def missed(alarm: Alarm, *, at: int) -> Alarm:
    """It should have been forwarded and there is no way: it goes on ringing, and the operator is told."""
    return replace(alarm, missed_at=alarm.missed_at or at)


def tried(alarm: Alarm, number: int, *, at: int) -> Alarm:
    """One more try of a passing begins; the next one is not before its pause is over."""
    passing = alarm.passings[number]
    pause = min(_FIRST_PAUSE_MS * 2**passing.tries, _LONGEST_PAUSE_MS)
    next_at = at + pause if at - passing.sent_at < KEPT_UP_MS else 0
    return _with(alarm, number, replace(passing, tries=passing.tries + 1, next_at=next_at))


def acknowledged(alarm: Alarm, number: int, *, at: int) -> Alarm:
    """110 said that it has it. The first acknowledgement of a way stands."""
    passing = alarm.passings[number]
    return _with(alarm, number, replace(passing, acknowledged_at=passing.acknowledged_at or at, next_at=0))


def taken_over(alarm: Alarm, number: int, *, at: int, by: str = "", who: str = "") -> Alarm:
    """A person of the command desk took it over by one way; the others of that desk are not waited for any
    more. by: an agent's id. The first stands."""
    mine = alarm.passings[number]
    if mine.taken_at:
        return alarm
    passings = tuple(
        replace(one, take_by=0, next_at=0)
        if one.desk == mine.desk and one.way is not Way.WEBHOOK
        else replace(one, take_by=0)
        if one.desk == mine.desk
        else one
        for one in alarm.passings
    )  # a webhook is told until it answers: its system shall know of it too
    passings = (
        *passings[:number],
        replace(passings[number], taken_at=at, taken_by=by, acknowledged_at=mine.acknowledged_at or at),
        *passings[number + 1 :],
    )
    who_took = {**(alarm.taken_who or {}), **({str(number): who} if who else {})}
    return replace(alarm, passings=passings, taken_who=who_took)


def escalated(alarm: Alarm, desk: str, passings: tuple[Passing, ...], *, at: int) -> Alarm:
    """Nobody of a desk took it over in time: it is passed on by these ways too; by none, it is told to the
    operator, and rings again where nobody has it in hand."""
    kept = tuple(replace(one, take_by=0) if one.desk == desk else one for one in alarm.passings)
    untaken_at = alarm.untaken_at if passings else alarm.untaken_at or at
    return replace(alarm, passings=(*kept, *passings), untaken_at=untaken_at)


def passed_on(alarm: Alarm, passings: tuple[Passing, ...]) -> Alarm:
    """Handed over to a desk too; nothing else changes."""
    return replace(alarm, passings=(*alarm.passings, *passings))


def with_step(alarm: Alarm, step: HandlingStep) -> Alarm:
    """One more step at the end."""
    return replace(alarm, steps=(*alarm.steps, step))


def dismissed(alarm: Alarm, *, at: int) -> Alarm:
    """误报, by a person. What was forwarded stays so."""
    if alarm.state is AlarmState.FORWARDED:
        return replace(alarm, dismissed_at=at)
    return replace(over(alarm, at=at), dismissed_at=at)


def _with(alarm: Alarm, number: int, passing: Passing) -> Alarm:
    before, after = alarm.passings[:number], alarm.passings[number + 1 :]
    return replace(alarm, passings=(*before, passing, *after))
