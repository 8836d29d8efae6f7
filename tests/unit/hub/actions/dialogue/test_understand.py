"""A text is judged at once; a very long one beside the event loop, so that nobody else waits for it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from hub.actions.dialogue.encoding import Encoding
from hub.actions.dialogue.understand import Understand
from hub.runtime.clock import FakeClock
from knowledge_base.meaning.encoder import Vector
from knowledge_base.meaning.safety import NOTHING_SHOWN, Judgement, Safety, WordModel

NOTHING = np.zeros((2, 0), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Watched(Safety):
    """Judges nothing, and notes in which thread it was asked."""

    threads: list[int] = field(default_factory=list)

    def judge(self, folded: Sequence[str], vectors: Sequence[Vector | None], engine: str = "") -> Judgement:
        self.threads.append(threading.get_ident())
        return NOTHING_SHOWN


@pytest.mark.parametrize(("sentences", "in_the_loop"), [(3, True), (600, False)])
async def test_only_a_long_text_is_judged_beside_the_loop(sentences: int, in_the_loop: bool) -> None:
    words = WordModel({}, NOTHING[0], NOTHING, np.zeros(2, np.float32))
    safety = Watched(words, (), {})
    await Understand(Encoding(None, FakeClock()), safety)(
        "小区门口的路灯坏了三个月一直没有人来修理。" * sentences
    )
    assert [one == threading.get_ident() for one in safety.threads] == [in_the_loop]
