"""Which unit is competent."""

from __future__ import annotations

from datetime import date

import pytest

from hub.model.cases.competence import competence_rules, competent
from hub.model.cases.rule_book import Row


def row(unit: str, region: str = "", priority: str = "1", valid_from: str = "", valid_to: str = "") -> Row:
    return {
        "category": "交通",
        "region": region,
        "unit_id": unit,
        "co_units": "a | b",
        "priority": priority,
        "valid_from": valid_from,
        "valid_to": valid_to,
    }


RULES = competence_rules(
    [
        row("province"),
        row("city", "3501", "2", valid_to="2027-04-30"),
        row("new city", "3501", "2", valid_from="2027-05-01"),
        row("deputy", "3501", "3"),
    ]
)


@pytest.mark.parametrize(
    ("region", "day", "unit"),
    [
        ("350200", date(2027, 4, 30), "province"),
        ("350102", date(2027, 4, 30), "city"),
        ("350102", date(2027, 5, 1), "new city"),
        ("", date(2027, 5, 1), "province"),
    ],
)
def test_the_smallest_region_decides_then_the_priority(region: str, day: date, unit: str) -> None:
    found = competent(RULES, "交通", region, day)
    assert found is not None
    assert found.unit_id == unit
    assert found.co_units == ("a", "b")


def test_nobody_is_competent_for_what_the_catalogue_does_not_name() -> None:
    assert competent(RULES, "户政", "350102", date(2027, 5, 1)) is None
