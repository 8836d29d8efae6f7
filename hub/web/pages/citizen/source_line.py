"""The line under an answer: where it comes from, and who has the last word."""

from __future__ import annotations

from hub.web.i18n import Translator
from knowledge_base.entry import Entry


def source_line(entry: Entry, _: Translator) -> str:
    """`来源：… · 具体以当地窗口答复为准`, the first half where a source is known, the second where a
    local office decides; "" for neither."""
    origin = _("来源：%(origin)s", origin=entry.source) if entry.source else ""
    local = _("具体以当地窗口答复为准") if entry.confirm_locally else ""
    return " · ".join(filter(None, (origin, local)))
