"""What departments hand over with their platforms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from campaigns.importing.columns import FileKind
from hub.actions.campaigns.recipients.taker import Taker
from hub.actions.departments.handover.history_list import HistoryList
from hub.actions.departments.handover.opt_out_list import OptOutList
from hub.actions.departments.handover.route_list import RouteList
from hub.actions.departments.handover.template_list import TemplateList
from hub.actions.rules.in_force import RulesInForce
from hub.actions.rules.revise_rules import ReviseRules
from hub.repositories.repositories import Repositories


def takers_of(
    stores: Repositories, rules: RulesInForce, revise: ReviseRules
) -> Mapping[FileKind, Taker[Any]]:
    """How files are taken that only departments hand over."""
    return {
        FileKind.OPT_OUTS: OptOutList(stores.contacts, stores.suppressions),
        FileKind.TEMPLATES: TemplateList(stores.departments.registry),
        FileKind.ROUTES: RouteList(revise, rules, stores.units),
        FileKind.HISTORY: HistoryList(stores.departments.sent_months),
    }
