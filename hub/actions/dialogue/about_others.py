"""Whether somebody asks for what the police know about another person: 帮我查前妻的住址, 这个车牌的车主是谁.

The rule: no data about others is given to anybody here, and such a question is never answered as if somebody
asked about himself. Somebody who is missing, hurt or in the way with his car is looked for: that is a matter
of its own and none of this. Sources: 个人信息保护法 art. 10, 居民身份证法 art. 19; 民事诉讼法 art. 67 for
the way that is open.
"""

from __future__ import annotations

import re

_DATA = (
    r"身份证(?:号码?|信息)|(?:家庭|现)?(?:住址|地址)|住(?:在)?(?:哪|那里)|住哪|人在哪|(?:手机|电话)(?:号码?)?(?:定位|位置|是多少|号)"
    r"|定位|行踪|轨迹|去向|下落|户籍|户口(?:信息|所在|在哪|本信息)|开房|住宿记录|入住记录|住过(?:哪|什么)|酒店记录"
    r"|个人信息|身份信息|案底|前科|犯罪记录|违法记录|吸毒记录|出入境记录|出境记录|通话记录|聊天记录|微信记录|名下|车牌|违章记录|婚姻状况|结婚记录"
    r"|银行流水|联系方式|真实身份|真实姓名|是谁|叫什么"
)
_OTHER = (
    r"别人|他人|人家|[他她](?:们)?的?|对方|(?:这|那|某|一)个人|前(?:妻|夫|任|男友|女友|女朋友|男朋友)|老[公婆板赖]|丈夫|妻子|媳妇|[男女](?:友|朋友)"
    r"|网友|邻居|同事|同学|债主|欠(?:我|钱|债)[^，。]{0,6}人|骗子|房东|租客|室友|舍友|朋友|小三|亲戚|孩子他?[爸妈]|公公|婆婆|网红|明星|相亲|对象"
    r"|某某|张三|李四"
)
_WANTS = (
    r"查(?!询编号|询码)|找(?:到|出)|给我|告诉|提供|透露|知道|调(?:取|出|一下|看)|定位|看(?:到|看|一下)|搜"
    r"|弄到|发我|问(?:到|出)|获取|拿到"
)
_ASKS = re.compile(
    rf"(?:{_WANTS}).{{0,16}}(?:{_OTHER}).{{0,12}}(?:{_DATA})"
    rf"|(?:{_OTHER}).{{0,12}}(?:{_DATA}).{{0,8}}(?:{_WANTS})"
    rf"|^.{{0,4}}(?:{_OTHER}).{{0,6}}(?:{_DATA})[吗呢?]*$"  # 前妻现在的住址
)
_OWNER = re.compile(
    r"车主(?:信息|资料|电话|联系方式|身份|姓名|是谁|叫什么|住)|(?:查|找|知道|告诉|提供).{0,10}车主"
    r"|(?:车牌|手机|电话|身份证)号?.{0,12}(?:查|找)(?:一下|出|到|个)?.{0,4}(?:人|是谁|姓名|主人|地址|住址|信息|机主|名字)"
    r"|(?:查|找).{0,8}(?:机主|号主|户主是谁|谁的(?:号|车|手机|电话|身份证))"
    r"|(?:号码|手机|电话|车|车牌)是谁的"
)
_OWN_MATTER = re.compile(
    r"走失|失踪|失联|走丢|不见了|联系不上|找不到(?:人|孩子|老人|妈|爸)|没回家|离家出走|被拐|拐卖|拐走|自杀|轻生|不想活|出事|救|报警"
    r"|挡|堵|挪车|移车|占(?:了|用|我|车位)|肇事|逃逸|撞|捡到|拾到"
    r"|委托|代办|代领|代为|迁|变更|改|登记|补办|换领|丢|过户|销户|注销|新生儿|落户|上户|冒用|盗用|泄露|公开我|曝光|骗了?我|被骗|敲诈|威胁|骚扰"
    r"|(?:查|拿|要|用|看|扣|登记|复印|泄|晒|发).{0,4}我的|我自己|本人"
)
"""What makes it a matter of one's own, or of somebody who is looked for."""


def asks_about_others(folded: str) -> bool:
    """Whether a folded text asks for data about another person."""
    if _OWN_MATTER.search(folded):
        return False
    return _OWNER.search(folded) is not None or _ASKS.search(folded) is not None
