"""What must hold before a move: one function each, which says in Chinese what does not.

Guards that look at data name the field. Nothing is changed here.
"""

from __future__ import annotations

from datetime import date, timedelta

from hub.model.cases.attempt import Attempt, Guard
from hub.model.cases.clock_names import ClockName
from hub.model.cases.proceeding import DeliveryMethod, DocumentKind, Paper, Proceeding
from hub.model.cases.roles import CaseRole
from hub.model.cases.state import CaseState
from hub.model.track import Track
from hub.runtime.clock import day_of

OUTCOMES = ("支持", "部分支持", "解释", "不支持", "导入程序")
FUCHA_OUTCOMES = ("维持", "变更")
BRANCHED = frozenset({Track.APPEAL, Track.LEGAL})
"""Tracks whose acceptance names the branch of Art. 31 that it rests on."""
REFUSAL_GROUNDS = {
    "CIVIL_DISPUTE": "民事纠纷，应当向人民法院起诉或者申请调解、仲裁",
    "ADMINISTRATIVE_ACT": "对行政行为不服，应当申请行政复议或者提起行政诉讼",
    "IN_LEGAL_PROCEDURE": "已经或者依法应当通过诉讼、仲裁、行政复议解决",
    "OTHER_ORGAN": "属于人大、监察机关、法院、检察院等其他机关职权",
    "IN_PROGRESS_ELSEWHERE": "已由其他机关受理，正在办理期限内，不予重复受理",
    "THREE_LEVEL_END": "已经三级终结，不再受理",
    "LEVEL_SKIPPED": "越级提出，应当先向有权处理的本级或者上一级机关提出",
    "OTHER": "其他情形",
}
"""Why a petition is refused, by the code that the history keeps."""
TRANSFER_MODES = ("转送", "交办", "下派", "加派", "改派")
_LAST_BRANCH = 6
_RETURNS_TO_SUPERIOR = 3


def needs(field: str, sentence: str) -> Guard:
    """A text of the data must be there."""

    def guard(_: Proceeding, attempt: Attempt) -> str:
        return "" if attempt.text(field) else f"{sentence}（{field}）"

    guard.__doc__ = f"`{field}` is written."
    return guard


# -- that hold or not whatever is typed (a button is off) -------------------------------------


def may_still_object(p: Proceeding, attempt: Attempt) -> str:
    """OBJECT_5WD has not run out since the unit received it."""
    clock = p.last(ClockName.OBJECT_5WD)
    if clock is None or p.receives_at:
        return "单位尚未签收，不能提出异议"
    last = attempt.rules.last_day(clock)
    return "" if attempt.day <= last else f"异议期已过，最后一日为 {last}，由收件单位办理"


def sender_decides(p: Proceeding, attempt: Attempt) -> str:
    """The third return is decided by the common superior (SUP), not by the sender."""
    if p.returned >= _RETURNS_TO_SUPERIOR and attempt.role is not CaseRole.SUP:
        return "已是第三次退回，由共同的上一级机关决定"
    return ""


def may_extend(p: Proceeding, attempt: Attempt) -> str:
    """HANDLE_60 runs and its last day is not over."""
    clock = p.running(ClockName.HANDLE_60)
    if clock is None:
        return "没有正在计算的法定办理期限，不能延期"
    last = attempt.rules.last_day(clock)
    if clock.breached_at or attempt.day > last:
        return f"办理期限已于 {last} 届满，不能再延期"
    return ""


def awaits_receipt(p: Proceeding, _: Attempt) -> str:
    """The unit has not signed for it yet."""
    return "" if p.receives_at else "已经签收"


def no_opinion_waits(p: Proceeding, _: Attempt) -> str:
    """No opinion of a review waits for its delivery."""
    paper = p.papers[-1] if p.papers else None
    opinions = {DocumentKind.FUCHA_OPINION, DocumentKind.FUHE_OPINION}
    waits = paper is not None and paper.kind in opinions and not paper.delivered_at
    return "意见书已作出，等待送达" if waits else ""


