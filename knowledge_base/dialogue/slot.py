"""What an answer depends on: the question that asks for it, and the value in what the citizen writes.

The rule: a value is only taken when it is certain; with two of them in one text, or none, it stays unknown
and the general answer is given in the end. Source of the licence classes: 《机动车驾驶证申领和使用规定》.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from knowledge_base.dialogue.choice import Picked, choose, is_bare_number
from knowledge_base.entry import Entry, SlotAnswer
from knowledge_base.text.plain import plain
from knowledge_base.text.tables import data_text
from knowledge_base.text.utterance import Utterance

CITY = "city"
_UNKNOWN = re.compile(
    r"(?:我|也|都|真的|还)*(?:不知道|不清楚|不记得|不确定|不懂|不会|忘了|忘记了|随便|都行|都可以|无所谓|没有|没|"
    r"其他|其它|别的|都不是|idontknow|notsure|any|other|none)(?:的|了|啊|呀|哦|是哪个|是哪种|是什么)*"
)
_ONES = {numeral: number for number, numeral in enumerate("零一二三四五六七八九")} | {"两": 2}
_NUMBER = r"(?:\d{1,3}|[零一二两三四五六七八九十百]{1,5})"
_AGE = re.compile(rf"({_NUMBER})(?:多|几)?(?:周岁|岁)|^(?:我|今年|快|都|已经)*({_NUMBER})(?:了|啦)?$")
_YEARS = "(?:周岁|岁)"
_RANGES = (
    (re.compile(rf"(?:未满|不满|不到|小于)({_NUMBER}){_YEARS}"), lambda n: (0, n - 1)),
    (re.compile(rf"({_NUMBER}){_YEARS}?(?:至|到|[-—~])({_NUMBER}){_YEARS}"), lambda a, b: (a, b)),
    (re.compile(rf"({_NUMBER}){_YEARS}(?:以下|及以下)"), lambda n: (0, n - 1)),
    (re.compile(rf"(?:已满|年满|满)?({_NUMBER}){_YEARS}(?:以上|及以上)?"), lambda n: (n, 200)),
)


@dataclass(frozen=True, slots=True)
class Slot:
    """`question_zh` and `question_en` ask for it, without a question mark; `values` are the other words for a
    value, by the value."""

    name: str
    question_zh: str
    question_en: str
    values: Mapping[str, tuple[str, ...]]

    def question(self, language: str) -> str:
        """The question in the reader's language."""
        return self.question_en if language == "en" else self.question_zh


class Slots:
    """The shipped slots; `cities` are the names of the configured regions."""

    def __init__(self, cities: Iterable[str] = ()) -> None:
        self._slots = {
            name: _slot(name, table) for name, table in tomllib.loads(data_text("slots.toml")).items()
        }
        self._cities = {_stem(city): city for city in cities}

    def of(self, entry: Entry) -> Slot:
        """What `entry` depends on; a slot nobody defined is asked for in general words."""
        known = self._slots.get(entry.slot)
        return known or Slot(entry.slot, "请问是哪一种情况", "Which of these is it", {})

    def value_in(self, entry: Entry, text: str) -> SlotAnswer | None:
        """The answer of the only value that `text` speaks of; None when there is none or more than one."""
        said = plain(text)
        ranges = {answer.value: _range(answer.value) for answer in entry.by_slot}
        age = _age(said) if all(ranges.values()) else None
        if age is not None:
            found = [a for a in entry.by_slot if (r := ranges[a.value]) and r[0] <= age <= r[1]]
            # 18周岁以上 and 60周岁以上 both hold for 65: the narrower one is meant.
            return max(found, key=lambda a: (ranges[a.value] or (0, 0))[0]) if found else None
        slot = self.of(entry)
        longest: list[tuple[int, SlotAnswer]] = []
        for answer in entry.by_slot:
            lengths = [len(name) for name in self._names(slot, answer.value) if _speaks_of(said, name)]
            if lengths:
                longest.append((max(lengths), answer))
        best = max((length for length, _ in longest), default=0)
        found = [answer for length, answer in longest if length == best]
        if len(found) > 1 or (len(longest) > 1 and not _inside(longest)):
            return None
        return found[0] if found else None

    def chosen(self, entry: Entry, text: str) -> SlotAnswer | None:
        """The answer of the value given by its number in `by_slot` or by its name."""
        choice = choose(text, [answer.value for answer in entry.by_slot])
        picked = entry.by_slot[choice.number - 1] if isinstance(choice, Picked) else None
        # 2 is the second value and no age of two years; any other words speak of the value itself.
        return picked if picked and is_bare_number(plain(text)) else self.value_in(entry, text) or picked

    def city_in(self, utterance: Utterance) -> str:
        """The configured region that it speaks of, when it is only one; else ""."""
        said = utterance.plain
        found = [city for stem, city in self._cities.items() if stem in said]
        return found[0] if len(found) == 1 else ""

    def same_city(self, region: str, city: str) -> bool:
        """Whether an entry's region is this city: 厦门 and 厦门市 are one."""
        return bool(city) and _stem(region) == _stem(city)

    @staticmethod
    def _names(slot: Slot, value: str) -> Sequence[str]:
        names = [plain(value), *map(plain, slot.values.get(value, ()))]
        return [*names, _stem(value)] if slot.name == CITY else names


def is_unknown(text: str) -> bool:
    """Whether somebody says that he cannot tell the value."""
    return _UNKNOWN.fullmatch(plain(text)) is not None


def _slot(name: str, table: Mapping[str, object]) -> Slot:
    values = table.get("values")
    words = values if isinstance(values, Mapping) else {}
    return Slot(name, str(table["zh"]), str(table["en"]), {value: tuple(words[value]) for value in words})


def _stem(city: str) -> str:
    return plain(city).removesuffix("市").removesuffix("地区") or plain(city)


def _speaks_of(said: str, name: str) -> bool:
    """C1 in C1驾照, but not in C19 or BC1."""
    if not name.isascii():
        return name in said
    return re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", said) is not None


def _inside(found: Sequence[tuple[int, SlotAnswer]]) -> bool:
    """Whether one name is longer than the others: 三轮摩托车 holds 摩托车 and is meant."""
    lengths = sorted((length for length, _ in found), reverse=True)
    return lengths[0] > lengths[1]


def _age(said: str) -> int | None:
    found = [number for pair in _AGE.findall(said) if (number := _integer(pair[0] or pair[1])) is not None]
    return found[0] if len(set(found)) == 1 and found[0] < 150 else None


def _range(value: str) -> tuple[int, int] | None:
    said = plain(value)
    for pattern, bounds in _RANGES:
        found = pattern.search(said)
        if found:
            numbers = [_integer(text) or 0 for text in found.groups()]
            return bounds(*numbers)
    return None


def _integer(text: str) -> int | None:
    """六十五 and 65 → 65; None for what is no number."""
    if text.isdecimal():
        return int(text)
    total = ones = 0
    for character in text:
        if character in _ONES:
            ones = _ONES[character]
        elif character in "十百":
            total += (ones or 1) * (10 if character == "十" else 100)
            ones = 0
        else:
            return None
    return total + ones
