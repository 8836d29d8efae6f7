"""`hub talk eval`: the real path over small sets, on every channel; exit codes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from hub.actions.cases.open_case import NewCase, OpenCase
from hub.actions.cases.references import References
from hub.cli.talk_models import decided
from hub.measure.count import Count
from hub.model.cases.case import Origin
from hub.model.cases.triage_decision import DecisionKind, TriageDecision
from hub.model.reference import make_reference
from hub.model.track import Track
from hub.repositories.repositories import repositories
from hub.runtime.clock import SystemClock
from hub.settings.read import load
from hub.wiring.store import open_store, open_vault
from tests.rules import case_rules
from tests.unit.hub.cli.test_cli import configured, hub, printed

pytestmark = pytest.mark.xdist_group("talk eval")

LINES: list[dict[str, Any]] = [
    {"text": "救命！有人拿刀砍人", "label": "danger"},
    {"text": "身份证丢了怎么补办", "label": "harmless"},
    {"text": "我要举报东城派出所民警收黑钱", "label": "accusation"},
    {"text": "身份证丢了怎么补办", "accept": ["id-card-lost"]},
    {"text": "身份证", "accept": ["id-card-lost"]},
    {"text": "你好", "accept": ["T"]},
    {"text": "转人工", "accept": ["P"]},
    {"text": "转人工", "accept": ["id-card-lost"]},
]
NINE = set(Count)
DID = ["emergency", "answered", "report", "answered", "offered", "small_talk", "person", "person"]


def written(folder: Path, *lines: object) -> str:
    path = folder / "set.jsonl"
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    return str(path)


@pytest.mark.parametrize("channel", ["chat", "sms", "voice"])
def test_every_line_takes_the_real_path_in_a_conversation_of_its_own(tmp_path: Path, channel: str) -> None:
    config = configured(tmp_path)
    file = written(tmp_path, *LINES)
    found = printed(hub("talk", "eval", file, "--channel", channel, "--config", config, "--json"))
    assert [row["text"] for row in found["rows"]] == [line["text"] for line in LINES]
    assert [row["did"] for row in found["rows"]] == DID
    assert found["rows"][3]["got"] == ["id-card-lost"]
    assert "id-card-lost" in found["rows"][4]["got"]
    assert [row["danger"] for row in found["rows"]][:2] == ["sure", ""]
    assert [row["accusation"] for row in found["rows"]][:4] == ["", "", "sure", ""]
    assert [row["ok"] for row in found["rows"]] == [*[True] * 7, False]
    assert found["danger"]["danger_sure"] == found["accusation"]["accusation_sure"] == 1
    questions = {key: value for key, value in found["questions"].items() if value and key in NINE}
    assert questions == {
        "answered_right": 1,
        "offered_right": 1,
        "person_right": 1,
        "person_needless": 1,
        "other_right": 1,
    }
    assert (found["questions"]["n"], found["questions"]["in_scope"]) == (5, 3)
    assert not (tmp_path / "hub.db").exists()  # nothing of the office's own store is touched


def test_numbers_wishes_and_signs_are_seen(tmp_path: Path) -> None:
    lines = [{"text": text, "accept": ["-"]} for text in (make_reference("261122", 1), "退订", "？？！")]
    file = written(tmp_path, *lines)
    found = printed(hub("talk", "eval", file, "--channel", "sms", "--config", configured(tmp_path), "--json"))
    assert [row["did"] for row in found["rows"]] == ["progress", "opt_out", "unclear"]


def test_an_office_measures_its_own_words(tmp_path: Path) -> None:
    config = configured(tmp_path, extra='[triage]\nemergency_words = ["蓝色气球"]\n')
    file = written(tmp_path, {"text": "订两个蓝色气球", "label": "danger"})
    found = printed(hub("talk", "eval", file, "--config", config, "--json"))
    assert found["danger"]["danger_possible"] == 1
    without = printed(hub("talk", "eval", file, "--config", configured(tmp_path), "--json"))
    assert without["danger"]["danger_possible"] == 0


def test_an_answer_from_an_entry_younger_than_the_file_is_new(tmp_path: Path) -> None:
    config = configured(tmp_path)
    file = written(tmp_path, {"text": "举报有奖励吗", "accept": ["-"]})
    now = printed(hub("talk", "eval", file, "--config", config, "--json"))["questions"]
    assert now["answered_wrong"] == 1
    os.utime(file, (1_700_000_000, 1_700_000_000))
    then = printed(hub("talk", "eval", file, "--config", config, "--json"))["questions"]
    assert (then["answered_wrong"], then["answered_new"]) == (0, 1)


def test_people_get_a_table(tmp_path: Path) -> None:
    ran = hub("talk", "eval", written(tmp_path, *LINES), "--config", configured(tmp_path))
    assert ran.returncode == 0
    assert "险情 danger" in ran.stdout
    assert "作答正确率 direct precision" in ran.stdout


def test_a_bad_line_ends_with_two_and_its_number(tmp_path: Path) -> None:
    ran = hub("talk", "eval", written(tmp_path, LINES[0], {"text": "x"}))
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "line 2" in ran.stderr


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe"])
def test_a_file_that_cannot_be_read_ends_with_two_and_words(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "set.jsonl"
    if content is not None:
        path.write_bytes(content)
    ran = hub("talk", "eval", str(path))
    assert ran.returncode == 2
    assert ran.stderr
    assert "Traceback" not in ran.stderr


def test_an_unknown_channel_ends_with_two(tmp_path: Path) -> None:
    assert hub("talk", "eval", written(tmp_path, *LINES), "--channel", "fax").returncode == 2


async def test_an_office_trains_with_what_it_decided_and_nothing_of_the_compartment(tmp_path: Path) -> None:
    settings = load(Path(configured(tmp_path)))
    clock = SystemClock()
    documents = await open_store(settings, clock)
    vault = await open_vault(settings, documents)
    stores = repositories(documents, vault, cities={})
    open_case = OpenCase(stores.cases, References(documents, vault, clock), case_rules())
    opened = await open_case(
        NewCase(Track.REPORT, Origin("web-chat", "chat"), clock.now_ms(), text="举报", id="r")
    )
    made = (("c", DecisionKind.REAL_DANGER, "他站在楼下"), ("c", DecisionKind.FALSE_ALARM, "路灯坏了"))
    await documents.commit(
        [
            *open_case.writes(opened),
            *(
                stores.triage_decisions.insert(TriageDecision(f"d{at}", case, kind, at, "li", text))
                for at, (case, kind, text) in enumerate((*made, ("r", DecisionKind.REAL_DANGER, "民警打人")))
            ),
        ]
    )
    await documents.close()
    assert [(one.label, one.text) for one in await decided(settings)] == [
        ("harmless", "路灯坏了"),
        ("danger", "他站在楼下"),
    ]
