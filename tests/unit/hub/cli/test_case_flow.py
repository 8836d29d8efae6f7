"""The page of the table is what the table says."""

from __future__ import annotations

from pathlib import Path

from hub.cli.case_flow import flow_page
from hub.model.cases.table import TABLE
from hub.settings.profiles import load_profile

PAGE = Path(__file__).parents[4] / "docs" / "case-flow.md"


def test_the_page_is_the_tables() -> None:
    assert PAGE.read_text("utf-8") == flow_page(load_profile("national")), (
        "hub cases flow > docs/case-flow.md"
    )


def test_every_row_says_what_it_asks_for_and_does() -> None:
    lines = [line for line in flow_page(load_profile("national")).splitlines() if line.count("|") == 12]
    assert len(lines) == len(TABLE) + 2
    for row in TABLE:
        assert all(guard.__doc__ for guard in (*row.when, *row.needs))
        assert all(effect.__doc__ for effect in row.effects)
