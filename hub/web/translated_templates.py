"""Templates in one language: texts are translated when a template is compiled, not at every page.

A page holds some 150 of them, so looking them up each time was a fifth of what it takes to make one.
"""

from __future__ import annotations

from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from hub.web.i18n import Translator


class TranslatedEnvironment(Environment):
    """`_("…")` is a constant of the template; with values (`%(name)s`) or of a variable it is filled in at
    each page. Texts are ours and count as markup; values are escaped."""

    def __init__(self, texts: Translator, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self._texts = texts

        def say(text: str, /, **values: object) -> Markup:
            return Markup(texts(text)) % values  # noqa: S704 — msgids are ours

        self.globals["_"] = say

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        template = super()._parse(source, name, filename)
        translated: nodes.Template = _Constants(self._texts).visit(template)
        return translated


class _Constants(NodeTransformer):
    def __init__(self, texts: Translator) -> None:
        self._texts = texts

    def visit_Call(self, call: nodes.Call) -> nodes.Node:
        self.generic_visit(call)
        asked = call.node
        if not isinstance(asked, nodes.Name) or asked.name != "_" or len(call.args) != 1 or call.kwargs:
            return call
        text = call.args[0]
        if call.dyn_args or call.dyn_kwargs or not isinstance(text, nodes.Const):
            return call
        said = nodes.Const(self._texts(text.value) % {}, lineno=call.lineno)
        return nodes.MarkSafe(said, lineno=call.lineno)
