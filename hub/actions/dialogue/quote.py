"""What a mail says itself, without the letter it answers and what mail programs add below.

Only for understanding a reply ("2" above our own question): the case keeps the whole text, and danger is
looked for in all of it but our own words, which are known by what was sent: "谢谢" above our advice to call
110 is no emergency. A citizen's earlier letter below it, or what somebody else wrote, is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from knowledge_base.text.utterance import Utterance

_SENTENCE = re.compile(r"[^。！？!?；;\n]+")
_SHORTEST = 4
"""A shorter piece of ours may be anybody's words."""

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
    return split_quote(text)[0] or text


def split_quote(text: str) -> tuple[str, str]:
    """What is written above the first line that begins a quotation or a signature, and the rest."""
    lines = text.split("\n")
    end = next((place for place, line in enumerate(lines) if _ENDS.match(line.strip(" \t"))), len(lines))
    return "\n".join(lines[:end]).strip(), "\n".join(lines[end:])


def without_ours(quotation: str, ours: Iterable[str]) -> str:
    """What of a quotation somebody else wrote, folded. ours: what this hub said in the conversation.

    Sentence by sentence, because mail programs wrap lines, mark them and leave some out.
    """
    rest = Utterance(quotation).folded
    said = {Utterance(sentence).folded for text in ours for sentence in (text, *_SENTENCE.findall(text))}
    for sentence in sorted(said, key=len, reverse=True):
        if len(sentence) >= _SHORTEST:
            rest = rest.replace(sentence, "|")
    return rest
