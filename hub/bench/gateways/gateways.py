"""Texts a second that an adapter and its connections carry, without store, to a gateway that answers at once.

Against a bare client of a bare echo: the same bytes there and back, as many on their way. Both sides are
processes of their own, and the two take turns, so that what else the machine does falls on both.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from hub.bench.child import BenchFailed, child
from hub.bench.figure import Figure

PROTOCOLS = ("cmpp", "smgp", "sgip", "smpp")
_TURNS = 5
_SHAPES = ((1, 16), (4, 32))
"""Connections, and the window of each."""


async def gateways(protocol: str, *, small: bool = False) -> Sequence[Figure]:
    """One figure for each shape."""
    shapes = _SHAPES[:1] if small else _SHAPES
    return [await _measured(protocol, *shape, small=small) for shape in shapes]


async def _measured(protocol: str, connections: int, window: int, *, small: bool) -> Figure:
    count = 400 if small else 20_000
    shape = (str(connections), str(window))
    sides: tuple[list[float], list[float]] = ([], [])
    async with (
        child("gateways.peer", protocol) as gateway,
        child("gateways.peer", "echo") as echo,
        child("gateways.sender", "adapter", protocol, str(gateway.ready["port"]), *shape) as adapter,
        child("gateways.sender", "bare", protocol, str(echo.ready["port"]), *shape) as bare,
    ):
        for turn in range(1 + (1 if small else _TURNS)):
            for speeds, sender in zip(sides, (adapter, bare), strict=True):
                answer = await sender.ask(count=count)
                if turn:  # the first one warms up
                    speeds.append(answer["sent"] / answer["seconds"])
        taken = (await gateway.ask())["taken"]
    if taken != count * (len(sides[0]) + 1):
        raise BenchFailed(f"carrier: {taken} texts were taken")
    name = f"{protocol}.{connections}x{window}"
    return Figure(name, median(sides[0]), "texts/s", median(sides[1]), "ratio ≥ 0.5")
