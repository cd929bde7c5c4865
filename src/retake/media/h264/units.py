"""NAL units: taken from and put into MP4's length-prefixed form and Annex B; the avcC record.

ITU-T H.264, 7.3.1 and Annex B; ISO/IEC 14496-15, 5.3.3.1.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SLICE, IDR, SEI, SPS, PPS = 1, 5, 6, 7, 8
"""NAL unit types."""


@dataclass(frozen=True, slots=True)
class Sets:
    """What an avcC holds: the parameter sets and how many bytes the lengths in packets have."""

    sps: tuple[bytes, ...]
    pps: tuple[bytes, ...]
    length_size: int


def kind(unit: bytes) -> int:
    return unit[0] & 31


def read_avcc(data: bytes) -> Sets:
    """Raises `ValueError` for what is no avcC."""
    if len(data) < 7 or data[0] != 1:
        raise ValueError("no avcC")
    at = 6
    found: list[list[bytes]] = []
    count = data[5] & 31
    for _ in range(2):
        units: list[bytes] = []
        for _ in range(count):
            size = int.from_bytes(data[at : at + 2], "big")
            unit = data[at + 2 : at + 2 + size]
            if not size or len(unit) < size:
                raise ValueError("the avcC is cut off")
            units.append(unit)
            at += 2 + size
        found.append(units)
        if len(found) == 1:
            if at >= len(data):
                raise ValueError("the avcC is cut off")
            count, at = data[at], at + 1
    return Sets(tuple(found[0]), tuple(found[1]), (data[4] & 3) + 1)


def write_avcc(sps: bytes, pps: bytes, chroma_format: int = 1) -> bytes:
    """The avcC of one SPS and one PPS of 8-bit video, with lengths of four bytes."""
    out = bytes([1, *sps[1:4], 0xFF, 0xE1]) + len(sps).to_bytes(2, "big") + sps
    out += b"\1" + len(pps).to_bytes(2, "big") + pps
    if sps[1] in (100, 110, 122, 144):
        out += bytes([0xFC | chroma_format, 0xF8, 0xF8, 0])
    return out


def split(packet: bytes, length_size: int = 4) -> list[bytes]:
    """The units of a length-prefixed access unit. Raises `ValueError` where the lengths do not fit it."""
    units: list[bytes] = []
    at, end = 0, len(packet)
    while at < end:
        size = int.from_bytes(packet[at : at + length_size], "big")
        at += length_size
        if not size or at + size > end:
            raise ValueError("a NAL unit reaches beyond its packet")
        units.append(packet[at : at + size])
        at += size
    return units


def join(units: Iterable[bytes], length_size: int = 4) -> bytes:
    return b"".join(len(unit).to_bytes(length_size, "big") + unit for unit in units)


def split_annex_b(stream: bytes) -> list[bytes]:
    """The units between start codes."""
    return [unit.rstrip(b"\0") for unit in stream.split(b"\0\0\1")[1:]]


def annex_b(packet: bytes, length_size: int = 4) -> bytes:
    return b"".join(b"\0\0\0\1" + unit for unit in split(packet, length_size))


def kinds(packet: bytes, length_size: int = 4) -> list[int]:
    """The types of a packet's units, without copying them; ends where the lengths stop fitting."""
    found: list[int] = []
    at, end = 0, len(packet)
    while at + length_size < end:
        found.append(packet[at + length_size] & 31)
        at += length_size + int.from_bytes(packet[at : at + length_size], "big")
    return found
