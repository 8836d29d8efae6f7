"""The scripts of docs/case_scripts: each is played; what happens is compared with `expected.txt` beside them.

After a change that is meant: `python -m tests.unit.hub.actions.cases.test_case_scripts` writes the file anew,
and the difference is read line by line.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from hub.actions.cases.scripts.play_script import PlayScript, as_json
from hub.actions.cases.scripts.script import read_script
from hub.model.cases.clock import Rules
from hub.repositories.cases import COLLECTIONS, CaseRepository
from hub.runtime.clock import FakeClock
from hub.settings.work_calendar import shipped_calendar
from hub.store.crypto import KeyRing, Vault
from hub.store.memory_documents import MemoryDocuments

SCRIPTS = Path(__file__).parents[5] / "docs" / "case_scripts"
EXPECTED = SCRIPTS / "expected.txt"


async def played(script: Path) -> list[dict[str, Any]]:
    calendar = shipped_calendar()
    read = read_script(script, calendar)
    clock = FakeClock()
    documents = MemoryDocuments(COLLECTIONS, clock=clock)
    play = PlayScript(documents, CaseRepository(documents, Vault(KeyRing.fresh())), clock, calendar)
    return [as_json(one, Rules(read.profile, calendar)) for one in await play(read)]


def told(item: dict[str, Any]) -> str:
    """One line: when, what, where it stands, limits that have not stopped, breaches, documents."""
    going = (c for c in item["clocks"] if c["state"] != "stopped")
    clocks = " ".join(f"{c['name']} {c['due_day']} {c['state']}" for c in going) or "-"
    missed = " ".join(item["breaches"]) or "-"
    papers = "、".join(paper["kind"] for paper in item["documents"]) or "-"
    done = item["refused"] or "ok"
    state = f"{item['state']} {item['citizen_label']}"
    return f"{item['at']} {item['event']}: {done} | {state} | {clocks} | {missed} | {papers}"


def expected() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in EXPECTED.read_text("utf-8").splitlines():
        if line.startswith("== "):
            found[line[3:]] = lines = []
        elif line:
            lines.append(line)
    return found


def test_every_script_has_what_is_expected() -> None:
    assert sorted(expected()) == sorted(path.name for path in SCRIPTS.glob("*.toml"))


@pytest.mark.parametrize("name", sorted(path.name for path in SCRIPTS.glob("*.toml")))
async def test_script(name: str) -> None:
    assert [told(item) for item in await played(SCRIPTS / name)] == expected()[name]


async def test_scenarios_with_the_dates_of_the_law() -> None:
    one = await played(SCRIPTS / "scenario-01-notice.toml")
    assert [item["breaches"] for item in one[:4]] == [[], [], [], ["FORWARD_15", "NOTIFY_15"]]
    assert [n for n in one[1]["notices"] if "NOTIFY_15" in n] == [
        "预警 NOTIFY_15 day 10",
        "预警 NOTIFY_15 day 13",
    ]
    assert one[-1]["breaches"] == ["FORWARD_15", "NOTIFY_15"]
    two = await played(SCRIPTS / "scenario-02-extension.toml")
    assert [(item["ok"], _due(item, "HANDLE_60")) for item in two[-3:-1]] == [
        (True, "2026-05-22"),
        (False, "2026-05-22"),
    ]
    assert "35" in two[-2]["refused"]
    three = await played(SCRIPTS / "scenario-03-no-pause.toml")
    assert {_due(item, "HANDLE_60") for item in three[1:]} == {"2026-05-02"}
    four = await played(SCRIPTS / "scenario-04-objection.toml")
    assert (_due(four[1], "OBJECT_5WD"), four[2]["state"]) == ("2026-05-11", "OBJECTION")
    assert not (await played(SCRIPTS / "scenario-04-objection-late.toml"))[2]["ok"]
    twelve = await played(SCRIPTS / "scenario-12-reply.toml")
    assert "第 3 项" in twelve[4]["refused"]
    assert [item["ok"] for item in twelve[4:]] == [False, True, False, True, True]
    assert _due(twelve[-1], "FUCHA_WINDOW") == "2026-04-20"  # 20 March + 30 = Sun 19 April
    thirteen = await played(SCRIPTS / "scenario-13-ladder.toml")
    assert (_due(thirteen[-1], "FUHE_30"), thirteen[-1]["state"]) == ("2026-06-17", "FINAL")
    assert thirteen[-1]["breaches"] == []


def _due(item: dict[str, Any], clock: str) -> str:
    return next((c["due_day"] for c in item["clocks"] if c["name"] == clock), "")


async def _write() -> None:
    parts = []
    for path in sorted(SCRIPTS.glob("*.toml")):
        parts.append("\n".join([f"== {path.name}", *(told(item) for item in await played(path))]))
    EXPECTED.write_text("\n\n".join(parts) + "\n", "utf-8")


if __name__ == "__main__":
    asyncio.run(_write())
