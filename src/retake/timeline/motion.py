"""Values that move: a number, or keyframes with easings, evaluated by a pure function.

The easings are those of CSS Easing Functions Level 1 and of Robert Penner's set, by their usual names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import pairwise
from math import cos, pi, sin
from types import MappingProxyType
from typing import Annotated, Any, Literal, cast

from pydantic import BeforeValidator, Discriminator, Field, FiniteFloat, Tag, model_validator

from retake.timeline.model import Model
from retake.timeline.time import Seconds

Easing = Literal[
    "linear", "hold", "ease", "ease_in", "ease_out", "ease_in_out",
    "sine_in_out", "cubic_in", "cubic_out", "cubic_in_out", "back_out", "bounce_out", "elastic_out",
]  # fmt: skip


def _bounce_out(t: float) -> float:
    for edge, centre, floor in ((4 / 11, 0, 0), (8 / 11, 6 / 11, 0.75), (10 / 11, 9 / 11, 0.9375)):
        if t < edge:
            return 7.5625 * (t - centre) ** 2 + floor
    return 7.5625 * (t - 21 / 22) ** 2 + 0.984375


def _cubic_in_out(t: float) -> float:
    return 4 * t**3 if t < 0.5 else 1 - (2 - 2 * t) ** 3 / 2


EASINGS: Mapping[Easing, Callable[[float], float]] = MappingProxyType(
    {
        "linear": lambda t: t,
        "hold": lambda t: 0.0 if t < 1 else 1.0,
        "ease": lambda t: t * t * (3 - 2 * t),
        "ease_in": lambda t: t * t,
        "ease_out": lambda t: t * (2 - t),
        "ease_in_out": lambda t: 2 * t * t if t < 0.5 else 1 - 2 * (1 - t) ** 2,
        "sine_in_out": lambda t: (1 - cos(pi * t)) / 2,
        "cubic_in": lambda t: t**3,
        "cubic_out": lambda t: 1 - (1 - t) ** 3,
        "cubic_in_out": _cubic_in_out,
        "back_out": lambda t: 1 + 2.70158 * (t - 1) ** 3 + 1.70158 * (t - 1) ** 2,
        "bounce_out": _bounce_out,
        "elastic_out": lambda t: 2 ** (-10 * t) * sin((t * 10 - 0.75) * 2 * pi / 3) + 1 if 0 < t < 1 else t,
    }
)


class Keyframe(Model):
    """A value at a time (seconds from the clip's start); `easing` shapes the way to the next keyframe."""

    at: Seconds
    value: FiniteFloat
    easing: Easing = "linear"


class Animation(Model):
    """Keyframes in order of time; before the first and after the last the value holds."""

    keyframes: tuple[Keyframe, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Animation:
        times = [key.at for key in self.keyframes]
        if any(later <= earlier for earlier, later in pairwise(times)):
            raise ValueError("keyframes must come in order of time, each at its own time")
        return self


def _number_or_keyframes(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return {"keyframes": cast(list[Any], value)}
    return value


def _branch(value: Any) -> str:
    return "moving" if isinstance(value, dict | Animation) else "fixed"


Scalar = Annotated[
    Annotated[
        Annotated[FiniteFloat, Tag("fixed")] | Annotated[Animation, Tag("moving")], Discriminator(_branch)
    ],
    BeforeValidator(_number_or_keyframes),
]


def value_at(scalar: float | Animation, seconds: Fraction | float) -> float:
    """The value at a time counted in seconds from the clip's start."""
    if not isinstance(scalar, Animation):
        return float(scalar)
    keys = scalar.keyframes
    for here, there in pairwise(keys):
        if seconds <= here.at:
            return here.value
        if seconds < there.at:
            part = EASINGS[here.easing](float((seconds - here.at) / (there.at - here.at)))
            return here.value + (there.value - here.value) * part
    return keys[-1].value


def extent(scalar: float | Animation) -> tuple[float, float]:
    """The smallest and the largest value at the keyframes."""
    if not isinstance(scalar, Animation):
        return float(scalar), float(scalar)
    values = [key.value for key in scalar.keyframes]
    return min(values), max(values)


def moves(scalar: float | Animation) -> bool:
    low, high = extent(scalar)
    return low != high
