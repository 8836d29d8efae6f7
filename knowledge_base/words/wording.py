"""When two wordings are the same question to the matcher: a citizen who uses one has used the other."""

from knowledge_base.text.normalise import normalise
from knowledge_base.words.lexicon import Lexicon, shipped_lexicon


def same_question_key(wording: str, lexicon: Lexicon | None = None) -> str:
    """Equal for wordings that read the same after normalising and the lexicon, the shipped one unless another
    is given."""
    return (lexicon or shipped_lexicon()).read(normalise(wording)).canonical
