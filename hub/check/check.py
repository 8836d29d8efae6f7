"""Looks at everything an operator can get wrong and says what is so and how to mend it.

It changes nothing, sends nothing, and speaks to nobody but the configured store, the configured progress
systems and encoder, and servers on this machine and its private network.
"""

from __future__ import annotations

import ipaddress
import os
import shutil
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from hub.check.alarms import check_alarms, check_ringing
from hub.check.carrier_data import check_carrier_data
from hub.check.channels import check_channels
from hub.check.documents import check_documents
from hub.check.letters import check_letters
from hub.check.meaning import check_meaning, check_waiting
from hub.check.progress import check_progress
from hub.check.recordings import check_heads, check_recordings
from hub.check.report_keys import check_report_keys
from hub.check.speech import check_speech
from hub.check.warnings import check_warnings
from hub.model.cases.calendar_book import calendar_book, calendar_days
from hub.repositories.calls import FlowRepository
from hub.repositories.key_proof import check_keys, refuse_missing_keys
from hub.repositories.repositories import COLLECTIONS
from hub.repositories.rule_books import newest_calendar
from hub.runtime.clock import Clock, day_of
from hub.runtime.finding import Finding, Level
from hub.settings.problems import SettingsProblem
from hub.settings.retired import replaced_by
from hub.settings.settings import Settings
from hub.settings.work_calendar import national_calendar, shipped_notices, statutory_days
from hub.store.crypto import KeyProblem, KeyRing, Vault, load_ring
from hub.store.documents import Documents, Refused, StoreUnavailable
from hub.store.internal import MIGRATIONS as RECORDS
from hub.store.internal import all_collections
from hub.store.migrations import Migration
from hub.wiring.calls import kept_flows
from hub.wiring.dialogue import thresholds_of
from hub.wiring.migrations import migrations_of
from hub.wiring.store import keys_source, open_store

_GIB = 1024**3
_LEAST_FREE = 1 * _GIB
_LITTLE_FREE = 5 * _GIB
_DRIFT_MS = 2_000
_MOST_RECORDS = 10_000
_MOST_NAMED = 20
_RESTORE = "从备份恢复 (restore from its backup)"


async def check(settings: Settings, clock: Clock) -> list[Finding]:
    """Every finding, in the order things depend on each other."""
    findings = [*_retired(settings), *_keys(settings)]
    findings += [found async for found in _store(settings, clock)]
    findings += [*_web(settings), *_knowledge(settings), *check_documents(settings.organisation)]
    findings += [found async for found in check_meaning(settings)]
    findings += [check_speech(settings), check_heads(settings), *_disk(settings), *_user()]
    findings += [found async for found in check_channels(settings)]
    findings += [found async for found in check_alarms(settings)]
    findings += check_warnings(settings)
    findings += [found async for found in check_carrier_data(settings, clock)]
    findings += [found async for found in check_progress(settings, clock)]
    return findings


def _retired(settings: Settings) -> Iterator[Finding]:
    """Keys of earlier releases that are still written down."""
    for key in settings.retired_keys:
        what = f"这个配置项已不再使用 (no longer used)：{replaced_by(key)}"
        yield Finding(Level.WARN, key, what, "从配置中删去 (remove it)")


def _keys(settings: Settings) -> Iterator[Finding]:
    """Whether there is a ring that can be read. That it opens the store is looked at with the store."""
    ring = settings.keys.ring.get_secret_value()
    path = settings.keys.file
    try:
        if ring:
            KeyRing.from_json(ring)
            yield Finding(Level.OK, "keys", "来自环境变量 (from the environment)")
        elif not path.exists():
            return
        elif path.stat().st_mode & 0o077:
            yield Finding(Level.FAIL, "keys", f"{path} 别人也能读 (readable by others)", f"chmod 600 {path}")
        else:
            KeyRing.from_json(path.read_text())
            yield Finding(Level.OK, "keys", f"{path}，0600")
    except (KeyProblem, OSError) as problem:
        yield Finding(Level.FAIL, "keys", f"密钥不能使用 (unusable)：{problem}", _RESTORE)


def _no_keys(settings: Settings) -> bool:
    return not settings.keys.ring.get_secret_value() and not settings.keys.file.exists()


def _keys_to_come(settings: Settings) -> Finding:
    return Finding(Level.OK, "keys", f"{settings.keys.file} 首次运行时生成 (made on the first run)")


