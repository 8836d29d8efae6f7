"""The line under an answer: where it comes from, and who has the last word."""

from __future__ import annotations

from hub.web.i18n import Translator, msgid
from knowledge_base.entry import Entry


def source_line(entry: Entry, _: Translator) -> str:
    """`来源：… · 具体以当地窗口答复为准`, the second half where a local office decides."""
    origin = entry.source or _(msgid("常见问题"))
    line = _("来源：%(origin)s", origin=origin)
    return f"{line} · {_('具体以当地窗口答复为准')}" if entry.confirm_locally else line
