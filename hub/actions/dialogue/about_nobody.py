"""Whether a question tells nothing of a report: it names no police, no misdeed, no person, plate or number.

The rule protected: in the conversation of an open report only such a question may be answered outside the
compartment; one word too many on this list costs nothing, one too few may tell of a report.
"""

from __future__ import annotations

import re

from hub.actions.dialogue.question import asks

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳鲍史唐费廉岑薛雷贺"
    "倪汤滕殷罗毕郝安常乐于时傅皮卞齐康伍余元卜顾孟平黄穆萧尹姚邵汪祁毛禹狄米贝明臧计伏成戴谈宋庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄江童颜郭梅盛林"
    "钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房解应宗丁宣邓洪包左石崔吉龚程邢陆翁荀羊惠甄曲封储段侯武刘景龙叶白蒲邰赖卓乔欧阳曾关查游权"
)
_OF_REPORT = re.compile(
    r"民警|警察|辅警|交警|协警|特警|巡警|刑警|狱警|警官|警员|警号|公安|派出所|所长|局长|队长|大队|中队|支队|科长|处长|主任|领导|教导员|指导员|政委|督察"
    r"|举报|投诉|检举|控告|告他|告她|告状|揭发|反映|被告|材料|证据|录音|录像|线索"
    r"|打(?:我|人|了|伤)|骂|收(?:钱|礼|受|了|黑)|受贿|行贿|贿|红包|回扣|吃喝|嫖|赌|酒后|索要|勒索|敲诈|刁难|威胁|恐吓|包庇|徇私|不作为|乱作为|不管|不理|不立案"
    r"|压案|拖|推诿|关系户|后台|保护伞|滥用|违纪|违法|乱收|罚款|扣押|刑讯|逼供|泄露|报复|作假|造假|伪造|隐瞒|态度"
    r"|[他她它]|那个?人|这个?人|对方|某|姓|叫什么|名字|谁"
    rf"|[{_SURNAMES}](?:某|警|队|所|局|科|处|主任|师傅|先生|女士|哥|姐|总)|[小老][{_SURNAMES}](?![\u4e00-\u9fff]?证)"
    r"|[0-9]|[一二两三四五六七八九十百千万]+(?:块|元|万|千|次|人|号|点|月|年|天)|[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-z]"
)


def asks_about_nobody(folded: str) -> bool:
    """Whether a folded text is a question that says nothing of anybody."""
    return asks(folded) and _OF_REPORT.search(folded) is None
