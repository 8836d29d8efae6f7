"""What can be wrong with a channel: account, public address, call flow, a server that is away.

Only servers on this machine or its private network are contacted, and only asked whether they answer.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from channels.carrier.account import LoginRefused
from channels.carrier.link import NoAnswer, NotSent
from hub.runtime.clock import SystemClock
from hub.runtime.finding import Finding, Level
from hub.settings.channels import (
    Channel,
    CmppChannel,
    MailChannel,
    SgipChannel,
    SmgpChannel,
    SmppChannel,
    SmsChannel,
    TwilioSmsChannel,
    TwilioVoiceChannel,
)
from hub.settings.settings import Settings
from hub.wiring.channels import gateway_of
from ivr.flow import FlowError, load, shipped

_REACH_SECONDS = 3.0


async def check_channels(settings: Settings) -> AsyncIterator[Finding]:
    """Every finding about every configured channel."""
    if not any(
        channel.enabled
        for channel in settings.channels.values()
        if isinstance(channel, SmsChannel | TwilioVoiceChannel | MailChannel)
    ):
        yield Finding(
            Level.WARN, "channels", "只有网页渠道 (web only)", "在 [channels] 里启用短信、电话或邮件"
        )
    for name, channel in settings.channels.items():
        async for found in _channel(name, channel, settings):
            yield found


async def _channel(name: str, channel: Channel, settings: Settings) -> AsyncIterator[Finding]:
    label = f"channel {name}"
    if not channel.enabled:
        yield Finding(Level.OK, label, "未启用 (off)")
        return
    yield Finding(Level.OK, label, "已启用 (on)")
    match channel:
        case TwilioSmsChannel():
            for found in _provider(label, channel, settings):
                yield found
            async for reached in _gateway(label, channel.api_base):
                yield reached
        case TwilioVoiceChannel():
            for found in (*_provider(label, channel, settings), *_flow(label, channel)):
                yield found
            async for reached in _gateway(label, channel.api_base):
                yield reached
        case CmppChannel() | SmgpChannel() | SgipChannel() | SmppChannel():
            yield await _login(label, channel)
        case MailChannel():
            yield await _reached(label, channel.smtp_host, channel.smtp_port)
            for found in _bulk_mail(label, channel, settings):
                yield found


def _bulk_mail(label: str, channel: MailChannel, settings: Settings) -> Iterator[Finding]:
    """What only the organisation's mail server can do (docs/operations.md): the hub does not sign."""
    domain = channel.address.rpartition("@")[2]
    yield Finding(
        Level.OK,
        label,
        f"群发邮件请由邮件服务器为 {domain} 做 DKIM 签名，覆盖 List-Unsubscribe 和 List-Unsubscribe-Post"
        " (your mail server signs bulk mail, the hub does not)",
    )
    public = urlsplit(settings.public_url())
    if public.scheme != "https" and not _is_near(public.hostname or ""):
        yield Finding(
            Level.WARN,
            label,
            "群发邮件没有一键退订 (no one-click unsubscribe without https, RFC 8058)",
            'web.public_url = "https://…"',
        )


async def _login(label: str, channel: CmppChannel | SmgpChannel | SgipChannel | SmppChannel) -> Finding:
    """What the gateway answers to a login. Beside a running hub it is one connection more for a moment."""
    account = gateway_of(label, channel, SystemClock()).account
    try:
        await account.try_login()
    except LoginRefused as problem:
        return Finding(
            Level.FAIL,
            label,
            f"网关拒绝登录 (login refused)：{problem.code}，{problem.reason}",
            "核对 host、port、version、账号、secret，以及网关登记的本机地址",
        )
    except (OSError, TimeoutError, NoAnswer, NotSent):
        return Finding(
            Level.WARN,
            label,
            f"连不上网关 (cannot reach) {channel.host}:{channel.port}",
            "核对地址、端口和防火墙；网关只允许登记过的地址连接",
        )
    return Finding(Level.OK, label, "网关登录成功 (logged in)")


def _provider(
    label: str, channel: TwilioSmsChannel | TwilioVoiceChannel, settings: Settings
) -> Iterator[Finding]:
    if not re.fullmatch(r"AC[0-9a-f]{32}", channel.account_sid):
        yield Finding(
            Level.WARN,
            label,
            "account_sid 通常是 AC 加 32 位十六进制 (usually AC and 32 hex digits)",
            f"核对 channels.{label.removeprefix('channel ')}.account_sid",
        )
    if any(len(token.get_secret_value()) < 16 for token in channel.auth_tokens):
        yield Finding(
            Level.WARN,
            label,
            "auth_token 太短，签名容易被猜到 (too short)",
            "在供应商处重新生成 (make a new one)",
        )
    outward = not _is_near(urlsplit(channel.api_base).hostname or "")
    if outward and not settings.web.public_url.startswith("https://"):
        yield Finding(
            Level.FAIL,
            label,
            "供应商要从公网 https 地址回调，签名按该地址核对 (callbacks need a public https address)",
            'web.public_url = "https://…"',
        )


def _flow(label: str, channel: TwilioVoiceChannel) -> Iterator[Finding]:
    try:
        text = (
            Path(channel.flow).read_text("utf-8") if channel.flow.endswith(".toml") else shipped(channel.flow)
        )
        flow = load(text)
    except OSError as problem:
        yield Finding(
            Level.FAIL,
            label,
            f"读不到语音流程 (cannot read the flow)：{problem.strerror}",
            "核对 flow 的路径",
        )
    except FlowError as problem:
        for line in problem.problems:
            yield Finding(Level.FAIL, label, f"语音流程 (flow)：{line}", "hub ivr check")
    else:
        yield Finding(Level.OK, label, f"语音流程 {flow.id}，{len(flow.nodes)} 个节点 (nodes)")
    if channel.speech and not _is_near(urlsplit(channel.api_base).hostname or ""):
        yield Finding(
            Level.WARN,
            label,
            "语音提问由供应商识别，声音会离开本机构 (the provider hears callers)",
            "只在境内网关上打开 speech (use a gateway of your own)",
        )
    if not channel.duty_numbers:
        yield Finding(
            Level.WARN, label, "没有值班电话，按 0 只能留言 (nobody answers key 0)", "填写 duty_numbers"
        )


async def _gateway(label: str, api_base: str) -> AsyncIterator[Finding]:
    parts = urlsplit(api_base)
    if _is_near(parts.hostname or ""):
        yield await _reached(
            label, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        )
    else:
        yield Finding(Level.OK, label, f"{parts.hostname} 未联系 (not contacted)")


async def _reached(label: str, host: str, port: int) -> Finding:
    if not _is_near(host):
        return Finding(Level.OK, label, f"{host}:{port} 未联系 (not contacted)")
    try:
        async with asyncio.timeout(_REACH_SECONDS):
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
    except (OSError, TimeoutError):
        return Finding(
            Level.WARN, label, f"{host}:{port} 连不上 (cannot be reached)", "启动该服务，或核对地址和端口"
        )
    return Finding(Level.OK, label, f"{host}:{port} 可达 (reachable)")


def _is_near(host: str) -> bool:
    """This machine or its private network, given by address: a name would have to be asked for."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False