async def _check_keys(settings: Settings, documents: Documents) -> AsyncIterator[Finding]:
    """Whether the keys are those the store was sealed with, and open all of it."""
    try:
        if _no_keys(settings):
            await refuse_missing_keys(documents, settings.keys.file, COLLECTIONS)
            yield _keys_to_come(settings)
            return
        ring = _ring(settings)
        if ring is not None:
            await check_keys(documents, ring, keys_source(settings), COLLECTIONS)
            yield Finding(Level.OK, "keys store", "密钥与数据相符 (the keys open the store)")
            yield await _check_rows(documents, Vault(ring))
    except KeyProblem as problem:
        yield Finding(Level.FAIL, "keys store", str(problem), _RESTORE)


async def _check_rows(documents: Documents, vault: Vault) -> Finding:
    """Whether every sealed row opens; a row that does not is named by its id, so that it can be restored."""
    damaged: list[str] = []
    for name in all_collections(COLLECTIONS):
        async for row in documents.scan(name):
            place, blob = f"{name}/{row.id}", row.body.get("pii")
            if blob:
                try:
                    vault.open(place, blob)
                except KeyProblem:
                    damaged.append(place)
    if damaged:
        named = "、".join(damaged[:_MOST_NAMED]) + ("…" if len(damaged) > _MOST_NAMED else "")
        what = f"{len(damaged)} 条记录无法读取 (rows cannot be read)：{named}"
        return Finding(Level.WARN, "rows", what, "从备份恢复这些记录 (restore them from a backup)")
    return Finding(Level.OK, "rows", "全部可读 (all can be read)")


def _ring(settings: Settings) -> KeyRing | None:
    """The key ring, where there is one that can be used; what is wrong with another is said elsewhere."""
    given = settings.keys.ring.get_secret_value()
    try:
        return KeyRing.from_json(given) if given else load_ring(settings.keys.file)
    except (KeyProblem, OSError):
        return None


def _knowledge(settings: Settings) -> Iterator[Finding]:
    if settings.knowledge.confidence:
        try:
            thresholds_of(settings)
            yield Finding(Level.OK, "knowledge", f"{settings.knowledge.confidence} 可用 (usable)")
        except SettingsProblem as problem:
            yield Finding(Level.FAIL, "knowledge", str(problem), "hub faq calibrate")


