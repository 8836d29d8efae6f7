"""Tracks: which rules a case follows (诉求类型). Their clocks come with the case rules."""

from __future__ import annotations

from enum import StrEnum


class Track(StrEnum):
    """Chosen at triage; a case has exactly one."""

    CONSULT = "CONSULT"  # questions handed off, 12123 questions
    SERVICE = "SERVICE"  # service complaints and help
    SUGGEST = "SUGGEST"  # 建议意见
    APPEAL = "APPEAL"  # 申诉求决, statutory clocks
    LEGAL = "LEGAL"  # belongs to a legal procedure
    REPORT = "REPORT"  # 检举控告, 12389; behind the compartment wall
    EMERGENCY = "EMERGENCY"  # live danger, hand-off to 110


class Compartment(StrEnum):
    """The wall round a case (保密隔离)."""

    NONE = "none"
    REPORT = "report"
    SCREENING = "screening"  # 待甄别: may be an accusation, until who reads REPORT cases decides


def compartment_of(track: Track) -> Compartment:
    """REPORT cases live behind the wall; of other cases the track alone does not say."""
    return Compartment.REPORT if track is Track.REPORT else Compartment.NONE
