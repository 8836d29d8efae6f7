"""What somebody wrote or said, in the forms in which it is compared.

Many rules look at one text (danger, small talk, the city, abuse, choices), and making a form costs more than
most of the looks: each is made once, when it is first asked for. Whoever has only words to compare, and no
utterance, uses `knowledge_base/text/plain.py`.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from knowledge_base.text.plain import MAX_CHARS, bare, plain, simplified

_NOISE = re.compile(r"[^\w?|]+|[_丶丨丿]+")


@dataclass(frozen=True)
class Utterance:
    """`text` as it came."""

    text: str

    @cached_property
    def composed(self) -> str:
        """NFKC: ② is 2 and Ａ is A; case, signs and blanks stay."""
        return unicodedata.normalize("NFKC", self.text)

    @cached_property
    def simplified(self) -> str:
        """Lower case and simplified characters as well; signs and blanks stay."""
        return simplified(self.composed)

    @cached_property
    def plain(self) -> str:
        """The letters, digits and Han characters only, of a text that is not too long for a reply."""
        return bare(self.simplified) if len(self.text) <= MAX_CHARS else plain(self.text)

    @cached_property
    def folded(self) -> str:
        """All of it for words of danger: no blanks, no signs but ?

        救.命 is 救命, 有人殺人 is 有人杀人. `|` stays: it keeps a subject and a text apart.
        """
        return _NOISE.sub("", self.simplified)