def is_unsigned(p: Proceeding, _: Attempt) -> str:
    """The reply is not signed yet."""
    return "答复已签发，等待送达" if p.signed_by else ""


def has_paper_waiting(p: Proceeding, _: Attempt) -> str:
    """A document waits for its delivery."""
    return "" if p.paper(waiting=True) else "没有待送达的文书"


def one_rating_left(p: Proceeding, _: Attempt) -> str:
    """A rating may be changed once."""
    return "" if p.ratings < 2 else "评价只能修改一次"


def may_redo(p: Proceeding, attempt: Attempt) -> str:
    """Redone as often as the profile allows; after that SUP decides."""
    limit = attempt.rules.profile.redo.value
    if p.redone < limit or attempt.role is CaseRole.SUP:
        return ""
    return f"已重办 {limit} 次，由督办人员决定"


def was_asked(p: Proceeding, _: Attempt) -> str:
    """The citizen was asked before: what comes after the time for an answer is kept as a supplement."""
    return "" if p.last(ClockName.NEED_INFO_10) else "没有请群众补充材料"


def question_is_over(p: Proceeding, attempt: Attempt) -> str:
    """NEED_INFO_10 has run out."""
    clock = p.running(ClockName.NEED_INFO_10)
    return "补充期未满" if clock and attempt.at < attempt.rules.ends_at(clock) else ""


def windows_are_over(p: Proceeding, attempt: Attempt) -> str:
    """No window of the citizen is open."""
    windows = (ClockName.FUCHA_WINDOW, ClockName.FUHE_WINDOW, ClockName.REPORT_OBJECTION)
    open_ones = [clock for name in windows if (clock := p.running(name))]
    still = any(attempt.at < attempt.rules.ends_at(clock) for clock in open_ones)
    return "申请期限未满，不能办结" if still else ""


def in_fucha_window(p: Proceeding, attempt: Attempt) -> str:
    """Until the last day of FUCHA_WINDOW, once; what comes later is kept for a person."""
    return _in_window(p, attempt, ClockName.FUCHA_WINDOW, ClockName.FUCHA_30, "复查")


def in_fuhe_window(p: Proceeding, attempt: Attempt) -> str:
    """Until the last day of FUHE_WINDOW, once; what comes later is kept for a person."""
    return _in_window(p, attempt, ClockName.FUHE_WINDOW, ClockName.FUHE_30, "复核")


def is_not_under_review(p: Proceeding, _: Attempt) -> str:
    """The citizen neither asked for 复查 or 复核 nor may: another track would take the right away."""
    if p.state in {CaseState.FUCHA, CaseState.FUCHA_DONE, CaseState.FUHE}:
        return "复查、复核期间不能更改诉求类型"
    may_ask = p.running(ClockName.FUCHA_WINDOW) is not None
    return "答复已送达，群众可以申请复查，不能更改诉求类型" if may_ask else ""


def asked_already(p: Proceeding, window: ClockName, review: ClockName) -> bool:
    """Whether the right of this window was used."""
    right, used = p.last(window), p.last(review)
    return right is not None and used is not None and used.started_at >= right.started_at


def _in_window(p: Proceeding, attempt: Attempt, name: ClockName, review: ClockName, level: str) -> str:
    clock = p.last(name)
    if clock is None:
        return f"没有可以申请{level}的答复"
    if asked_already(p, name, review):
        return f"已经{level}，不能再次申请{level}"
    last = attempt.rules.last_day(clock)
    if attempt.day <= last:
        return ""
    return f"申请{level}的期限已过，最后一日为 {last}；申请已记录，由工作人员处理"


def has_late_request(p: Proceeding, _: Attempt) -> str:
    """A request came after its last day."""
    return "" if p.late else "没有逾期提出的申请"


