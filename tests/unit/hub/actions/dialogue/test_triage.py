"""Triage: danger first, then the wish not to be written to, then the own case, then the answers."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

import hub.web
from hub.actions.dialogue.look_up import LookUp
from hub.actions.dialogue.triage import Triage, Words
from hub.actions.dialogue.verdict import (
    Answered,
    AskProgress,
    AskSlot,
    Danger,
    Lost,
    Offer,
    OptIn,
    OptOut,
    SmallTalked,
    ToPerson,
    Verdict,
)
from hub.model.dialogue import Dialogue
from hub.model.reference import make_reference
from hub.model.track import Track
from hub.settings.read import shipped_text
from knowledge_base.dialogue.slot import Slots
from knowledge_base.dialogue.small_talk import SmallTalk
from knowledge_base.entry import Entry, EntryState, SlotAnswer
from knowledge_base.files.importer import shipped
from knowledge_base.match.answer import DEFAULT, Thresholds
from knowledge_base.match.matcher import Snapshot
from knowledge_base.text.utterance import Utterance
from tests.shipped import SNAPSHOT

WORDS = tomllib.loads(shipped_text())["triage"]
TRIAGE = Triage(
    Words(
        emergency=tuple(WORDS["emergency_words"]),
        exceptions=tuple(WORDS["emergency_exceptions"]),
        report_verbs=tuple(WORDS["report_verbs"]),
        report_objects=tuple(WORDS["report_objects"]),
        person=tuple(WORDS["person_words"]),
        threats=tuple(WORDS["threat_words"]),
    ),
    LookUp(DEFAULT, Slots(["东城", "西城"])),
    SmallTalk(),
)
NOW = 1_790_000_000_000


def triage(text: str, offered: tuple[str, ...] = ()) -> Verdict:
    return TRIAGE(Utterance(text), snapshot=SNAPSHOT, dialogue=Dialogue(offered=offered, until=NOW))


def test_an_answer_read_out_needs_its_own_certainty() -> None:
    asks = LookUp(Thresholds(answer=0.5, choice=0.3), Slots(()), aloud=Thresholds(answer=1.0, choice=0.3))
    question = "我的身份证丢掉了要怎么补一张"
    assert isinstance(asks.question(question, SNAPSHOT), Answered)
    assert isinstance(asks.question(question, SNAPSHOT, speech=True), Offer)


@pytest.mark.parametrize(
    "text",
    ["救命 在XX路 不能说话", "救 命", "有人持刀在楼下", "ＳＯＳ", "退订 救命", "我不想活了", "SOS help me"],
)
def test_danger_is_seen_before_anything_else(text: str) -> None:
    assert isinstance(triage(text), Danger)


@pytest.mark.parametrize(
    "text", ["怎么报警", "报警电话是多少", "如何预防家暴", "家暴告诫书有什么用", "写信怕被打击报复"]
)
def test_a_question_about_emergencies_is_not_one(text: str) -> None:
    assert not isinstance(triage(text), Danger)


@pytest.mark.parametrize("text", ["退订", "ｔｄ ", "T", "R", "TD", "拒收", "STOP"])
def test_an_opt_out_is_understood(text: str) -> None:
    assert isinstance(triage(text), OptOut)


def test_an_opt_out_with_a_message_keeps_the_message() -> None:
    assert triage("退订 我要反映楼下噪音") == OptOut("", "我要反映楼下噪音")


def test_a_letter_before_a_message_is_only_a_message() -> None:
    assert not isinstance(triage("R 我要反映楼下噪音"), OptOut)


def test_subscribing_again_is_understood() -> None:
    assert isinstance(triage("订阅"), OptIn)


def test_number_and_code_ask_for_progress() -> None:
    reference = make_reference("261122", 7)
    assert triage(f"{reference} 12345678") == AskProgress(reference, "12345678")


def test_a_sure_answer_is_given_and_an_unsure_question_gets_choices() -> None:
    assert isinstance(triage("身份证丢了怎么补办"), Answered)
    offered = triage("身份证")
    assert isinstance(offered, Offer)
    assert 1 <= len(offered.entries) <= 3


def test_a_number_picks_from_what_was_offered() -> None:
    entries = SNAPSHOT.entries[:3]
    picked = triage("2", offered=tuple(entry.id for entry in entries))
    assert picked == Answered(entries[1])


@pytest.mark.parametrize("text", ["0", "4", "12"])
def test_a_number_that_was_not_offered_picks_nothing(text: str) -> None:
    assert not isinstance(triage(text, offered=tuple(e.id for e in SNAPSHOT.entries[:3])), Answered)


@pytest.mark.parametrize("text", ["转人工", " 转 人工 ", "人工", "Human"])
def test_a_person_is_always_to_be_had(text: str) -> None:
    assert triage(text) == ToPerson(Track.CONSULT, asked=True)


@pytest.mark.parametrize(
    "text", ["我要举报鼓楼派出所民警收黑钱", "投诉交警王某执法时打人骂人，要求严肃处理，时间是昨天下午"]
)
def test_an_accusation_of_police_goes_behind_the_wall(text: str) -> None:
    assert triage(text) in (ToPerson(Track.REPORT), Danger(("打人",)))


def test_a_question_how_to_complain_is_answered_not_filed() -> None:
    assert not isinstance(triage("怎么投诉民警？"), ToPerson)


@pytest.mark.parametrize("text", ["", "  ", "今天天气真好我们去爬山吧下午三点集合"])
def test_what_nobody_knows_goes_to_a_person(text: str) -> None:
    assert isinstance(triage(text), ToPerson | Offer)


@pytest.mark.parametrize(
    "text", ["我要举报警察张某在城南收钱", "举报警官受贿", "投诉警察态度恶劣，昨天在路口骂人，希望处理"]
)
def test_accusing_an_officer_is_no_call_for_help(text: str) -> None:
    assert triage(text) == ToPerson(Track.REPORT)


@pytest.mark.parametrize(
    "text",
    [
        "夜间施工噪声多次报警未处理",
        "请问怎么查我的报警记录",
        "举报警车乱停",
        "help me renew my passport please",
        "已经报警了，还要带什么材料",
        "夜里KTV很吵可以报警吗",
    ],
)
def test_a_report_made_in_the_past_is_no_call_for_help(text: str) -> None:
    assert not isinstance(triage(text), Danger)


@pytest.mark.parametrize(
    "text", ["报警", "我要报警", "请帮我报警，有人撬门", "可以帮我报警吗", "举报无门了救命"]
)
def test_a_call_for_help_is_one(text: str) -> None:
    assert isinstance(triage(text), Danger)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "我老公喝醉了在砸东西要打我",
            "他在打我",
            "身份证怎么办理 有人跟踪我",
            "有人掉河里了",
            "孩子溺水了",
        ),
        *("老伴摔倒了没有呼吸 户口怎么销", "有人砸门要进来", "被抢了", "门口有人抢劫", "那个人拿枪"),
    ],
)
def test_what_is_happening_now_is_danger_without_the_word_help(text: str) -> None:
    assert isinstance(triage(text), Danger)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "购买民用爆炸物品要什么许可？",
            "运输民用爆炸物品怎么申请？",
            "谎报警情会怎么处罚？",
            "报警、出警要交钱吗？",
        ),
        *(
            "高考报警校要面试吗",
            "高考想报警察学校，要体检面试吗",
            "保险要报警证明",
            "报警会被对方知道是我报的吗？",
        ),
        *("事故当时没报警，事后还能报吗？", "平台登记算报警吗", "匿名报警可以吗", "在高速上报警怎么说位置"),
    ],
)
def test_an_answer_of_ours_is_not_kept_back_by_the_alarm(text: str) -> None:
    """These are wordings of shipped entries: whoever rings the alarm for them never gives their answer."""
    assert isinstance(triage(text), Answered)


@pytest.mark.parametrize("text", ["抢劫罪判几年", "抢劫案的进度在哪里查", "暑假防溺水怎么宣传"])
def test_a_word_about_a_crime_or_its_prevention_is_no_call_for_help(text: str) -> None:
    assert not isinstance(triage(text), Danger)


def test_what_the_pages_suggest_is_no_call_for_help() -> None:
    """An example that rings the alarm teaches people to be silent."""
    pages = Path(hub.web.__file__).parent / "templates" / "citizen"
    examples = {
        example
        for page in pages.glob("*.html")
        for example in re.findall(r'(?:placeholder|hint)="?{?{? ?_?\(?"([^"]+)"', page.read_text("utf-8"))
    }
    assert examples
    assert [text for text in sorted(examples) if TRIAGE.danger_words(Utterance(text).folded)] == []


@pytest.mark.parametrize(
    "text",
    [
        *(
            "救丶命",
            "救.命",
            "救\u200b命啊",
            "有人殺人了",
            "就命",
            "我不想活了，身份证怎么注销",
            "2 救命",
            "第二个 有人拿刀",
        ),
        *("转人工 救命", "谢谢 我想死", "你好，有人砍人", "C1 救命", "他妈的 救命", "不知道 他们在打死人"),
    ],
)
def test_danger_is_seen_in_noise_and_inside_every_dialogue(text: str) -> None:
    open_dialogues = (
        Dialogue(),
        Dialogue(offered=tuple(entry.id for entry in SNAPSHOT.entries[:3]), until=NOW),
        Dialogue(entry_id=SNAPSHOT.entries[0].id, until=NOW),
    )
    for dialogue in open_dialogues:
        assert isinstance(TRIAGE(Utterance(text), snapshot=SNAPSHOT, dialogue=dialogue), Danger)


@pytest.mark.parametrize(
    "text",
    [
        *("再不给办我就弄死你们", "他说要杀我全家", "我要炸了派出所", "大家同归于盡", "前男友说要杀我"),
        *("我要把你们派出所炸了", "我要烧了派出所", "再不给我办我就砍了你们", "邻居说要砍我"),
    ],
)
def test_a_threat_goes_to_the_top_like_danger(text: str) -> None:
    verdict = triage(text)
    assert isinstance(verdict, Danger)
    assert verdict.threat


@pytest.mark.parametrize(
    "text",
    [
        *(
            "轉人工",
            "转人工服务",
            "我要转人工",
            "帮我转接人工",
            "请转人工谢谢",
            "转到人工客服",
            "找个人说话",
            "我要真人",
        ),
        *(
            "人工客服",
            "有没有人工",
            "能不能转人工",
            "接人工",
            "跟真人聊",
            "转 人 工！！",
            "身份证丢了，转人工",
            "zhuanrengong",
        ),
    ],
)
def test_a_person_is_to_be_had_in_every_state(text: str) -> None:
    offered = tuple(entry.id for entry in SNAPSHOT.entries[:3])
    for dialogue in (
        Dialogue(),
        Dialogue(offered=offered, until=NOW),
        Dialogue(entry_id=offered[0], until=NOW),
    ):
        verdict = TRIAGE(Utterance(text), snapshot=SNAPSHOT, dialogue=dialogue)
        assert verdict == ToPerson(Track.CONSULT, asked=True)


@pytest.mark.parametrize("text", ["不要转人工", "本人", "有人吗", "别人能代办吗"])
def test_not_every_person_is_asked_for(text: str) -> None:
    assert triage(text) != ToPerson(Track.CONSULT, asked=True)


def test_a_person_asked_for_in_an_accusation_stands_behind_the_wall() -> None:
    assert triage("我要投诉民警打我，转人工") == ToPerson(Track.REPORT, asked=True)


@pytest.mark.parametrize("text", ["退订", "TD", "R", "T"])
def test_opting_out_comes_before_what_was_offered(text: str) -> None:
    assert isinstance(triage(text, offered=tuple(e.id for e in SNAPSHOT.entries[:3])), OptOut)


def test_small_talk_is_no_question_and_no_case() -> None:
    for text in ("谢谢", "你好", "你是机器人吗？", "再见", "测试"):
        assert isinstance(triage(text), SmallTalked)


def test_none_of_what_was_offered_goes_to_a_person() -> None:
    offered = tuple(entry.id for entry in SNAPSHOT.entries[:3])
    assert triage("都不是", offered) == ToPerson(Track.CONSULT, asked=True)
    again = triage("7", offered)
    assert isinstance(again, Offer)
    assert again.again


def test_a_new_question_is_answered_as_one() -> None:
    offered = tuple(entry.id for entry in SNAPSHOT.entries[:3])
    verdict = triage("12389是什么电话", offered)
    assert isinstance(verdict, Answered)
    assert verdict.entry.topic == "12389"


def test_a_number_nothing_was_offered_for_opens_no_case() -> None:
    for text in ("2", "第二个", "他妈的", "？？？", "👍"):
        assert isinstance(triage(text), Lost)


def test_an_accusation_names_no_value() -> None:
    slotted = _slotted()
    dialogue = Dialogue(entry_id=slotted.entries[0].id, until=NOW)
    verdict = TRIAGE(Utterance("举报交警收钱"), snapshot=slotted, dialogue=dialogue)
    assert verdict == ToPerson(Track.REPORT)


def _slotted() -> Snapshot:
    answers = (SlotAnswer("C1", "每六年。"), SlotAnswer("A1", "每年。"))
    return Snapshot.build(
        [
            Entry(
                *("exam", "驾驶证多久体检一次？", ("驾照几年体检",), "看准驾车型。", "", "交管", ""),
                False,
                EntryState.PUBLISHED,
                0,
                slot="licence",
                by_slot=answers,
            )
        ]
    )


def test_an_answer_that_depends_on_a_value_asks_for_it_once() -> None:
    slotted = _slotted()
    entry = slotted.entries[0]
    asked = TRIAGE(Utterance("驾驶证多久体检一次"), snapshot=slotted)
    assert asked == AskSlot(entry)
    assert TRIAGE(Utterance("驾驶证多久体检一次，我是C1"), snapshot=slotted) == Answered(
        entry, entry.by_slot[0]
    )
    waits = Dialogue(entry_id=entry.id, until=NOW)
    for text, value in (("2", entry.by_slot[1]), ("c1", entry.by_slot[0]), ("小车", entry.by_slot[0])):
        assert TRIAGE(Utterance(text), snapshot=slotted, dialogue=waits) == Answered(entry, value)
    for text in ("不知道", "就那种普通的"):
        assert TRIAGE(Utterance(text), snapshot=slotted, dialogue=waits) == Answered(entry)


@pytest.mark.parametrize(
    ("question", "answer", "text", "offered"),
    [
        ("驾驶证多久体检一次？", "看准驾车型。", "已经报警了，驾驶证多久体检一次", False),
        ("驾驶证多久体检一次？", "有人受伤马上打110。", "驾驶证多久体检一次", False),
        ("驾驶证多久体检一次？", "有人受伤马上打110。", "1", True),
        ("得了抢劫罪驾驶证多久体检一次？", "看准驾车型。", "1", True),
    ],
)
def test_near_danger_nobody_is_asked_for_a_value(
    question: str, answer: str, text: str, offered: bool
) -> None:
    entry = replace(_slotted().entries[0], question=question, answer=answer)
    dialogue = Dialogue(offered=(entry.id,), until=NOW) if offered else None
    verdict = TRIAGE(Utterance(text), snapshot=Snapshot.build([entry]), dialogue=dialogue)
    assert verdict == Answered(entry)


def test_a_word_of_danger_is_near_it_even_where_it_means_none() -> None:
    for text in ("怎么报警", "家 暴告诫书有什么用", "已经报警三次了", "民用爆炸物品许可"):
        assert TRIAGE.danger(Utterance(text).folded) is None
        assert TRIAGE.near_danger(Utterance(text).folded)
    assert not TRIAGE.near_danger(Utterance("身份证丢了怎么补办").folded)


def test_a_citizen_of_a_known_city_gets_the_citys_own_answer() -> None:
    def local(id_: str, region: str) -> Entry:
        return Entry(
            *(id_, f"{region}居住证怎么办理？", (), f"{region}的答案。", "", "户政", ""),
            False,
            EntryState.PUBLISHED,
            0,
            service="居住证",
            region=region,
        )

    general, east, west = local("permit", ""), local("permit-east", "东城市"), local("permit-west", "西城市")
    snapshot = Snapshot.build([general, east, west])
    for city, expected in (("东城", east), ("西城", west)):
        verdict = TRIAGE(Utterance("居住证怎么办理"), snapshot=snapshot, city=city)
        assert verdict == Answered(expected)
    alone = Snapshot.build([general, west])
    assert TRIAGE(Utterance("西城市居住证怎么办理"), snapshot=alone, city="东城") == Answered(general)


@pytest.mark.parametrize("offered", [(), ("nothing-that-is-known",)])
def test_a_letter_is_a_matter_although_a_question_stands_in_it(offered: tuple[str, ...]) -> None:
    question = "身份证丢了怎么补办"
    assert isinstance(triage(question, offered), Answered)
    assert not isinstance(triage(f"{question}？" * 20, offered), ToPerson)
    assert triage(f"{question}？" * 21, offered) == ToPerson(Track.CONSULT)


def test_the_length_of_a_letter_hides_neither_danger_nor_an_accusation() -> None:
    letter = "楼下烧烤店每天深夜占道经营。" * 30
    assert isinstance(triage(f"{letter}救命"), Danger)
    assert triage(f"{letter}我要举报派出所民警收黑钱") == ToPerson(Track.REPORT)


@pytest.mark.parametrize("text", ["怎么查别人的身份证号", "幫我查一下前妻的住址", "我想知道我老公的開房記錄"])
def test_data_about_others_are_given_to_nobody(text: str) -> None:
    verdict = triage(text)
    assert isinstance(verdict, Answered)
    assert verdict.entry.id == "find-person-info"


@pytest.mark.parametrize("text", ["救命 帮我定位我老公的手机 他要跳楼", "我要投诉派出所民警卖别人的开房记录"])
def test_danger_and_accusation_come_before_data_about_others(text: str) -> None:
    assert isinstance(triage(text), Danger | ToPerson)


def test_where_the_office_took_the_entry_out_of_use_a_person_says_it() -> None:
    known = Snapshot.build([entry for entry in shipped() if entry.id != "find-person-info"])
    verdict = TRIAGE(Utterance("怎么查别人的身份证号"), snapshot=known)
    assert verdict == ToPerson(Track.CONSULT)


@pytest.mark.parametrize("text", ["前妻抢走孩子不让我看望孩子", "我名字里有个怪字电脑打不出来老是办不了事"])
def test_a_matter_that_an_entry_likely_answers_is_offered_it_although_nothing_is_asked(text: str) -> None:
    verdict = TRIAGE(Utterance(text), snapshot=SNAPSHOT, told=True)
    assert isinstance(verdict, Offer)
    assert verdict.likely
    assert triage(text) == ToPerson(Track.CONSULT)  # in a letter or a text it is a case


@pytest.mark.parametrize("text", ["身份证丢了咋整咧这样还来得及不", "单位体检用的无犯罪证明这种事找谁开"])
def test_an_unsure_question_in_any_way_of_asking_offers_choices(text: str) -> None:
    assert not isinstance(triage(text), ToPerson)


def test_a_question_in_pinyin_is_answered_as_if_it_were_written() -> None:
    assert triage("hu zhao dao qi le") == triage("护照到期了")


@pytest.mark.parametrize(
    ("shown", "text", "id_"),
    [
        ("passport-renew", "那我孩子呢", "passport-minor"),
        ("hk-macao-permit", "那我女儿呢", "minor-permit"),
        ("id-card-lost", "要带什么材料", "id-card-lost"),
        ("no-crime-record", "可以让我老公代办吗", "no-crime-record"),
    ],
)
def test_what_is_asked_of_the_entry_shown_last(shown: str, text: str, id_: str) -> None:
    verdict = TRIAGE(Utterance(text), snapshot=SNAPSHOT, dialogue=Dialogue(shown=shown, until=NOW))
    assert isinstance(verdict, Answered | AskSlot)
    assert verdict.entry.id == id_
