"""The tour itself is believed only because it notices: a step that fails, a loss, a doubled message."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hub.demo.folder import DemoFolder
from hub.tour.journal import Journals, doubled
from hub.tour.play import KillPlan
from hub.tour.report import Report, StepResult, Verified
from hub.tour.scene import pair
from hub.tour.story import NotHeld

GOOD = StepResult("story", "step", True, "kept", 0.1)
BAD = StepResult("story", "step", False, "not kept", 0.1)
CLEAN = Verified(kept=8, lost=(), twice=(), ambiguous=())


@pytest.mark.parametrize(
    ("steps", "verified"),
    [
        ([GOOD, BAD], CLEAN),
        ([GOOD], Verified(8, lost=("sms-12110 SM1",), twice=(), ambiguous=())),
        ([GOOD], Verified(8, lost=(), twice=("d1",), ambiguous=())),
        ([GOOD], None),
    ],
)
def test_one_broken_promise_fails_the_whole_tour(steps: list[StepResult], verified: Verified | None) -> None:
    assert not Report(steps, verified=verified).ok


def test_a_message_listed_as_ambiguous_does_not_fail_it() -> None:
    assert Report([GOOD], verified=Verified(8, (), (), ambiguous=("d1",))).ok


def test_the_journals_of_gateway_and_mail_server_show_what_came_twice(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path)
    old = {"recipient": "+8613800000001", "text": "before"}
    folder.texts.write_text(json.dumps(old) + "\n", "utf-8")
    journals = Journals(folder)
    with folder.texts.open("a", encoding="utf-8") as texts:
        for words in ("one", "two", "three", "two", "two"):
            texts.write(json.dumps({**old, "text": words}) + "\n")
        texts.write('{"recipient": "+86138000')  # a line that is just being written
    mail = {"from": "a@example.com", "to": ["b@example.com"], "raw": "Message-ID: <m1@hub>\r\n\r\nx"}
    folder.mails.write_text((json.dumps(mail) + "\n") * 2, "utf-8")
    assert journals.mailed_twice() == ["m1"]
    taken = journals.texts("+8613800000001")
    assert [text.text for text in taken] == ["one", "two", "three", "two", "two"]
    meant = [
        {"id": id, "to": "+8613800000001", "text": words}
        for id, words in (("d1", "one"), ("d2", "two"), ("d3", "two"), ("d4", "never left"))
    ]
    assert doubled(taken, meant, ()) == ["0001 3/2", "0001 1/0"]
    assert doubled(taken, meant, {"d3"}) == ["0001 1/0"]
    assert len(journals.mails("b@example.com")) == 2
    assert journals.mails("c@example.com") == []


def test_the_same_seed_kills_at_the_same_places_and_every_place_has_its_seed() -> None:
    plans = [KillPlan.from_seed(seed, 38) for seed in range(400)]
    assert plans[7] == KillPlan.from_seed(7, 38)
    assert all(plan.before != plan.during for plan in plans)
    assert {plan.during for plan in plans} == set(range(1, 38))


def test_number_and_code_are_found_in_a_text_and_missed_when_they_are_not_there() -> None:
    assert pair("编号26112300000664，查询码47382415。") == ("26112300000664", "47382415")
    with pytest.raises(NotHeld):
        pair("您的来信已登记。")
