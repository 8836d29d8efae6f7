"""Says what a sending will be like: its course over the hours, its hours, and what its class promises."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from campaigns.campaign import Campaign
from campaigns.window import Estimate
from channels.outbox.delivery import POLICY, MessageClass, WarningLevel
from channels.outbox.quiet_hours import Window, window_of
from hub.hub import Hub
from hub.runtime.clock import to_local
from hub.web import badges
from hub.web.i18n import Translator, format_moment, msgid

PROMISES: Mapping[MessageClass, str] = {
    MessageClass.E0: msgid("至少一次：结果不明的 1 分钟后补发一次，个别人可能收到两条，好过没有收到。"),
    MessageClass.E1: msgid("结果不明的 5 分钟后补发一次，个别人可能收到两条。"),
    MessageClass.N: msgid("不自动补发：结果不明的列出来由人决定。"),
    MessageClass.L: msgid("最多一次：结果不明的不补发，记为“不确定”，没有人会收到两条。"),
}
"""Whether a person may get a message twice, by class."""

LEVELS: Mapping[WarningLevel, str] = {
    WarningLevel.NONE: "",
    WarningLevel.RED: msgid("红色"),
    WarningLevel.ORANGE: msgid("橙色"),
    WarningLevel.YELLOW: msgid("黄色"),
    WarningLevel.BLUE: msgid("蓝色"),
}

HINTS: Mapping[MessageClass, str] = {
    MessageClass.L: msgid("%(hours)s 发送，末尾自动加“拒收请回复R”，拒收的人不发"),
    MessageClass.N: msgid("%(hours)s 发送，用于办事进度和业务提醒"),
    MessageClass.E1: msgid("%(hours)s 发送，用于黄色、蓝色预警"),
    MessageClass.E0: msgid("随时发送，最先发出，拒收的人也会收到，只用于红色、橙色预警"),
}
"""When a class leaves and to whom, for whoever chooses one."""

_MOST_SPANS = 3


def course(estimate: Estimate, now: int, _: Translator) -> str:
    """`9月22日 20:10 开始，20:30 暂停，次日 09:00 继续，预计次日 10:40 发完`."""
    spans = _joined(estimate.spans)
    said = [_("%(time)s 开始", time=format_moment(estimate.starts_at, now, _))]
    for (_begin, pause), (resume, _end) in itertools.pairwise(spans[:_MOST_SPANS]):
        said.append(_("%(time)s 暂停", time=f"{to_local(pause):%H:%M}"))
        said.append(_("%(time)s 继续", time=_after(resume, pause, now, _)))
    if len(spans) > _MOST_SPANS:
        said.append(_("以后每天如此"))
    last = spans[-1][0] if len(spans) <= _MOST_SPANS else estimate.starts_at
    said.append(_("预计 %(time)s 发完", time=_after(estimate.finishes_at, last, now, _)))
    return _("，").join(said)


def needs(estimate: Estimate, _: Translator) -> str:
    """That one evening is not enough, "" when it is."""
    days = len(_joined(estimate.spans))
    if days < 2:
        return ""
    is_evening = to_local(estimate.starts_at).hour >= 17
    if days == 2 and is_evening:
        return _("一个晚上发不完，需要两个时段：当晚和次日")
    return _("一个时段发不完，需要 %(count)s 天", count=days)


def hours(found: tuple[int, int] | None, _: Translator) -> str:
    """`09:00–20:30`, or that it leaves at any time. found: minutes after midnight."""
    if found is None:
        return _("随时")
    return str(Window(*found))


def classes(hub: Hub, _: Translator) -> list[tuple[MessageClass, str, str]]:
    """The classes to choose from, each with its name and when it leaves in this office."""
    windows = hub.settings.sending_hours.windows()
    return [
        (one, badges.MESSAGE_CLASS[one].text, _(hint, hours=window_of(one, windows=windows) or ""))
        for one, hint in HINTS.items()
    ]


def sender(hub: Hub, name: str, _: Translator) -> str:
    """`短信 · 榕城公安`; one that is no longer configured keeps the name it had there."""
    profile = hub.profiles.get(name)
    if profile is None:
        return name
    kind = _(badges.CHANNEL[profile.kind].text)
    return f"{kind} · {profile.signature}" if profile.signature else kind


def life(campaign: Campaign, _: Translator) -> str:
    """How long after its time it is still sent: `48 小时`."""
    seconds = campaign.expiry_seconds or POLICY[campaign.message_class].expiry_seconds
    return _("%(count)s 小时", count=f"{seconds / 3600:g}")


def _joined(spans: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    """Stretches that follow each other without a pause are one."""
    found: list[tuple[int, int]] = []
    for begin, end in spans:
        if found and found[-1][1] == begin:
            found[-1] = found[-1][0], end
        else:
            found.append((begin, end))
    return found


def _after(at: int, before: int, now: int, _: Translator) -> str:
    """A time as short as its distance from the one before allows."""
    days = (to_local(at).date() - to_local(before).date()).days
    if days == 0:
        return f"{to_local(at):%H:%M}"
    if days == 1:
        return _("次日 %(time)s", time=f"{to_local(at):%H:%M}")
    return format_moment(at, now, _)
