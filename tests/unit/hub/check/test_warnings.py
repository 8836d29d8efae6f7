"""`[warnings]`: what cannot work is said by the check, what breaks the statute is refused when it is read."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from channels.outbox.delivery import MessageClass, WarningLevel
from hub.check.warnings import check_warnings
from hub.model.warnings.events import EventClass
from hub.model.warnings.leaving import Night
from hub.runtime.finding import Level
from hub.settings.problems import SettingsProblem
from hub.settings.read import build, shipped_text
from hub.settings.settings import Settings

UNIT = {"name": "示例市公安局", "code": "99010099900000"}
CHIEF = {"login": "chief", "phone": "+8613900000001"}


def settings(**given: Any) -> Settings:
    data = tomllib.loads(shipped_text())
    data["warnings"].update(given)
    return build(data)


@pytest.mark.parametrize(
    "given",
    [
        {"leaving": {"red": {"message_class": "E1", "legal_basis": "某某规定"}}},
        {"leaving": {"yellow": {"night": "never"}}},  # without its basis
        {"leaving": {"purple": {"legal_basis": "某某规定"}}},
        {"colours": {"security": {"allowed": True, "legal_basis": ""}}},
        {"units": [UNIT, UNIT]},
        {"units": [{"name": "示例市公安局", "code": "9901"}]},
        {"units": [{"name": "示例市公安局", "code": "99010099900"}]},  # 11 digits, and 14 are set
        {"on_call": [{"login": "chief", "phone": "chief"}]},
    ],
)
def test_what_breaks_the_statute_or_cannot_be_meant_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(SettingsProblem):
        settings(**given)


def test_a_row_may_be_changed_with_its_basis() -> None:
    rules = settings(
        leaving={"yellow": {"night": "never", "legal_basis": "省政府办法第九条"}},
        colours={"security": {"allowed": True, "legal_basis": "省政府办法第十条"}},
    ).warnings.rules()
    assert (rules.rows["yellow"].night, rules.rows["yellow"].legal_basis) == (Night.NEVER, "省政府办法第九条")
    assert rules.rows["yellow"].level is WarningLevel.YELLOW
    assert rules.rows["red"].message_class is MessageClass.E0
    assert rules.refusal(EventClass.SECURITY) == ""
    assert "省政府办法第十条" in rules.why(EventClass.SECURITY)


def test_the_check_says_what_would_fail_at_night(tmp_path: Path) -> None:
    def found(**given: Any) -> dict[str, Level]:
        return {one.name: one.level for one in check_warnings(settings(**given))}

    assert found() == {"warnings.on_call": Level.WARN}
    assert found(on_call=[CHIEF], text_channel="nowhere") == {"warnings.text_channel": Level.FAIL}
    folder = tmp_path / "come"
    given = {"watch_folder": str(folder), "out_folder": str(tmp_path), "on_call": [CHIEF]}
    assert found(**given)["warnings.units"] is Level.FAIL
    assert found(**given)["warnings.watch_folder"] is Level.FAIL
    folder.mkdir()
    assert "warnings.watch_folder" not in found(**given, units=[UNIT])
    assert "warnings.units" not in found(**given, units=[UNIT])
