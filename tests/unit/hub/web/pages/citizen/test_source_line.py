"""The line under an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.web.i18n import Language, Translator
from hub.web.pages.citizen.source_line import source_line
from tests.unit.knowledge_base.entries import entry


@pytest.mark.parametrize(
    ("source", "confirm_locally", "line"),
    [
        ("《护照法》", True, "来源：《护照法》 · 具体以当地窗口答复为准"),
        ("《护照法》", False, "来源：《护照法》"),
        ("", True, "具体以当地窗口答复为准"),
        ("", False, ""),
    ],
)
def test_only_what_is_known_of_the_source_is_said(source: str, confirm_locally: bool, line: str) -> None:
    shown = replace(entry("a", "问"), source=source, confirm_locally=confirm_locally)
    assert source_line(shown, Translator(Language.ZH)) == line
