"""New cases go to the unit that the catalogue names; reports, alarms and drafts never do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.actions.cases.assignment.competent_unit import CompetentUnit
from hub.actions.cases.open_case import NewCase, OpenCase
from hub.actions.cases.references import References
from hub.model.cases.case import ROUTED_BY, ROUTED_WORD, Case, Origin
from hub.model.cases.competence import COLUMNS
from hub.model.cases.routing.routes import RouteReason
from hub.model.track import Compartment, Track
from hub.model.units.unit import Unit, UnitFunction
from hub.repositories.repositories import COLLECTIONS, repositories
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.memory_documents import MemoryDocuments
from tests.rules import case_rules

NOW = 1_790_049_600_000
PLACE = Origin("web", "petition", region="3301")
NEW = NewCase(Track.APPEAL, PLACE, NOW, text="户口迁移被拒")


def row(**cells: str) -> dict[str, str]:
    return {**dict.fromkeys(COLUMNS, ""), "priority": "1", **cells}


ROWS = (
    row(category="申诉求决", region="33", unit_id="city"),
    row(category="申诉求决", region="3302", unit_id="other"),
    row(category="SERVICE", unit_id="city"),
    row(category="投诉", unit_id="other"),
    row(category="检举控告", unit_id="other"),
    row(category="REPORT", unit_id="other"),
    row(category="EMERGENCY", unit_id="other"),
    row(category="咨询", unit_id="closed"),
    row(category="建议意见", unit_id="desk"),
)
UNITS = (
    Unit("city", "市局", "city"),
    Unit("other", "另一市局", "other"),
    Unit("closed", "旧支队", "closed", active=False),
    Unit("desk", "分流台", "desk", functions=(UnitFunction.ROUTE,)),
)


async def opened(new: NewCase, rows: tuple[dict[str, str], ...] = ROWS) -> Case:
    documents = MemoryDocuments(COLLECTIONS, clock=FakeClock(NOW))
    vault = Vault(KeyRing.fresh())
    stores = repositories(documents, vault, cities={})
    await documents.commit([stores.units.write(unit) for unit in UNITS])
    competent = CompetentUnit(stores.units, lambda: rows)
    made = await OpenCase(
        stores.cases, References(documents, vault, FakeClock(NOW)), case_rules(), competent
    )(new)
    return made.case


def said(case: Case) -> tuple[str, str]:
    details = case.details or {}
    return details.get(ROUTED_BY, ""), details.get(ROUTED_WORD, "")


async def test_a_case_goes_to_the_unit_of_its_matter_and_region() -> None:
    case = await opened(NEW)
    assert case.unit_id == "city"
    assert said(case) == (RouteReason.CATALOGUE, "申诉求决")
    assert (await opened(replace(NEW, origin=replace(PLACE, region="330205")))).unit_id == "other"


async def test_the_kind_of_a_service_is_asked_before_its_track() -> None:
    service = replace(NEW, track=Track.SERVICE)
    assert (await opened(replace(service, service_kind="投诉"))).unit_id == "other"
    assert (await opened(replace(service, service_kind="求助"))).unit_id == "city"


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (replace(NEW, origin=Origin("web", "petition")), (RouteReason.NOT_IN_CATALOGUE, "")),
        (replace(NEW, track=Track.LEGAL), (RouteReason.NOT_IN_CATALOGUE, "")),
        (replace(NEW, track=Track.CONSULT), (RouteReason.UNIT_CLOSED, "咨询")),
        (replace(NEW, track=Track.SUGGEST), (RouteReason.UNIT_CLOSED, "建议意见")),
    ],
)
async def test_what_fits_nowhere_stays_and_says_why(new: NewCase, reason: tuple[str, str]) -> None:
    case = await opened(new)
    assert case.unit_id == ""
    assert said(case) == reason


@pytest.mark.parametrize(
    "new",
    [
        replace(NEW, track=Track.REPORT),
        replace(NEW, screening=True),
        replace(NEW, track=Track.EMERGENCY, urgent=True),
        replace(NEW, draft=True),
    ],
)
async def test_a_report_an_alarm_and_a_draft_are_sent_nowhere(new: NewCase) -> None:
    case = await opened(new)
    assert case.unit_id == ""
    assert said(case) == ("", "")


async def test_a_desk_that_was_found_already_is_kept() -> None:
    assert (await opened(replace(NEW, unit_id="desk"))).unit_id == "desk"


async def test_without_a_catalogue_nothing_is_said() -> None:
    case = await opened(NEW, ())
    assert (case.unit_id, said(case), case.compartment) == ("", ("", ""), Compartment.NONE)