def hearing_runs(p: Proceeding, _: Attempt) -> str:
    """A hearing has begun."""
    clock = p.running(ClockName.FUHE_30)
    return "" if clock and clock.is_paused else "没有正在进行的听证"


def no_hearing_runs(p: Proceeding, _: Attempt) -> str:
    """No hearing is going on."""
    clock = p.running(ClockName.FUHE_30)
    return "听证正在进行" if clock and clock.is_paused else ""


def may_remind(p: Proceeding, attempt: Attempt) -> str:
    """The citizen waits the profile's days before reminding again."""
    if attempt.role is not CaseRole.CIT or not p.reminded_at:
        return ""
    days = attempt.rules.profile.reminder_by_citizen.value
    again = day_of(p.reminded_at) + timedelta(days=days)
    return "" if attempt.day >= again else f"每 {days} 日可以催办一次，{again} 起可以再次催办"


def is_supervised(p: Proceeding, _: Attempt) -> str:
    """SUPERVISE runs."""
    return "" if p.running(ClockName.SUPERVISE) else "没有待答复的督办"


def has_advice(p: Proceeding, _: Attempt) -> str:
    """ADVICE_30 runs."""
    return "" if p.running(ClockName.ADVICE_30) else "没有待答复的改进建议"


def has_own_notice(p: Proceeding, _: Attempt) -> str:
    """NOTIFY_15 runs."""
    return "" if p.running(ClockName.NOTIFY_15) else "没有正在计算的告知期限"


def invests(p: Proceeding, _: Attempt) -> str:
    """REPORT_INVEST runs."""
    return "" if p.running(ClockName.REPORT_INVEST) else "没有正在进行的核查"


def was_closed(p: Proceeding, _: Attempt) -> str:
    """Its last move was `close`."""
    return "" if p.event == "close" and p.closed_at else "这件工单不是直接办结的，请用“重新启动”"


def calls_back(p: Proceeding, _: Attempt) -> str:
    """CALLBACK runs."""
    return "" if p.running(ClockName.CALLBACK) else "没有待回访的答复"


# -- that look at what was typed ---------------------------------------------------------------


def check_route(p: Proceeding, attempt: Attempt) -> str:
    """`mode` and `unit` are given, the unit is in the catalogue of competence; a `due` day is not past."""
    mode = attempt.text("mode")
    if mode not in TRANSFER_MODES:
        return f"转送方式只能是{'、'.join(TRANSFER_MODES)}之一（mode）"
    if not attempt.text("unit"):
        return "请写明收件单位（unit）"
    if attempt.data.get("competent", True) is False:
        return "该单位不在派单目录中（unit）"
    if "due" in attempt.data:
        return _check_due(attempt)
    return ""


def check_due(_: Proceeding, attempt: Attempt) -> str:
    """`due` is a day that is not past."""
    return _check_due(attempt)


def check_new_due(p: Proceeding, attempt: Attempt) -> str:
    """Who assigned it moves the day; `due` is not past."""
    if p.assigner and attempt.person != p.assigner:
        return "交办期限只能由交办人更改"
    return _check_due(attempt)


def _check_due(attempt: Attempt) -> str:
    try:
        due = date.fromisoformat(attempt.text("due"))
    except ValueError:
        return "请写明期限，例如 2026-03-31（due）"
    return "" if due >= attempt.day else "期限不能早于当日（due）"


def check_branch(p: Proceeding, attempt: Attempt) -> str:
    """APPEAL: `branch` is 6; the other branches of Art. 31 go to a legal procedure. LEGAL: one of those."""
    branch = attempt.data.get("branch")
    if p.track is Track.LEGAL:
        return check_legal_branch(p, attempt)
    if p.track is not Track.APPEAL:
        return ""
    if not isinstance(branch, int) or isinstance(branch, bool) or not 1 <= branch <= _LAST_BRANCH:
        return "申诉求决应当写明《信访工作条例》第三十一条的第几项，1 到 6（branch）"
    if branch != _LAST_BRANCH:
        return f"第三十一条第（{branch}）项应当导入法定程序，不按信访程序受理（branch）"
    return ""


