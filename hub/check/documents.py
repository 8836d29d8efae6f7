"""Whether signed documents can become PDF here."""

from __future__ import annotations

from collections.abc import Iterator

from hub.runtime.finding import Finding, Level
from hub.runtime.typesetting.typesetter import Typesetter
from hub.settings.organisation import Organisation


def check_documents(organisation: Organisation) -> Iterator[Finding]:
    """One finding; without PDF everything else goes on."""
    lacks = Typesetter(organisation.document_fonts, organisation.document_font_names).lacks
    name = "文书 documents"
    if not lacks:
        yield Finding(Level.OK, name, "可以生成 PDF (PDF can be made)")
        return
    detail = f"没有 {lacks}，文书只能作为网页打印 (no {lacks}: documents are printed as pages)"
    yield Finding(
        Level.WARN, name, detail, f"安装 {lacks}，或填写 [organisation] document_fonts (install it)"
    )
