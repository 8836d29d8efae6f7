"""A finding: what somebody who looks at a text of a campaign should know before it leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as made_with
from enum import StrEnum


class Level(StrEnum):
    """How much it weighs, the heaviest first."""

    BLOCK = "block"  # it does not leave while this stands
    WARN = "warn"  # a person has to be sure
    HINT = "hint"  # it could be easier to read


@dataclass(frozen=True, slots=True)
class Finding:
    """field: of `Campaign`, where it stands. text: Chinese, with places `%(name)s` that `values` fill.

    The two stay apart so that a page can say it in another language; `str` is the whole Chinese text.
    """

    field: str
    level: Level
    text: str
    values: Mapping[str, str] = made_with(default_factory=dict)

    def __str__(self) -> str:
        return self.text % self.values if self.values else self.text
