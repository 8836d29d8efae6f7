"""Frames on a socket: each begins with its whole length in four bytes, whatever the segments were."""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import NamedTuple

from channels.errors import ChannelError


class BadFrame(ChannelError):
    """Bytes that are no frame of the protocol: the connection cannot be used any longer."""


_LENGTH = Struct(">I")


class Frame(NamedTuple):
    """One message of a protocol. sequence: an answer repeats the one of its request."""

    command: int
    sequence: int
    body: bytes


class Framer:
    """Cuts what arrives into frames."""

    def __init__(self, read: Callable[[bytes, int, int], Frame], *, least: int, most: int) -> None:
        """read: the parts of the frame that stands, length included, from one place to another. least, most:
        bytes a frame may have."""
        self._read = read
        self._least = least
        self._most = most
        self._rest = b""

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that are whole now. Raises `BadFrame` for a length that cannot be."""
        data = self._rest + data if self._rest else data
        frames, at, size = [], 0, len(data)
        while size - at >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(data, at)
            if not self._least <= length <= self._most:
                raise BadFrame(f"length {length}")
            end = at + length
            if end > size:
                break
            frames.append(self._read(data, at, end))
            at = end
        self._rest = data[at:]
        return frames
