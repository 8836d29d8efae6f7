"""Reads the tables that come with the package, whether it lies in a folder or in a wheel."""

from collections.abc import Iterator
from importlib.resources import files


def data_text(name: str) -> str:
    """The text of `data/<name>`."""
    return (files("knowledge_base") / "data" / name).read_text(encoding="utf-8")


def table_lines(name: str) -> Iterator[str]:
    """The lines of `data/<name>` that are neither empty nor a remark."""
    for line in data_text(name).splitlines():
        if line and not line.startswith("#"):
            yield line
