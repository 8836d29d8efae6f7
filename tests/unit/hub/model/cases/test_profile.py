"""A profile's numbers: what is read, what is refused and under which key."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub.model.cases.clock_names import ClockName
from hub.model.cases.profile import BadProfile, ClockKind, ClockUnit, Pauses, read_profile
from hub.model.track import Track
from hub.settings import profiles
from hub.settings.profiles import load_profile, shipped_profiles

NATIONAL = (Path(profiles.__file__).parent / "profiles" / "national.toml").read_text("utf-8")


def _with(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    table = tomllib.loads(NATIONAL)
    change(table)
    return table


def test_shipped_profiles_are_read() -> None:
    assert shipped_profiles() == ("fujian", "national", "zhejiang")
    for name in shipped_profiles():
        profile = load_profile(name)
        assert set(profile.clocks) == set(ClockName)
        assert all(rule.legal_basis for rule in profile.clocks.values())


def test_the_law_in_the_national_profile() -> None:
    p = load_profile("national")
    days = {name: p.clocks[ClockName(name)].length for name in (
        "FORWARD_15", "NOTIFY_15", "HANDLE_60", "FUCHA_WINDOW", "FUCHA_30",
        "FUHE_WINDOW", "FUHE_30")}  # fmt: skip
    assert days == {
        "FORWARD_15": 15, "NOTIFY_15": 15, "HANDLE_60": 60,
        "FUCHA_WINDOW": 30, "FUCHA_30": 30, "FUHE_WINDOW": 30, "FUHE_30": 30,
    }  # fmt: skip
    assert (p.extension.value, p.roll_agency_due, p.roll_citizen_window) == (30, False, True)
    assert p.clocks[ClockName.OBJECT_5WD].unit is ClockUnit.WORKDAYS
    statutory = {rule.name for rule in p.clocks.values() if rule.statutory}
    pausing = {rule.name for rule in p.clocks.values() if rule.pauses is not Pauses.NEVER}
    assert statutory & pausing == {ClockName.FUHE_30}
    windows = {rule.name for rule in p.clocks.values() if rule.kind is ClockKind.WINDOW}
    assert windows == {"OBJECT_5WD", "FUCHA_WINDOW", "FUHE_WINDOW", "REPORT_OBJECTION", "NEED_INFO_10"}


def test_a_profile_says_only_what_differs() -> None:
    p = load_profile("zhejiang")
    assert (p.extension.value, p.rule(ClockName.HANDLE_60, Track.APPEAL).length) == (60, 30)
    assert p.rule(ClockName.HANDLE_60, Track.APPEAL).statutory
    notify = p.rule(ClockName.NOTIFY_15, Track.APPEAL)
    assert (notify.length, notify.unit) == (5, ClockUnit.WORKDAYS)


def test_a_track_may_have_a_length_of_its_own() -> None:
    p = load_profile("national")
    assert p.rule(ClockName.ACK, Track.REPORT).unit is ClockUnit.HOURS
    assert p.rule(ClockName.ACK, Track.APPEAL).unit is ClockUnit.MINUTES


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (lambda t: t.update(colour="red"), "colour"),
        (lambda t: t["clock"].update(FOO={"days": 3}), "clock.FOO"),
        (lambda t: t["clock"].pop("HANDLE_60"), "clock.HANDLE_60"),
        (lambda t: t["clock"]["HANDLE_60"].pop("legal_basis"), "clock.HANDLE_60.legal_basis"),
        (lambda t: t["clock"]["HANDLE_60"].update(days=0), "clock.HANDLE_60.days"),
        (lambda t: t["clock"]["HANDLE_60"].update(days=True), "clock.HANDLE_60.days"),
        (lambda t: t["clock"]["HANDLE_60"].update(workdays=3), "clock.HANDLE_60"),
        (lambda t: t["clock"]["HANDLE_60"].pop("days"), "clock.HANDLE_60"),
        (lambda t: t["clock"]["HANDLE_60"].update(pauses="need_info"), "clock.HANDLE_60.pauses"),
        (lambda t: t["clock"]["HANDLE_60"].update(pauses="often"), "clock.HANDLE_60.pauses"),
        (lambda t: t["clock"]["HANDLE_60"].update(kind="x"), "clock.HANDLE_60.kind"),
        (lambda t: t["clock"]["HANDLE_60"].update(warn=["soon"]), "clock.HANDLE_60.warn"),
        (lambda t: t["clock"]["HANDLE_60"].update(colour=1), "clock.HANDLE_60.colour"),
        (lambda t: t["extension"].update(days="30"), "extension.days"),
        (lambda t: t["extension"].pop("legal_basis"), "extension.legal_basis"),
        (lambda t: t["extension"].update(weeks=4), "extension.weeks"),
        (lambda t: t.pop("rating"), "rating"),
        (lambda t: t.update(roll_agency_due="no"), "roll_agency_due"),
        (lambda t: t.update(name=""), "name"),
        (lambda t: t.update(clock=3), "clock"),
    ],
)
def test_what_is_wrong_is_named(change: Callable[[dict[str, Any]], object], key: str) -> None:
    with pytest.raises(BadProfile) as bad:
        read_profile(_with(change))
    assert bad.value.key == key
    assert bad.value.problem


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('base = "nowhere"\n', "base"),
        ("base = 3\n", "base"),
        ("= 3", "profile"),
        ('base = "national"\nx = 1', "x"),
    ],
)
def test_a_file_of_an_office_that_is_wrong(tmp_path: Path, text: str, key: str) -> None:
    (tmp_path / "own.toml").write_text(text, "utf-8")
    with pytest.raises(BadProfile) as bad:
        load_profile("own.toml", beside=tmp_path)
    assert bad.value.key == key


def test_no_such_profile() -> None:
    with pytest.raises(BadProfile) as bad:
        load_profile("nowhere")
    assert "zhejiang" in bad.value.problem
