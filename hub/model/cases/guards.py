"""What must hold before a move: one function each, which says what does not, in words that a page translates.

Guards that look at data name the field. Nothing is changed here.
"""

from __future__ import annotations

from datetime import date, timedelta

from campaigns.said import Listed, Said
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
RETURNS_TO_SUPERIOR = 3


def needs(field: str, sentence: Said) -> Guard:
    """A text of the data must be there."""

    def guard(_: Proceeding, attempt: Attempt) -> str:
        return (
            "" if attempt.text(field) else Said("%(sentence)s（%(field)s）", sentence=sentence, field=field)
        )

    guard.__doc__ = f"`{field}` is written."
    return guard


# -- that hold or not whatever is typed (a button is off) -------------------------------------


def may_still_object(p: Proceeding, attempt: Attempt) -> str:
    """OBJECT_5WD has not run out since the unit received it."""
    clock = p.last(ClockName.OBJECT_5WD)
    if clock is None or p.receives_at:
        return Said("单位尚未签收，不能提出异议")
    last = attempt.rules.last_day(clock)
    return "" if attempt.day <= last else Said("异议期已过，最后一日为 %(last)s，由收件单位办理", last=last)


def sender_decides(p: Proceeding, attempt: Attempt) -> str:
    """The third return is decided by the common superior (SUP), not by the sender."""
    if p.returned >= RETURNS_TO_SUPERIOR and attempt.role is not CaseRole.SUP:
        return Said("已是第三次退回，由共同的上一级机关决定")
    return ""


def may_extend(p: Proceeding, attempt: Attempt) -> str:
    """HANDLE_60 runs and its last day is not over."""
    clock = p.running(ClockName.HANDLE_60)
    if clock is None:
        return Said("没有正在计算的法定办理期限，不能延期")
    last = attempt.rules.last_day(clock)
    if clock.breached_at or attempt.day > last:
        return Said("办理期限已于 %(last)s 届满，不能再延期", last=last)
    return ""


def is_no_emergency(p: Proceeding, _: Attempt) -> str:
    """Merged, it would be over without 110 having heard of it; a false alarm is taken away first."""
    is_one = p.track is Track.EMERGENCY
    return Said("紧急警情不能并案：请先移交 110，或者记为误报") if is_one else ""


def awaits_receipt(p: Proceeding, _: Attempt) -> str:
    """The unit has not signed for it yet."""
    return "" if p.receives_at else Said("已经签收")


def no_opinion_waits(p: Proceeding, _: Attempt) -> str:
    """No opinion of a review waits for its delivery."""
    paper = p.papers[-1] if p.papers else None
    opinions = {DocumentKind.FUCHA_OPINION, DocumentKind.FUHE_OPINION}
    waits = paper is not None and paper.kind in opinions and not paper.delivered_at
    return Said("意见书已作出，等待送达") if waits else ""


def is_unsigned(p: Proceeding, _: Attempt) -> str:
    """The reply is not signed yet."""
    return Said("答复已签发，等待送达") if p.signed_by else ""


def has_paper_waiting(p: Proceeding, _: Attempt) -> str:
    """A document waits for its delivery."""
    return "" if p.paper(waiting=True) else Said("没有待送达的文书")


def one_rating_left(p: Proceeding, _: Attempt) -> str:
    """A rating may be changed once."""
    return "" if p.ratings < 2 else Said("评价只能修改一次")


def may_redo(p: Proceeding, attempt: Attempt) -> str:
    """Redone as often as the profile allows; after that SUP decides."""
    limit = attempt.rules.profile.redo.value
    if p.redone < limit or attempt.role is CaseRole.SUP:
        return ""
    return Said("已重办 %(limit)s 次，由督办人员决定", limit=limit)


def was_asked(p: Proceeding, _: Attempt) -> str:
    """The citizen was asked before: what comes after the time for an answer is kept as a supplement."""
    return "" if p.last(ClockName.NEED_INFO_10) else Said("没有请群众补充材料")


def question_is_over(p: Proceeding, attempt: Attempt) -> str:
    """NEED_INFO_10 has run out."""
    clock = p.running(ClockName.NEED_INFO_10)
    return Said("补充期未满") if clock and attempt.at < attempt.rules.ends_at(clock) else ""


