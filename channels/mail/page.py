"""A mail as a page: the same words as its plain text, in HTML that every mail program shows.

Rule protected: nothing in a text becomes markup; no picture, no script and nothing that is fetched, so that
opening a mail tells nobody. Styles stand in the elements, because mail programs drop style sheets.
"""

from __future__ import annotations

import re
from html import escape

REFUSE = "不想再收到此类邮件，请打开 / To stop these mails, open: "

_LINK = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&'()*+,;=%\[\]-]+")
_BEHIND_A_LINK = ".,;:!?)]'"
"""Marks of the sentence round a link, not of the link."""
_BODY = "margin:0;padding:16px;background:#ffffff;color:#1f2328;font-family:sans-serif"
_TEXT = "max-width:600px;margin:0 auto;font-size:18px;line-height:1.7;overflow-wrap:anywhere"
_END = "margin-top:32px;padding-top:12px;border-top:1px solid #d0d7de;color:#57606a;font-size:14px"


def page_of(text: str, title: str, refuse_url: str = "") -> str:
    """text: paragraphs, one a line. refuse_url: where one may refuse such mails, "" = nowhere."""
    lines = [f"<p>{_line(line)}</p>" for line in text.splitlines() if line.strip()]
    if refuse_url:
        lines.append(f'<p style="{_END}">{escape(REFUSE)}{_link(refuse_url)}</p>')
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title>"
    )
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head>{head}</head>\n'
        f'<body style="{_BODY}"><div style="{_TEXT}">\n{chr(10).join(lines)}\n</div></body></html>\n'
    )


def _line(text: str) -> str:
    made, at = [], 0
    for found in _LINK.finditer(text):
        url = found[0].rstrip(_BEHIND_A_LINK)
        made += [escape(text[at : found.start()]), _link(url)]
        at = found.start() + len(url)
    return "".join([*made, escape(text[at:])])


def _link(url: str) -> str:
    return f'<a href="{escape(url)}">{escape(url)}</a>'
