"""What a mail says itself, without the letter it answers and what mail programs add below.

Only for understanding a reply ("2" above our own question): the case keeps the whole text, and danger is
looked for in all of it.
"""

from __future__ import annotations

import re

_ENDS = re.compile(
    r"^(?:>"
    r"|-{2,}\s*(?:原始邮件|原邮件|转发邮件|Original Message|Forwarded message)"
    r"|-- ?$|_{5,}$"
    r"|(?:发件人|From)\s*[:：]"
    r"|(?:在|于)?.{0,120}(?:写道|wrote)\s*[:：]\s*$"
    r"|On .{0,120}$(?=\s*(?:.{0,80}\s)?wrote:)"
    r"|发自我的|Sent from my|来自.{0,10}邮箱|获取 ?Outlook)",
    re.IGNORECASE,
)


def above_the_quote(text: str) -> str:
    """The lines before the first one that begins a quotation or a signature; all when nothing is left."""
    lines = text.split("\n")
    end = next((place for place, line in enumerate(lines) if _ENDS.match(line.strip(" \t"))), len(lines))
    return "\n".join(lines[:end]).strip() or text
