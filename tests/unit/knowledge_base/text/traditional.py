"""Writes simplified texts in traditional characters, for the tests: the shipped table read backwards."""

from knowledge_base.text.tables import table_lines

_FORMS: dict[str, list[str]] = {}
for _line in table_lines("traditional.txt"):
    for _pair in _line.split():
        _FORMS.setdefault(_pair[1], []).append(_pair[0])

FIRST = str.maketrans({simple: forms[0] for simple, forms in _FORMS.items()})
LAST = str.maketrans({simple: forms[-1] for simple, forms in _FORMS.items()})
"""Where several traditional characters became one (發 and 髮 are 发), the other of them."""
