from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.entry import EntryState
from knowledge_base.match.alignment import How, Pair
from knowledge_base.match.matcher import Snapshot
from tests.unit.knowledge_base.entries import SMALL, entry

SNAPSHOT = Snapshot.build(SMALL)


def best(text: str) -> str:
    return SNAPSHOT.match(text)[0].entry.id


def test_the_same_question_scores_one_and_says_which_wording_won() -> None:
    match = SNAPSHOT.match("请问驾照遗失补证？")[0]
    assert (match.entry.id, match.score, match.matched) == ("licence-lost", 1.0, "驾照遗失补证")
    assert match.reason == "same words"


def test_other_words_of_the_same_meaning_find_the_entry() -> None:
    assert best("驾驶本弄丢了咋补办") == "licence-lost"
    assert best("楼上晚上吵得睡不着") == "noise"


def test_traditional_and_spoken_forms_find_the_entry() -> None:
    assert best("身份證遺失怎麼補") == "id-card-lost"
    assert best("嗯幺二三八九是管啥的") == "12389-scope"


def test_a_homophone_does_not_hide_the_entry() -> None:
    assert best("身份正掉了怎么办") == "id-card-lost"


def test_another_thing_scores_lower_than_the_thing_asked_for() -> None:
    scores = {match.entry.id: match.score for match in SNAPSHOT.match("身份证丢了怎么补办", 5)}
    assert scores["id-card-lost"] > scores["licence-lost"] + 0.1


def test_each_entry_comes_once_best_first() -> None:
    matches = SNAPSHOT.match("驾驶证怎么换怎么补", 10)
    assert len({match.entry.id for match in matches}) == len(matches)
    assert [match.score for match in matches] == sorted((match.score for match in matches), reverse=True)


def test_no_more_than_the_limit_are_given() -> None:
    assert len(SNAPSHOT.match("驾驶证怎么办", 1)) == 1


def test_drafts_and_retired_entries_are_not_matched() -> None:
    hidden = [
        replace(SMALL[0], state=EntryState.DRAFT),
        replace(SMALL[1], state=EntryState.EXPIRED),
        SMALL[2],
    ]
    snapshot = Snapshot.build(hidden)
    assert snapshot.entries == (SMALL[2],)
    assert all(match.entry.id == "id-card-lost" for match in snapshot.match("驾驶证丢了怎么补"))


def test_the_reason_lays_the_words_side_by_side() -> None:
    match = SNAPSHOT.match("爷爷的驾照弄丢了去哪补")[0]
    assert "驾照≈驾驶本 (concept)" in match.reason
    assert "爷爷 (unmatched)" in match.reason
    assert Pair("弄丢了", "不见了", How.CONCEPT) in match.words
    assert Pair("补", "补", How.SAME) in match.words


def test_what_the_recogniser_misheard_is_found_in_speech_mode() -> None:
    heard = "架照鱼实补正"
    assert SNAPSHOT.match(heard, speech=True)[0].entry.id == "licence-lost"
    plain = SNAPSHOT.match(heard)
    assert not plain or SNAPSHOT.match(heard, speech=True)[0].score > plain[0].score


def test_words_that_two_entries_claim_are_certain_for_neither() -> None:
    snapshot = Snapshot.build([entry("a", "护照怎么办理"), entry("b", "护照如何办理")])
    assert [match.score < 1 for match in snapshot.match("护照怎么办理")] == [True, True]


def test_an_empty_snapshot_matches_nothing() -> None:
    assert Snapshot.build(()).match("驾驶证丢了") == ()


@given(st.text(max_size=600))
def test_any_text_gives_scores_between_nought_and_one(text: str) -> None:
    assert all(0 <= match.score <= 1 for match in SNAPSHOT.match(text))


def test_a_question_that_shares_nothing_with_any_entry_finds_nothing() -> None:
    assert Snapshot.build(SMALL[:1]).look("xyz") == ()
