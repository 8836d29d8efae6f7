"""Whether an emergency nobody confirms would reach 110, and the operator would hear of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from channels.address import BadAddress
from channels.http import NotReached
from hub.actions.deliveries.channel_profile import Profiles
from hub.other_systems.checked_address import NotAllowed, checked_address
from hub.runtime.finding import Finding, Level
from hub.settings.settings import Settings
from hub.store.documents import Documents
from hub.wiring.alarms import recipients
from hub.wiring.channels import profiles_of

_LABEL = "alarms"


async def check_alarms(settings: Settings) -> AsyncIterator[Finding]:
    """Each configured way; that there is one. Nothing is sent."""
    given, profiles = settings.alarms, profiles_of(settings)
    if given.webhook_url:
        yield await _webhook(str(given.webhook_url))
    if given.text_numbers:
        yield _address(settings, profiles, "text", given.text_channel, given.text_numbers)
    if not (given.webhook_url or given.text_numbers):
        yield Finding(
            Level.WARN,
            _LABEL,
            "没有自动转 110 的方式：无人确认的警情转不出去 (an emergency nobody confirms goes nowhere)",
            "配置 [alarms] 的 webhook_url 或 text_numbers (docs/alarms.md)",
        )
    for missing in _operator(settings, profiles):
        yield missing
    for found in _desks(settings, profiles):
        yield found


async def check_ringing(documents: Documents) -> Finding:
    """Alarms that nobody has in hand now."""
    ringing = sum((await documents.count("alarms", {"rings": 1})).values())
    if not ringing:
        return Finding(Level.OK, f"{_LABEL} ringing", "没有未确认的警情 (none is unconfirmed)")
    what = f"{ringing} 件警情未确认 (alarms are unconfirmed)"
    return Finding(
        Level.WARN, f"{_LABEL} ringing", what, "立即打开警情台 /staff/alarms (open the alarm page)"
    )


async def _webhook(url: str) -> Finding:
    label = f"{_LABEL} webhook"
    try:
        await checked_address(url)
    except NotAllowed:
        what = "域名指向不允许的地址 (the name leads to an address that is not allowed)"
        return Finding(Level.FAIL, label, what, "核对 alarms.webhook_url (check the url)")
    except NotReached:
        what = "域名无法解析 (the name cannot be looked up)"
        return Finding(Level.FAIL, label, what, "核对 alarms.webhook_url 和 DNS (check the url)")
    return Finding(Level.OK, label, "已配置 (configured)")


def _operator(settings: Settings, profiles: Profiles) -> Iterator[Finding]:
    given = settings.alarms
    if given.operator_address:
        yield _address(settings, profiles, "operator", given.operator_channel, [given.operator_address])
        return
    yield Finding(
        Level.WARN,
        f"{_LABEL} operator",
        "没有配置运维人员的地址：转警失败时无人得知 (nobody is told when forwarding fails)",
        "配置 alarms.operator_channel 和 alarms.operator_address",
    )


def _desks(settings: Settings, profiles: Profiles) -> Iterator[Finding]:
    """Each command desk by its name in the settings, and cities that have none."""
    given = settings.alarms
    for id, desk in given.desks.items():
        label = f"{_LABEL} desk {id}"
        if desk.text_numbers:
            told = _address(settings, profiles, f"desk {id}", given.text_channel, desk.text_numbers)
            if told.level is not Level.OK:
                yield told
                continue
        if not (desk.webhook_url or desk.text_numbers or desk.unit or desk.telephone):
            what = "没有接收警情的方式 (no way to hand an alarm to it)"
            yield Finding(Level.FAIL, label, what, f"配置 [alarms.desks.{id}] (docs/alarms.md)")
            continue
        yield Finding(Level.OK, label, f"已配置 (configured)：{desk.name}")
    without = sorted({one.name for one in settings.regions} - _with_desk(settings))
    if without:
        names = "、".join(without)
        what = f"没有指挥台的地区，由 110 指挥中心派警 (no desk, the 110 centre dispatches)：{names}"
        yield Finding(Level.WARN, f"{_LABEL} desks", what, "配置 [alarms.desks] 的 region (docs/alarms.md)")


def _with_desk(settings: Settings) -> set[str]:
    """Names of the cities that have a desk, of their own or of one of their counties."""
    taken = {desk.region[:4] for desk in settings.alarms.desks.values() if desk.region}
    return {one.name for one in settings.regions if one.code[:4] in taken}


def _address(
    settings: Settings, profiles: Profiles, name: str, channel: str, addresses: list[str]
) -> Finding:
    label = f"{_LABEL} {name}"
    try:
        usable = recipients(settings, profiles, channel, addresses)
    except BadAddress:
        what = "号码或地址不对 (not an address)"
        return Finding(Level.FAIL, label, what, f"核对 [alarms] 的 {name} 设置 (check it)")
    if usable is None:
        what = f"渠道 {channel} 不存在、未启用或不能发送 (missing, off, or cannot send)"
        return Finding(Level.FAIL, label, what, f"启用 [channels.{channel}] (turn it on)")
    return Finding(Level.OK, label, f"已配置 (configured)：{channel}")
