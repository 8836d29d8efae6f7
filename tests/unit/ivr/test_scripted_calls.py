"""Calls as a caller experiences them, from dialling to the end, on the shipped flows."""

from pathlib import Path

import pytest

from ivr.flow import load, shipped
from ivr.simulate import Script, ScriptFailed, simulate

CALLS = Path(__file__).parent / "calls"


@pytest.mark.parametrize("script", sorted(CALLS.glob("*.toml")), ids=lambda path: path.stem)
def test_a_scripted_call_to_12389_goes_as_expected(script: Path) -> None:
    transcript = simulate(load(shipped("12389")), script.read_text(encoding="utf-8"))
    assert transcript.startswith("zh: 您好")


def test_a_scripted_call_to_12123_leaves_a_complaint() -> None:
    flow = load(shipped("12123"))
    script = Script(
        (
            "expect 一二一二三",
            "press 1",
            "expect 手机应用",
            "press 1",
            "press 5",
            "press 1",
            "expect effect OpenCase",
            "record 15",
            "expect effect IssueReceipt",
            "expect 我再念一遍",
        ),
        {"province": "福建", "open": "1"},
    )
    assert "四，零，三，幺" in simulate(flow, script)


def test_the_province_comes_from_the_facts_alone() -> None:
    for name in ("12389", "12123"):
        transcript = simulate(load(shipped(name)), Script((), {"province": "浙江"}))
        assert "浙江公安" in transcript
        assert "福建" not in shipped(name)


def test_a_failed_expectation_shows_the_call_so_far() -> None:
    with pytest.raises(ScriptFailed, match="没有听到您的选择"):
        simulate(load(shipped("12389")), Script(("silence", "expect 这句话没有")))


def test_an_unknown_step_is_refused() -> None:
    with pytest.raises(ScriptFailed, match="no such step"):
        simulate(load(shipped("12389")), Script(("jump",)))


def test_a_script_that_is_not_toml_is_refused() -> None:
    with pytest.raises(ScriptFailed, match="not TOML"):
        simulate(load(shipped("12389")), "steps = [")
