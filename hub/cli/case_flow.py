"""Draws the table of moves as a page: its rows, a diagram of states for each group of tracks, the clocks.

What a guard asks for and an effect changes is the first line of its description.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from hub.model.cases.proceeding import PETITION_TRACKS
from hub.model.cases.profile import ClockRule, Profile
from hub.model.cases.roles import ROLE_NAME
from hub.model.cases.state import CITIZEN_LABEL, OPEN_STATES, CaseState
from hub.model.cases.table import TABLE, Row
from hub.model.track import Track

_GROUPS: Sequence[tuple[str, frozenset[Track]]] = (
    ("Petitions (SUGGEST, APPEAL, LEGAL)", PETITION_TRACKS),
    ("Questions and service (CONSULT, SERVICE)", frozenset({Track.CONSULT, Track.SERVICE})),
    ("Reports (REPORT)", frozenset({Track.REPORT})),
)
_HEAD = """# How a case moves

Made from the table in `hub/model/cases/table.py` by `hub cases flow`; do not edit. Numbers are those of the
rows of the design, + is a row of the hub's own. Nothing else changes where a case stands. "any open" is every
state that is not an end:
{open}.
Of a REPORT, what TRI, UC and HND do is done by INS; what SUP does may be done by INS too.
"""


def flow_page(profile: Profile) -> str:
    """The whole page, Markdown. profile: whose lengths the clocks have."""
    parts = [
        _HEAD.format(open=", ".join(sorted(OPEN_STATES))),
        "## States\n",
        _table(("State", "Citizen reads"), ((f"`{s}`", CITIZEN_LABEL[s]) for s in CaseState)),
        "## Rows\n",
        _table(
            (
                "#",
                "Event",
                "Button",
                "Tracks",
                "From",
                "To",
                "Who",
                "Only when",
                "What it does",
                "Document",
                "Told",
            ),
            (_cells(row) for row in TABLE),
        ),
        "Who: " + ", ".join(f"{role} {name}" for role, name in ROLE_NAME.items()) + ".\n",
        "## Diagrams\n\nWithout what leads from any open state to an end, and what changes no state.\n",
        *(_diagram(title, tracks) for title, tracks in _GROUPS),
        f"## Clocks ({profile.title}, profile `{profile.name}`)\n",
        _table(
            ("Clock", "Length", "Kind", "Statutory", "Pauses", "Rolls", "Warnings", "Basis"),
            (_clock(rule, "") for rule in profile.clocks.values()),
            (_clock(rule, f" ({track})") for (_, track), rule in profile.variants.items()),
        ),
    ]
    return "\n".join(parts)


def _cells(row: Row) -> tuple[str, ...]:
    to = (f"`{state}`" if state else "same" for state in row.to)
    return (
        row.number,
        f"`{row.event}`",
        row.label,
        "all" if row.tracks == frozenset(Track) else ", ".join(t for t in Track if t in row.tracks),
        _states(row.sources),
        "where it was" if len(row.to) > 5 else " or ".join(to),
        ", ".join(row.who),
        "<br>".join(map(_meaning, (*row.when, *row.needs))),
        "<br>".join(map(_meaning, row.effects)),
        row.document or "",
        "、".join(row.notices),
    )


def _states(states: frozenset[CaseState]) -> str:
    if states == OPEN_STATES:
        return "any open"
    if len(states) > len(OPEN_STATES) - 2:
        missing = ", ".join(f"`{s}`" for s in CaseState if s not in states)
        return f"all but {missing}"
    return ", ".join(f"`{s}`" for s in CaseState if s in states)


def _meaning(function: Any) -> str:
    return str(function.__doc__ or function.__name__).strip().splitlines()[0]


def _diagram(title: str, tracks: frozenset[Track]) -> str:
    """A mermaid state diagram; events between the same two states share an arrow."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in TABLE:
        if not row.tracks & tracks or row.sources >= OPEN_STATES or len(row.to) > 5:
            continue
        for source, to in sorted(row.moves()):
            events = arrows.setdefault((source, to), [])
            if source != to and row.event not in events:
                events.append(row.event)
    lines = [
        f"    {source} --> {to} : {', '.join(events)}" for (source, to), events in arrows.items() if events
    ]
    return "\n".join([f"### {title}\n", "```mermaid", "stateDiagram-v2", *lines, "```\n"])


def _clock(rule: ClockRule, track: str) -> tuple[str, ...]:
    warned = [*rule.warn, *(f"citizen {key}" for key in rule.warn_citizen)]
    return (
        f"`{rule.name}`{track}",
        f"{rule.length} {rule.unit}" if rule.length else "set in the order",
        rule.kind,
        "yes" if rule.statutory else "",
        rule.pauses if rule.pauses != "never" else "",
        "yes" if rule.rolls else "",
        ", ".join(warned),
        rule.legal_basis,
    )


def _table(head: Sequence[str], *rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(cells) + " |" for part in rows for cells in part]
    return "\n".join(lines) + "\n"
