"""Everything that is done with warnings, in one place for pages and jobs."""

from __future__ import annotations

from dataclasses import dataclass

from hub.actions.warnings.board import Board
from hub.actions.warnings.draft_warning import DraftWarning
from hub.actions.warnings.pass_on import PassOn
from hub.actions.warnings.release_warning import ReleaseWarning
from hub.actions.warnings.settings import WarningSettings
from hub.actions.warnings.watch_warnings import WatchWarnings


@dataclass(frozen=True, slots=True)
class WarningDesk:
    """One of each."""

    draft: DraftWarning
    pass_on: PassOn
    release: ReleaseWarning
    watch: WatchWarnings
    board: Board
    settings: WarningSettings