def windows_are_over(p: Proceeding, attempt: Attempt) -> str:
    """No window of the citizen is open."""
    windows = (ClockName.FUCHA_WINDOW, ClockName.FUHE_WINDOW, ClockName.REPORT_OBJECTION)
    open_ones = [clock for name in windows if (clock := p.running(name))]
    still = any(attempt.at < attempt.rules.ends_at(clock) for clock in open_ones)
    return Said("申请期限未满，不能办结") if still else ""


def in_fucha_window(p: Proceeding, attempt: Attempt) -> str:
    """Until the last day of FUCHA_WINDOW, once; what comes later is kept for a person."""
    return _in_window(p, attempt, ClockName.FUCHA_WINDOW, ClockName.FUCHA_30, Said("复查"))


def in_fuhe_window(p: Proceeding, attempt: Attempt) -> str:
    """Until the last day of FUHE_WINDOW, once; what comes later is kept for a person."""
    return _in_window(p, attempt, ClockName.FUHE_WINDOW, ClockName.FUHE_30, Said("复核"))


def is_not_under_review(p: Proceeding, _: Attempt) -> str:
    """The citizen neither asked for 复查 or 复核 nor may: another track would take the right away."""
    if p.state in {CaseState.FUCHA, CaseState.FUCHA_DONE, CaseState.FUHE}:
        return Said("复查、复核期间不能更改诉求类型")
    may_ask = p.running(ClockName.FUCHA_WINDOW) is not None
    return Said("答复已送达，群众可以申请复查，不能更改诉求类型") if may_ask else ""


def asked_already(p: Proceeding, window: ClockName, review: ClockName) -> bool:
    """Whether the right of this window was used."""
    right, used = p.last(window), p.last(review)
    return right is not None and used is not None and used.started_at >= right.started_at


def _in_window(p: Proceeding, attempt: Attempt, name: ClockName, review: ClockName, level: Said) -> str:
    clock = p.last(name)
    if clock is None:
        return Said("没有可以申请%(level)s的答复", level=level)
    if asked_already(p, name, review):
        return Said("已经%(level)s，不能再次申请%(level)s", level=level)
    last = attempt.rules.last_day(clock)
    if attempt.day <= last:
        return ""
    return Said(
        "申请%(level)s的期限已过，最后一日为 %(last)s；申请已记录，由工作人员处理", level=level, last=last
    )


def has_late_request(p: Proceeding, _: Attempt) -> str:
    """A request came after its last day."""
    return "" if p.late else Said("没有逾期提出的申请")


def hearing_runs(p: Proceeding, _: Attempt) -> str:
    """A hearing has begun."""
    clock = p.running(ClockName.FUHE_30)
    return "" if clock and clock.is_paused else Said("没有正在进行的听证")


def no_hearing_runs(p: Proceeding, _: Attempt) -> str:
    """No hearing is going on."""
    clock = p.running(ClockName.FUHE_30)
    return Said("听证正在进行") if clock and clock.is_paused else ""


def may_remind(p: Proceeding, attempt: Attempt) -> str:
    """The citizen waits the profile's days before reminding again."""
    if attempt.role is not CaseRole.CIT or not p.reminded_at:
        return ""
    days = attempt.rules.profile.reminder_by_citizen.value
    again = day_of(p.reminded_at) + timedelta(days=days)
    return (
        ""
        if attempt.day >= again
        else Said("每 %(days)s 日可以催办一次，%(again)s 起可以再次催办", days=days, again=again)
    )


def is_supervised(p: Proceeding, _: Attempt) -> str:
    """SUPERVISE runs."""
    return "" if p.running(ClockName.SUPERVISE) else Said("没有待答复的督办")


def has_advice(p: Proceeding, _: Attempt) -> str:
    """ADVICE_30 runs."""
    return "" if p.running(ClockName.ADVICE_30) else Said("没有待答复的改进建议")


def has_own_notice(p: Proceeding, _: Attempt) -> str:
    """NOTIFY_15 runs."""
    return "" if p.running(ClockName.NOTIFY_15) else Said("没有正在计算的告知期限")


def invests(p: Proceeding, _: Attempt) -> str:
    """REPORT_INVEST runs."""
    return "" if p.running(ClockName.REPORT_INVEST) else Said("没有正在进行的核查")


def was_closed(p: Proceeding, _: Attempt) -> str:
    """Its last move was `close`."""
    return "" if p.event == "close" and p.closed_at else Said("这件工单不是直接办结的，请用“重新启动”")


