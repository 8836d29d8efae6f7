"""Questions beside which a wrong entry stood near: of a dead person's car, of a thing found, of a caller who
says that he is police. None of them is a wording of an entry.
"""

import pytest

from tests.unit.knowledge_base.match.test_everyday_meaning import decided, found, pytestmark

__all__ = ["pytestmark"]

NEAR = {
    "老伴去世了 他的车怎么过户到我名下": "vehicle-inherit",
    "我爸走了 他名下的车怎么转给我": "vehicle-inherit",
    "捡了个手机 送到哪": "found-property",
    "在地铁上捡到一个华为手机 怎么还给人家": "found-property",
    "捡到一部苹果手机 交哪去": "found-property",
    "有人冒充出入境打电话说我护照被冻结": "fraud-fake-police",
    "接了个电话说是上海公安的 讲我护照有问题": "fraud-fake-police",
    "楼上老往下丢垃圾袋": "falling-objects",
    "他手上有我们的床照 说要发到我单位群": "private-photos",
    "去报案了 没拿到回执": "case-receipt",
}


@pytest.mark.parametrize(("question", "entry"), NEAR.items())
def test_the_entry_that_is_meant_comes_first(question: str, entry: str) -> None:
    assert found(question), question
    assert decided(question).matches[0].entry.id == entry
