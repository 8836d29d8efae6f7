"""Frames on a socket: each begins with its whole length in four bytes, whatever the segments were."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from channels.errors import ChannelError


class BadFrame(ChannelError):
    """Bytes that are no frame of the protocol: the connection cannot be used any longer."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One message of a protocol. sequence: an answer repeats the one of its request."""

    command: int
    sequence: int
    body: bytes


class Framer:
    """Cuts what arrives into frames."""

    def __init__(self, read: Callable[[bytes], Frame], *, least: int, most: int) -> None:
        """read: a whole frame, length included → its parts. least, most: bytes a frame may have."""
        self._read = read
        self._least = least
        self._most = most
        self._rest = b""

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that are whole now. Raises `BadFrame` for a length that cannot be."""
        data = self._rest + data
        frames, at = [], 0
        while len(data) - at >= 4:
            length = int.from_bytes(data[at : at + 4], "big")
            if not self._least <= length <= self._most:
                raise BadFrame(f"length {length}")
            if len(data) - at < length:
                break
            frames.append(self._read(data[at : at + length]))
            at += length
        self._rest = data[at:]
        return frames