def calls_back(p: Proceeding, _: Attempt) -> str:
    """CALLBACK runs."""
    return "" if p.running(ClockName.CALLBACK) else Said("没有待回访的答复")


# -- that look at what was typed ---------------------------------------------------------------


def check_route(p: Proceeding, attempt: Attempt) -> str:
    """`mode` and `unit` are given, the unit is in the catalogue of competence; a `due` day is not past."""
    mode = attempt.text("mode")
    if mode not in TRANSFER_MODES:
        return Said("转送方式只能是%(ways)s之一（mode）", ways=Listed(map(Said, TRANSFER_MODES)))
    if not attempt.text("unit"):
        return Said("请写明收件单位（unit）")
    if attempt.data.get("competent", True) is False:
        return Said("该单位不在派单目录中（unit）")
    if "due" in attempt.data:
        return _check_due(attempt)
    return ""


def check_due(_: Proceeding, attempt: Attempt) -> str:
    """`due` is a day that is not past."""
    return _check_due(attempt)


def check_new_due(p: Proceeding, attempt: Attempt) -> str:
    """Who assigned it moves the day; `due` is not past."""
    if p.assigner and attempt.person != p.assigner:
        return Said("交办期限只能由交办人更改")
    return _check_due(attempt)


def _check_due(attempt: Attempt) -> str:
    try:
        due = date.fromisoformat(attempt.text("due"))
    except ValueError:
        return Said("请写明期限，例如 2026-03-31（due）")
    return "" if due >= attempt.day else Said("期限不能早于当日（due）")


def check_branch(p: Proceeding, attempt: Attempt) -> str:
    """APPEAL: `branch` is 6; the other branches of Art. 31 go to a legal procedure. LEGAL: one of those."""
    branch = attempt.data.get("branch")
    if p.track is Track.LEGAL:
        return check_legal_branch(p, attempt)
    if p.track is not Track.APPEAL:
        return ""
    if not isinstance(branch, int) or isinstance(branch, bool) or not 1 <= branch <= _LAST_BRANCH:
        return Said("申诉求决应当写明《信访工作条例》第三十一条的第几项，1 到 6（branch）")
    if branch != _LAST_BRANCH:
        return Said("第三十一条第（%(branch)s）项应当导入法定程序，不按信访程序受理（branch）", branch=branch)
    return ""


def check_legal_branch(_: Proceeding, attempt: Attempt) -> str:
    """`branch` 1 to 5 of Art. 31 is named."""
    branch = attempt.data.get("branch")
    if not isinstance(branch, int) or isinstance(branch, bool) or not 1 <= branch < _LAST_BRANCH:
        return Said("请写明导入哪一种法定程序：第三十一条第 1 到 5 项（branch）")
    return ""


def check_items(_: Proceeding, attempt: Attempt) -> str:
    """`items` are listed or counted."""
    items = attempt.data.get("items", 1)
    number = len(items) if isinstance(items, list | tuple) else items
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= 99:
        return Said("请逐项列出诉求（items）")
    return ""


def check_duplicate(_: Proceeding, attempt: Attempt) -> str:
    """Not the same facts as a case that is FINAL."""
    if attempt.data.get("repeats_final") is True:
        return Said("同一事实和理由已经三级终结，应当不再受理")
    return ""


def check_recusal(_: Proceeding, attempt: Attempt) -> str:
    """Not directly interested (Art. 28)."""
    return Said("与承办人有直接利害关系，应当回避（handler）") if attempt.data.get("recused") is True else ""


def check_days(p: Proceeding, attempt: Attempt) -> str:
    """`days` and `reason` are given; the sum stays below the profile's cap."""
    days = attempt.data.get("days")
    if not isinstance(days, int) or isinstance(days, bool) or days < 1:
        return Said("请写明延长几日（days）")
    if not attempt.text("reason"):
        return Said("请写明延长的理由，理由将告知群众（reason）")
    cap = attempt.rules.profile.extension
    if p.extended + days > cap.value:
        total = p.extended + days
        return Said(
            "延长累计 %(total)s 日，超过 %(cap)s 日的上限（%(basis)s）（days）",
            total=total,
            cap=cap.value,
            basis=cap.legal_basis,
        )
    return ""


def approves_another(p: Proceeding, attempt: Attempt) -> str:
    """Not approved by who asked."""
    if p.asked_by and p.asked_by == attempt.person:
        return Said("不能批准本人提出的延期")
    return ""


