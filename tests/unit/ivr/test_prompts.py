"""What a prompt becomes when it is spoken."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from channels.contract import Pause, Say
from ivr.prompts import fill, placeholders, spoken, stray_braces
from tests.unit.ivr.driving import FLOW


def say(text: str, facts: dict[str, str], language: str = "zh") -> tuple[Say | Pause, ...]:
    flow = replace(FLOW, prompts={"test": {"zh": text, "en": text}})
    return spoken(flow, ["test"], language, facts)


def test_digits_are_spelled_in_groups_with_pauses() -> None:
    assert say("编号{reference:digits}完", {"reference": "201100"}) == (
        Say("编号"),
        Say("二，零，幺，幺"),
        Pause(1),
        Say("零，零"),
        Pause(1),
        Say("完"),
    )


def test_digits_are_spelled_in_english() -> None:
    assert say("{code:digits}", {"code": "10"}, "en") == (Say("one, zero", "en"), Pause(1))


def test_a_missing_fact_is_said_as_nothing() -> None:
    assert say("您好，{province}公安{reference:digits}。", {}) == (Say("您好，公安"),)


def test_a_fact_is_not_a_template() -> None:
    assert say("{progress}", {"progress": "{query_code}", "query_code": "1"}) == (Say("{query_code}"),)


def test_placeholders_are_found_and_mistakes_are_seen() -> None:
    assert placeholders("{a}{b:digits}") == ("a", "b")
    assert stray_braces("{a:number}")
    assert not stray_braces("{a}{b:digits}")


@given(st.text(max_size=40))
def test_text_without_placeholders_is_left_alone(text: str) -> None:
    assert fill(text, {}) == text or "{" in text
