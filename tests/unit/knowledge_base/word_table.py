"""Makes `knowledge_base/data/words.txt`: which words Chinese has and how often, to the nearest half power of
two.

`python -m tests.unit.knowledge_base.word_table > knowledge_base/data/words.txt`

The source is the dictionary of jieba (a development dependency): only its counts are taken, of the words
people use more than a hundred times in sixty million, without the names of people. The server never loads
jieba, which costs 60 MB.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

LEAST = 100
LONGEST = 4
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_NAMES = {"nr", "nrt", "nrfg"}

HEAD = """\
# Words of Chinese by how often they are used: after a number n, the words counted about 2 ** (n / 2)
# times in a general collection of 60,101,967 words. Single characters count all words they stand in. Made by
# `python -m tests.unit.knowledge_base.word_table` from the counts of jieba's dictionary (MIT licence)."""


def counted() -> tuple[dict[str, int], dict[str, int]]:
    """The counts of words of two to four characters, and those of characters."""
    words: dict[str, int] = {}
    characters: Counter[str] = Counter()
    dictionary = Path(str(distribution("jieba").locate_file("jieba/dict.txt")))  # without running jieba
    for line in dictionary.read_text("utf-8").splitlines():
        word, count, kind = line.split(" ")
        if not _HAN.fullmatch(word):
            continue
        for character in word:
            characters[character] += int(count)
        if 2 <= len(word) <= LONGEST and int(count) >= LEAST and kind not in _NAMES:
            words[word] = int(count)
    return words, {character: count for character, count in characters.items() if count >= LEAST // 5}


def lines() -> Iterator[str]:
    """The lines of the table, most frequent first."""
    words, characters = counted()
    classes: defaultdict[int, list[str]] = defaultdict(list)
    for word, count in (*characters.items(), *words.items()):
        classes[round(2 * math.log2(count))].append(word)
    yield HEAD
    for number in sorted(classes, reverse=True):
        yield f"{number} {' '.join(sorted(classes[number]))}"


if __name__ == "__main__":
    print("\n".join(lines()))
