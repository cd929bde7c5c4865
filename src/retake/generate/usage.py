"""Usage: what each asset took, so that time and money can be accounted for.

Enters: one `Usage` for every asset. Leaves: sums by provider, as plain values for the metadata.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Usage:
    """What one asset took.

    `seconds` is wall time with every wait, `bytes` what the asset takes in the store, `units` what providers
    charge by: characters of speech, pixels of pictures, seconds of music. Nothing is charged for what came
    from the store (`cached`) or for a fallback.
    """

    provider: str
    version: str
    kind: str
    seconds: float
    attempts: int
    cached: bool
    fallback: bool
    bytes: int
    units: float
    unit: str


def total(usages: Iterable[Usage]) -> list[dict[str, Any]]:
    """Sums by kind and provider, in the order in which they first appear."""
    sums: dict[tuple[str, str, str], dict[str, Any]] = {}
    for usage in usages:
        key = (usage.kind, usage.provider, usage.version)
        if key not in sums:
            record = asdict(usage)
            zero = dict.fromkeys(("seconds", "attempts", "bytes", "units"), 0)
            sums[key] = record | zero | {"assets": 0, "cached": 0, "fallback": 0}
        entry = sums[key]
        entry["assets"] += 1
        for name in ("seconds", "attempts", "cached", "fallback", "bytes", "units"):
            entry[name] += getattr(usage, name)
    for entry in sums.values():
        entry["seconds"] = round(entry["seconds"], 3)
    return list(sums.values())