def check_legal_branch(_: Proceeding, attempt: Attempt) -> str:
    """`branch` 1 to 5 of Art. 31 is named."""
    branch = attempt.data.get("branch")
    if not isinstance(branch, int) or isinstance(branch, bool) or not 1 <= branch < _LAST_BRANCH:
        return "请写明导入哪一种法定程序：第三十一条第 1 到 5 项（branch）"
    return ""


def check_items(_: Proceeding, attempt: Attempt) -> str:
    """`items` are listed or counted."""
    items = attempt.data.get("items", 1)
    number = len(items) if isinstance(items, list | tuple) else items
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= 99:
        return "请逐项列出诉求（items）"
    return ""


def check_duplicate(_: Proceeding, attempt: Attempt) -> str:
    """Not the same facts as a case that is FINAL."""
    if attempt.data.get("repeats_final") is True:
        return "同一事实和理由已经三级终结，应当不再受理"
    return ""


def check_recusal(_: Proceeding, attempt: Attempt) -> str:
    """Not directly interested (Art. 28)."""
    return "与承办人有直接利害关系，应当回避（handler）" if attempt.data.get("recused") is True else ""


def check_days(p: Proceeding, attempt: Attempt) -> str:
    """`days` and `reason` are given; the sum stays below the profile's cap."""
    days = attempt.data.get("days")
    if not isinstance(days, int) or isinstance(days, bool) or days < 1:
        return "请写明延长几日（days）"
    if not attempt.text("reason"):
        return "请写明延长的理由，理由将告知群众（reason）"
    cap = attempt.rules.profile.extension
    if p.extended + days > cap.value:
        total = p.extended + days
        return f"延长累计 {total} 日，超过 {cap.value} 日的上限（{cap.legal_basis}）（days）"
    return ""


def approves_another(p: Proceeding, attempt: Attempt) -> str:
    """Not approved by who asked."""
    if p.asked_by and p.asked_by == attempt.person:
        return "不能批准本人提出的延期"
    return ""


def check_outcomes(p: Proceeding, attempt: Attempt) -> str:
    """Every item has its outcome; facts and basis are not empty."""
    outcomes = attempt.data.get("outcomes")
    if not isinstance(outcomes, list | tuple):
        return "请逐项写明处理结果（outcomes）"
    for number in range(1, p.items + 1):
        given = outcomes[number - 1] if number <= len(outcomes) else ""
        if not given:
            return f"第 {number} 项诉求没有答复（outcomes）"
        if given not in OUTCOMES:
            return f"第 {number} 项的处理结果只能是{'、'.join(OUTCOMES)}之一（outcomes）"
    if len(outcomes) > p.items:
        return f"只有 {p.items} 项诉求，答复了 {len(outcomes)} 项（outcomes）"
    for field, name in (("facts", "事实"), ("basis", "依据")):
        if field in attempt.data and not attempt.text(field):
            return f"请填写{name}（{field}）"
    return ""


def signs_another(p: Proceeding, attempt: Attempt) -> str:
    """Signed neither by its author nor by the handler."""
    if not attempt.person:
        return ""
    if attempt.person == p.author:
        return "不能签发本人起草的答复"
    return "承办人不能签发本人承办的答复" if attempt.person == p.handler else ""


