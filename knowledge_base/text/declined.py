"""Whether a text only says that somebody does not want a service any more (我不想办护照了): nothing in it is
asked, and an entry about that service would answer the opposite of what was said.
"""

import re

_SERVICE = "办|补|换|领|申请|考|迁|落户|改|查|去|取|坐|上户|报户口|过户|卖|买|签|寄|约|预约|登记|拿|弄"
_DECLINED = re.compile(
    f".{{0,8}}?不(?:想|打算|准备|需要|用|要|愿意|必)?(?:再|去)?(?:{_SERVICE}).{{0,8}}了"
    f"|.{{0,6}}?(?:不想|不打算|没打算|没想|不准备)(?:再|去)?(?:{_SERVICE}).{{0,8}}"
    "|(?:我|我们|算了|那){0,2}(?:先|就)?不(?:想|用)?(?:报警|投诉|举报|信访)了?"
)
_ASKED = re.compile("吗|怎|咋|如何|能|可以|(?<![通银])行(?![驶业])|谁|哪|什么|啥|多|几|为何|该|让|给")
"""What makes a question of it, or says that somebody else does not do it (不给办了)."""


def is_declined(plain: str) -> bool:
    """Of a normalised text."""
    return _DECLINED.fullmatch(plain) is not None and _ASKED.search(plain) is None
