"""`hub serve`."""

from __future__ import annotations

import os
from pathlib import Path

from hub.cli.run import config_path, print_json, run, settings_from
from hub.cli.version import VERSION
from hub.runtime import logs
from hub.runtime.clock import SystemClock, to_local
from hub.runtime.console import Screen
from hub.serve import Running
from hub.serve import serve as run_hub
from hub.settings.channels import MailChannel
from hub.settings.settings import Settings
from hub.web.pages.staff.setup import create_setup_token


def serve(*, config: Path | None = None, json: bool = False) -> int:
    """按配置正式运行，直到收到 SIGTERM 或 Ctrl-C。

    Runs the hub until SIGTERM or Ctrl-C. The first run prints a one-time address to set it up.

    Parameters
    ----------
    config
        配置文件，覆盖默认值；省略时读当前目录的 hub.toml · TOML file over the defaults.
    json
        就绪时输出一个 JSON 文档 · One JSON document on stdout when ready.
    """
    return run(_serve(config, as_json=json))


async def _serve(config: Path | None, *, as_json: bool) -> int:
    settings = settings_from(config)
    logs.configure(level=settings.log.level, format=settings.log.format)
    clock = SystemClock()

    async def ready(server: Running) -> None:
        facts = _facts(server, settings, config_path(config))
        if not await server.hub.repositories.agents.exists():
            token = await create_setup_token(server.hub.repositories.setup, clock)
            facts["setup"] = f"{server.hub.settings.public_url()}{token.path}"
            facts["setup_until"] = f"{to_local(token.expires_at):%H:%M}"
        if as_json:
            print_json(facts)
        else:
            _show(facts)

    await run_hub(settings, clock, ready=ready)
    return 0


def _facts(server: Running, settings: Settings, path: Path | None) -> dict[str, str]:
    engine = settings.store.engine
    listeners = [server.url] + [
        f"{channel.listen_protocol}://{channel.listen_host}:{channel.listen_port}"
        for channel in settings.channels.values()
        if channel.enabled and isinstance(channel, MailChannel)
    ]
    channels = [f"{name} {'on' if channel.enabled else 'off'}" for name, channel in settings.channels.items()]
    facts = {
        "version": VERSION,
        "config": f"config.toml (默认 defaults)、{path}" if path else "config.toml (默认 defaults)",
        "store": f"sqlite {settings.store.path}"
        if engine == "sqlite"
        else f"mongodb {settings.store.database}",
        "listeners": "、".join(listeners),
        "channels": "、".join(channels),
        "url": server.hub.settings.public_url(),
    }
    if os.geteuid() == 0:
        facts["warning"] = "以 root 运行，建议换成专门的用户 (running as root)"
    return facts


def _show(facts: dict[str, str]) -> None:
    labels = {
        "version": "版本 version",
        "config": "配置 config",
        "store": "数据 store",
        "listeners": "监听 listeners",
        "channels": "渠道 channels",
        "url": "地址 url",
        "warning": "注意 warning",
        "setup": "首次设置 first setup",
        "setup_until": "有效至 valid until",
    }
    screen = Screen()
    for name, text in facts.items():
        screen.say(f"{labels[name]}：{text}")
