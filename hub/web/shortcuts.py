"""The keys of the desk: the one list that the overlay shows and the script obeys.

`press` keys press what carries `data-key` on the page, so that a key does something exactly where a button
does; the others are done by js/desk.js under the name of `does`. Source: WCAG 2.2, 2.1.4 (they can be
switched off, and never act while somebody writes).
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.web.i18n import msgid

PRESS = "press"


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One line. keys: as `KeyboardEvent.key` says it, `g q` one after the other, `Ctrl+s` together.

    shown: how it is written, where that differs. place: the page it goes to; no such page, no such key.
    """

    keys: str
    text: str
    does: str = PRESS
    shown: str = ""
    place: str = ""


SHORTCUTS: tuple[Shortcut, ...] = (
    Shortcut("j", msgid("列表中的下一件"), "row-next"),
    Shortcut("k", msgid("列表中的上一件"), "row-previous"),
    Shortcut("Enter", msgid("打开"), "browser"),
    Shortcut("]", msgid("打开下一件"), "case-next"),
    Shortcut("[", msgid("打开上一件"), "case-previous"),
    Shortcut("x", msgid("选中或取消选中"), "select"),
    Shortcut("a", msgid("指派给我")),
    Shortcut("r", msgid("写答复")),
    Shortcut("n", msgid("写内部备注")),
    Shortcut("t", msgid("转办或改派")),
    Shortcut("e", msgid("办结")),
    Shortcut("E", msgid("办结并打开下一件"), "close-next", "Shift + e"),
    Shortcut("f", msgid("误报")),
    Shortcut("s", msgid("稍后处理")),
    Shortcut("y", msgid("疑似检举")),
    Shortcut("c", msgid("队列：新建工单；工单：确认检举")),
    Shortcut("p", msgid("放行")),
    Shortcut(".", msgid("复制编号")),
    Shortcut("/", msgid("搜索"), "search"),
    Shortcut("g q", msgid("到工单队列"), "go", place="/staff/queue"),
    Shortcut("g b", msgid("到看板"), "go", place="/staff/board"),
    Shortcut("Escape", msgid("返回列表"), "back", "Esc"),
    Shortcut("Ctrl+Enter", msgid("提交正在填写的内容"), "submit", "Ctrl + Enter"),
    Shortcut("z", msgid("撤销正在发送的答复")),
    Shortcut("Ctrl+Shift+Enter", msgid("发送并办结"), "browser", "Ctrl + Shift + Enter"),
    Shortcut("?? ::", msgid("在答复框中插入知识、快捷回复"), "browser", "?? / ::"),
    Shortcut("Ctrl+s", msgid("保存草稿"), "save-draft", "Ctrl + S"),
    Shortcut("Ctrl+k", msgid("查找本页可用的操作"), "palette", "Ctrl + K"),
    Shortcut("?", msgid("显示本页"), "help"),
)
"""In the order of the overlay."""
