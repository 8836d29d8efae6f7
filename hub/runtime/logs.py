"""Logging: fixed event names and ids, one line per event, never text, names, numbers or tokens.

The mask below is the second net, not the first: code must not put personal data into an event at
all. A test plants canaries and searches every log.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Literal

import structlog

_PHONE = re.compile(r"(?<!\d)(?:\+?86)?(1[3-9]\d)\d{4}(\d{4})(?!\d)")
_LONG_NUMBER = re.compile(r"(?<![\da-f])\d{15,18}[\dXx]?(?![\da-f])")


def _mask(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _LONG_NUMBER.sub("****", _PHONE.sub(r"\1****\2", value))
    return event


def configure(*, level: str = "info", format: Literal["auto", "console", "json"] = "auto") -> None:
    """Sets logging up for the process: readable on a terminal, else one JSON line per event."""
    readable = format == "console" or (format == "auto" and sys.stderr.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _mask,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    renderer: Any = (
        structlog.dev.ConsoleRenderer() if readable else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    # Libraries log addresses, queries and message ids at these levels.
    for name in ("aiohttp.access", "aiosmtpd", "mail.log", "apscheduler", "twilio", "pymongo", "urllib3"):
        logging.getLogger(name).setLevel(logging.ERROR)
