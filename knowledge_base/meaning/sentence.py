"""What of a text is encoded, and the number that stands for it where vectors are kept.

A text is encoded as it compares equal: traditional characters, width, fillers and polite openers make no
other vector. Words of Latin letters keep their blanks, which a model needs and the comparable form drops.
"""

import re
import unicodedata
from hashlib import blake2b

from knowledge_base.text.normalise import MAX_CHARS, normalise

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_SPACE = re.compile(r"\s+")


def sentence_of(text: str) -> str:
    """The sentence to encode for `text`, at most 500 characters; "" for what has nothing to compare."""
    plain = normalise(text)
    if not plain or _HAN.search(plain):
        return plain
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text[:MAX_CHARS])).strip().casefold()[:MAX_CHARS]


def digest_of(sentence: str) -> int:
    """64 bits that stand for a sentence, the same in every process and release."""
    return int.from_bytes(blake2b(sentence.encode(), digest_size=8).digest(), "big")
