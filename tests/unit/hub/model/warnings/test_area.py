"""Whom an area covers, by administrative codes of every level."""

from __future__ import annotations

import pytest

from hub.model.warnings.area import Area


@pytest.mark.parametrize(
    ("area", "region", "covered"),
    [
        ("350102", "350102", True),
        ("350100", "350102", True),  # the prefecture, and a district in it
        ("350102", "350100", True),  # who is known by the prefecture only may be there
        ("350102", "350103", False),
        ("350000", "350102", True),
        ("350000", "360102", False),
        ("350102003000", "350102", True),
        ("350102100000", "350102103000", False),  # zeros of a town are not those below it
        ("350102100000", "350102100200", True),
        ("350110", "350111", False),
        ("000000", "350102", True),
        ("350102", "", True),
    ],
)
def test_a_region_is_covered_by_its_own_code_and_those_around_it(
    area: str, region: str, *, covered: bool
) -> None:
    assert Area("示例", (area,)).covers(region) is covered
