"""Warnings: their desk, from settings and the matrix in force."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from hub.actions.campaigns.desk import CampaignDesk
from hub.actions.deliveries.channel_profile import Profiles
from hub.actions.rules.in_force import RulesInForce
from hub.actions.warnings.desk import WarningDesk
from hub.actions.warnings.draft_warning import DraftWarning
from hub.actions.warnings.exchange_folder import ExchangeFolder, Folders
from hub.actions.warnings.pass_on import PassOn
from hub.actions.warnings.release_warning import ReleaseWarning
from hub.actions.warnings.settings import OnCall, WarningSettings
from hub.actions.warnings.watch_warnings import WatchWarnings
from hub.model.cases.rule_book import BookKind
from hub.model.warnings.warning import IssuingUnit
from hub.repositories.sending.reached import Reached
from hub.settings.settings import Settings
from hub.settings.warnings.shipped import shipped_events
from hub.wiring.foundation import Foundation
from hub.wiring.publicity.campaigns import campaign_settings


def exchange_of(base: Foundation, desk: WarningDesk) -> ExchangeFolder | None:
    """Folders shared with other systems, None where none is configured."""
    table = base.settings.warnings
    if not (table.watch_folder or table.out_folder):
        return None
    folders = Folders(
        Path(table.watch_folder) if table.watch_folder else None,
        Path(table.out_folder) if table.out_folder else None,
    )
    return ExchangeFolder(
        base.documents, base.stores, desk.draft, desk.release, base.clock, desk.settings, folders
    )


async def warning_desk(
    base: Foundation, rules: RulesInForce, campaigns: CampaignDesk, profiles: Profiles
) -> WarningDesk:
    """One of each, with what is in force read."""
    documents, stores, clock = base.documents, base.stores, base.clock
    settings = warning_settings(base.settings, rules, profiles)
    board = base.board
    await board.look()
    return WarningDesk(
        draft=DraftWarning(documents, stores.publicity.warnings, clock, settings),
        pass_on=PassOn(
            documents, stores.publicity.warnings, stores.agents, stores.notifications, clock, settings
        ),
        release=ReleaseWarning(
            documents,
            stores,
            campaigns,
            Reached(documents, base.vault),
            board,
            clock,
            settings,
        ),
        watch=WatchWarnings(documents, stores, board, clock, settings),
        board=board,
        settings=settings,
    )


def warning_settings(settings: Settings, rules: RulesInForce, profiles: Profiles) -> WarningSettings:
    """What the actions know of configuration. Without listed units the office itself issues."""
    table, root = settings.warnings, settings.public_url()
    units = [IssuingUnit(unit.name, unit.code) for unit in table.units]
    return WarningSettings(
        units=units or [IssuingUnit(settings.organisation.publisher)],
        events=shipped_events(),
        rules=table.rules(),
        profile=table.profile_12379.profile(),
        signatures=lambda: rules.rows(BookKind.SIGNATURES),
        campaigns=campaign_settings(settings),
        on_call=[OnCall(one.login, one.phone) for one in table.on_call],
        text=profiles.get(table.text_channel),
        deputy_ms=table.deputy_seconds * 1000,
        papers_ms=table.papers_hours * 3_600_000,
        host=urlsplit(root).hostname or "localhost",
        root=root,
        hands_out=bool(table.out_folder),
    )
