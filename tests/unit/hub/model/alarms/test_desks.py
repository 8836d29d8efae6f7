"""Whose alarm page rings for an alarm of a desk."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from hub.model.alarms.desks import Listening

PATHS = {"prov": "prov", "fz": "prov/fz", "gl": "prov/fz/gl", "fzx": "prov/fzx", "xm": "prov/xm"}


@pytest.mark.parametrize(
    ("listening", "unit", "desk", "rings"),
    [
        (("fz", "xm"), "fz", "fz", True),
        (("fz", "xm"), "xm", "fz", False),
        (("fz", "fzx"), "fzx", "fz", False),  # no part of its path, though it begins alike
        (("fz", "xm"), "fz", "gl", True),  # above it
        (("fz", "gl"), "gl", "fz", False),  # beneath it
        (("fz", "prov"), "prov", "fz", True),
        (("fz", ""), "", "fz", True),  # an officer of no unit hears everything
        (("xm",), "xm", "fz", True),  # nobody of that desk listens: everybody hears it
        ((), "xm", "fz", True),
        (("", "xm"), "xm", "fz", False),
        (("fz", "xm"), "xm", "", True),  # nobody's alarm
        (("fz", "xm"), "xm", "gone", True),
    ],
)
def test_an_alarm_rings_at_its_desk(listening: Collection[str], unit: str, desk: str, *, rings: bool) -> None:
    assert Listening(listening, PATHS).rings_for(unit, desk) is rings
