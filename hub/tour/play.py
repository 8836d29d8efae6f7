"""Plays the stories one after the other, kills the hub where the plan says so, and proves the rest.

Rule protected: what was acknowledged is never lost, and nothing leaves twice but what the hub itself
lists as ambiguous.
"""

from __future__ import annotations

import asyncio
import random
import smtplib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import aiohttp

from hub.tour.report import Report, StepResult, Verified
from hub.tour.scene import Scene
from hub.tour.stories.appeal import Appeal
from hub.tour.stories.broadcast import Broadcast
from hub.tour.stories.carrier import Doubt, LongText
from hub.tour.stories.chat import Chat
from hub.tour.stories.mail import Letter
from hub.tour.stories.petition import Petition
from hub.tour.stories.texts import Danger, Forgery, Matter, Question
from hub.tour.stories.voice import Complaint
from hub.tour.story import NotHeld, Story

_SETTLE_SECONDS = 30.0
_MAX_DELAY_SECONDS = 0.12

Crash = Callable[[], Awaitable[None]]
Told = Callable[[StepResult], None]


@dataclass(frozen=True, slots=True)
class KillPlan:
    """Before which steps the hub is killed, during which, and how soon (seconds) in the middle."""

    before: int
    during: int
    delay_seconds: float

    @classmethod
    def from_seed(cls, seed: int, steps: int) -> KillPlan:
        """Two different steps out of `steps`; the same seed gives the same plan."""
        chance = random.Random(seed)
        before, during = chance.sample(range(1, steps), 2)
        return cls(before, during, chance.random() ** 2 * _MAX_DELAY_SECONDS)  # most steps are short


def stories(scene: Scene) -> Sequence[Story]:
    """All of them, in the order they are told."""
    return (
        Question(scene),
        Matter(scene),
        Danger(scene),
        LongText(scene),
        Doubt(scene),
        Forgery(scene),
        Complaint(scene),
        Letter(scene),
        Chat(scene),
        Petition(scene),
        Appeal(scene),
        Broadcast(scene),
    )


async def play(scene: Scene, told: Told, *, crash: Crash | None = None, seed: int = 0) -> Report:
    """The whole tour. `crash` kills the hub and starts it again; `told` gets each step as it ends."""
    report = Report()
    all_steps = [(story.title, step) for story in stories(scene) for step in story.steps()]
    plan = KillPlan.from_seed(seed, len(all_steps)) if crash else None
    broken = ""
    for number, (title, step) in enumerate(all_steps):
        if title == broken:
            continue  # the rest of a story that went wrong would only repeat the complaint
        killed, killer = "", None
        if crash and plan and number == plan.before:
            killed = "before"
            await crash()
        elif crash and plan and number == plan.during:
            killed = "during"
            killer = asyncio.create_task(_soon(plan.delay_seconds, crash), name="kill")
        result = await _played(title, step.text, step.act, killed)
        if killer is not None:
            await killer
        if not result.ok:
            broken = title
        report.steps.append(result)
        told(result)
    report.kills = scene.server.kills
    report.verified = await _verify(scene)
    return report


async def _soon(seconds: float, crash: Crash) -> None:
    await asyncio.sleep(seconds)
    await crash()


async def _played(title: str, text: str, act: Callable[[], Awaitable[str]], killed: str) -> StepResult:
    loop = asyncio.get_running_loop()
    started = loop.time()
    try:
        detail, ok = await act(), True
    except NotHeld as problem:
        detail, ok = str(problem), False
    except (aiohttp.ClientError, smtplib.SMTPException, OSError, KeyError) as problem:
        detail, ok = f"{type(problem).__name__}: {problem}", False
    return StepResult(title, text, ok, detail, round(loop.time() - started, 3), killed)


async def _verify(scene: Scene) -> Verified:
    """Waits until every message stands somewhere final or is listed as ambiguous; then counts."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _SETTLE_SECONDS
    while True:
        unsure = (await scene.look("/demo/state"))["unsure"]
        # A mail that was cut off by a kill is only tried again when its long lease has ended.
        cut_off = {"mail"} if scene.server.kills else set()
        on_the_way = [row for row in unsure if row["state"] != "ambiguous" and row["sender"] not in cut_off]
        if not on_the_way or loop.time() > deadline:
            break
        await asyncio.sleep(0.2)
    lost = [
        f"{channel} {provider_id}"
        for channel, provider_id, sender in dict.fromkeys(scene.kept)
        if not (await scene.event(channel, provider_id, sender))["kept"]
    ]
    ambiguous = tuple(row["id"] for row in unsure)
    return Verified(len(set(scene.kept)), tuple(lost), tuple(await scene.twice(ambiguous)), ambiguous)
