"""Languages of the pages: Chinese source texts, other languages from catalogues.

Every text a reader sees is written in Chinese where it is used; `hub/web/locale/en*.po` holds the
English. Catalogues are read when the server starts, there is no compile step. A text without
a translation is shown in Chinese, and a test fails on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from babel.dates import format_timedelta
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from campaigns.said import Listed, Said
from hub.runtime.clock import to_local

LOCALE_DIRECTORY = Path(__file__).parent / "locale"


class Language(StrEnum):
    """What a page can be read in. The value is part of stored cases and cookies."""

    ZH = "zh"
    EN = "en"

    @property
    def tag(self) -> str:
        """The BCP 47 tag for `<html lang>` and Content-Language."""
        return "zh-CN" if self is Language.ZH else "en"


def msgid(text: str) -> str:
    """Marks a text as one to translate where it is shown later; gives it back unchanged."""
    return text


@dataclass(frozen=True, slots=True)
class Translator:
    """Texts of one language."""

    language: Language
    texts: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, text: str, /, **values: object) -> str:
        """The text in this language, `%(name)s` places filled in; a problem is said sentence by sentence."""
        if isinstance(text, Said) and self.texts:
            return "; ".join(self(source, **self._values(values)) for source, values in text.sentences)
        found = self.texts.get(text) or text
        return found % values if values else found

    def _values(self, values: Mapping[str, object]) -> dict[str, object]:
        """Those that are said are said in this language too; what somebody wrote stays as it is."""
        return {name: self._value(one) for name, one in values.items()}

    def _value(self, one: object) -> object:
        if isinstance(one, Listed):
            return ", ".join(str(self._value(each)) for each in one)
        return self(one) if isinstance(one, Said) else one


class Catalogues:
    """One translator per language."""

    def __init__(self, translators: Mapping[Language, Translator]) -> None:
        self._translators = translators

    @classmethod
    def load(cls, directory: Path = LOCALE_DIRECTORY) -> Catalogues:
        """Reads and merges every `en*.po`; a text in two files must say the same in both."""
        english: dict[str, str] = {}
        for path in sorted(directory.glob("en*.po")):
            with path.open("rb") as file:
                for message in read_po(file, locale="en"):
                    if not isinstance(message.id, str) or not isinstance(message.string, str):
                        continue
                    if not message.id or not message.string:
                        continue
                    if english.setdefault(message.id, message.string) != message.string:
                        raise ValueError(f"{path.name}: two translations for {message.id!r}")
        return cls(
            {
                Language.ZH: Translator(Language.ZH),
                Language.EN: Translator(Language.EN, english),
            }
        )

    def of(self, language: Language) -> Translator:
        """The translator of a language."""
        return self._translators[language]


@cache
def shipped_catalogues() -> Catalogues:
    """Those that come with the program. Read once per process."""
    return Catalogues.load()


def pick_language(cookie: str | None, accept_language: str) -> Language:
    """The cookie decides; else English only where the browser ranks it before Chinese."""
    if cookie in (Language.ZH, Language.EN):
        return Language(cookie)
    ranked: list[tuple[float, int, str]] = []
    for place, item in enumerate(accept_language.split(",")[:20]):
        tag, _, parameter = item.strip().partition(";")
        try:
            weight = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            weight = 0.0
        ranked.append((-weight, place, tag.lower()))
    for weight, _, tag in sorted(ranked):
        primary = tag.partition("-")[0]
        if weight < 0 and primary in (Language.ZH, Language.EN):
            return Language(primary)
    return Language.ZH


def format_when(at: int, now_ms: int, translator: Translator) -> str:
    """`11月22日 13:01（3小时前）`; the year only when it is not this one. Local time."""
    moment, now = to_local(at), to_local(now_ms)
    absolute = format_moment(at, now_ms, translator)
    distance = moment - now
    if abs(distance) > timedelta(days=7):
        return absolute
    if abs(distance) < timedelta(seconds=45):
        relative = translator("刚刚")
    else:
        relative = format_timedelta(
            distance, add_direction=True, threshold=1, locale=translator.language.tag.replace("-", "_")
        )
    if translator.language is Language.ZH:
        return f"{absolute}（{relative}）"
    return f"{absolute} ({relative})"


def format_moment(at: int, now_ms: int, translator: Translator) -> str:
    """`11月22日 13:01`, without the distance."""
    moment = to_local(at)
    this_year = moment.year == to_local(now_ms).year
    if translator.language is Language.ZH:
        day = f"{moment.month}月{moment.day}日"
        return f"{day if this_year else f'{moment.year}年{day}'} {moment:%H:%M}"
    return f"{moment.day} {moment:%b}{'' if this_year else f' {moment.year}'}, {moment:%H:%M}"


def format_day(moment: date, translator: Translator) -> str:
    """`2026年11月22日` or `22 Nov 2026`."""
    if translator.language is Language.ZH:
        return f"{moment.year}年{moment.month}月{moment.day}日"
    return f"{moment.day} {moment:%b %Y}"


def format_number(number: float, translator: Translator) -> str:
    """`12,345`."""
    return str(format_decimal(number, locale=translator.language.tag.replace("-", "_")))