def check_delivery(p: Proceeding, attempt: Attempt) -> str:
    """The document waits; the method is one of the law's; 电子 with consent."""
    document = attempt.text("document")
    waiting = waiting_papers(p, document)
    if not waiting:
        return (
            f"没有待送达的{document}（document）" if document else "没有待送达的答复，请写明文书（document）"
        )
    method = attempt.text("method") or DeliveryMethod.DIRECT
    if method not in set(DeliveryMethod):
        return f"送达方式只能是{'、'.join(DeliveryMethod)}之一（method）"
    if "delivered_on" in attempt.data:
        try:
            day = date.fromisoformat(attempt.text("delivered_on"))
        except ValueError:
            return "请写明送达日期，例如 2026-03-31（delivered_on）"
        if not day_of(waiting[-1].issued_at) <= day <= attempt.day:
            return "送达日期不能早于文书日期，也不能晚于今天（delivered_on）"
    needs_consent = attempt.rules.profile.electronic_needs_consent
    if (
        method == DeliveryMethod.ELECTRONIC
        and needs_consent
        and attempt.data.get("consent", True) is not True
    ):
        return "本人没有同意电子送达（consent）"
    return ""


REPLIES = frozenset({DocumentKind.OPINION, DocumentKind.REPLY})
OPINIONS = (DocumentKind.FUCHA_OPINION, DocumentKind.FUHE_OPINION)


def waiting_papers(p: Proceeding, document: str) -> list[Paper]:
    """Papers not delivered yet of the kind that somebody names, the oldest first; "" is the reply.

    A reply has two titles; long and short titles are understood.
    """
    title = _TITLES.get(document, document)
    kinds = [kind for kind in DocumentKind if title and kind.startswith(title)]
    if not document or not REPLIES.isdisjoint(kinds):
        kinds = [*REPLIES, *(() if document else OPINIONS)]
    return [paper for paper in p.papers if not paper.delivered_at and paper.kind in kinds]


_TITLES = {
    "延长办理期限告知书": DocumentKind.EXTENSION,
    "受理信访事项告知书": DocumentKind.ACCEPTANCE,
    "不予受理信访事项告知书": DocumentKind.REFUSAL,
    "不再受理信访事项告知书": DocumentKind.NOT_AGAIN,
    "信访事项处理意见书": DocumentKind.OPINION,
}


def check_fucha(_: Proceeding, attempt: Attempt) -> str:
    """`outcome` is 维持 or 变更."""
    outcome = attempt.text("outcome")
    if outcome in FUCHA_OUTCOMES:
        return ""
    if outcome.startswith("撤销"):
        return "撤销后重新办理请用 remand（outcome）"
    return f"复查结论只能是{'、'.join(FUCHA_OUTCOMES)}之一（outcome）"


def check_track(p: Proceeding, attempt: Attempt) -> str:
    """`track` is another one; `reason` is given."""
    track = attempt.text("track")
    if track not in set(Track):
        return f"诉求类型只能是{'、'.join(Track)}之一（track）"
    if track == p.track:
        return "诉求类型没有变化（track）"
    return "" if attempt.text("reason") else "请写明改类理由（reason）"


def is_emergency(p: Proceeding, _: Attempt) -> str:
    """An EMERGENCY case; danger inside another matter becomes a case of its own."""
    return "" if p.track is Track.EMERGENCY else "险情另立紧急工单移交 110，原诉求继续办理"


def second_person(p: Proceeding, attempt: Attempt) -> str:
    """Somebody else proposed the same, or is named as the second person."""
    proposed_by = p.proposed_by if p.proposed == attempt.event else ""
    second = attempt.text("second") or proposed_by
    if not second or second == attempt.person:
        return "须由另一人先提请，再由您决定（second）"
    return ""


def second_person_where_demanded(_: Proceeding, attempt: Attempt) -> str:
    """A second person agrees, where the unit demands one (`second`)."""
    second = attempt.text("second")
    if "second" in attempt.data and (not second or second == attempt.person):
        return "本单位的答复须经另一人同意（second）"
    return ""


def same_compartment(_: Proceeding, attempt: Attempt) -> str:
    """Not across the wall round REPORT cases."""
    return "不能与保密隔离内外的工单并案（master）" if attempt.data.get("crosses") is True else ""
