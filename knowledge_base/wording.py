"""When two wordings are the same question to the matcher: a citizen who uses one has used the other."""

from knowledge_base.lexicon import shipped_lexicon
from knowledge_base.text import normalise


def same_question_key(wording: str) -> str:
    """Equal for wordings that read the same after normalising and the lexicon."""
    return shipped_lexicon().read(normalise(wording)).canonical
