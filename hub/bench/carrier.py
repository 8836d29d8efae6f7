"""The simulated carrier as a process of its own: takes every text, counts it, says nothing later."""

from __future__ import annotations

import asyncio

from channels.loopback.simulator import CarrierAccount, CarrierSimulator
from hub.bench.child import commands, tell
from hub.bench.texts import ACCOUNT_SID, AUTH_TOKEN
from hub.runtime.clock import SystemClock


async def main() -> None:
    """Answers every command with how many texts it took, and how many different ones."""
    account = CarrierAccount(ACCOUNT_SID, AUTH_TOKEN)
    async with CarrierSimulator(account, SystemClock(), quiet=True) as carrier:
        tell(url=carrier.url)
        async for _ in commands():
            tell(taken=carrier.journal.taken, distinct=carrier.journal.distinct)


if __name__ == "__main__":
    asyncio.run(main())
