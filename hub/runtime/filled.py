"""A text with values in it that can still be translated: pages look it up by its template.

Actions speak Chinese and know no language; a number inside an f-string would make a text that no
catalogue holds.
"""

from __future__ import annotations


class Filled(str):
    """The Chinese text, filled in. template, values: what it was made of."""

    template: str
    values: dict[str, object]


def filled(template: str, **values: object) -> Filled:
    """`filled("最多 %(most)s 人", most=30)`."""
    text = Filled(template % values)
    text.template, text.values = template, values
    return text
