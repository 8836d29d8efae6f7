"""The frame round every staff page: where one can go, who one is, what script may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from hub.model.agent import Agent, Permission
from hub.web import badges
from hub.web.desk.feed import FEED
from hub.web.guard.auth import agent_of, session_of
from hub.web.guard.held_forms import COOKIE, HELD_PATH
from hub.web.i18n import msgid
from hub.web.render import render
from hub.web.shortcuts import SHORTCUTS

KEYS_COOKIE = "hub_keys"
NEXT_COOKIE = "hub_next"
FLASH_COOKIE = "hub_done"

_P = Permission


@dataclass(frozen=True, slots=True)
class NavItem:
    """A place in the navigation. `short`: for the bar of a phone. count: waiting work, None = not shown."""

    href: str
    label: str
    short: str
    icon: str
    current: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    href: str
    label: str
    short: str
    icon: str
    permissions: tuple[Permission, ...]


_PLACES = (
    _Place("/staff/queue", msgid("工单队列"), msgid("工单"), "inbox", (_P.CASE_READ, _P.REPORT_READ)),
    _Place("/staff/alarms", msgid("警情台"), msgid("警情"), "bell", (_P.ALARM_DUTY, _P.REPORT_READ)),
    _Place("/staff/register", msgid("12110 预登记"), msgid("登记"), "person", (_P.REGISTER_READ,)),
    _Place("/staff/day", msgid("我的一天"), msgid("我的"), "calendar", (_P.CASE_READ, _P.REPORT_READ)),
    _Place("/staff/board", msgid("统一电子监察"), msgid("监察"), "eye", (_P.BOARD_READ,)),
    _Place("/staff/system", msgid("系统状况"), msgid("系统"), "shield", (_P.SYSTEM_READ,)),
    _Place("/staff/rules", msgid("规则"), msgid("规则"), "calendar", (_P.RULE_EDIT,)),
    _Place("/staff/deliveries", msgid("投递结果待核实"), msgid("投递"), "send", (_P.DELIVERY_DECIDE,)),
    _Place("/staff/agents", msgid("人员与角色"), msgid("人员"), "person", (_P.AGENT_MANAGE,)),
    _Place("/staff/units", msgid("单位"), msgid("单位"), "home", (_P.AGENT_MANAGE,)),
    _Place(
        "/staff/account-changes",
        msgid("账号确认"),
        msgid("确认"),
        "lock",
        (_P.REPORT_READ, _P.AGENT_MANAGE),
    ),
    _Place("/staff/identity-requests", msgid("身份查看审批"), msgid("审批"), "lock", (_P.IDENTITY_DECIDE,)),
    _Place("/staff/reports/quarter", msgid("举报季度报告"), msgid("季报"), "calendar", (_P.REPORT_READ,)),
    _Place("/staff/audit", msgid("审计记录"), msgid("审计"), "shield", (_P.AUDIT_READ,)),
    _Place("/staff/canned", msgid("快捷回复"), msgid("快捷"), "text", (_P.CASE_REPLY, _P.CANNED_APPROVE)),
    _Place("/staff/campaigns", msgid("宣传活动"), msgid("活动"), "megaphone", (_P.CAMPAIGN_READ,)),
    _Place("/staff/warnings", msgid("预警发布"), msgid("预警"), "alert", (_P.WARNING_READ,)),
    _Place("/staff/contacts", msgid("服务对象"), msgid("对象"), "person", (_P.CAMPAIGN_EDIT,)),
    _Place("/staff/departments", msgid("部门接入"), msgid("部门"), "send", (_P.DEPARTMENT_READ,)),
    _Place("/staff/entries", msgid("知识条目"), msgid("知识"), "book", (_P.ENTRY_EDIT,)),
)

DONE: Mapping[str, str] = {
    "identity_asked": msgid("申请已提交，由保管员审批"),
    "identity_granted": msgid("已批准，时限到后自动失效"),
    "identity_refused": msgid("已拒绝，申请人会看到您的意见"),
    "replied": msgid("答复已进入发送队列"),
    "sending": msgid("答复正在发送，几秒内可以撤销"),
    "undone": msgid("已撤销，内容已放回答复框"),
    "too_late": msgid("没有可撤销的答复，它已经发出或已放回草稿"),
    "followed": msgid("已关注，有新动态会通知您"),
    "unfollowed": msgid("已取消关注"),
    "canned_saved": msgid("快捷回复已保存"),
    "canned_submitted": msgid("已提交，由另一人批准后启用"),
    "canned_approved": msgid("已批准，立即可用"),
    "canned_sent_back": msgid("已退回给作者，原来的内容继续使用"),
    "canned_retired": msgid("快捷回复已停用"),
    "tagged": msgid("标签已更改"),
    "snoozed": msgid("已放到“稍后”，到时会提醒您；期限照常计算"),
    "unsnoozed": msgid("已放回我的工单"),
    "moved": msgid("这一步已完成"),
    "noted": msgid("内部备注已保存"),
    "assigned": msgid("已指派"),
    "silence_set": msgid("静默联系已更改"),
    "bulk_canceled": msgid("已撤销，工单没有变化"),
    "closed": msgid("工单已办结"),
    "signed_on": msgid("已上岗，请测试声音"),
    "signed_off": msgid("已签退，交接已保存"),
    "alarm_step": msgid("已登记到接处警经过"),
    "alarm_received": msgid("已记录接收"),
    "registered": msgid("已登记，这些号码发来的短信旁会显示登记内容"),
    "register_saved": msgid("登记已更改"),
    "register_checked": msgid("已记录核对"),
    "register_removed": msgid("登记已删除，不能恢复"),
    "suspected": msgid("已转督察甄别，您不再看到此工单"),
    "confirmed": msgid("已确认为检举控告"),
    "released": msgid("已放行，工单进入普通队列"),
    "letter_again": msgid("已排队重新读取，几秒后可在工单中看到结果"),
    "letter_closed": msgid("已处理，不再列出"),
    "dismissed_alarm": msgid("已记为误报，按普通工单排队"),
    "corrected": msgid("更正已保存，原转写仍保留"),
    "redacted": msgid("已消音：播放、导出和打印都用消音副本，原始录音没有改动"),
    "put_back": msgid("已撤销消音"),
    "split": msgid("已拆分为另一件工单"),
    "notifications_read": msgid("全部标为已读"),
    "noted_person": msgid("已保存，所有此人的工单都能看到"),
    "people_merged": msgid("已合并，随时可以取消"),
    "people_unmerged": msgid("已取消合并，两个联系人恢复原样"),
    "saved": msgid("已保存"),
    "submitted": msgid("已保存并提交审核"),
    "published": msgid("已发布，立即用于答复"),
    "sent_back": msgid("已退回作者"),
    "expired": msgid("已停用，不再用于答复"),
    "brought_back": msgid("已恢复，重新用于答复"),
    "discarded": msgid("修改稿已放弃"),
    "imported": msgid("已导入"),
    "restored": msgid("旧版本已作为修改稿恢复，发布后才生效"),
    "words_saved": msgid("说法已保存，立即用于答复"),
    "words_removed": msgid("已删除，这组说法不再使用"),
    "drafted": msgid("已新建修改稿，请写答案"),
    "worded": msgid("问法已加进修改稿，发布后才生效"),
    "dismissed": msgid("已忽略，相近的问题以后也不再显示"),
    "reopened": msgid("已恢复"),
    "password": msgid("密码已修改，其他设备上的登录已退出"),
    "ended": msgid("已退出该登录"),
    "notice_published": msgid("已发布，公告与预警页面和订阅源里马上能看到"),
    "notice_withdrawn": msgid("已撤下，市民不再看到；内容和经过仍然保留"),
    "series_planned": msgid("系列已建立，到时逐期提交审核"),
    "series_changed": msgid("这一期已更改"),
    "opted_out": msgid("已登记，从现在起不再发送"),
    "lifted": msgid("已恢复发送，原来的拒收仍有记录"),
    "segment_retired": msgid("已停用，以前用它建的活动不受影响"),
    "segment_offered": msgid("已恢复使用"),
    "segment_counting": msgid("正在逐一核对，完成后显示在这里"),
    "handover_signed": msgid("签字已记录"),
    "handover_rows_purged": msgid("文件的内容已删除，数字仍保留在对账单上"),
    "import_purged": msgid("导入记录已删除，服务对象仍保留"),
    "campaign_submitted": msgid("已送审，由另一人审批"),
    "campaign_approved": msgid("已批准，可以发布"),
    "campaign_half_approved": msgid("已记下您的批准，还需要另一人批准"),
    "campaign_returned": msgid("已退回撰写人"),
    "campaign_moved": msgid("已改期，需要重新审批"),
    "campaign_moved_back": msgid("已撤销改期，恢复原样"),
    "calendar_revoked": msgid("订阅地址已停用"),
    "campaign_grown": msgid("与审批时相比已有变化，已退回审批人"),
    "warning_submitted": msgid("已提交，由另一人办理下一步"),
    "warning_reviewed": msgid("审核通过，等待签发"),
    "warning_signed": msgid("已签发，由另一人发布"),
    "warning_released": msgid("已发布"),
    "warning_returned": msgid("已退回制作的人"),
    "warning_dropped": msgid("已作废"),
    "warning_papers": msgid("手续已登记"),
    "warning_taken": msgid("已收下为草稿，请核对；不会自动发布"),
    "scheduled": msgid("已排期"),
    "unscheduled": msgid("已撤回为草稿"),
    "started": msgid("已开始发送"),
    "paused": msgid("已暂停，未发出的不会再发"),
    "resumed": msgid("已继续发送"),
    "canceled": msgid("已终止，未发出的已撤回"),
    "copied": msgid("已复制为新的草稿，请检查时间、名单和往年的说法"),
    "draft_removed": msgid("草稿已删除"),
    "draft_dropped": msgid("没有保存的修改已放弃"),
    "template_archived": msgid("模板已停用，用它写的活动不受影响"),
    "template_back": msgid("模板已恢复"),
    "word_removed": msgid("已删除，不再留意这个词"),
    "number_removed": msgid("测试号码已删除"),
    "trial_sent": msgid("测试已排队发送，结果显示在下面"),
    "arrived": msgid("已记为送达"),
    "doubts_decided": msgid("已处理，名单里的人不会再被改动"),
    "nothing_in_doubt": msgid("没有需要改动的，可能刚刚已处理过"),
    "correction_drafted": msgid("更正草稿已建好，请写明正确的内容"),
    "again": msgid("已重新排队发送"),
    "rules_proposed": msgid("已提交，由另一名管理员批准后生效"),
    "rules_approved": msgid("已批准，到生效时间自动使用"),
    "rules_refused": msgid("已退回，现行规则不变"),
    "department_saved": msgid("部门登记已保存，立即生效"),
    "cutover_begun": msgid("已登记旧平台，本平台不再接收本部门的正式短信"),
    "cutover_moved": msgid("已切换，从下一个请求起生效"),
    "cutover_signed": msgid("检查清单已更改"),
    "cutover_explained": msgid("差异的说明已更改"),
    "key_revoked": msgid("密钥已停用，立即生效"),
    "callback_again": msgid("已重新排队推送"),
    "disabled": msgid("账号已停用，登录已全部退出"),
    "enabled": msgid("账号已启用"),
    "rights_changed": msgid("角色和单位已修改，已通知本人"),
    "agent_removed": msgid("账号已移除"),
    "recused": msgid("已登记回避"),
    "units_changed": msgid("单位已修改"),
    "units_wait": msgid("已提出，由另一人在“单位变更”页确认后生效"),
    "units_refused": msgid("已拒绝，单位没有变化"),
    "account_waits": msgid("已提出，由督察或另一名管理员确认后启用"),
    "account_confirmed": msgid("已确认，立即生效"),
    "account_refused": msgid("已拒绝，账号没有变化"),
}
"""What a green bar says after an action; the name travels in a cookie, so that no page repeats a change."""


def home_of(agent: Agent) -> str:
    """The first place the agent may go to."""
    for place in _PLACES:
        if any(agent.may(permission) for permission in place.permissions):
            return place.href
    return "/staff/account"


def staff_page(request: web.Request, template: str, /, status: int = 200, **context: object) -> web.Response:
    """A page in the staff frame. `waiting` in `context`: open cases, shown in the navigation."""
    agent = agent_of(request)
    waiting = context.pop("waiting", None)
    done = DONE.get(request.cookies.get(FLASH_COOKIE, ""), "")
    context.setdefault("errors", {})
    feed = request.app.get(FEED)  # the doors are built without one
    nav = _navigation(agent, request.path, waiting if isinstance(waiting, int) else None)
    response = render(
        request,
        template,
        status,
        nav=nav,
        csrf=session_of(request).csrf,
        desk_channels=feed.channels_of(agent) if feed and not agent.must_change else (),
        keys=request.cookies.get(KEYS_COOKIE) != "off",
        next_case=request.cookies.get(NEXT_COOKIE) != "off",
        shortcuts=[one for one in SHORTCUTS if not one.place or one.place in {item.href for item in nav}],
        done=done if request.method == "GET" else "",
        held_form=COOKIE in request.cookies and request.method == "GET" and request.path != HELD_PATH,
        role_words=[badges.ROLE[role] for role in agent.roles],
        words=badges,
        **context,
    )
    if FLASH_COOKIE in request.cookies and request.method == "GET":
        response.del_cookie(FLASH_COOKIE, path="/staff")
    return response


def part(request: web.Request, template: str, /, status: int = 200, **context: object) -> web.Response:
    """A piece of a page for htmx."""
    return render(request, template, status, words=badges, csrf=session_of(request).csrf, **context)


def done(location: str, name: str) -> web.Response:
    """Back to a page, which then says what was done (`DONE`)."""
    response = web.Response(status=303, headers={"Location": location})
    response.set_cookie(FLASH_COOKIE, name, max_age=60, path="/staff", httponly=True, samesite="Lax")
    return response


def _navigation(agent: Agent, path: str, waiting: int | None) -> list[NavItem]:
    return [
        NavItem(
            place.href,
            place.label,
            place.short,
            place.icon,
            current=path == place.href
            or path.startswith(place.href + "/")
            or (
                place.href == "/staff/queue"
                and path.startswith(("/staff/cases/", "/staff/search", "/staff/letters"))
            )
            or (place.href == "/staff/campaigns" and path == "/staff/senders"),
            count=waiting if place.href == "/staff/queue" else None,
        )
        for place in _PLACES
        if any(agent.may(permission) for permission in place.permissions)
    ]
