"""What a script may say, what is told of a bad one, and what a play fills in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub.actions.cases.scripts.script import BadScript, read_script
from hub.cli.cases import simulate
from hub.settings.work_calendar import shipped_calendar
from tests.unit.hub.actions.cases.test_case_scripts import played

SCRIPT = """profile = "national"
[case]
track = "APPEAL"
received_at = "2026-01-05 23:50"
[[event]]
at = "2026-01-06 09:00"
name = "pick"
[[event]]
at = "2026-01-12 09:00"
name = "route"
by = "TRI"
data = { mode = "转送", unit = "A" }
"""
KEYS = {"at", "event", "ok", "refused", "state", "citizen_label", "clocks",
"breaches", "documents", "notices",
        "allowed"}  # fmt: skip


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "script.toml"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "line", "field"),
    [
        ('"route"', '"abolish"', 10, "name"),
        ('name = "route"\n', "", 8, "name"),
        ('at = "2026-01-12 09:00"\n', "", 8, "at"),
        ('by = "TRI"', 'by = "BOSS"', 11, "by"),
        ('by = "TRI"', 'whom = "TRI"', 11, "whom"),
        ('by = "TRI"', "person = 3", 11, "person"),
        ('data = { mode = "转送", unit = "A" }', "data = 3", 12, "data"),
        ('unit = "A"', 'unit = "A", received_at = "soon"', 12, "data.received_at"),
        ('unit = "A"', 'unit = "A", delivered = "no"', 12, "data.delivered"),
        ('"2026-01-12 09:00"', '"2026-13-12 09:00"', 9, "at"),
        ('"2026-01-12 09:00"', "20260112", 9, "at"),
        ('"2026-01-12 09:00"', '"2051-01-12 09:00"', 9, "at"),
        ('"2026-01-12 09:00"', '"2026-01-05 23:55"', 9, "at"),
        ('"2026-01-06 09:00"', '"2026-01-05 23:49"', 6, "at"),
        ('"APPEAL"', '"PETITION"', 3, "track"),
        ('track = "APPEAL"\n', "", 2, "track"),
        ('received_at = "2026-01-05 23:50"\n', "", 2, "received_at"),
        ("[case]\n", "", 2, "track"),
        ("[case]", "[cases]", 2, "cases"),
        ("[case]", "[case", 2, "TOML"),
        ('"national"', '"nowhere"', 1, "profile"),
        ('"national"', "3", 1, "profile"),
    ],
)
def test_a_bad_script_is_told_with_line_and_field(
    tmp_path: Path, old: str, new: str, line: int, field: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert SCRIPT.count(old) == 1
    path = _file(tmp_path, SCRIPT.replace(old, new))
    with pytest.raises(BadScript) as bad:
        read_script(path, shipped_calendar())
    assert str(bad.value).startswith(f"第 {line} 行，")
    assert field in str(bad.value).split("：")[0]
    assert simulate(path, json=True) == 2
    assert capsys.readouterr().out == ""


def test_no_such_file(tmp_path: Path) -> None:
    assert simulate(tmp_path / "none.toml", json=True) == 2


async def test_one_item_for_each_event_with_exactly_the_keys(tmp_path: Path) -> None:
    items = await played(_file(tmp_path, SCRIPT))
    assert [set(item) for item in items] == [KEYS, KEYS]
    last = items[-1]
    assert (last["at"], last["event"], last["ok"], last["refused"]) == ("2026-01-12 09:00", "route", True, "")
    assert last["clocks"][-1] == {"name": "NOTIFY_15", "due_day": "2026-01-27", "state": "running"}
    assert [clock["name"] for clock in last["clocks"]] == ["ACK", "FORWARD_15", "OBJECT_5WD", "NOTIFY_15"]
    assert last["documents"] == [{"kind": "转送告知书", "number": ""}]
    assert last["citizen_label"] == "已转送(A)"
    assert "accept" in last["allowed"]


async def test_the_example_of_the_handbook_goes_on_after_a_refusal(tmp_path: Path) -> None:
    """Sent on before it was triaged: refused, and the play does not end."""
    text = SCRIPT.replace('[[event]]\nat = "2026-01-06 09:00"\nname = "pick"\n', "")
    items = await played(_file(tmp_path, text + '[[event]]\nat = 2026-02-01T00:00:00\nname = "look"\n'))
    assert [(item["ok"], item["state"]) for item in items] == [(False, "REGISTERED"), (True, "REGISTERED")]
    assert items[1]["breaches"] == ["FORWARD_15", "NOTIFY_15"]
    assert items[1]["at"] == "2026-02-01 00:00"


def _play(track: str, *events: str) -> str:
    head = f'[case]\ntrack = "{track}"\nreceived_at = 2026-03-02T09:00:00\n'
    return head + "".join(f"[[event]]\n{event}\n" for event in events)


def _at(day: str, name: str, rest: str = "") -> str:
    return f'at = "2026-{day} 09:00"\nname = "{name}"\n{rest}'


_HANDLED = (
    _at("03-02", "pick"),
    _at("03-03", "accept", "data = { branch = 6, items = 1 }"),
    _at("03-04", "assign", 'data = { handler = "h1" }'),
)


async def _of(tmp_path: Path, track: str, *events: str) -> list[dict[str, Any]]:
    return await played(_file(tmp_path, _play(track, *events)))


async def test_an_extension_is_asked_by_one_and_approved_by_the_other(tmp_path: Path) -> None:
    data = 'data = { days = 10, reason = "案情复杂" }'
    items = await _of(tmp_path, "APPEAL", *_HANDLED, _at("03-05", "extend", f'by = "HND"\n{data}'),
                      _at("03-06", "extend", f'by = "LEAD"\n{data}'))  # fmt: skip
    due = [next(c["due_day"] for c in item["clocks"] if c["name"] == "HANDLE_60") for item in items[-2:]]
    assert ([item["ok"] for item in items[-2:]], due) == ([True, True], ["2026-05-02", "2026-05-12"])


async def test_the_handler_is_who_was_assigned(tmp_path: Path) -> None:
    draft = _at("03-10", "submit_reply", 'data = { outcomes = ["支持"] }')
    items = await _of(tmp_path, "APPEAL", *_HANDLED, draft, _at("03-11", "sign", 'person = "h1"'),
                      _at("03-11", "sign"))  # fmt: skip
    assert [item["ok"] for item in items[-2:]] == [False, True]
    assert "本人" in items[-2]["refused"]


async def test_a_refused_assignment_makes_nobody_the_handler(tmp_path: Path) -> None:
    early = _at("03-02", "assign", 'data = { handler = "h9" }')
    draft = _at("03-10", "submit_reply", 'data = { outcomes = ["支持"] }')
    items = await _of(tmp_path, "APPEAL", early, *_HANDLED, draft, _at("03-11", "sign", 'person = "h9"'))
    assert [item["ok"] for item in items] == [False, True, True, True, True, True]


async def test_of_a_report_the_inspector_is_meant(tmp_path: Path) -> None:
    items = await _of(tmp_path, "REPORT", _at("03-02", "pick", 'by = "TRI"'), _at("03-02", "pick"),
                      _at("03-03", "accept"), _at("03-04", "assign"), _at("03-05", "feedback"))  # fmt: skip
    assert [item["ok"] for item in items] == [False, True, True, True, True]
    assert items[-1]["state"] == "REPLIED"


@pytest.mark.parametrize("role", ["CUS", "AUD", "ADM"])
async def test_roles_without_a_part_are_refused_not_unknown(tmp_path: Path, role: str) -> None:
    items = await _of(tmp_path, "APPEAL", _at("03-02", "pick", f'by = "{role}"'))
    assert (items[0]["ok"], items[0]["state"]) == (False, "REGISTERED")


async def test_a_clock_that_begins_in_the_past_has_run_out_at_once(tmp_path: Path) -> None:
    text = _at("03-20", "reclassify", 'data = { track = "APPEAL", reason = "要求处理" }')
    items = await _of(tmp_path, "CONSULT", text)
    assert items[0]["breaches"] == ["CONSULT", "FORWARD_15", "NOTIFY_15"]


async def test_a_profile_beside_the_script(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        'base = "national"\nname = "own"\ntitle = "某市"\n[clock.CONSULT]\nworkdays = 1\n', "utf-8"
    )
    text = 'profile = "own.toml"\n' + _play("CONSULT", _at("03-02", "look"))
    items = await played(_file(tmp_path, text))
    assert items[0]["clocks"][-1] == {"name": "CONSULT", "due_day": "2026-03-03", "state": "running"}


def test_the_table_is_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert simulate(_file(tmp_path, SCRIPT)) == 0
    assert "NOTIFY_15" in capsys.readouterr().out
