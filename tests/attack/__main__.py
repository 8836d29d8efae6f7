"""All attacks against a hub on this machine, one after the other: `python -m tests.attack URL`.

Prints how each ended and the slowest answer that somebody else had meanwhile. Exit code 1 when one was slower
than a quarter of a second.
"""

from __future__ import annotations

import asyncio
import sys

from tests.attack.attacks import ATTACKS, somebody_else

_GOAL_SECONDS = 0.25


async def main(url: str) -> int:
    too_slow = 0
    for name, attack in ATTACKS.items():
        async with somebody_else(url) as slowest:
            ended = await attack(url)
        too_slow += slowest.seconds > _GOAL_SECONDS
        print(f"{name:30} {dict(ended)}  /healthz at most {slowest.seconds * 1000:.0f} ms of {slowest.asked}")
    return 1 if too_slow else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1])))
