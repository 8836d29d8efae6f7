"""The hub under load as a process of its own, with its texts over CMPP; it plans bulk texts and says what it
has when it is asked."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from channels.address import phone
from channels.outbox.delivery import POLICY, Delivery, DeliveryState, MessageClass, Origin
from hub.bench.child import commands, tell
from hub.bench.site import gateway_settings_in
from hub.bench.texts import CHANNEL, citizen_number
from hub.hub import Hub
from hub.runtime.clock import SystemClock
from hub.runtime.gc_tuning import spare_the_collector
from hub.runtime.ids import derived_id
from hub.serve import running

BULK = "【公安】第"
"""How bulk texts begin."""
CLASSES = (MessageClass.L, MessageClass.N, MessageClass.E1, MessageClass.E0)
LESSONS_FIRST = 8
"""So many are law education, so that there is some in a window that warnings would fill."""
_SENT_AGAIN = frozenset({MessageClass.E0, MessageClass.E1})
_WATCH_SECONDS = 10.0
_PAGE = 500
_DAY_MS = 24 * 3600 * 1000
_LONG = "请不要转账，也不要把验证码告诉任何人；已经转账的，请立即拨打110报警，并保留聊天和转账的记录。"


@dataclass(frozen=True, slots=True)
class DayClock:
    """The machine's clock, so much later: law education leaves by day only."""

    ahead_ms: int

    def now_ms(self) -> int:
        """See `hub.runtime.clock.Clock`."""
        return SystemClock().now_ms() + self.ahead_ms


def bulk_text(number: int) -> str:
    """Every tenth is long; no two are equal."""
    return f"{BULK}{number}号提示：接到陌生来电请先核实。" + (_LONG if number % 10 == 9 else "")


def _planned(hub: Hub, first: int, count: int) -> list[Delivery]:
    now, keys = hub.clock.now_ms(), hub.repositories.contacts
    rows = []
    for number in range(first, first + count):
        to = phone(citizen_number(number))
        message_class = MessageClass.L if number < LESSONS_FIRST else CLASSES[number % len(CLASSES)]
        rows.append(
            Delivery(
                id=f"bulk{number:08d}",
                origin=Origin.BROADCAST,
                origin_id=f"bulk{first:08d}",
                sender=CHANNEL,
                recipient=to,
                recipient_key=keys.key(to),
                message_class=message_class,
                dedup=f"bulk{number:08d}",
                created_at=now,
                expires_at=now + _DAY_MS,
                text=bulk_text(number),
                lane=POLICY[message_class].lane,
            )
        )
    return rows


async def _rows(hub: Hub, path: Path) -> None:
    """Every row of the outbox, a line each: more than a pipe should carry."""
    with path.open("w", encoding="utf-8") as lines:
        for state in DeliveryState:
            after: str | None = None
            while True:
                page = await hub.repositories.outbox.by_state(state, limit=_PAGE, after=after)
                for one in page.deliveries:
                    row = one.value
                    line = {
                        "id": row.id,
                        "to": row.recipient.value,
                        "text": row.text,
                        "state": state.value,
                        "class": row.message_class.value,
                    }
                    lines.write(json.dumps(line, ensure_ascii=False) + "\n")
                if (after := page.next) is None:
                    break


async def _watch_doubt(hub: Hub, path: Path) -> None:
    """Writes down the id of every row that stands in the list of doubt and may be sent again; it stands there
    for a minute at least."""
    seen: set[str] = set()
    while True:
        after: str | None = None
        while True:
            page = await hub.repositories.outbox.ambiguous(limit=_PAGE, after=after)
            rows = [one.value for one in page.deliveries]
            new = [row.id for row in rows if row.message_class in _SENT_AGAIN and row.id not in seen]
            seen.update(new)
            with path.open("a") as lines:
                lines.write("".join(f"{id}\n" for id in new))
            if (after := page.next) is None:
                break
        await asyncio.sleep(_WATCH_SECONDS)


async def _done(hub: Hub, folder: Path, command: dict[str, Any]) -> dict[str, Any]:
    """`{bulk: count, first}` · `{counts}` · `{missing: ids of inbound texts}` · `{rows: file}`."""
    if "bulk" in command:
        await hub.repositories.outbox.plan(_planned(hub, command["first"], command["bulk"]))
        return {}
    if "missing" in command:
        kept = hub.repositories.conversations.message
        ids = command["missing"]
        return {"missing": [id for id in ids if await kept(f"{CHANNEL}:{derived_id(id)}") is None]}
    if "rows" in command:
        await _rows(hub, folder / command["rows"])
        return {}
    states = [state.value for state in DeliveryState]
    return {"counts": await hub.documents.count("outbox", {"state": {"$in": states}}, by="state")}


async def main(folder: Path, port: int, ahead_ms: int, answer_seconds: float) -> None:
    """Serves until the pipe is closed."""
    logging.disable(logging.CRITICAL)  # gateways that fail are what is wanted
    settings = gateway_settings_in(folder, port, answer_seconds)
    async with running(settings, DayClock(ahead_ms)) as site:
        spare_the_collector()  # as `hub serve` does
        watching = asyncio.create_task(_watch_doubt(site.hub, folder / "listed"))
        tell(ready=True)
        async for command in commands():
            tell(**await _done(site.hub, folder, command))
        watching.cancel()


if __name__ == "__main__":
    where, at, ahead, answers = sys.argv[1:]
    asyncio.run(main(Path(where), int(at), int(ahead), float(answers)))
