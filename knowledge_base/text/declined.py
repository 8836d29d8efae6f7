"""Whether a text only says that somebody does not want a service any more (我不想办护照了): nothing in it is
asked, and an entry about that service would answer the opposite of what was said.
"""

import re

_DECLINED = re.compile(
    ".{0,8}?不(?:想|打算|准备|需要|用|要|愿意)?(?:再|去)?(?:办|补|换|领|申请|考|迁|落户|改|查|去|取|坐).{0,8}了"
)
_ASKED = re.compile("吗|怎|咋|如何|能|可以|行|谁|哪|什么|啥|多|几|为何|该|让|给")
"""What makes a question of it, or says that somebody else does not do it (不给办了)."""


def is_declined(plain: str) -> bool:
    """Of a normalised text."""
    return _DECLINED.fullmatch(plain) is not None and _ASKED.search(plain) is None
