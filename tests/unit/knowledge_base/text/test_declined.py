"""Who only says that he does not want a service, and who asks."""

import pytest

from knowledge_base.text.declined import is_declined
from knowledge_base.text.normalise import normalise


@pytest.mark.parametrize(
    "text",
    [
        "我不想办护照了",
        "算了不办身份证了",
        "我不补驾照了",
        "我妈不想换身份证",
        "户口我先不迁了",
        "我没打算办居住证",
        "港澳通行证不用办了",
        "车不卖了也不过户了",
        "孩子不上户口了",
        "不报警了",
        "我不投诉了",
    ],
)
def test_a_service_is_declined(text: str) -> None:
    assert is_declined(normalise(text))


@pytest.mark.parametrize(
    "text",
    [
        "不想办护照了能退钱吗",
        "派出所不给我办了怎么办",
        "户口不迁可以吗",
        "为什么不能换了",
        "报警后不想追究了",
        "驾照不换会怎样",
        "身份证丢了",
        "不办居住证罚多少",
    ],
)
def test_a_question_declines_nothing(text: str) -> None:
    assert not is_declined(normalise(text))
