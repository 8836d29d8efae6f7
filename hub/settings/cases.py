"""Which numbers the procedure of a case is counted with."""

from __future__ import annotations

from hub.settings.table import Table


class Cases(Table):
    profile: str = "national"
