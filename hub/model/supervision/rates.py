"""Rates of the board: one figure over another. The first five are those every office compares by; `KPIS` are
the seven of petition work (信访业务指标)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from hub.model.supervision.figures import Figure, Figures


class RateName(StrEnum):
    """Keys; the words are in `hub/web/pages/supervision/board_words.py`."""

    ON_TIME = "on_time"  # 按期办结率
    REWORKED = "reworked"  # 重办率
    SATISFIED = "satisfied"  # 满意率
    REPEATED = "repeated"  # 重复率
    NOTICE = "notice"  # 按期受理告知率
    EFFICIENCY = "efficiency"  # 初次信访事项办理效率
    CONTACTED = "contacted"  # 初次信访办理联系率
    PETITIONS_REPEATED = "petitions_repeated"  # 重复信访率
    PUBLISHED = "published"  # 公开回复率
    ORGAN_SATISFIED = "organ_satisfied"  # 信访机构参评满意率
    UNIT_SATISFIED = "unit_satisfied"  # 职能部门参评满意率


@dataclass(frozen=True, slots=True)
class Rate:
    """part of whole. Both 0 where nothing is counted yet."""

    name: RateName
    part: int
    whole: int

    @property
    def share(self) -> float | None:
        """0..1, None where there is nothing to divide by."""
        return self.part / self.whole if self.whole else None


_N, _F = RateName, Figure
_PARTS: dict[RateName, tuple[Figure, Figure]] = {
    _N.ON_TIME: (_F.ON_TIME, _F.FINISHED),
    _N.REWORKED: (_F.REWORKED, _F.FINISHED),
    _N.SATISFIED: (_F.SATISFIED, _F.RATED),
    _N.REPEATED: (_F.REPEATED, _F.RECEIVED),
    _N.NOTICE: (_F.NOTICE_ON_TIME, _F.NOTICE_DUE),
    _N.EFFICIENCY: (_F.FIRST_ON_TIME, _F.FIRST_DUE),
    _N.CONTACTED: (_F.FIRST_CONTACTED, _F.FIRST_TAKEN),
    _N.PETITIONS_REPEATED: (_F.PETITIONS_REPEATED, _F.PETITIONS),
    _N.ORGAN_SATISFIED: (_F.ORGAN_SATISFIED, _F.ORGAN_RATED),
    _N.UNIT_SATISFIED: (_F.UNIT_SATISFIED, _F.UNIT_RATED),
}

OFFICE: Sequence[RateName] = (_N.ON_TIME, _N.REWORKED, _N.SATISFIED, _N.REPEATED)
KPIS: Sequence[RateName] = (
    _N.NOTICE,
    _N.EFFICIENCY,
    _N.CONTACTED,
    _N.PETITIONS_REPEATED,
    _N.PUBLISHED,
    _N.ORGAN_SATISFIED,
    _N.UNIT_SATISFIED,
)
"""In the order in which offices report them. Nothing is published yet: 公开回复率 has no whole."""

LESS_IS_BETTER = frozenset({_N.REWORKED, _N.REPEATED, _N.PETITIONS_REPEATED})


def rate(name: RateName, figures: Figures) -> Rate:
    """Of these figures."""
    part, whole = _PARTS.get(name, ("", ""))
    return Rate(name, figures.get(part, 0), figures.get(whole, 0))
