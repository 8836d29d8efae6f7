"""What somebody who sends number and code wants: a word for a step of the case, in Chinese or English."""

from __future__ import annotations

import re
import unicodedata

from hub.model.citizen_wish import CitizenWish

_WIDE = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff0d\u3000]")
"""Wide digits, letters, dash and blank; what people wrote otherwise stays as it is."""
_BETWEEN = r"[ \-]?"
_EDGES = r"[\s,，.。;；:：!！、]+"
_NAMES = re.compile(r"(?:查询编号|查询码|编号|号码|number|code|case)[\s:：是为]*", re.IGNORECASE)
_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (event, re.compile(pattern, re.IGNORECASE | re.DOTALL))
    for event, pattern in (
        ("cuiban", r"(?:我要|请|帮我)?催(?:办|一下|促)(?:一下)?|remind|reminder|hurry(?: up)?"),
        ("withdraw", r"(?:我要|我想|申请|请)?撤(?:回|诉|销)(?:诉求|信访|申请)?|withdraw"),
        ("request_fucha", r"(?:我要|我想)?(?:申请|请求)?复查|review"),
        ("request_fuhe", r"(?:我要|我想)?(?:申请|请求)?复核|final review"),
        ("unsatisfied", r"(?:评价)?[\s:：]*(?:很|非常)?不满意?|(?:un|dis|not )satisfied|unhappy"),
        ("satisfied", r"(?:评价)?[\s:：]*(?:很|非常)?满意|satisfied"),
        ("rate", r"(?:评价|评分|打分|rate|rating)[\s:：]*(?P<score>\d{1,2})\s*分?"),
        ("supplement", r"(?:补充|supplement|add)(?:材料|说明|情况)?[\s:：,，]+(?P<text>.+)"),
        ("supplement", r"(?:补充|supplement|add)(?P<text>[^\sa-zA-Z].*)?"),
    )
)


def wish_in(text: str, reference: str, code: str) -> CitizenWish | None:
    """The wish beside the number and the code, None for words that are none."""
    rest = _WIDE.sub(lambda wide: unicodedata.normalize("NFKC", wide[0]), text)
    for number in (reference, code):
        rest = re.sub(_BETWEEN.join(map(re.escape, number)), " ", rest, count=1, flags=re.IGNORECASE)
    rest = re.sub(rf"^{_EDGES}", "", _NAMES.sub(" ", rest, count=2))
    bare = re.sub(rf"{_EDGES}$", "", rest)
    for event, pattern in _WORDS:
        found = pattern.fullmatch(rest.rstrip() if event == "supplement" else bare)
        if found is None:
            continue
        named = found.groupdict()
        if event == "satisfied":
            return CitizenWish("rate", score=5)
        return CitizenWish(event, text=(named.get("text") or "").strip(), score=int(named.get("score") or 0))
    return None
