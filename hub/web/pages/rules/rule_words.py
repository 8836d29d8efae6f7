"""What books, columns and values of rules are called on pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from channels.address import Address, AddressKind, masked
from hub.model.cases.calendar import DayKind
from hub.model.cases.rule_book import BETWEEN_UNITS, BookKind, RevisionState, Row, RowChange, RuleBook
from hub.model.units.unit import Unit
from hub.web.badges import Word
from hub.web.i18n import Translator, msgid


@dataclass(frozen=True, slots=True)
class BookWords:
    """name, what it decides, and how its file is written."""

    name: str
    note: str
    file: str


BOOK: Mapping[BookKind, BookWords] = {
    BookKind.CALENDAR: BookWords(
        msgid("工作日历"),
        msgid("放假、调休和工作日，所有按工作日计算的时限都用它。"),
        msgid(
            "文件里有哪一年，就整年替换哪一年，其他年份不变。"
            "kind 填 holiday（放假）、makeup（调休上班）、rest（另行休息）或 work（另行上班）。"
        ),
    ),
    BookKind.PROFILE: BookWords(
        msgid("办理时限"),
        msgid("法定和内部时限的天数、依据和计算办法。"),
        msgid("只改文件里写出的键，其他不变。"),
    ),
    BookKind.COMPETENCE: BookWords(
        msgid("派单目录"),
        msgid("哪类事项、哪个地区由哪个单位办理。"),
        msgid(
            "文件整体替换现有目录。unit_id、co_units 填单位名称或编号，"
            "多个协办单位用 | 分开；priority 填 1 到 99，1 最优先。"
        ),
    ),
    BookKind.NUMBERS: BookWords(
        msgid("短信号段"),
        msgid(
            "发往哪个号段的短信走哪个运营商的网关，先写的先用；前一个网关连不上或被拒时，还没有发出的改走后一个。"
        ),
        msgid(
            "文件里有号段，就整体替换号段；有完整号码（携号转网），就整体替换完整号码。"
            "channels 填渠道名称，按先后用 | 分开。"
        ),
    ),
    BookKind.SIGNATURES: BookWords(
        msgid("签发权限"),
        msgid("谁可以签发哪类预警和安全提示，依据哪份授权书。没有一行符合的不能签发。"),
        msgid(
            "文件按发布单位替换。subject 填事件代码的开头（如 11B）或 notice:fraud；"
            "levels、channels、role 多个用 | 分开；authority 填授权书编号，没有授权书的行只能用于应急发布。"
        ),
    ),
    BookKind.ROUTES: BookWords(
        msgid("短信分流"),
        msgid(
            "写到哪个分机号、含有哪个关键词的短信由哪个值班台处理；"
            "都不符合时按城市号码，再不符合由值班人员处理。"
        ),
        msgid(
            "文件整体替换现有分流表。written_to 填完整号码（12110、区号和分机号），"
            "或者 keyword 填关键词；desk 填单位名称或编号。"
        ),
    ),
}

HINT: Mapping[str, str] = {
    "source_notice": msgid("例如 国办发明电〔2025〕7号；放假和调休上班必填"),
    "region": msgid("行政区划代码，前几位即可；不填表示全部地区"),
    "co_units": msgid("单位名称，多个用 | 分开"),
    "priority": msgid("1 到 99，1 最优先"),
    "number": msgid("手机号的前几位，最长的一行算数；完整的 11 位只管这一个号码"),
    "channels": msgid("渠道名称，按先后用 | 分开，例如 sms-mobile|sms-telecom"),
    "issuer": msgid("配置的发布单位的名称，* 表示任何一个"),
    "subject": msgid("事件代码的开头，例如 11B；安全提示填 notice:fraud；* 表示全部"),
    "levels": msgid("red、orange、yellow、blue、notice，多个用 | 分开"),
    "role": msgid("supervisor（主管）或 publicity_lead（宣传审批），多个用 | 分开"),
    "authority": msgid("授权书编号或法律依据；没有的行只能用于应急发布"),
    "written_to": msgid("完整号码，例如 1211059101；城市号码（12110 加区号）可以在这里指定值班台"),
    "keyword": msgid("2 到 20 个字，繁体、全角和大小写不用另写；最长的关键词优先"),
    "desk": msgid("哪个单位的值班台"),
}
"""What is said of a column where it is typed."""

COLUMN: Mapping[str, str] = {
    "date": msgid("日期"),
    "kind": msgid("类型"),
    "name": msgid("名称"),
    "source_notice": msgid("通知文号"),
    "key": msgid("键"),
    "value": msgid("数值"),
    "unit": msgid("计量单位"),
    "legal_basis": msgid("依据"),
    "statutory": msgid("是否法定"),
    "category": msgid("事项类别"),
    "region": msgid("地区代码"),
    "unit_id": msgid("主办单位"),
    "co_units": msgid("协办单位"),
    "priority": msgid("优先级"),
    "valid_from": msgid("有效期起"),
    "valid_to": msgid("有效期止"),
    "number": msgid("号段或号码"),
    "carrier": msgid("运营商"),
    "channels": msgid("渠道，按先后"),
    "note": msgid("说明"),
    "issuer": msgid("发布单位"),
    "subject": msgid("事件或提示"),
    "levels": msgid("级别"),
    "area": msgid("地区代码"),
    "role": msgid("签发人岗位"),
    "authority": msgid("授权书"),
    "written_to": msgid("号码"),
    "keyword": msgid("关键词"),
    "desk": msgid("值班台"),
}

DAY_KIND: Mapping[str, str] = {
    DayKind.HOLIDAY: msgid("放假"),
    DayKind.REST: msgid("另行休息"),
    DayKind.MAKEUP: msgid("调休上班"),
    DayKind.WORK: msgid("另行上班"),
}
_WHOLE_NUMBER = 11
_YES_NO: Mapping[str, str] = {"yes": msgid("是"), "no": msgid("否")}

STATE: Mapping[RevisionState, Word] = {
    RevisionState.PROPOSED: Word(msgid("待批准"), "warn", "clock"),
    RevisionState.APPROVED: Word(msgid("已批准"), "good", "check"),
    RevisionState.REFUSED: Word(msgid("已退回"), "neutral", "stop"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A value in words, with what it was before where that differs."""

    label: str
    text: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A row that is new, gone or different, in words."""

    word: Word
    cells: tuple[Cell, ...]


_NEW = Word(msgid("新增"), "good", "plus")
_GONE = Word(msgid("删除"), "bad", "stop")
_OTHER = Word(msgid("修改"), "info", "pen")


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says rows in the reader's language, units by their names."""

    translate: Translator
    units: Mapping[str, str]

    @classmethod
    def of(cls, translate: Translator, units: Sequence[Unit]) -> Speaker:
        return cls(translate, {unit.id: unit.name for unit in units})

    def cell(self, column: str, value: str) -> str:
        """A value in words; one without words is said as it stands."""
        _ = self.translate
        match column:
            case "kind":
                return _(DAY_KIND.get(value, value))
            case "statutory" | "value":
                return _(_YES_NO.get(value, value))
            case "region":
                return value or _("全部地区")
            case "unit_id" | "desk":
                return self.units.get(value, value)
            case "number" if len(value) == _WHOLE_NUMBER:
                return masked(Address(AddressKind.PHONE, value))
            case "channels":
                return "、".join(value.split(BETWEEN_UNITS))
            case "co_units":
                return "、".join(self.units.get(unit, unit) for unit in value.split(BETWEEN_UNITS) if unit)
            case _:
                return value

    def typed(self, column: str, value: str) -> str:
        """A value as a form shows it: the names of units instead of their ids."""
        if column != "co_units":
            return value
        return BETWEEN_UNITS.join(self.units.get(unit, unit) for unit in value.split(BETWEEN_UNITS))

    def row(self, book: RuleBook, row: Row) -> list[str]:
        """The cells of a row."""
        return [self.cell(column, row[column]) for column in book.columns]

    def change(self, book: RuleBook, change: RowChange) -> Change:
        """What became of a row."""
        row = change.after or change.before or {}
        if change.before and change.after:
            return Change(_OTHER, tuple(self._compared(book, change.before, change.after)))
        cells = tuple(self._cell(column, row[column]) for column in book.columns if row[column])
        return Change(_NEW if change.after else _GONE, cells)

    def options(self, column: str) -> list[tuple[str, str]]:
        """What can be chosen in a column; nothing where it is typed."""
        _ = self.translate
        match column:
            case "kind":
                return [(value, _(text)) for value, text in DAY_KIND.items()]
            case "statutory":
                return [(value, _(text)) for value, text in _YES_NO.items()]
            case "unit_id" | "desk":
                return [("", _("请选择")), *self.units.items()]
            case _:
                return []

    def _compared(self, book: RuleBook, before: Row, after: Row) -> list[Cell]:
        return [
            Cell(
                self.translate(COLUMN[column]),
                self.cell(column, after[column]),
                self.cell(column, before[column]) or "—" if after[column] != before[column] else "",
            )
            for column in book.columns
            if after[column] or before[column]
        ]

    def _cell(self, column: str, value: str) -> Cell:
        return Cell(self.translate(COLUMN[column]), self.cell(column, value))
