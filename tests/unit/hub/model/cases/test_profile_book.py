"""The clock profile as rows: every number with its basis, and back into its table."""

from __future__ import annotations

import tomllib

import pytest

from hub.model.cases.profile_book import Table, profile_book, profile_rows, profile_table
from hub.model.cases.rule_book import Row

SHIPPED = tomllib.loads("""
name = "national"
title = "全国"
roll_agency_due = false
[extension]
days = 30
legal_basis = "《信访工作条例》第三十四条"
[redo]
times = 2
legal_basis = "本单位规定"
[delivery]
legal_basis = "《公安机关办理行政案件程序规定》第三十六条"
electronic_needs_consent = true
[clock.ACK]
minutes = 1
legal_basis = "本单位规定"
[clock.ACK.REPORT]
hours = 24
legal_basis = "本单位规定"
[clock.HANDLE_60]
days = 60
statutory = true
legal_basis = "《信访工作条例》第三十四条"
warn = ["T0"]
[clock.FUCHA_WINDOW]
days = 30
rolls = true
statutory = true
legal_basis = "《信访工作条例》第三十五条"
[clock.EXT]
statutory = true
legal_basis = "《信访工作条例》第三十四条"
""")
ROWS = {row["key"]: row for row in profile_rows(SHIPPED)}


def usable(table: Table) -> tuple[str, str, str] | None:
    too_long = table["clock"]["HANDLE_60"].get("days", 0) > 90
    return ("clock.HANDLE_60.days", "不能超过 90", "must be at most 90") if too_long else None


BOOK = profile_book(SHIPPED, usable)


def changed(key: str, **values: str) -> Row:
    return {**ROWS[key], **values}


def test_every_number_and_switch_is_a_row_and_nothing_else_is() -> None:
    assert {key: (row["value"], row["unit"], row["statutory"]) for key, row in ROWS.items()} == {
        "roll_agency_due": ("no", "", "yes"),
        "extension": ("30", "days", "yes"),
        "redo": ("2", "times", "no"),
        "delivery.electronic_needs_consent": ("yes", "", "yes"),
        "clock.ACK": ("1", "minutes", "no"),
        "clock.ACK.REPORT": ("24", "hours", "no"),
        "clock.HANDLE_60": ("60", "days", "yes"),
        "clock.FUCHA_WINDOW": ("30", "days", "yes"),
    }


def test_rows_go_back_into_their_table() -> None:
    assert profile_table(SHIPPED, ROWS.values()) == SHIPPED
    assert BOOK.check(list(ROWS.values()), {}) == []
    table = profile_table(
        SHIPPED,
        [
            changed("clock.HANDLE_60", value="20", unit="workdays", legal_basis="《省条例》"),
            changed("clock.ACK.REPORT", value="12"),
            changed("roll_agency_due", value="yes"),
        ],
    )
    assert table["clock"]["HANDLE_60"] == {
        "workdays": 20,
        "statutory": True,
        "legal_basis": "《省条例》",
        "warn": ["T0"],
    }
    assert table["clock"]["ACK"]["REPORT"]["hours"] == 12
    assert table["clock"]["ACK"]["minutes"] == 1
    assert table["roll_agency_due"] is True
    assert SHIPPED["clock"]["HANDLE_60"]["days"] == 60


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({**changed("redo"), "key": "clock.NONE"}, "key"),
        (changed("clock.HANDLE_60", statutory="no"), "statutory"),
        (changed("clock.HANDLE_60", value="6x"), "value"),
        (changed("clock.HANDLE_60", value=""), "value"),
        (changed("clock.HANDLE_60", unit="times"), "unit"),
        (changed("redo", unit="days"), "unit"),
        (changed("extension", unit="workdays"), "unit"),
        (changed("clock.ACK", legal_basis=""), "legal_basis"),
        (changed("roll_agency_due", value="1"), "value"),
        (changed("clock.HANDLE_60", value="91"), "value"),  # what only the table as a whole knows
    ],
)
def test_a_row_that_cannot_be_is_named(row: Row, field: str) -> None:
    found = BOOK.check(
        [changed("redo", value="3") if row["key"] != "redo" else changed("extension"), row], {}
    )
    assert {(problem.row, problem.field) for problem in found} == {(1, field)}
