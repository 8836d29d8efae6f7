"""Variables in texts that staff send: `{{姓名}}` is filled in, and one that nothing fills never leaves."""

from __future__ import annotations

import re
from collections.abc import Mapping

_VARIABLE = re.compile(r"\{\{\s*([^{}\n]{0,40}?)\s*\}\}")

NAME, REFERENCE, UNIT, HANDLER, DUE = "姓名", "编号", "单位", "承办人", "期限"
OF_THE_CASE = (NAME, REFERENCE, UNIT, HANDLER, DUE)
"""Filled in from the case and who writes; all others stand in the table of the unit."""


def variables_in(text: str) -> tuple[str, ...]:
    """Names of the variables a text holds, each once, in order."""
    return tuple(dict.fromkeys(_VARIABLE.findall(text)))


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with what is known; a variable without a value, or with an empty one, stays as it is."""
    return _VARIABLE.sub(lambda found: values.get(found[1]) or found[0], text)
