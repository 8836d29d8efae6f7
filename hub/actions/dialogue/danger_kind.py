"""Which danger a text speaks of, so that who is in it is given the numbers that help first; who denies it.

It decides only what is shown beside 110, never whether there is danger. Numbers: 110, 119, 120, 122; 96110
(反诈专线, which also asks banks to stop a payment); 12356 (心理援助热线, national since 2025).
"""

from __future__ import annotations

import re

from hub.model.danger_kind import DangerKind

_PATTERNS: tuple[tuple[DangerKind, re.Pattern[str]], ...] = (
    (
        DangerKind.SUICIDE,
        re.compile(
            r"自杀|自沙|轻生|不想活|不想再活|想死|活不下去|结束生命|跳楼|跳河|跳桥|上吊"
            r"|割.{0,2}腕|烧炭|安眠药|遗书|suicid|kill\s?myself"
        ),
    ),
    (DangerKind.FIRE, re.compile(r"着火|起火|火灾|失火|大火|冒烟|浓烟|爆炸|煤气|燃气|天然气|on\s?fire")),
    (
        DangerKind.FRAUD,
        re.compile(
            r"(转|汇|付|充).{0,6}(钱|款|账|帐|元|块|万)|打(了)?.{0,3}(钱|款|万)|(钱|款).{0,6}(转|汇)"
            r"|被骗|诈骗|骗子|止付|scam"
        ),
    ),
    (DangerKind.TRAFFIC, re.compile(r"车祸|撞车|撞了|撞人|被撞|翻车|追尾|肇事|car\s?accident|crash")),
    (
        DangerKind.MEDICAL,
        re.compile(
            r"没呼吸|没有呼吸|不呼吸|喘不|昏迷|晕倒|晕过去|叫不醒|没反应|流血|出血|大血|吐血|抽搐|中毒|心脏|胸口"
            r"|落水|溺水|掉.{0,2}(河|水)|触电|救护车|要生了|受伤|ambulance|bleeding"
        ),
    ),
)


def danger_kind(folded: str) -> DangerKind:
    """The kind a folded text speaks of; who may harm himself first, because the words to him differ most."""
    return next((kind for kind, pattern in _PATTERNS if pattern.search(folded)), DangerKind.OTHER)


_DENIAL = re.compile(
    r"(这|那|我这|我)?(个|里)?(不是|没有)(什么)?(紧急情况|紧急的事|危险)(了|啊|的)?|thisisnotanemergency|误报"
)


def denies_danger(folded: str) -> bool:
    """Whether a folded text says that there is no emergency, and nothing else."""
    return _DENIAL.fullmatch("".join(char for char in folded if char.isalnum())) is not None
