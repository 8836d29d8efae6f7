"""An office's own words: a name, and what people say for it.

One idea for two needs: the name is a canonical word (登记证书) or that of a service as its entries write it
(身份证补领); `Lexicon.with_groups` lets what is said read as the name reads. The rule protected here: a word
has one meaning. What would give it two is told before it is kept, each problem naming its word.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge_base.text.normalise import normalise
from knowledge_base.words.lexicon import Lexicon

NAME_CHARS = 40
WORD_CHARS = 40
NOTE_CHARS = 200
MOST_WORDS = 200
"""In one group."""
MOST_GROUPS = 1_000
"""Of one office: each change of words reads all of them, and every entry with them."""
BETWEEN_WORDS = "|"


@dataclass(frozen=True, slots=True)
class WordGroup:
    """`name` and `words` as they were written; compared is what `normalise` makes of them."""

    name: str
    words: tuple[str, ...]
    note: str = ""

    @property
    def key(self) -> str:
        """Equal for two ways of writing one name."""
        return normalise(self.name)


class WordField(StrEnum):
    """Where a problem stands."""

    NAME = "name"
    WORDS = "words"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class WordProblem:
    """What is wrong with a group: `number` counts the groups that were given from 0."""

    number: int
    field: WordField
    zh: str
    en: str


def in_one_line(text: str) -> str:
    """`text` without blanks round it and line breaks in it, which a cell of a spreadsheet may have."""
    return " ".join(text.split())


def tidied(words: Iterable[str]) -> tuple[str, ...]:
    """Words in one line, each once however it is written; what says nothing stays to be told."""
    found: dict[str, str] = {}
    for word in map(in_one_line, words):
        if word:
            found.setdefault(normalise(word) or word, word)
    return tuple(found.values())


def word_problems(
    groups: Sequence[WordGroup], standing: Iterable[WordGroup], lexicon: Lexicon
) -> tuple[WordProblem, ...]:
    """Everything that is wrong with `groups`, alone, with each other and with those `standing`; a standing
    one of the same name is replaced. `lexicon`: without any office's words."""
    keys = {group.key for group in groups}
    standing = [group for group in standing if group.key not in keys]
    if len(groups) + len(standing) > MOST_GROUPS:
        zh, en = f"最多 {MOST_GROUPS} 组说法", f"there are at most {MOST_GROUPS} groups of words"
        return (WordProblem(0, WordField.NAME, zh, en),)
    held = _Held(lexicon, {}, {})
    for group in (*standing, *groups):
        held.names.setdefault(group.key, group)
        for word in group.words:
            held.owners.setdefault(normalise(word), group)
    return tuple(
        WordProblem(number, field, zh, en)
        for number, group in enumerate(groups)
        for field, zh, en in (*_of_name(group, held), *_of_words(group, held))
    )


@dataclass(frozen=True, slots=True)
class _Held:
    """What all groups together say: the group of each name, the first group of each word."""

    lexicon: Lexicon
    names: dict[str, WordGroup]
    owners: dict[str, WordGroup]


_Told = tuple[WordField, str, str]


def _of_name(group: WordGroup, held: _Held) -> Iterator[_Told]:
    name, key, field = _shown(group.name), group.key, WordField.NAME
    if len(key) < 2:
        yield (
            field,
            f"“{name}”太短，标准名称至少两个字",
            f'"{name}" is too short: a name has at least two characters',
        )
    elif len(group.name) > NAME_CHARS:
        yield field, f"标准名称最多 {NAME_CHARS} 个字", f"a name has at most {NAME_CHARS} characters"
    elif held.names[key] is not group:
        yield field, f"“{name}”写了两次", f'"{name}" is written twice'
    owner = held.owners.get(key)
    if owner is not None and owner.key != key:
        yield (
            field,
            f"“{name}”已经是“{_shown(owner.name)}”的一个说法",
            f'"{name}" is already one of the words for "{_shown(owner.name)}"',
        )


def _of_words(group: WordGroup, held: _Held) -> Iterator[_Told]:
    field = WordField.WORDS
    if len(group.note) > NOTE_CHARS:
        yield WordField.NOTE, f"备注最多 {NOTE_CHARS} 个字", f"a note has at most {NOTE_CHARS} characters"
    if not group.words:
        yield field, f"“{_shown(group.name)}”没有写任何说法", f'"{_shown(group.name)}" has no words'
    if len(group.words) > MOST_WORDS:
        yield field, f"一组最多 {MOST_WORDS} 个说法", f"a group has at most {MOST_WORDS} words"
    for written in group.words:
        word, said = _shown(written), normalise(written)
        owner, named = held.owners[said], held.names.get(said)
        if not said:
            yield field, f"“{word}”只有语气词或标点", f'"{word}" is nothing but fillers or signs'
        elif len(said) < 2:
            yield field, f"“{word}”太短，至少两个字", f'"{word}" is too short: at least two characters'
        elif len(written) > WORD_CHARS or BETWEEN_WORDS in written:
            yield (
                field,
                f"“{word}”：一个说法最多 {WORD_CHARS} 个字，不能有竖线",
                f'"{word}": a word has at most {WORD_CHARS} characters and no bar',
            )
        elif said == group.key:
            yield field, f"“{word}”与标准名称相同", f'"{word}" is the name itself'
        elif named is not None:
            yield field, f"“{word}”是另一组的标准名称", f'"{word}" is the name of another group'
        elif owner.key != group.key:
            yield (
                field,
                f"“{word}”已经是“{_shown(owner.name)}”的一个说法",
                f'"{word}" is already one of the words for "{_shown(owner.name)}"',
            )
        elif held.lexicon.is_canonical(said):
            yield (
                field,
                f"“{word}”是自带词表里的标准词，不能改作别的意思",
                f'"{word}" is a canonical word of the lexicon and cannot mean something else',
            )


def _shown(text: str) -> str:
    """A name or word in a problem: one cell of a file may be longer than a page, and is told of often."""
    return text[:WORD_CHARS]
