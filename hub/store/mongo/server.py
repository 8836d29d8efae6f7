"""Which servers may be used, and how the driver is set up to talk to them.

A unit of work is a transaction, and MongoDB has transactions on a replica set (one
node is enough) or a sharded cluster only. A standalone server is refused at the start,
not discovered at the first case that is half written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from hub.store.documents import Refused

TEST_OPTION = "hubStandalone"
"""`?hubStandalone=test` lets a standalone server pass, for tests alone.

It is meant for servers that speak the protocol and know transactions but do not call
themselves a replica set (nx-27017). They run all transactions on one connection, where
two at a time would mix: with this option the adapter writes one unit after the other.
That holds inside one process only, so it is nothing to work with.
"""

_FIXED_OPTIONS: dict[str, Any] = {
    "w": "majority",
    "journal": True,
    "readPreference": "primary",
    "retryWrites": True,
    "tz_aware": True,
}
_DEFAULT_OPTIONS: dict[str, Any] = {
    "serverSelectionTimeoutMS": 5_000,
    "connectTimeoutMS": 5_000,
    "socketTimeoutMS": 30_000,
}


def driver_options(url: str) -> dict[str, Any]:
    """Options for the driver, which win over the URL: it may set time-outs, not durability."""
    named = {name.lower() for name, _ in parse_qsl(urlsplit(url).query)}
    defaults = {n: v for n, v in _DEFAULT_OPTIONS.items() if n.lower() not in named}
    return {**defaults, **_FIXED_OPTIONS}


def split_test_option(url: str) -> tuple[str, bool]:
    """The URL without our own option, and whether it was set to `test`."""
    parts = urlsplit(url)
    options = parse_qsl(parts.query, keep_blank_values=True)
    ours = [value for name, value in options if name == TEST_OPTION]
    query = urlencode([pair for pair in options if pair[0] != TEST_OPTION])
    return urlunsplit(parts._replace(query=query)), ours == ["test"]


def check_server(hello: Mapping[str, Any], *, standalone_allowed: bool) -> bool:
    """Whether it is a replica set or a sharded cluster; raises `Refused` for another one."""
    if "setName" in hello or hello.get("msg") == "isdbgrid":
        return True
    if standalone_allowed:
        return False
    raise Refused(
        "该 MongoDB 是单机模式，不支持事务。请以副本集方式启动（单节点即可）："
        "mongod --replSet rs0，然后执行一次 rs.initiate()。 / "
        "This MongoDB server is a standalone, which has no transactions. Start it as a replica "
        "set (one node is enough): mongod --replSet rs0, then run rs.initiate() once."
    )
