"""What a text means beside its words: danger, an accusation of police, and the vectors to look it up with.

Words are judged at once, in every process. Where an encoder runs, the vectors of the text's windows are asked
for and waited for a moment; what is not there then is `due`: the message goes its way with what the words
showed, and a job looks again (`hub/actions/intake/look_again.py`).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hub.actions.dialogue.encoding import Encoding
from hub.runtime.aside import aside
from knowledge_base.meaning.encoder import Vector
from knowledge_base.meaning.safety import NOTHING_SHOWN, Judgement, Safety
from knowledge_base.meaning.windows import spread, windows
from knowledge_base.text.utterance import Utterance

WAIT_SECONDS = 0.3
_ENCODED = 20
"""Windows of a text that get vectors while somebody waits: more take longer than anybody should wait."""
_ENCODED_LATER = 400
_AT_ONCE = 40
"""Windows that are judged in the event loop: some milliseconds."""


@dataclass(frozen=True, slots=True)
class Understood:
    """vectors: by simplified text. due: not all of them were there in time. weighed: they were, and the
    judgement is by what is meant, not by words alone."""

    judgement: Judgement = NOTHING_SHOWN
    vectors: Mapping[str, Vector] = field(default_factory=dict)
    due: bool = False
    weighed: bool = False


NOTHING_UNDERSTOOD = Understood()


class Understand:
    """Judges texts."""

    def __init__(
        self,
        encoding: Encoding,
        safety: Safety,
        *,
        looks_up: bool = True,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        """looks_up: whether vectors count where the knowledge base is asked. wait_seconds: how long a text
        waits where nobody says how long."""
        self._looks_up = looks_up
        self._encoding = encoding
        self._safety = safety
        self._wait_seconds = wait_seconds

    @property
    def is_weighed(self) -> bool:
        """Whether somebody fitted weights of danger and accusations to the engine that runs here."""
        return self._encoding.name in self._safety.by_vector

    async def __call__(self, text: str, *, seconds: float = 0.0, asked: Sequence[str] = ()) -> Understood:
        """What a text means, as far as it is known after so many seconds, 0 = as long as usual.

        asked: sentences of it that are looked up; their vectors are among those that are given, if in time.
        """
        seconds = seconds or self._wait_seconds
        found = await aside(len(text), _telling, text)
        if not found:
            return NOTHING_UNDERSTOOD
        # Nobody waits for vectors that nobody weighs.
        weighed = found if self.is_weighed else []
        wanted = spread(weighed, _ENCODED if seconds <= WAIT_SECONDS else _ENCODED_LATER)
        vectors: Mapping[str, Vector] = {}
        if self._encoding.name:
            sentences = [*wanted, *(asked if self._looks_up else ())]
            vectors = await self._encoding.within(sentences, seconds=seconds)
        if len(found) <= _AT_ONCE:
            judgement = self._judge(found, vectors)
        else:  # a letter of twenty thousand characters takes a fifth of a second: others do not wait for it
            judgement = await asyncio.to_thread(self._judge, found, vectors)
        there = vectors.keys() >= set(wanted)
        return Understood(judgement, vectors, due=not there, weighed=there and self.is_weighed)

    def _judge(self, found: Sequence[str], vectors: Mapping[str, Vector]) -> Judgement:
        return self._safety.judge(
            [Utterance(window).folded for window in found],
            [vectors.get(window) for window in found],
            self._encoding.name,
        )


def _telling(text: str) -> list[str]:
    """The windows in which something is told; signs and numbers alone tell nothing."""
    return [window for window in windows(Utterance(text).simplified) if _LETTER.search(window)]


_LETTER = re.compile(r"[^\W\d_]")