def check_outcomes(p: Proceeding, attempt: Attempt) -> str:
    """Every item has its outcome; facts and basis are not empty."""
    outcomes = attempt.data.get("outcomes")
    if not isinstance(outcomes, list | tuple):
        return Said("请逐项写明处理结果（outcomes）")
    for number in range(1, p.items + 1):
        given = outcomes[number - 1] if number <= len(outcomes) else ""
        if not given:
            return Said("第 %(number)s 项诉求没有答复（outcomes）", number=number)
        if given not in OUTCOMES:
            return Said(
                "第 %(number)s 项的处理结果只能是%(ways)s之一（outcomes）",
                number=number,
                ways=Listed(map(Said, OUTCOMES)),
            )
    if len(outcomes) > p.items:
        return Said(
            "只有 %(items)s 项诉求，答复了 %(given)s 项（outcomes）", items=p.items, given=len(outcomes)
        )
    for field, name in (("facts", Said("事实")), ("basis", Said("依据"))):
        if field in attempt.data and not attempt.text(field):
            return Said("请填写%(name)s（%(field)s）", name=name, field=field)
    return ""


def signs_another(p: Proceeding, attempt: Attempt) -> str:
    """Signed neither by its author nor by the handler."""
    if not attempt.person:
        return ""
    if attempt.person == p.author:
        return Said("不能签发本人起草的答复")
    return Said("承办人不能签发本人承办的答复") if attempt.person == p.handler else ""


def check_delivery(p: Proceeding, attempt: Attempt) -> str:
    """The document waits; the method is one of the law's; 电子 with consent."""
    document = attempt.text("document")
    waiting = waiting_papers(p, document)
    if not waiting:
        return (
            Said("没有待送达的%(document)s（document）", document=Said(document))
            if document
            else Said("没有待送达的答复，请写明文书（document）")
        )
    method = attempt.text("method") or DeliveryMethod.DIRECT
    if method not in set(DeliveryMethod):
        return Said("送达方式只能是%(ways)s之一（method）", ways=Listed(map(Said, DeliveryMethod)))
    if "delivered_on" in attempt.data:
        try:
            day = date.fromisoformat(attempt.text("delivered_on"))
        except ValueError:
            return Said("请写明送达日期，例如 2026-03-31（delivered_on）")
        if not day_of(waiting[-1].issued_at) <= day <= attempt.day:
            return Said("送达日期不能早于文书日期，也不能晚于今天（delivered_on）")
    needs_consent = attempt.rules.profile.electronic_needs_consent
    if (
        method == DeliveryMethod.ELECTRONIC
        and needs_consent
        and attempt.data.get("consent", True) is not True
    ):
        return Said("本人没有同意电子送达（consent）")
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
        return Said("撤销后重新办理请用 remand（outcome）")
    return Said("复查结论只能是%(ways)s之一（outcome）", ways=Listed(map(Said, FUCHA_OUTCOMES)))


def check_track(p: Proceeding, attempt: Attempt) -> str:
    """`track` is another one; `reason` is given."""
    track = attempt.text("track")
    if track not in set(Track):
        return Said("诉求类型只能是%(ways)s之一（track）", ways=Listed(Track))
    if track == p.track:
        return Said("诉求类型没有变化（track）")
    return "" if attempt.text("reason") else Said("请写明改类理由（reason）")


def is_emergency(p: Proceeding, _: Attempt) -> str:
    """An EMERGENCY case; danger inside another matter becomes a case of its own."""
    return "" if p.track is Track.EMERGENCY else Said("险情另立紧急工单移交 110，原诉求继续办理")


def second_person(p: Proceeding, attempt: Attempt) -> str:
    """Somebody else proposed the same, or is named as the second person."""
    proposed_by = p.proposed_by if p.proposed == attempt.event else ""
    second = attempt.text("second") or proposed_by
    if not second or second == attempt.person:
        return Said("须由另一人先提请，再由您决定（second）")
    return ""


def second_person_where_demanded(_: Proceeding, attempt: Attempt) -> str:
    """A second person agrees, where the unit demands one (`second`)."""
    second = attempt.text("second")
    if "second" in attempt.data and (not second or second == attempt.person):
        return Said("本单位的答复须经另一人同意（second）")
    return ""


def same_compartment(_: Proceeding, attempt: Attempt) -> str:
    """Not across the wall round REPORT cases."""
    return Said("不能与保密隔离内外的工单并案（master）") if attempt.data.get("crosses") is True else ""
