"""What one row of a file says about one contact, or why it cannot be taken.

Rules protected: a row is taken or told, never dropped in silence; a number no text can reach is refused here,
before anybody pays for it; what cannot be understood beside the number (a place nobody knows) does not cost
the contact, it is counted and told.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from campaigns.importing.columns import Column
from campaigns.segment import GIVEN
from channels.address import Address, BadAddress, email, is_textable, phone
from channels.outbox.suppression import EDUCATION, NOTICE, WARNING

REJECTED: Mapping[str, tuple[str, str]] = {
    "empty": ("没有手机号", "no number"),
    "mangled": ("号码被表格软件改成了科学计数法", "number mangled by a spreadsheet"),
    "several": ("一格里有多个号码", "several numbers in one cell"),
    "landline": ("固定电话，收不到短信", "landline: cannot receive texts"),
    "short_code": ("服务号码，不是个人手机号", "service number, not a person's"),
    "not_a_number": ("不是有效的手机号", "not a valid mobile number"),
    "not_an_email": ("不是有效的邮箱", "not a valid e-mail address"),
    "erased": ("本人要求删除过，不再导入", "asked to be erased, not taken again"),
    "bad_code": (
        "模板编号应是 1 到 30 个字母、数字、横线或下划线",
        "code must be 1 to 30 letters, digits, - or _",
    ),
    "no_text": ("没有正文", "no text"),
    "text_too_long": ("正文超过 1000 个字", "text is longer than 1000 characters"),
    "bad_places": ("变量写法看不懂，或大括号不成对", "unclear placeholders or unpaired braces"),
    "bad_class": ("级别看不懂，应是 E0、E1、N 或 L", "unclear class, should be E0, E1, N or L"),
    "class_not_allowed": ("该部门没有登记这个级别", "the department is not registered for this class"),
    "number_and_keyword": ("号码和关键词填一个，且只填一个", "give a number or a keyword, only one of them"),
    "bad_number": ("号码应是 3 到 20 位数字，含 12110", "number must be 3 to 20 digits, with 12110"),
    "bad_keyword": (
        "关键词应是 2 到 20 个字，且不是退订用词",
        "keyword must be 2 to 20 characters and no word for opting out",
    ),
    "unknown_desk": ("没有这个处理单位", "no such unit"),
    "no_month": ("看不出是哪个月", "no month can be read"),
    "too_old": ("超过 24 个月，不再保留", "older than 24 months, not kept"),
    "future": ("日期在导入之后", "a day after the import"),
    "bad_count": ("数量不是整数", "count is not a whole number"),
}
"""Why a row is not taken, in the words of the page (Chinese, English)."""

CONFLICTS: Mapping[str, tuple[str, str]] = {
    "keyword_taken": ("关键词已归其他单位", "keyword belongs to another unit already"),
    "number_taken": ("号码已归其他单位", "number belongs to another unit already"),
    "keyword_twice": ("文件内同一关键词归两个单位", "the file gives one keyword to two units"),
    "number_twice": ("文件内同一号码归两个单位", "the file gives one number to two units"),
    "code_taken": ("同一编号已登记了不同的模板", "another template has this code already"),
    "code_twice": ("文件内同一编号有两个不同的模板", "the file has two templates of one code"),
}
"""Why a row waits until somebody decides; in the same words."""

NOTED: Mapping[str, tuple[str, str]] = {
    "unknown_region": ("地区不认识，留空", "unknown region left empty"),
    "unknown_language": ("语言不认识，按中文", "unknown language read as Chinese"),
    "unclear_consent": ("是否同意看不懂，按未知", "unclear consent read as unknown"),
    "bad_date": ("同意日期看不懂，按导入日期", "unclear date of consent read as today"),
    "too_many_tags": ("标签过多或过长，只留前几个", "too many or too long tags cut"),
    "unknown_subject": ("退订内容看不懂，按全部退订", "unclear subject read as opting out of everything"),
    "came_back": ("本人后来重新订阅，保持订阅", "subscribed again later, stays subscribed"),
    "renamed_places": ("变量名改为编号", "placeholders renamed to numbers"),
    "joined_lines": ("换行改为空格", "line breaks made blanks"),
    "several_parts": (
        "每个变量按 6 个字计，超过一条短信",
        "longer than one part with six characters for each placeholder",
    ),
}
"""What was not understood of a row that is taken."""

MAX_TAGS = 8
MAX_TAG_CHARS = 20
MAX_NAME_CHARS = 60
_YES = frozenset({"是", "同意", "已同意", "有", "√", "y", "yes", "1", "true", "已订阅", "订阅", "on"})
_NO = frozenset({"否", "不同意", "未同意", "无", "×", "n", "no", "0", "false", "未订阅", "off", ""})
_REFUSED = frozenset({"不同意", "拒绝", "拒收", "退订", "已退订"})
_LANGUAGES = {"中文": "zh", "汉语": "zh", "zh": "zh", "chinese": "zh", "英文": "en", "英语": "en", "en": "en"}
_LANGUAGES |= {"english": "en", "zh-cn": "zh", "普通话": "zh", "": "zh"}
_SUBJECTS = {
    "全部": "all",
    "all": "all",
    "普法": EDUCATION,
    "宣传": EDUCATION,
    "通知": NOTICE,
    "预警": WARNING,
}
"""What a subject is called in files, anywhere in the cell."""
_CHINA = timezone(timedelta(hours=8))


class Rejected(Exception):
    """A row that is not taken. reason: a key of `REJECTED`. cell: what stood there."""

    def __init__(self, reason: str, cell: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.cell = cell


@dataclass(frozen=True, slots=True)
class Row:
    """One contact as a file knows it. Empty: the file does not say.

    consent_at: ms UTC, 0 = not said. noted: keys of `NOTED`. opted_out: wants nothing, as the file says.
    """

    address: Address
    name: str = ""
    region: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()
    consent: str = ""
    consent_at: int = 0
    opted_out: bool = False
    noted: tuple[str, ...] = ()


def read_row(cells: Sequence[str], mapping: Sequence[Column], regions: Mapping[str, str]) -> Row:
    """The contact of a row. regions: every spelling → code, see `spellings`. Raises `Rejected`."""
    said = cells_of(cells, mapping)
    address = address_of(said)
    noted: list[str] = []
    place = _bare(said.get(Column.REGION, ""))
    region = regions.get(place, "")
    if place and not region:
        noted.append("unknown_region")
    spoken = _bare(said.get(Column.LANGUAGE, ""))
    language = _LANGUAGES.get(spoken, "zh") if Column.LANGUAGE in said else ""
    if spoken not in _LANGUAGES:
        noted.append("unknown_language")
    agreed = _bare(said.get(Column.CONSENT, ""))
    consent = GIVEN if agreed in _YES else ""
    if agreed not in _YES | _NO | _REFUSED:
        noted.append("unclear_consent")
    at = day_of(said.get(Column.CONSENT_AT, ""))
    if at is None:
        noted.append("bad_date")
    out = _bare(said.get(Column.OPT_OUT, ""))
    opted_out = out in _YES | _REFUSED or agreed in _REFUSED
    tags = _tags(said.get(Column.TAGS, ""), noted)
    name = " ".join(said.get(Column.NAME, "").split())[:MAX_NAME_CHARS]
    return Row(
        address,
        name=name,
        region=region,
        language=language,
        tags=tags,
        consent="" if opted_out else consent,
        consent_at=at or 0,
        opted_out=opted_out,
        noted=tuple(noted),
    )


@dataclass(frozen=True, slots=True)
class OptOutRow:
    """Somebody who wants nothing. subject: see `channels.outbox.suppression.subjects_of`, "" = the file does
    not say. since: ms UTC, 0 = not said. noted: keys of `NOTED`."""

    address: Address
    subject: str = ""
    since: int = 0
    noted: tuple[str, ...] = ()


def read_opt_out(cells: Sequence[str], mapping: Sequence[Column]) -> OptOutRow:
    """The wish of a row; what cannot be understood of it is read as wanting nothing at all. Raises
    `Rejected`."""
    said = cells_of(cells, mapping)
    address = address_of(said)
    noted: list[str] = []
    word = _bare(said.get(Column.SUBJECT, ""))
    subject = next((one for known, one in _SUBJECTS.items() if known in word), "all" if word else "")
    if word and not any(known in word for known in _SUBJECTS):
        noted.append("unknown_subject")
    since = day_of(said.get(Column.SINCE, ""))
    if since is None:
        noted.append("bad_date")
    return OptOutRow(address, subject, since or 0, tuple(noted))


def cells_of(cells: Sequence[str], mapping: Sequence[Column]) -> dict[Column, str]:
    """What a row says, by column; of a column that is ignored nothing."""
    return {
        column: cell for column, cell in zip(mapping, cells, strict=False) if column is not Column.IGNORED
    }


def address_of(said: Mapping[Column, str]) -> Address:
    """The number of a row, else its mail address. Raises `Rejected`."""
    number, mail = said.get(Column.PHONE, ""), said.get(Column.EMAIL, "")
    return _phone(number) if number or not mail else _mail(mail)


def spellings(regions: Mapping[str, str]) -> dict[str, str]:
    """Code → name becomes: every spelling (`福州`, `福州市`, `350100`) → code."""
    found: dict[str, str] = {}
    for code, name in regions.items():
        bare = name.removesuffix("市")
        found |= {
            _bare(one): code for one in (code, name, bare, f"{bare}市", f"福建省{bare}市", f"福建{bare}")
        }
    return found


def _phone(cell: str) -> Address:
    """A mobile number. Raises `Rejected`."""
    text = unicodedata.normalize("NFKC", cell).strip().lstrip("'`").strip()
    if not text:
        raise Rejected("empty", cell)
    if re.fullmatch(r"[+-]?\d(?:\.\d+)?e[+-]?\d+", text, re.IGNORECASE):
        raise Rejected("mangled", cell)
    text = re.sub(r"\.0+$", "", text)
    if len(re.findall(r"1[3-9]\d{9}", re.sub(r"[\s\-]", "", text))) > 1 or re.search(
        r"\d\s*[;,、/|]\s*\+?\d", text
    ):
        raise Rejected("several", cell)
    try:
        address = phone(text)
    except BadAddress:
        raise Rejected("not_a_number", cell) from None
    value = address.value
    if is_textable(address) and value.startswith("+"):
        return address
    if not value.startswith("+"):
        raise Rejected("short_code" if value else "not_a_number", cell)
    # What is behind +86 and no mobile number: a landline has an area code, which begins with no 1 but 010.
    digits = value.removeprefix("+86")
    is_landline = 9 <= len(digits) <= 11 and (digits[0] in "23456789" or digits.startswith("10"))
    raise Rejected("landline" if is_landline else "not_a_number", cell)


def _mail(cell: str) -> Address:
    try:
        return email(cell)
    except BadAddress:
        raise Rejected("not_an_email", cell) from None


def _tags(cell: str, noted: list[str]) -> tuple[str, ...]:
    words = [" ".join(word.split()) for word in re.split(r"[,，、;；|/\n]", cell)]
    whole = list(dict.fromkeys(word for word in words if word))
    kept = [word for word in whole if len(word) <= MAX_TAG_CHARS][:MAX_TAGS]
    if len(kept) < len(whole):
        noted.append("too_many_tags")
    return tuple(kept)


def day_of(cell: str) -> int | None:
    """The day as ms UTC of its start in China, 0 when nothing stands there, None when it is no day."""
    text = re.sub(r"[年月./]", "-", unicodedata.normalize("NFKC", cell)).replace("日", "").split(" ")[0]
    text = text.split("T")[0].strip("-")
    if not text:
        return 0
    match = re.fullmatch(r"((?:19|20)\d{2})-?(\d{1,2})-?(\d{1,2})", text)
    try:
        day = datetime(*(int(part) for part in match.groups()), tzinfo=_CHINA) if match else None  # type: ignore[arg-type,misc]
    except ValueError:
        day = None
    return None if day is None else int(day.astimezone(UTC).timestamp() * 1000)


def _bare(cell: str) -> str:
    return "".join(unicodedata.normalize("NFKC", cell).split()).casefold()


def masked_cell(cell: str) -> str:
    """What a page shows of a cell: it may be somebody's number. A day is shown as it is."""
    text = cell.strip()
    return text if len(text) < 7 or day_of(text) else f"{text[:3]}{'*' * min(len(text) - 5, 8)}{text[-2:]}"
