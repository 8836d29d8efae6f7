"""`hub bench`."""

from __future__ import annotations

from hub.bench import run as measure


def bench(*names: str, json: bool = False, small: bool = False) -> int:
    """测量：与同一次运行中测得的下限相比的比例。

    Measures ratios against a floor measured in the same run.

    Parameters
    ----------
    names
        intake、dispatch、store、memory、faq；省略为全部 · All of them without a name.
    json
        输出 JSON · As JSON.
    small
        只看能不能跑，数字没有意义 · Only shows that it works; the figures mean nothing.
    """
    return measure(names, as_json=json, small=small)
