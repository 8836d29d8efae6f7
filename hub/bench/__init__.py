"""`hub bench`: what the hub reaches, as a share of a floor measured in the same run.

Absolute figures say more about the machine than about the hub; a ratio against the least that could
do the same work travels. Every bench is bounded in time and count, stays on loopback, and ends the
processes it started.
"""

from __future__ import annotations

from hub.bench.runs import BENCHES, run

__all__ = ["BENCHES", "run"]
