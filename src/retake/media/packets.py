"""Encoded packets as values, and runs of them on disk.

A run is what one encoder made of one span: its parameters once, then every packet. It is written beside its
target and renamed, and carries its own SHA-256, so that a run found on disk is whole or is not used.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

_MAGIC = b"RETAKERUN1\n"
_PACKET = struct.Struct(">qqqI?")


@dataclass(frozen=True, slots=True)
class Packet:
    """One access unit: `pts` and `duration` in ticks of its stream, `order` its place in decoding order."""

    data: bytes
    pts: int
    duration: int
    order: int
    key: bool


@dataclass(frozen=True, slots=True)
class Run:
    """The packets of one span, their times counted from its start, in decoding order."""

    extradata: bytes
    frames: int
    packets: tuple[Packet, ...]

    def digest(self) -> str:
        """SHA-256 over the packets' bytes."""
        return digest(self.packets)


def digest(packets: Iterable[Packet]) -> str:
    """SHA-256 over the lengths and bytes of packets, in order."""
    total = sha256()
    for packet in packets:
        total.update(struct.pack(">I", len(packet.data)))
        total.update(packet.data)
    return total.hexdigest()


def write_run(path: Path, run: Run) -> None:
    """Writes a run whole or not at all. Raises `OSError`."""
    part = path.with_suffix(".part")
    try:
        with part.open("wb") as file:
            for piece in _pieces(run):
                file.write(piece)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _pieces(run: Run) -> Iterator[bytes]:
    head = {
        "frames": run.frames,
        "extradata": run.extradata.hex(),
        "count": len(run.packets),
        "sha256": run.digest(),
    }
    text = json.dumps(head).encode()
    yield _MAGIC + struct.pack(">I", len(text)) + text
    for p in run.packets:
        yield _PACKET.pack(p.pts, p.duration, p.order, len(p.data), p.key) + p.data


def read_run(path: Path) -> Run | None:
    """The run in a file, or None where there is none or it is not whole."""
    try:
        with path.open("rb") as file:
            return _read(file)
    except (OSError, ValueError, KeyError, TypeError, struct.error):
        return None


def _read(file: BinaryIO) -> Run | None:
    if file.read(len(_MAGIC)) != _MAGIC:
        return None
    (length,) = struct.unpack(">I", file.read(4))
    head = json.loads(file.read(length))
    packets: list[Packet] = []
    for _ in range(head["count"]):
        pts, duration, order, size, key = _PACKET.unpack(file.read(_PACKET.size))
        packets.append(Packet(file.read(size), pts, duration, order, key))
    run = Run(bytes.fromhex(head["extradata"]), head["frames"], tuple(packets))
    return run if run.digest() == head["sha256"] else None
