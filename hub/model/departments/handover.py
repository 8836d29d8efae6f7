"""What a department has handed over, and what has to be settled before it sends through the hub (go-live)."""

from __future__ import annotations

from collections.abc import Sequence

from campaigns.importing.columns import FileKind
from campaigns.said import Said
from hub.model.departments.registered import RegisteredDepartment
from hub.model.recipients.contact_import import ContactImport, ImportConflict, ImportState

NOT_CHECKED = "“%(name)s”还没有检查完"
STOPPED = "“%(name)s”里不能用的行太多，没有导入"
WAITS = "“%(name)s”检查完了，还没有导入"
RUNS = "“%(name)s”正在导入"
BAD_FILE = "“%(name)s”有误，没有导入"
BROKEN_OFF = "“%(name)s”导入中途取消，请重新导入"
UNSIGNED = "对账单还没有签字：%(count)s 个文件"
KEYWORD_TAKEN = "“%(what)s”已归“%(owner)s”，请协商由谁处理"
TWICE = "“%(what)s”在文件里归两个单位，请核对"
CODE_TAKEN = "模板 %(what)s 已登记了不同的正文，请核对"
CODE_TWICE = "模板 %(what)s 在文件里有两个不同的正文，请核对"
MORE = "还有 %(count)s 处冲突，见差错文件"
SAME_EXTENSION = "通道 %(channel)s 的扩展号 %(extension)s 同时登记给“%(other)s”"
_SHOWN = 20


def newest_of_each(imports: Sequence[ContactImport]) -> dict[FileKind, ContactImport]:
    """By kind; those that were canceled before anything was taken are as if they had not been. imports: the
    newest first."""
    found: dict[FileKind, ContactImport] = {}
    for one in imports:
        if one.state is not ImportState.CANCELED or one.done.rows:
            found.setdefault(one.kind, one)
    return found


def standing(taking: ContactImport) -> list[Said]:
    """What is not finished about a file."""
    texts = {
        ImportState.MAPPING: STOPPED if taking.checked.rows else NOT_CHECKED,
        ImportState.CHECKING: NOT_CHECKED,
        ImportState.CHECKED: WAITS,
        ImportState.RUNNING: RUNS,
        ImportState.REFUSED: BAD_FILE,
        ImportState.CANCELED: BROKEN_OFF,
    }
    text = texts.get(taking.state)
    return [Said(text, name=taking.name)] if text else []


def conflicts_said(taking: ContactImport, open_ones: Sequence[ImportConflict]) -> list[Said]:
    """Those of a file nobody decided yet; each thing once."""
    texts = {
        "keyword_taken": KEYWORD_TAKEN,
        "number_taken": KEYWORD_TAKEN,
        "keyword_twice": TWICE,
        "number_twice": TWICE,
        "code_taken": CODE_TAKEN,
        "code_twice": CODE_TWICE,
    }
    each = list({(one.reason, one.what): one for one in open_ones}.values())
    said = [Said(texts[one.reason], what=one.what, owner=one.owner) for one in each[:_SHOWN]]
    untold = len(each) - len(said) + max(0, taking.totals.conflicts - len(taking.conflicts))
    return [*said, Said(MORE, count=untold)] if untold else said


def same_extensions(department: RegisteredDepartment, others: Sequence[RegisteredDepartment]) -> list[Said]:
    """Where an answer could not tell to which of two departments it belongs."""
    own = {one for one in department.senders if one.extension}
    return [
        Said(SAME_EXTENSION, channel=one.channel, extension=one.extension, other=other.name)
        for other in others
        if other.id != department.id
        for one in other.senders
        if one in own
    ]
