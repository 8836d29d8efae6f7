"""No text holds a pattern up: what is repeated in one is not tried in every way there is."""

from __future__ import annotations

import re
import time

import pytest

from knowledge_base.meaning.grams import patterns_in
from knowledge_base.text.tables import data_text

_WINDOW = 60
_PIECES = sorted(set(re.findall(r"[\u4e00-\u9fff]{1,4}|[a-z]{1,6}", data_text("safety/patterns.toml"))))


@pytest.mark.parametrize("end", ["", "17"])
def test_a_piece_said_over_and_over_takes_no_time(end: str) -> None:
    """Of a window, which is the longest text that is looked at: 救救救… once took longer than a day."""
    began = time.process_time()
    for piece in _PIECES:
        patterns_in((piece * _WINDOW)[: _WINDOW - len(end)] + end)
    each = (time.process_time() - began) / len(_PIECES)
    assert len(_PIECES) > 500
    assert each < 0.01
