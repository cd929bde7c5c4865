"""Rational time: seconds as `Fraction` at the edges, integer frames inside, half-open spans.

A moment given in seconds becomes a frame once, by rounding half up at the film's rate; nothing downstream
computes with seconds again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import floor
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_CLOCK = re.compile(r"^(?:(\d+):)?(\d{1,2}):(\d{1,2}(?:\.\d+)?)$")
_NUMBER = re.compile(r"^[+-]?\d{0,40}(?:\.\d{0,40})?(?:/\d{1,40})?$")
_NTSC = {"23.976": 24, "23.98": 24, "29.97": 30, "59.94": 60}
_LONGEST = 24 * 3600
_FINEST = 1_000_000


def parse_seconds(value: object) -> Fraction:
    """Seconds from 2, 2.5, "2.5", "5/2" or "1:02.5", exactly as written. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Fraction):
        raise ValueError("a time is a number of seconds, a fraction like '5/2' or a clock like '1:02.5'")
    try:
        if isinstance(value, str) and (clock := _CLOCK.match(value.strip())):
            hours, minutes, seconds = clock.groups()
            result = Fraction(int(hours or 0) * 3600 + int(minutes) * 60) + Fraction(seconds)
        elif isinstance(value, str) and not _NUMBER.match(value.strip()):
            raise ValueError("no plain number")  # also keeps 1e999999999 from being worked out
        else:
            result = Fraction(Decimal(repr(value))) if isinstance(value, float) else Fraction(value)
    except (ValueError, ZeroDivisionError, InvalidOperation, OverflowError) as error:
        raise ValueError(f"{value!r} is not a time; give seconds, '5/2' or '1:02.5'") from error
    if abs(result) > _LONGEST:
        raise ValueError("longer than a day")
    return result


def parse_rate(value: object) -> Fraction:
    """Frames a second from 30, "30000/1001" or 29.97 (taken as the NTSC rate). Raises ValueError."""
    if not isinstance(value, bool) and (text := str(value)) in _NTSC:
        return Fraction(_NTSC[text] * 1000, 1001)
    try:
        rate = parse_seconds(value)
    except ValueError as error:
        raise ValueError(f"{value!r} is not a frame rate; give 30 or '30000/1001'") from error
    if not 1 <= rate <= 240:
        raise ValueError("a frame rate lies between 1 and 240")
    if rate.denominator > _FINEST:
        raise ValueError(f"{value!r} is no rate that a file can state; give 30 or '30000/1001'")
    return rate


def plain(value: Fraction) -> int | float | str:
    """A fraction as JSON: an integer or a decimal when that is exact, else "p/q"."""
    if value.denominator == 1:
        return value.numerator
    return float(value) if Fraction(Decimal(repr(float(value)))) == value else str(value)


_TIME_SCHEMA = {"anyOf": [{"type": "number"}, {"type": "string", "examples": ["5/2", "1:02.5"]}]}

Seconds = Annotated[
    Fraction, BeforeValidator(parse_seconds), PlainSerializer(plain), WithJsonSchema(_TIME_SCHEMA)
]
Rate = Annotated[
    Fraction,
    BeforeValidator(parse_rate),
    PlainSerializer(plain),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "examples": ["30000/1001"]}]}),
]


def to_units(seconds: Fraction, rate: Fraction | int) -> int:
    """The frame (or sample) at `seconds`: the nearest, halves up."""
    return floor(seconds * rate + Fraction(1, 2))


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The half-open stretch [start, end) of frames or samples."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"span ends before it starts: {self.start}..{self.end}")

    def __len__(self) -> int:
        return self.end - self.start

    def __contains__(self, unit: int) -> bool:
        return self.start <= unit < self.end

    def meets(self, other: Span) -> bool:
        """Whether the two share at least one frame."""
        return max(self.start, other.start) < min(self.end, other.end)

    def common(self, other: Span) -> Span:
        """The part that both hold; empty at the later start where they do not meet."""
        start = max(self.start, other.start)
        return Span(start, max(start, min(self.end, other.end)))
