"""Settings of a voice line → the flow it runs, its hours and the numbers it may connect to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hub.actions.calls.call_work import Line
from hub.settings.channels import TwilioVoiceChannel
from hub.settings.settings import Settings
from ivr.flow import Flow, FlowError, load, shipped
from ivr.hours import parse


def flow_text(settings: Settings, name: str) -> str:
    channel = settings.channels[name]
    if not isinstance(channel, TwilioVoiceChannel):
        raise TypeError(name)
    return Path(channel.flow).read_text("utf-8") if channel.flow.endswith(".toml") else shipped(channel.flow)


def voice_line(name: str, channel: TwilioVoiceChannel, settings: Settings) -> Line:
    hours = settings.hours.model_dump(exclude={"holidays", "workdays"})
    return Line(
        channel=name,
        flow=load(flow_text(settings, name)),
        province=settings.organisation.province,
        cities=_cities(settings),
        hours=parse(
            hours,
            holidays=dict.fromkeys(settings.hours.holidays, ""),
            # A make-up day keeps the hours of an ordinary Monday unless the department says otherwise.
            workdays=dict.fromkeys(settings.hours.workdays, "mon"),
        ),
        person_number=channel.duty_numbers[0] if channel.duty_numbers else "",
        emergency_number=channel.emergency_number,
        receipt_channel=channel.receipt_channel,
        listens=channel.speech,
    )


def kept_flows(texts: Mapping[str, str]) -> tuple[dict[str, Flow], dict[str, FlowError]]:
    """The versions of flows a call may still run, by sha; and those that load no more, with what is wrong.

    A release may refuse what an earlier one took. That must not stop the hub: a call that still runs
    such a flow is ended politely.
    """
    flows: dict[str, Flow] = {}
    unusable: dict[str, FlowError] = {}
    for sha, text in texts.items():
        try:
            flows[sha] = load(text)
        except FlowError as problem:
            unusable[sha] = problem
    return flows, unusable


def _cities(settings: Settings) -> str:
    """`591=福州或平潭 592=厦门`: two prefectures may share an area code, and a caller keys in codes."""
    names: dict[str, list[str]] = {}
    for region in settings.regions:
        names.setdefault(region.area_code, []).append(region.name)
    return " ".join(f"{code}={'或'.join(sharing)}" for code, sharing in names.items())
