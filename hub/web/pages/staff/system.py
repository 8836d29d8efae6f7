"""For administrators: is everything running. No case content, ever."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from campaigns.said import Said
from hub.hub import Hub
from hub.web.health import Health, HealthLine
from hub.web.i18n import Translator
from hub.web.keys import HUB
from hub.web.render import translator
from hub.web.staff_page import staff_page


@dataclass(frozen=True, slots=True)
class Light:
    """One line of the health page. kind: good | bad | off."""

    name: str
    kind: str
    detail: str
    fix: str


async def system_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/system"""
    hub, _ = request.app[HUB], translator(request)
    health = Health(hub)
    told = (*health.duties(), *_contracts(hub), await health.report_readers(), *await health.lines())
    lights = [_light(hub, line, _) for line in told]
    return staff_page(
        request,
        "staff/system.html",
        lines=sorted(lights, key=lambda light: light.kind != "bad"),
        broken=sum(light.kind == "bad" for light in lights),
    )


def _contracts(hub: Hub) -> list[HealthLine]:
    """Contracts of departments that end soon, or have ended."""
    departments = hub.departments
    return [
        HealthLine(
            f"contract {one.id}",
            Said("部门合同：%(name)s", name=one.name),
            ok=False,
            detail=Said("合同 %(day)s 到期", day=one.contract.ends_on),
            fix="续签后在“部门接入”里修改到期日，或停用密钥",
        )
        for one in departments.in_force.all_registered()
        if departments.desk.ends_soon(one)
    ]


def _light(hub: Hub, line: HealthLine, _: Translator) -> Light:
    channel = hub.settings.channels.get(line.name.removeprefix("channel "))
    is_off = channel is not None and not channel.enabled
    return Light(
        _(line.label),
        "off" if is_off else "good" if line.ok else "bad",
        f"{_(line.detail)} ({line.count})" if line.count else _(line.detail),
        "" if line.ok else _(line.fix),
    )
