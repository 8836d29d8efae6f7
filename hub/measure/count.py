"""Counts what the hub did about messages whose right treatment is known (`lines.py`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hub.measure.lines import Accept, Group, Line
from knowledge_base.meaning.safety import Level


class Did(StrEnum):
    """What became of a message: a case of its kind, else what was said."""

    EMERGENCY = "emergency"
    REPORT = "report"
    SCREENING = "screening"
    ANSWERED = "answered"
    SLOT = "slot"
    OFFERED = "offered"
    PERSON = "person"
    SMALL_TALK = "small_talk"
    UNCLEAR = "unclear"
    PROGRESS = "progress"
    OPT_OUT = "opt_out"


class Count(StrEnum):
    """What a question is counted as; every question is one of these."""

    ANSWERED_RIGHT = "answered_right"
    ANSWERED_WRONG = "answered_wrong"
    ANSWERED_NEW = "answered_new"
    OFFERED_RIGHT = "offered_right"
    OFFERED_WRONG = "offered_wrong"
    PERSON_RIGHT = "person_right"
    PERSON_NEEDLESS = "person_needless"
    OTHER_RIGHT = "other_right"
    OTHER_WRONG = "other_wrong"


_RIGHT = (Count.ANSWERED_RIGHT, Count.OFFERED_RIGHT, Count.PERSON_RIGHT, Count.OTHER_RIGHT)

_RIGHT_FOR: Mapping[Did, Accept] = {
    Did.EMERGENCY: Accept.EMERGENCY,
    Did.REPORT: Accept.REPORT,
    Did.SCREENING: Accept.REPORT,
    Did.SMALL_TALK: Accept.SMALL_TALK,
    Did.UNCLEAR: Accept.UNCLEAR,
}


@dataclass(frozen=True, slots=True)
class Result:
    """What the hub did about a line. got: ids of the entries it answered from, or offered."""

    line: Line
    did: Did
    got: tuple[str, ...] = ()
    danger: Level = Level.NONE
    accusation: Level = Level.NONE


def count_of(result: Result, born: Mapping[str, str]) -> Count:
    """What a question is counted as. born: the `since` of the entries, by id."""
    did, got, line = result.did, result.got, result.line
    if did in (Did.ANSWERED, Did.SLOT):
        if line.entries.issuperset(got):
            return Count.ANSWERED_RIGHT
        # Whoever judged the question could not know an entry that came later.
        later = not line.entries and all(born.get(id, "") > line.since for id in got)
        return Count.ANSWERED_NEW if later else Count.ANSWERED_WRONG
    if did is Did.OFFERED:
        return Count.OFFERED_WRONG if line.entries.isdisjoint(got) else Count.OFFERED_RIGHT
    if did is Did.PERSON:
        if line.accept & {Accept.PERSON, Accept.NOTHING}:
            return Count.PERSON_RIGHT
        in_earnest = line.accept & {Accept.REPORT, Accept.EMERGENCY}
        return Count.OTHER_WRONG if in_earnest else Count.PERSON_NEEDLESS
    return Count.OTHER_RIGHT if _RIGHT_FOR.get(did) in line.accept else Count.OTHER_WRONG


def is_right(result: Result, born: Mapping[str, str]) -> bool:
    """Whether nothing has to be looked at: danger and accusations are found, at least as possible, and
    nothing else is taken for them."""
    match result.line.group:
        case Group.DANGER:
            return result.danger is not Level.NONE
        case Group.HARMLESS:
            return result.danger is Level.NONE
        case Group.ACCUSATION:
            return result.accusation is not Level.NONE
        case Group.POLICE_MENTION:
            return result.accusation is Level.NONE
        case Group.QUESTIONS:
            return count_of(result, born) in _RIGHT


def figures(results: Sequence[Result], born: Mapping[str, str]) -> dict[str, object]:
    """The counts of every group that is present and what became of every line, as plain data for JSON."""
    present = {group: [one for one in results if one.line.group is group] for group in Group}
    counted: dict[str, object] = {
        group: {**_counts(group, found, born), "rows": [_row(one, born) for one in found]}
        for group, found in present.items()
        if found
    }
    return {**counted, "rows": [_row(one, born) for one in results]}


def _counts(group: Group, found: Sequence[Result], born: Mapping[str, str]) -> dict[str, int]:
    counts = {
        "n": len(found),
        "danger_sure": sum(one.danger is Level.SURE for one in found),
        "danger_possible": sum(one.danger is Level.POSSIBLE for one in found),
        "accusation_sure": sum(one.accusation is Level.SURE for one in found),
        "accusation_possible": sum(one.accusation is Level.POSSIBLE for one in found),
    }
    if group is not Group.QUESTIONS:
        return counts
    questions = Counter(count_of(one, born) for one in found)
    in_scope = sum(bool(one.line.entries) for one in found)
    return {**counts, "in_scope": in_scope, **{str(count): questions[count] for count in Count}}


def _row(result: Result, born: Mapping[str, str]) -> dict[str, object]:
    return {
        "text": result.line.text,
        "did": result.did,
        "got": list(result.got),
        "danger": result.danger,
        "accusation": result.accusation,
        "ok": is_right(result, born),
    }
