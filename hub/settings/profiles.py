"""The profiles that are shipped, and those in files of an office."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from hub.model.cases.profile import BadProfile, ClockUnit, Profile, read_profile

_DIRECTORY = Path(__file__).parent / "profiles"


def shipped_profiles() -> tuple[str, ...]:
    """Their names."""
    return tuple(sorted(path.stem for path in _DIRECTORY.glob("*.toml")))


def load_profile(name_or_path: str, *, beside: Path | None = None) -> Profile:
    """The profile of `profile_table`. Raises `BadProfile`."""
    return read_profile(profile_table(name_or_path, beside=beside))


def profile_table(name_or_path: str, *, beside: Path | None = None) -> dict[str, Any]:
    """A shipped profile by its name, else a file, as its TOML table. beside: where a relative path begins.

    A profile with `base` says only what differs from a shipped one.

    Raises `BadProfile`.
    """
    shipped = _DIRECTORY / f"{name_or_path}.toml"
    path = shipped if name_or_path in shipped_profiles() else (beside or Path()) / name_or_path
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        names = "、".join(shipped_profiles())
        raise BadProfile("profile", f"没有这个时限配置（随程序提供：{names}；也可以写文件路径）") from None
    except tomllib.TOMLDecodeError as problem:
        raise BadProfile("profile", f"不是正确的 TOML：{problem}") from None
    base = table.pop("base", None)
    if base is None:
        return table
    if not isinstance(base, str) or base not in shipped_profiles() or base == path.stem:
        raise BadProfile("base", f"只能以随程序提供的配置为基础：{'、'.join(shipped_profiles())}")
    whole = tomllib.loads((_DIRECTORY / f"{base}.toml").read_text("utf-8"))
    return _over(whole, table)


def _over(whole: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """`whole` with what `part` says otherwise; a clock of another unit loses its old one."""
    merged = dict(whole)
    for key, value in part.items():
        below = merged.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            if any(unit in value for unit in ClockUnit):
                below = {name: kept for name, kept in below.items() if name not in set(ClockUnit)}
            value = _over(below, value)
        merged[key] = value
    return merged
