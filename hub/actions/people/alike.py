"""Other open cases of the same person that may be about the same matter (同人、同事): a proposal with its
scores.

Computed for the open case when it is shown, over what the reader may see; never stored, and nothing is merged
by it: a person attaches one case to the other by the table's own move (并案), and takes it back by another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hub.model.cases.case import Case
from hub.model.track import Track
from knowledge_base.text.plain import plain

_SHOWN = 5
_READ_CHARS = 600
LIKELY = 0.3
"""From here on two texts are called alike. Of texts about different matters in one office's words hardly any
share a third of their pairs of characters."""
_BY_STAFF = 0.9
_EVERYWHERE = frozenset(
    [
        "我们",
        "你们",
        "他们",
        "请问",
        "这个",
        "那个",
        "什么",
        "怎么",
        "可以",
        "没有",
        "反映",
        "投诉",
        "举报",
        "咨询",
        "公安",
        "派出",
        "出所",
        "民警",
        "警察",
    ]
)


@dataclass(frozen=True, slots=True)
class Alike:
    """A case beside the open one. same_person: 1 by the same address, 0.9 by a merge of contacts that staff
    made. same_matter: 0 to 1, the share of pairs of characters the shorter text has in common with the other.
    """

    case: Case
    same_person: float
    same_matter: float

    @property
    def likely(self) -> bool:
        """Whether the words say that it is the same matter."""
        return self.same_matter >= LIKELY


def alike(case: Case, others: Iterable[Case]) -> tuple[Alike, ...]:
    """Of `others` (of the same person, visible to the reader) those `case` could be attached to, the
    likeliest first. Danger is never attached to anything; nor does anything cross the compartment wall."""
    if not _attachable(case):
        return ()
    own = _pairs(case)
    found = [
        Alike(
            other,
            1.0 if other.applicant.address_key == case.applicant.address_key else _BY_STAFF,
            round(_share(own, _pairs(other)), 2),
        )
        for other in others
        if other.id != case.id and other.compartment is case.compartment and _attachable(other)
    ]
    return tuple(sorted(found, key=lambda one: (-one.same_matter, -one.case.received_at))[:_SHOWN])


@dataclass(frozen=True, slots=True)
class Likeness:
    """A case, and how much a text that is still being written shares with it: 0 to 1."""

    case: Case
    same_matter: float

    @property
    def likely(self) -> bool:
        """Whether the words say that it is the same matter."""
        return self.same_matter >= LIKELY


def likeness(text: str, cases: Iterable[Case]) -> tuple[Likeness, ...]:
    """Each of the cases beside a text, the likeliest first."""
    own = _pairs_in(text)
    found = [Likeness(case, round(_share(own, _pairs(case)), 2)) for case in cases]
    return tuple(sorted(found, key=lambda one: -one.same_matter))


def _attachable(case: Case) -> bool:
    return case.is_open and case.track is not Track.EMERGENCY


def _pairs(case: Case) -> frozenset[str]:
    return _pairs_in(f"{case.title}{case.text}")


def _pairs_in(text: str) -> frozenset[str]:
    said = plain(text[:_READ_CHARS])
    return frozenset(said[at : at + 2] for at in range(len(said) - 1)) - _EVERYWHERE


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    fewer = min(len(one), len(other))
    return len(one & other) / fewer if fewer else 0.0
