"""What a mail says itself, without the letter it answers and what mail programs add below.

Only for understanding a reply ("2" above our own question): the case keeps the whole text, and danger is
looked for in all of it but our own words, which are known by what was sent: "谢谢" above our advice to call
110 is no emergency. A citizen's earlier letter below it, or what somebody else wrote, is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from knowledge_base.text.utterance import Utterance

_SENTENCE = re.compile(r"[^。！？!?；;\n]+")
_BLANKS = " \t\u3000\xa0"
_SHORTEST = 4
"""A shorter piece of ours may be anybody's words."""

_FIELDS = (
    r"(?:发件人|寄件者|寄件人|發件人|发信人|收件人|收件者|发送时间|發送時間|寄件日期|发送日期|日期|主题|主旨|抄送"
    r"|From|Sent|To|Date|Subject|Cc)"
)
_PHONES = (
    r"(?:iPhone|iPad|手机|手機|平板|华为|荣耀|小米|红米|三星|魅族|OPPO|vivo|Honor|Huawei|Xiaomi|Samsung|Android|安卓|移动设备"
    r"|QQ|网易|網易|Foxmail|139|189|新浪|阿里|钉钉|企业微信|Outlook|Windows|Yahoo|Gmail|Mail)"
)
_ENDS = re.compile(
    r"^(?:[>＞]"
    # a line of dashes with words in it: QQ, NetEase, 139, Foxmail, Outlook, phones
    r"|(?:回复|回覆|转发)的?原(?:始)?(?:邮件|郵件)[:：]?\s*$"
    r"|[-_=－*]{2,}\s*(?:原始|原|转发|轉寄|回复的原|回覆的原|邮件原|来信原|郵件原)?[^\n]{0,20}"
    r"(?:邮件|郵件|信件|信息|原文|原件|Original|Message|message|Replied|Forwarded|Reply|mail|Mail)[^\n]{0,40}$"
    r"|Begin forwarded message:|开始转发的邮件：|以下是转发的邮件"
    r"|-- ?$|_{5,}$|-{20,}$"
    rf"|[*|\s]{{0,4}}{_FIELDS}[*|\s]{{0,4}}[:：|]"
    rf"|\|\s*{_FIELDS}\s*\|"
    r"|(?:在|于|於)?.{0,120}(?:写道|寫道|写到|寫到|来信说|wrote|writes|wrote on .{0,40})\s*[:：]\s*$"
    r"|On .{0,120}$(?=\s*(?:.{0,80}\s)?wrote:)"
    r"|(?:At|at) \d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?, ?\"?.{0,80}wrote:"
    r"|\d{4}年\d{1,2}月\d{1,2}日.{0,80}(?:<[^<>\s]+@[^<>\s]+>|写道|寫道)\s*[:：]?\s*$"
    rf"|(?:发自|發自|寄自)\s?(?:我的|{_PHONES})"
    rf"|[从從由]\s?(?:我的)?\s?{_PHONES}.{{0,12}}(?:发送|發送|发出|發出|寄出)[。.]?$"
    r"|Sent (?:from|via|with) (?:my |the |Mail |Outlook|Foxmail|Yahoo|Proton|Gmail)"
    rf"|[来來]自\s?(?:我的)?\s?{_PHONES}.{{0,16}}$|[来來]自.{{0,12}}(?:邮箱|郵箱|客户端)(?:大师)?.{{0,8}}$"
    r"|(?:获取|取得|下載|下载) ?(?:适用于|適用於)?.{0,12}Outlook|Get Outlook"
    r"|使用.{0,12}(?:邮箱|邮件).{0,6}发送)",
    re.IGNORECASE,
)
_NOT_ALONE = re.compile(rf"^[*|\s]{{0,4}}{_FIELDS}[*|\s]{{0,4}}[:：|]", re.IGNORECASE)
_ADDRESSED = re.compile(
    r"^[*|\s]{0,4}(?:发件人|寄件者|寄件人|發件人|发信人|From)[*|\s]{0,4}[:：|]", re.IGNORECASE
)


def above_the_quote(text: str) -> str:
    """The lines before the first one that begins a quotation or a signature; all when nothing is left."""
    return split_quote(text)[0] or text


def split_quote(text: str) -> tuple[str, str]:
    """What is written above the first line that begins a quotation or a signature, and the rest."""
    lines = text.split("\n")
    end = next((place for place in range(len(lines)) if _begins(lines, place)), len(lines))
    return "\n".join(lines[:end]).strip(), "\n".join(lines[end:])


def _begins(lines: Sequence[str], place: int) -> bool:
    line = lines[place].strip(_BLANKS)
    if _ENDS.match(line) is None:
        return False
    # "日期：三月" is a line of a letter; a head has several such lines, or names who wrote.
    if _NOT_ALONE.match(line) is None or _ADDRESSED.match(line) is not None:
        return True
    return any(_NOT_ALONE.match(one.strip(_BLANKS)) for one in lines[place + 1 : place + 3])


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
