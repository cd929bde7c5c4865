"""How texts come and go: curves over 0 to 1."""

from __future__ import annotations

import math

ENTRANCE = 0.35
"""Seconds that a text takes to come in."""
EXIT = 0.2


def clamp(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def ease_out(progress: float) -> float:
    """Cubic, fast at first."""
    return 1 - (1 - clamp(progress)) ** 3


def smooth(progress: float) -> float:
    """Smoothstep."""
    progress = clamp(progress)
    return progress * progress * (3 - 2 * progress)


def pop_scale(progress: float, start: float = 0.8, overshoot: float = 0.05) -> float:
    """From `start` past 1 by `overshoot` and back to 1."""
    progress = clamp(progress)
    peak = 0.62
    if progress < peak:
        return start + (1 + overshoot - start) * math.sin(progress / peak * math.pi / 2)
    return 1 + overshoot * (1 + math.cos((progress - peak) / (1 - peak) * math.pi)) / 2
