"""Whether the configured sentence encoder runs here, and whether there are weights for its vectors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from hub.model.conversations.meaning_due import LATE_MS
from hub.repositories.meaning_due import waiting
from hub.runtime.clock import Clock
from hub.runtime.finding import Finding, Level
from hub.settings.problems import SettingsProblem
from hub.settings.settings import Settings
from hub.store.documents import Documents
from hub.wiring.dialogue import thresholds_of
from hub.wiring.encoder import encoder_of, safety_of
from knowledge_base.match.answer import weighs
from knowledge_base.meaning.encoder import EncoderFailed, SentenceEncoder

_ANY = "紧急求助"


async def check_meaning(settings: Settings) -> AsyncIterator[Finding]:
    """What is so; messages are taken in whatever it says. The engine encodes one sentence."""
    try:
        safety = safety_of(settings)
    except SettingsProblem as problem:
        yield Finding(Level.FAIL, "meaning", str(problem), "hub talk calibrate")
        return
    # In a thread: a child process is waited for, or a server.
    encoder, problem_of_engine = await asyncio.to_thread(encoder_of, settings)
    if problem_of_engine:
        what = f"{settings.knowledge.encoder} 不能运行，只按词语判断 (words alone)：{problem_of_engine}"
        yield Finding(Level.FAIL, "meaning", what, 'knowledge.encoder = "none"')
        return
    if encoder is None:
        yield Finding(Level.OK, "meaning", "只按词语判断 (words alone)")
        return
    problem_now = await asyncio.to_thread(_problem_now, encoder)
    if problem_now:
        what = f"{encoder.name} 没有给出向量 (gives no vectors now)：{problem_now}"
        yield Finding(Level.FAIL, "meaning", what, "核对 encoder_server 的地址、模型、维数和密钥 (check it)")
    elif encoder.name not in safety.by_vector:
        what = f"险情和检举没有适合 {encoder.name} 的权重 (no weights for this engine)"
        yield Finding(Level.FAIL, "meaning", what, "hub talk calibrate")
    else:
        yield Finding(Level.OK, "meaning", encoder.name)
    if not _is_weighed(settings, encoder.name):
        what = f"知识库的把握没有适合 {encoder.name} 的权重，查询只按词语 (looked up by words alone)"
        fix = f"hub faq calibrate --encoder {settings.knowledge.encoder}"
        yield Finding(Level.WARN, "meaning knowledge", what, fix)


async def check_waiting(documents: Documents, clock: Clock) -> Finding:
    """How many messages wait to be understood, and for how long."""
    count, since = await waiting(documents)
    if not count:
        return Finding(Level.OK, "meaning due", "没有消息等待补查 (none waits to be looked at again)")
    seconds = (clock.now_ms() - since) // 1000
    what = f"{count} 条消息等待语义补查，最早 {seconds} 秒前 (wait to be looked at again, in seconds)"
    if seconds * 1000 < LATE_MS:
        return Finding(Level.OK, "meaning due", what)
    return Finding(Level.WARN, "meaning due", what, "看 meaning 一项 (see meaning)")


def _is_weighed(settings: Settings, engine: str) -> bool:
    try:
        return weighs(thresholds_of(settings), engine)
    except SettingsProblem:  # is said elsewhere
        return True


def _problem_now(encoder: SentenceEncoder) -> str:
    try:
        encoder.encode([_ANY])
    except EncoderFailed as problem:
        return str(problem)
    return ""
