"""What lessons are about, as the pages say it."""

from __future__ import annotations

from collections.abc import Mapping

from hub.web.i18n import msgid

TOPIC_WORDS: Mapping[str, str] = {
    "fraud": msgid("防范诈骗"),
    "elders": msgid("老年人防骗"),
    "traffic": msgid("交通安全"),
    "minors": msgid("保护未成年人"),
    "drugs": msgid("禁毒"),
    "family": msgid("反家庭暴力"),
    "network": msgid("网络和个人信息"),
    "public_order": msgid("治安管理"),
    "property": msgid("居家和财物"),
    "fire": msgid("安全用火"),
    "vice": msgid("禁赌扫黑"),
    "dogs": msgid("文明养犬"),
    "border": msgid("出入境"),
    "state_security": msgid("国家安全"),
    "civil": msgid("宪法和民法典"),
    "numbers": msgid("怎样报警求助"),
}
"""By the topics of `campaigns/lesson.py`."""
