"""Whether the keys of REPORT recordings are there and are those the store knows."""

from __future__ import annotations

from hub.repositories.evidence.report_keys import look
from hub.runtime.finding import Finding, Level
from hub.settings.settings import Settings
from hub.store.crypto import KeyProblem
from hub.store.documents import Documents
from hub.wiring.report_ring import report_ring

_NAME = "keys reports"
_RESTORE = "从备份恢复 (restore from its backup)"


async def check_report_keys(settings: Settings, documents: Documents) -> Finding:
    """Changes nothing."""
    given = settings.keys.report_ring.get_secret_value()
    source = "环境变量 (the environment)" if given else str(settings.keys.reports)
    try:
        ring = report_ring(settings)
    except (KeyProblem, OSError) as problem:
        return Finding(Level.FAIL, _NAME, f"举报录音的密钥不能使用 (unusable)：{problem}", _RESTORE)
    found = await look(documents, ring)
    if ring is None and not found.missing:
        return Finding(Level.OK, _NAME, f"{source} 首次运行时生成 (made on the first run)")
    if ring is None or found.foreign:
        what = f"{source}：举报录音的密钥缺失或不是原来的 (missing, or others than before)"
        return Finding(
            Level.FAIL, _NAME, what, f"{_RESTORE}；确已遗失 (lost for ever)：hub keys add --report"
        )
    if found.missing:
        names = "、".join(sorted(found.missing))
        what = f"{source} 缺少旧密钥 {names}，用它封存的举报录音打不开 (what it sealed does not open)"
        return Finding(Level.WARN, _NAME, what, _RESTORE)
    return Finding(Level.OK, _NAME, f"{source}，与数据相符 (they are the store's)")
