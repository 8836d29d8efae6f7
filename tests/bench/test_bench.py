"""Every bench runs and prints the promised shape. What it measures is not asserted."""

from __future__ import annotations

import json

import pytest

from hub.bench.faq import Given
from hub.bench.faq_sets import catalogue
from hub.bench.figure import Figure, as_table
from hub.bench.runs import BENCHES, run
from knowledge_base.measure.measure import Query


@pytest.mark.parametrize("name", BENCHES)
def test_a_bench_prints_what_it_measured(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run([name], as_json=True, small=True) == 0
    figures = json.loads(capfd.readouterr().out)
    assert figures[0]["name"].partition(".")[0] == name
    for figure in figures:
        assert figure.keys() == {"name", "value", "unit", "floor", "ratio"}
        # A round this small may take less processor time than the machine counts.
        assert (not figure["floor"]) == (figure["ratio"] is None)


def test_hits_are_measured_in_the_set_that_is_given(capfd: pytest.CaptureFixture[str]) -> None:
    given = Given(catalogue(2), [Query("市局居民身份证首次申请需要哪些材料", "c000000"), Query("天气", None)])
    assert run(["faq"], as_json=True, small=True, given=given) == 0
    figures = {figure["name"]: figure["value"] for figure in json.loads(capfd.readouterr().out)}
    assert figures["faq.set.top1"] == figures["faq.set.top1 (BM25)"] == 1.0
    assert figures["faq.set.auroc"] == 1.0


def test_an_unknown_bench_is_refused_with_the_names_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["speed"], as_json=False) == 2
    said = capsys.readouterr().err
    assert "speed" in said
    assert "intake" in said


def test_a_table_has_a_line_for_each_figure_and_no_ratio_without_a_floor() -> None:
    table = as_table([Figure("a", 1234.0, "x/s", 2468.0, "≥ 1"), Figure("b", 0.5, "MB")])
    head, first, second = table.splitlines()
    assert head.split() == ["name", "value", "unit", "floor", "ratio", "goal"]
    assert first.split() == ["a", "1,234", "x/s", "2,468", "0.50", "≥", "1"]
    assert second.split() == ["b", "0.50", "MB", "-", "-"]
