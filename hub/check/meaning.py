"""Whether the configured sentence encoder runs here, and whether the models of danger know it."""

from __future__ import annotations

from collections.abc import Iterator

from hub.runtime.finding import Finding, Level
from hub.settings.problems import SettingsProblem
from hub.settings.settings import Settings
from hub.wiring.encoder import encoder_of, safety_of


def check_meaning(settings: Settings) -> Iterator[Finding]:
    """One finding; messages are taken in whatever it says."""
    try:
        safety = safety_of(settings)
    except SettingsProblem as problem:
        yield Finding(Level.FAIL, "meaning", str(problem), "hub talk calibrate")
        return
    encoder, problem_of_engine = encoder_of(settings)
    if problem_of_engine:
        what = f"{settings.knowledge.encoder} 不能运行，只按词语判断 (words alone)：{problem_of_engine}"
        yield Finding(Level.FAIL, "meaning", what, 'knowledge.encoder = "none"')
    elif encoder is None:
        yield Finding(Level.OK, "meaning", "只按词语判断 (words alone)")
    elif encoder.name not in safety.by_vector:
        what = f"险情和检举没有适合 {encoder.name} 的权重 (no weights for this engine)"
        yield Finding(Level.FAIL, "meaning", what, "hub talk calibrate")
    else:
        yield Finding(Level.OK, "meaning", encoder.name)
