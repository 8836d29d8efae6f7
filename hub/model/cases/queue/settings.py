"""How somebody looks at the queue: views that were saved, columns, density, and what was looked at last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hub.model.personal import personal


class QueueColumn(StrEnum):
    """Columns beside the matter itself, in the order of the page."""

    TRACK = "track"
    FROM = "from"
    REGION = "region"
    UNIT = "unit"
    HANDLER = "handler"
    STATE = "state"
    LIMIT = "limit"
    WAIT = "wait"
    RECEIVED = "received"


class Density(StrEnum):
    """How close the rows stand."""

    COMFORTABLE = "comfortable"  # 舒适
    COMPACT = "compact"  # 紧凑


USUAL_COLUMNS = (
    QueueColumn.TRACK,
    QueueColumn.FROM,
    QueueColumn.HANDLER,
    QueueColumn.STATE,
    QueueColumn.LIMIT,
    QueueColumn.WAIT,
)


@dataclass(frozen=True, slots=True)
class SavedView:
    """A query with a name. query: as in the address. unit_id: whom it is shared with, "" for nobody."""

    id: str
    owner_id: str
    created_at: int
    unit_id: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    name: str = personal()


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """Of one agent. id: the agent's. last: the query looked at last, as in the address."""

    id: str
    columns: tuple[QueueColumn, ...] = USUAL_COLUMNS
    density: Density = Density.COMFORTABLE
    last: Mapping[str, str] = field(default_factory=dict)