async def _store(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    path = settings.store.path
    if settings.store.engine == "sqlite" and not path.exists():
        if _no_keys(settings):
            yield _keys_to_come(settings)
        folder = _nearest(path.parent)
        if os.access(folder, os.W_OK):
            yield Finding(Level.OK, "store", f"{path} 首次运行时创建 (made on the first run)")
        else:
            yield Finding(Level.FAIL, "store", f"{folder} 不能写 (not writable)", f"chown/chmod {folder}")
        return
    try:
        documents = await open_store(settings, clock, migrated=False)
    except Refused as refused:
        if _no_keys(settings):
            what = f"{settings.keys.file} 不存在，数据却在使用 (missing while the store is in use)"
            yield Finding(Level.FAIL, "keys", what, _RESTORE)
        yield Finding(Level.WARN, "store", str(refused), "要检查数据，请先停止它 (stop it to check the data)")
        return
    except StoreUnavailable as problem:
        yield Finding(Level.FAIL, "store", f"不能使用 (unusable)：{problem}", "检查地址、权限和磁盘")
        return
    try:
        yield Finding(Level.OK, "store", f"{settings.store.engine} 可用 (usable)")
        async for found in _check_keys(settings, documents):
            yield found
        yield await check_report_keys(settings, documents)
        yield await check_migrations(documents, migrations_of(settings, clock))
        async for found in check_flows(documents):
            yield found
        async for found in check_recordings(documents, clock, hears=bool(settings.speech.model)):
            yield found
        yield await check_letters(documents)
        yield await check_ringing(documents)
        yield await check_calendar(documents, clock)
        yield await check_waiting(documents, clock)
        drift = abs(await documents.now_ms() - clock.now_ms())
        if drift < _DRIFT_MS:
            yield Finding(Level.OK, "clock", f"与数据库相差 {drift} 毫秒 (ms from the store)")
        else:
            yield Finding(Level.WARN, "clock", f"与数据库相差 {drift / 1000:.1f} 秒", "校准时钟 (use NTP)")
    finally:
        await documents.close()


async def check_migrations(documents: Documents, migrations: Sequence[Migration]) -> Finding:
    """Whether the store is as new as the program."""
    records = await documents.find(RECORDS.name, {}, sort=(("number", 1),), limit=_MOST_RECORDS)
    done = {record.body["number"] for record in records}
    if max(done, default=0) > migrations[-1].number:
        return Finding(
            Level.FAIL,
            "migrations",
            "数据比程序新 (newer than this program)",
            "升级程序 (upgrade the program)",
        )
    waiting = [migration.name for migration in migrations if migration.number not in done]
    if waiting:
        return Finding(Level.WARN, "migrations", f"待升级 (pending)：{'、'.join(waiting)}", "hub migrate")
    return Finding(Level.OK, "migrations", f"{len(done)} 项已执行 (done)")


async def check_flows(documents: Documents) -> AsyncIterator[Finding]:
    """Whether the flows of earlier releases, which running calls may still need, can be run."""
    kept = FlowRepository(documents)
    _, unusable = kept_flows(await kept.texts())
    running = bool(unusable) and await kept.has_calls()
    for sha, problem in unusable.items():
        name = f"flow {sha[:12]}"
        what = f"旧版语音流程不能再用 (an earlier flow loads no more)：{problem.problems[0]}"
        if running:
            fix = "仍按它进行的通话会礼貌结束，已说内容保留 (calls that run it end politely)"
            yield Finding(Level.WARN, name, what, fix)
        else:
            yield Finding(Level.OK, name, f"{what}；没有通话在用 (no call needs it)")


async def check_calendar(documents: Documents, clock: Clock) -> Finding:
    """Whether the holiday notice is known that should be by now."""
    now = clock.now_ms()
    book = calendar_book(shipped_notices(), statutory_days)
    rows = book.merged(book.shipped, await newest_calendar(documents, now))
    year = national_calendar(calendar_days(rows)).missing_notice(day_of(now))
    if not year:
        return Finding(Level.OK, "calendar", "放假通知齐全 (all holiday notices are known)")
    return Finding(
        Level.WARN,
        "calendar",
        f"{year} 年放假通知尚未导入，工作日暂定 (the notice for {year} is missing)",
        "在工作台“规则 · 工作日历”导入国务院办公厅通知 (import it on the page of rules)",
    )


def _web(settings: Settings) -> Iterator[Finding]:
    url = settings.public_url()
    host = urlsplit(url).hostname or ""
    secure = url.startswith("https://")
    if secure:
        yield Finding(Level.OK, "web.public_url", url)
    elif _is_loopback(host):
        yield Finding(Level.OK, "web.public_url", f"{url}，只在本机 (this machine only)")
    elif settings.web.insecure_cookies:
        yield Finding(
            Level.WARN,
            "web.public_url",
            f"{url}，不加密 (not encrypted)",
            "只可用于测试；正式使用请配置 https (for tests only)",
        )
    else:
        yield Finding(
            Level.FAIL,
            "web.public_url",
            f"{url}：明文地址上浏览器会丢掉 __Host- Cookie，无法登录 (browsers drop the cookie)",
            "web.public_url = https://…，或仅测试时 web.insecure_cookies = true",
        )
    if secure and not settings.web.trusted_proxies:
        yield Finding(
            Level.WARN,
            "web.trusted_proxies",
            "https 由代理提供，代理地址没有配置：所有群众会被当作同一来源限速 (all citizens count as one)",
            'web.trusted_proxies = ["127.0.0.1"]，填写代理的地址 (the addresses of your proxies)',
        )
    if secure and settings.web.insecure_cookies:
        yield Finding(
            Level.FAIL,
            "web.insecure_cookies",
            "https 上不能打开 (must be off on https)",
            "insecure_cookies = false",
        )


def _disk(settings: Settings) -> Iterator[Finding]:
    places = {"files": settings.files.path}
    if settings.store.engine == "sqlite":
        places["store"] = settings.store.path.parent
    for name, path in places.items():
        free = shutil.disk_usage(_nearest(path)).free
        level = Level.FAIL if free < _LEAST_FREE else Level.WARN if free < _LITTLE_FREE else Level.OK
        fix = "" if level is Level.OK else "清理或扩容 (free some space)"
        yield Finding(level, f"disk {name}", f"剩余 (free) {free / _GIB:.1f} GiB", fix)


def _user() -> Iterator[Finding]:
    if os.geteuid() == 0:
        yield Finding(Level.WARN, "user", "以 root 运行 (running as root)", "用专门的系统用户运行")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _nearest(path: Path) -> Path:
    """The folder itself, or the nearest one above it that exists."""
    path = path.absolute()
    while not path.exists():
        path = path.parent
    return path
