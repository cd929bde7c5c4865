"""Bits of a NAL unit's payload: emulation prevention, fixed-length and Exp-Golomb codes.

ITU-T H.264, 7.2, 7.4.1 and 9.1.
"""

from __future__ import annotations


def unescape(unit: bytes) -> bytes:
    """A NAL unit without its emulation prevention bytes."""
    if b"\0\0\3" not in unit:
        return unit
    out, at = bytearray(), 0
    while (found := unit.find(b"\0\0\3", at)) >= 0:
        out += unit[at : found + 2]
        at = found + 3
    return bytes(out + unit[at:])


def escape(payload: bytes) -> bytes:
    """A payload with the bytes that keep start codes out of it."""
    out, start, at = bytearray(), 0, 0
    while 0 <= (found := payload.find(b"\0\0", at)) < len(payload) - 2:
        if payload[found + 2] <= 3:
            out += payload[start : found + 2] + b"\3"
            start = at = found + 2
        else:
            at = found + 1
    out += payload[start:]
    if out and out[-1] == 0:
        out += b"\3"
    return bytes(out)


def stop_bit(payload: bytes) -> int:
    """The position of the last 1 bit: where the content of a payload ends."""
    content = payload.rstrip(b"\0")
    if not content:
        raise ValueError("a payload without a stop bit")
    last = content[-1]
    return len(content) * 8 - (last & -last).bit_length()


class BitReader:
    """Reads from the most significant bit on. Raises `ValueError` at the end of the data."""

    def __init__(self, data: bytes, position: int = 0) -> None:
        self.data = data
        self.position = position

    def bits(self, count: int) -> int:
        end = self.position + count
        last = (end + 7) >> 3
        if last > len(self.data):
            raise ValueError("the unit is cut off")
        value = int.from_bytes(self.data[self.position >> 3 : last], "big") >> ((last << 3) - end)
        self.position = end
        return value & ((1 << count) - 1)

    def flag(self) -> bool:
        return bool(self.bits(1))

    def ue(self) -> int:
        zeros = 0
        while not self.bits(1):
            zeros += 1
            if zeros > 32:
                raise ValueError("no Exp-Golomb code")
        return (1 << zeros) - 1 + self.bits(zeros)

    def se(self) -> int:
        code = self.ue()
        return (code + 1) // 2 if code & 1 else -(code // 2)

    @property
    def more(self) -> bool:
        """Whether anything comes before the stop bit."""
        return self.position < stop_bit(self.data)


class BitWriter:
    """Writes from the most significant bit on; `value` has `length` bits."""

    def __init__(self) -> None:
        self.value = 0
        self.length = 0

    def bits(self, value: int, count: int) -> None:
        self.value = self.value << count | value & ((1 << count) - 1)
        self.length += count

    def flag(self, value: bool) -> None:
        self.bits(int(value), 1)

    def ue(self, value: int) -> None:
        self.bits(value + 1, 2 * (value + 1).bit_length() - 1)

    def se(self, value: int) -> None:
        self.ue(2 * value - 1 if value > 0 else -2 * value)

    def bytes(self) -> bytes:
        """What was written; its length must be whole bytes."""
        return self.value.to_bytes(self.length // 8, "big")
