"""The table of moves: every event of a case, from which states to which, who may, under what conditions.

There is no other way to change the state of a case. The numbers are those of the rows of the design;
`docs/case-flow.md` is drawn from here. Guards in `when` hold or not whatever is typed, so that a button can
be off; those in `needs` look at the data of the event:

submit {kind, channel} · route {mode, unit, received_at, due} · object {reason} · accept {branch, items} ·
refuse {code} · assign {handler} · extend {days, reason} · ask {question} · submit_reply {outcomes} · deliver
{document, method, status, delivered_on} · fucha_opinion {outcome} · reclassify {track, reason} · duban
{order, due} · reopen {reason}. Every event that issues a document takes `delivered`: false when it has not
reached the citizen yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from campaigns.said import Said
from hub.model.cases import effects as do
from hub.model.cases import guards as g
from hub.model.cases.attempt import Attempt, Effect, Guard
from hub.model.cases.proceeding import DIRECT_TRACKS, PETITION_TRACKS, DocumentKind, Proceeding
from hub.model.cases.roles import CaseRole
from hub.model.cases.state import OPEN_STATES, CaseState
from hub.model.track import Track

S, R, T = CaseState, CaseRole, Track
SAME = None
Landing: TypeAlias = Callable[[Proceeding, Attempt], CaseState]


@dataclass(frozen=True, slots=True)
class Row:
    """One move. number: of the design's row, "+" for one of the hub's own. label: for a button.

    to: the states it may lead to, `SAME` for the one it is in; `land` chooses among several, by what the
    effects made. who: roles that may; the first one is meant when none is named. document, notices: what the
    citizen gets.
    """

    number: str
    event: str
    label: str
    sources: frozenset[CaseState]
    to: tuple[CaseState | None, ...]
    who: tuple[CaseRole, ...]
    land: Landing | None = None
    tracks: frozenset[Track] = frozenset(Track)
    when: tuple[Guard, ...] = ()
    needs: tuple[Guard, ...] = ()
    effects: tuple[Effect, ...] = ()
    document: DocumentKind | None = None
    notices: tuple[str, ...] = ()
    told_on_arrival: bool = False

    def moves(self) -> frozenset[tuple[CaseState, CaseState]]:
        """Every pair of from and to."""
        return frozenset((source, to or source) for source in self.sources for to in self.to)

    def may(self, track: Track) -> tuple[CaseRole, ...]:
        """Who may, for a case of this track: of a REPORT what ordinary staff do is done by inspectors."""
        if track is not Track.REPORT:
            return self.who
        inspected: list[CaseRole] = []
        for role in self.who:
            if role not in _ORDINARY_STAFF:
                inspected.append(role)
            if role in _ORDINARY_STAFF | {R.SUP}:
                inspected.append(R.INS)
        return tuple(dict.fromkeys(inspected))


_ORDINARY_STAFF = frozenset({R.TRI, R.UC, R.HND})


def _back(p: Proceeding, _: Attempt) -> CaseState:
    """Read before the effects forget it."""
    return p.previous or S.TRIAGE


def _before_closing(p: Proceeding, _: Attempt) -> CaseState:
    return p.came_from


def _back_from_merging(p: Proceeding, _: Attempt) -> CaseState:
    return p.merged_from or S.TRIAGE


def _after_delivery(p: Proceeding, _: Attempt) -> CaseState:
    """Where a case stands once its last document is delivered, or still is while it is not."""
    last = p.papers[-1] if p.papers else None
    match p.state:
        case S.REVIEW_DRAFT if p.signed_by and p.replied_at and _delivered(p, _REPLY_KINDS):
            return S.REPLIED
        case S.FUCHA if last and last.kind is DocumentKind.FUCHA_OPINION and last.delivered_at:
            return S.FUCHA_DONE
        case S.FUHE if last and last.kind is DocumentKind.FUHE_OPINION and last.delivered_at:
            return S.FINAL
        case state:
            return state


_REPLY_KINDS = frozenset({DocumentKind.OPINION, DocumentKind.REPLY})


def _delivered(p: Proceeding, kinds: Iterable[DocumentKind]) -> bool:
    wanted = frozenset(kinds)
    paper = next((paper for paper in reversed(p.papers) if paper.kind in wanted), None)
    return paper is not None and paper.delivered_at > 0


def _after_reclassifying(p: Proceeding, _: Attempt) -> CaseState:
    """A matter that became a petition has to be accepted first."""
    accepted_first = p.track not in DIRECT_TRACKS
    if (
        accepted_first
        and not p.accepted_at
        and p.state in {S.ACCEPTED, S.HANDLING, S.REVIEW_DRAFT, S.REPLIED, S.RATED, S.REWORK}
    ):
        return S.TRIAGE
    return p.state


def _claimed(p: Proceeding, _: Attempt) -> CaseState:
    """A question or a service matter is in hand as soon as somebody has it."""
    if p.track in DIRECT_TRACKS and p.state in {S.REGISTERED, S.TRIAGE, S.ACCEPTED, S.REWORK}:
        return S.HANDLING
    return p.state


def _after_late(p: Proceeding, _: Attempt) -> CaseState:
    last = p.clocks[-1].name if p.clocks else ""
    return S.FUHE if last == "FUHE_30" else S.FUCHA


ALL = frozenset(S)
OPEN = OPEN_STATES
_REPORT = frozenset({T.REPORT})
_APPEAL = frozenset({T.APPEAL})
_BOUND = PETITION_TRACKS | _REPORT
_REPLIED = frozenset({S.REPLIED, S.RATED})


_DELIVERERS = (R.LEAD, R.HND, R.UC, R.TRI, R.SYS)
_OPINION_DELIVERERS = (R.REV, *_DELIVERERS)


def _in(*states: CaseState) -> frozenset[CaseState]:
    return frozenset(states)


_DELIVERIES: tuple[
    tuple[frozenset[CaseState], tuple[CaseState | None, ...], frozenset[Track], tuple[str, ...]], ...
] = (
    (_in(S.REVIEW_DRAFT), (SAME, S.REPLIED), frozenset(T), ("答复告知",)),
    (_in(S.FUCHA), (SAME, S.FUCHA_DONE), _APPEAL, ("复查结果告知",)),
    (_in(S.FUHE), (SAME, S.FINAL), _APPEAL, ("复核结果告知",)),
    (ALL - {S.DRAFT, S.REVIEW_DRAFT, S.FUCHA, S.FUHE}, (SAME,), frozenset(T), ()),
)
"""Where a document of any kind may be delivered, what may come of it, and what is told then."""

STAFF_NOTICES = frozenset({"登记回执", "值班任务", "110 移交记录", "催办提醒", "督办通知"})
"""For staff, or told where it happens: no message to the citizen."""

TABLE: tuple[Row, ...] = (
    Row(
        "1", "submit", "登记", _in(S.DRAFT), (S.REGISTERED,), (R.CIT, R.OP, R.SYS),
        effects=(do.register, do.acknowledge), notices=("登记回执",),
    ),
    Row(
        "2", "promote_partial", "未完成来电登记", _in(S.DRAFT), (S.REGISTERED,), (R.SYS,),
        effects=(do.register, do.acknowledge), notices=("值班任务",),
    ),
    Row(
        "3", "emergency", "移交 110", OPEN, (S.HANDED_OFF,), (R.OP, R.HND, R.SYS),
        when=(g.is_emergency,), effects=(do.end,), notices=("110 移交记录",),
    ),
    Row("4", "pick", "开始甄别", _in(S.REGISTERED), (S.TRIAGE,), (R.TRI, R.SYS), needs=(g.check_recusal,)),
    Row(
        "5", "seal", "封存移送上级", _in(S.REGISTERED, S.TRIAGE), (S.SEALED,), (R.SYS,),
        tracks=_REPORT, effects=(do.end,), notices=("登记回执",),
    ),
    Row(
        "6", "ask", "请群众补充", _in(S.TRIAGE, S.HANDLING), (S.NEED_INFO,), (R.TRI, R.HND),
        needs=(g.needs("question", Said("请写明需要补充什么")),),
        effects=(do.ask,), notices=("补充材料通知",),
    ),
    Row(
        "7", "citizen_reply", "群众补充", _in(S.NEED_INFO), (S.TRIAGE, S.HANDLING), (R.CIT, R.OP),
        land=_back, effects=(do.stop_asking,),
    ),
    Row(
        "7", "timeout", "补充期满", _in(S.NEED_INFO), (S.TRIAGE, S.HANDLING), (R.SYS,),
        land=_back, when=(g.question_is_over,), effects=(do.stop_asking,), notices=("补充材料提醒",),
    ),
    Row(
        "8", "route", "转送", _in(S.TRIAGE), (S.ROUTED,), (R.TRI, R.SUP),
        needs=(g.check_route,), effects=(do.route,), document=DocumentKind.TRANSFER, notices=("转送告知",),
    ),
    Row(
        "8", "receive", "签收", _in(S.ROUTED), (S.ROUTED,), (R.UC, R.SYS),
        when=(g.awaits_receipt,), effects=(do.receive,),
    ),
    Row(
        "8", "move_due", "更改交办期限", OPEN, (SAME,), (R.TRI, R.SUP),
        when=(g.is_supervised,), needs=(g.check_new_due,), effects=(do.move_due,),
    ),
    Row(
        "9", "object", "提出异议", _in(S.ROUTED), (S.OBJECTION,), (R.UC,),
        when=(g.may_still_object,), needs=(g.needs("reason", Said("请写明异议理由")),), effects=(do.object_,),
    ),
    Row(
        "10", "agree_return", "同意退回", _in(S.OBJECTION), (S.TRIAGE,), (R.TRI, R.SUP),
        when=(g.sender_decides,), effects=(do.agree_return,),
    ),
    Row(
        "11", "refuse_return", "不同意退回", _in(S.OBJECTION), (S.ROUTED,), (R.TRI, R.SUP),
        when=(g.sender_decides,), needs=(g.needs("reason", Said("请写明不同意退回的理由")),),
    ),
    Row(
        "12", "accept", "受理", _in(S.TRIAGE, S.ROUTED), (S.ACCEPTED,), (R.UC, R.LEAD),
        needs=(g.check_branch, g.check_items, g.check_duplicate), effects=(do.accept,),
        document=DocumentKind.ACCEPTANCE, notices=("受理告知",),
    ),
    Row(
        "13", "propose_refusal", "提请不予受理", _in(S.TRIAGE, S.ROUTED), (SAME,), (R.TRI, R.UC),
        effects=(do.propose("refuse"),),
    ),
    Row(
        "13", "refuse", "不予受理", _in(S.TRIAGE, S.ROUTED), (S.NOT_ACCEPTED,), (R.TRI, R.UC),
        needs=(g.needs("code", Said("请写明不予受理的情形")), g.second_person), effects=(do.refuse,),
        document=DocumentKind.REFUSAL, notices=("不予受理告知",),
    ),
    Row(
        "14", "redirect_legal", "导入法定程序", _in(S.TRIAGE), (S.HANDED_OFF,),
        (R.TRI,), tracks=PETITION_TRACKS,
        needs=(g.check_legal_branch,), effects=(do.redirect_legal,),
        document=DocumentKind.LEGAL_WAY, notices=("法定程序告知",),
    ),
    Row(
        "15", "assign", "分派", _in(S.ACCEPTED, S.REWORK, S.HANDLING), (S.HANDLING,), (R.UC, R.LEAD, R.SYS),
        needs=(g.check_recusal,), effects=(do.assign,),
    ),
    Row(
        "+", "claim", "认领", OPEN, (SAME, S.HANDLING), (R.HND, R.TRI, R.UC, R.LEAD, R.OP, R.SYS),
        land=_claimed,
        needs=(g.check_recusal,), effects=(do.claim,),
    ),
    *(
        Row(
            "16", event, label, _in(S.HANDLING), (S.HANDLING,), (R.HND, R.TRI, R.UC),
            effects=(do.contact,) if event == "log_contact" else (),
        )
        for event, label in (("log_contact", "记录联系"), ("add_evidence",
        "添加证据"), ("co_reply", "协办答复"))
    ),
    Row(
        "16", "note", "备注", ALL - {S.DRAFT}, (SAME,),
        (R.HND, R.OP, R.TRI, R.UC, R.LEAD, R.SUP, R.REV),
    ),
    Row(
        "+", "write", "联系群众", OPEN, (SAME,), (R.HND, R.OP, R.TRI, R.UC, R.LEAD, R.SUP),
        effects=(do.contact,),
    ),
    Row(
        "17", "auto_return", "退回待办", _in(S.HANDLING), (S.ACCEPTED,), (R.SYS,),
        tracks=frozenset({T.CONSULT, T.SERVICE}), effects=(do.give_back,),
    ),
    Row(
        "18", "ask_extension", "申请延期", _in(S.HANDLING), (S.HANDLING,), (R.HND,), tracks=_APPEAL,
        when=(g.may_extend,), needs=(g.check_days,), effects=(do.ask_extension,),
    ),
    Row(
        "18", "extend", "批准延期", _in(S.HANDLING), (S.HANDLING,), (R.LEAD,), tracks=_APPEAL,
        when=(g.may_extend,), needs=(g.check_days, g.approves_another), effects=(do.extend,),
        document=DocumentKind.EXTENSION, notices=("延期告知",),
    ),
    Row(
        "19", "submit_reply", "提交答复", _in(S.HANDLING), (S.REVIEW_DRAFT,), (R.HND,),
        needs=(g.check_outcomes,), effects=(do.submit_reply,),
    ),
    Row(
        "20", "reject_draft", "退回修改", _in(S.REVIEW_DRAFT), (S.HANDLING,), (R.LEAD,),
        when=(g.is_unsigned,), needs=(g.needs("comment", Said("请写明修改意见")),),
        effects=(do.reject_draft,),
    ),
    Row(
        "21", "sign", "签发", _in(S.REVIEW_DRAFT), (S.REVIEW_DRAFT,), (R.LEAD,),
        when=(g.is_unsigned,), needs=(g.signs_another,), effects=(do.sign,), document=DocumentKind.OPINION,
    ),
    Row(
        "21", "deliver", "送达", _in(S.REVIEW_DRAFT), (SAME, S.REPLIED), _DELIVERERS,
        land=_after_delivery, when=(g.has_paper_waiting,), needs=(g.check_delivery,), effects=(do.deliver,),
        notices=("答复告知",), told_on_arrival=True,
    ),
    *(
        Row(
            "21", event, label, sources, to, who, land=_after_delivery, tracks=tracks, when=when, needs=needs,
            effects=(effect,), notices=notices, told_on_arrival=True,
        )
        for event, label, who, when, needs, effect in (
            ("deliver", "送达", _OPINION_DELIVERERS, (g.has_paper_waiting,), (g.check_delivery,), do.deliver),
            ("public_notice_over", "公告期满", (R.SYS,), (), (), do.public_notice_over),
        )
        for sources, to, tracks, notices in _DELIVERIES
        if event != "deliver" or S.REVIEW_DRAFT not in sources
    ),
    Row(
        "+", "answer", "答复", OPEN, (S.REPLIED,), (R.HND, R.OP, R.SUP), tracks=DIRECT_TRACKS,
        needs=(g.second_person_where_demanded,), effects=(do.answer,), notices=("答复",),
    ),
    Row(
        "+", "close", "办结", OPEN, (S.CLOSED,), (R.HND, R.OP, R.SUP, R.SYS), tracks=DIRECT_TRACKS,
        effects=(do.end,), notices=("办结告知",),
    ),
    Row(
        "22", "rate", "评价", _in(S.REPLIED), (S.RATED,), (R.CIT,), effects=(do.rate,), notices=("感谢评价",),
    ),
    Row(
        "22", "rate", "更改评价", _in(S.RATED), (S.RATED,), (R.CIT,),
        when=(g.one_rating_left,), effects=(do.rate,), notices=("感谢评价",),
    ),
    Row("22", "rating_over", "评价期满", _in(S.REPLIED), (S.RATED,), (R.SYS,)),
    Row(
        "23", "unsatisfied", "反映不满意", _REPLIED, (S.REWORK,), (R.CIT, R.CB, R.SUP),
        tracks=frozenset({T.CONSULT, T.SERVICE}), when=(g.may_redo,),
        effects=(do.redo,), notices=("重办告知",),
    ),
    Row(
        "23", "callback", "回访", _REPLIED, (SAME,), (R.CB, R.OP, R.HND),
        when=(g.calls_back,), effects=(do.call_back,),
    ),
    Row("23", "callback_tried", "回访未接通", _REPLIED, (SAME,), (R.CB, R.OP, R.HND), when=(g.calls_back,)),
    Row(
        "24", "request_fucha", "申请复查", _REPLIED | {S.CLOSED}, (S.FUCHA,), (R.CIT,), tracks=_APPEAL,
        when=(g.in_fucha_window,), effects=(do.request_fucha,), notices=("复查申请回执",),
    ),
    Row(
        "25", "fucha_opinion", "复查意见", _in(S.FUCHA), (S.FUCHA, S.FUCHA_DONE),
        (R.REV,), land=_after_delivery,
        tracks=_APPEAL, when=(g.no_opinion_waits,), needs=(g.check_fucha,), effects=(do.fucha_opinion,),
        document=DocumentKind.FUCHA_OPINION, notices=("复查结果告知",), told_on_arrival=True,
    ),
    Row(
        "26", "remand", "撤销重办", _in(S.FUCHA), (S.HANDLING,), (R.REV,), tracks=_APPEAL,
        when=(g.no_opinion_waits,), effects=(do.remand,),
        document=DocumentKind.FUCHA_OPINION, notices=("撤销重办告知",),
    ),
    Row(
        "27", "request_fuhe", "申请复核", _in(S.FUCHA_DONE, S.CLOSED), (S.FUHE,), (R.CIT,), tracks=_APPEAL,
        when=(g.in_fuhe_window,), effects=(do.request_fuhe,), notices=("复核申请回执",),
    ),
    *(
        Row(
            "27", "admit_late", "准予逾期申请", sources, to, (R.REV, R.SUP), land=_after_late, tracks=_APPEAL,
            when=(g.has_late_request,), needs=(g.needs("reason", Said("请写明准予的理由")),),
            effects=(do.admit_late,), notices=("复查申请回执",),
        )
        for sources, to in (
            (_REPLIED, (S.FUCHA,)), (_in(S.FUCHA_DONE), (S.FUHE,)), (_in(S.CLOSED), (S.FUCHA, S.FUHE)),
        )
    ),
    Row(
        "27", "refuse_late", "不予受理逾期申请", _REPLIED | {S.FUCHA_DONE, S.CLOSED},
        (SAME,), (R.REV, R.SUP), tracks=_APPEAL,
        when=(g.has_late_request,), needs=(g.needs("reason", Said("请写明不予受理的理由")),),
        effects=(do.refuse_late,), document=DocumentKind.FUCHA_REFUSAL, notices=("不予受理告知",),
    ),
    Row(
        "28", "hearing_start", "听证开始", _in(S.FUHE), (S.FUHE,), (R.REV,), tracks=_APPEAL,
        when=(g.no_hearing_runs,), effects=(do.hearing_start,), notices=("听证通知",),
    ),
    Row(
        "28", "hearing_end", "听证结束", _in(S.FUHE), (S.FUHE,), (R.REV,), tracks=_APPEAL,
        when=(g.hearing_runs,), effects=(do.hearing_end,),
    ),
    Row(
        "29", "fuhe_opinion", "复核意见", _in(S.FUHE), (S.FUHE, S.FINAL), (R.REV,), land=_after_delivery,
        tracks=_APPEAL, when=(g.no_opinion_waits, g.no_hearing_runs), effects=(do.fuhe_opinion,),
        document=DocumentKind.FUHE_OPINION, notices=("复核结果告知",), told_on_arrival=True,
    ),
    Row(
        "30", "window_over", "期满办结", _REPLIED | {S.FUCHA_DONE}, (S.CLOSED,), (R.SYS,),
        when=(g.windows_are_over,), effects=(do.end,), notices=("办结告知",),
    ),
    Row(
        "31", "withdraw", "撤回", OPEN, (S.WITHDRAWN,), (R.CIT,), effects=(do.end,), notices=("撤回确认",),
    ),
    Row(
        "32", "merge_into", "并案", OPEN, (S.MERGED,), (R.TRI, R.SUP), when=(g.is_no_emergency,),
        needs=(g.needs("master", Said("请写明并入哪个工单")), g.same_compartment), effects=(do.merge,),
        notices=("并案告知",),
    ),
    Row(
        "33", "unmerge", "取消并案", _in(S.MERGED), tuple(sorted(OPEN)), (R.TRI, R.SUP),
        land=_back_from_merging, effects=(do.unmerge,), notices=("取消并案告知",),
    ),
    Row(
        "34", "cuiban", "催办", OPEN, (SAME,), (R.CIT, R.SUP),
        when=(g.may_remind,), effects=(do.remind,), notices=("催办提醒",),
    ),
    Row(
        "35", "duban", "督办", OPEN, (SAME,), (R.SUP,),
        needs=(g.needs("order", Said("请写明督办要求")), g.check_due),
        effects=(do.supervise,), notices=("督办通知",),
    ),
    Row(
        "35", "answer_duban", "答复督办", OPEN, (SAME,), (R.HND, R.LEAD),
        when=(g.is_supervised,), effects=(do.answer_supervision,),
    ),
    Row(
        "+", "correct_closing", "更正误办结", _in(S.CLOSED), tuple(sorted(OPEN)), (R.SUP,),
        land=_before_closing, tracks=DIRECT_TRACKS, when=(g.was_closed,),
        needs=(g.needs("reason", Said("请写明为什么办结有误")),), effects=(do.correct_closing,),
        notices=("重新启动告知",),
    ),
    Row(
        "36", "reopen", "重新启动", _in(S.CLOSED, S.NOT_ACCEPTED), (S.TRIAGE,), (R.SUP,),
        needs=(g.needs("reason", Said("请写明新的事实或者申诉")),),
        effects=(do.reopen,), notices=("重新启动告知",),
    ),
    Row(
        "31", "reopen", "依职权继续", _in(S.WITHDRAWN), (S.TRIAGE,), (R.INS,), tracks=_REPORT,
        needs=(g.needs("reason", Said("请写明依职权继续的理由")),), effects=(do.reopen,),
    ),
    Row(
        "37", "close_investigation", "核查终结", _in(S.HANDLING), (S.HANDLING,), (R.INS,), tracks=_REPORT,
        when=(g.invests,), effects=(do.close_investigation,),
    ),
    Row(
        "37", "feedback", "反馈", _in(S.HANDLING), (S.REPLIED,), (R.INS,), tracks=_REPORT,
        effects=(do.feedback,), notices=("反馈告知",),
    ),
    *(
        Row(
            "38", f"propose_{event}", label, OPEN, (SAME,), (R.INS,), tracks=_REPORT,
            effects=(do.propose(event),),
        )
        for event, label in (("to_discipline", "提请移送纪检监察"), ("to_procuratorate", "提请移送检察机关"))
    ),
    *(
        Row(
            "38", event, label, OPEN, (S.HANDED_OFF,), (R.INS, R.LEAD), tracks=_REPORT,
            needs=(g.second_person,), effects=(do.end,), notices=("移送告知",),
        )
        for event, label in (("to_discipline", "移送纪检监察"), ("to_procuratorate", "移送检察机关"))
    ),
    Row(
        "+", "reclassify", "更改诉求类型", OPEN, (SAME, S.TRIAGE), (R.TRI, R.SYS), land=_after_reclassifying,
        when=(g.is_not_under_review,), needs=(g.check_track,), effects=(do.reclassify,),
    ),
    Row("+", "supplement", "补充", OPEN, (SAME,), (R.CIT, R.OP)),
    Row(
        "7", "citizen_reply", "逾期补充", OPEN - {S.NEED_INFO}, (SAME,), (R.CIT, R.OP),
        when=(g.was_asked,),
    ),
    Row(
        "+", "waive_notice", "免予告知", OPEN, (SAME,), (R.TRI, R.UC),
        when=(g.has_own_notice,), needs=(g.needs("reason", Said("请写明免予告知的理由")),),
        effects=(do.waive_notice,),
    ),
    Row(
        "40", "advise", "收到改进建议", ALL - {S.DRAFT}, (SAME,), (R.SUP,),
        effects=(do.advise,),
    ),
    Row(
        "40", "answer_advice", "答复改进建议", ALL - {S.DRAFT}, (SAME,), (R.LEAD, R.SUP),
        when=(g.has_advice,), effects=(do.answer_advice,),
    ),
)  # fmt: skip
"""In the order of the design's rows; the hub's own stand where they belong."""

EVENTS = tuple(dict.fromkeys(row.event for row in TABLE))
LABELS = {row.event: row.label for row in reversed(TABLE)}
"""What a step is called, by event; of several rows the first."""
MOVES = frozenset((row.event, *pair) for row in TABLE for pair in row.moves())
"""Every (event, from, to) that can happen; a stored case whose last move is not among them is refused."""
SYSTEM_EVENTS = frozenset(row.event for row in TABLE if row.who == (R.SYS,))


def rows_of(event: str) -> tuple[Row, ...]:
    """The rows of one event; none for an unknown one."""
    return tuple(row for row in TABLE if row.event == event)
