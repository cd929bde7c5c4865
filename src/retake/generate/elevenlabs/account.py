"""The account: what its plan allows, how much is used up, and what characters cost.

Enters: a client. Leaves: a `Subscription`; characters as US dollars by a dated table of list prices.

Source: ElevenLabs API reference, "Get user subscription"; "Models, concurrency"; "API pricing".
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from pydantic import BaseModel

from retake.generate.elevenlabs.client import Client

LANES: Mapping[str, int] = MappingProxyType(
    {"free": 2, "starter": 3, "creator": 5, "pro": 10, "scale": 15, "business": 15}
)
"""Requests at once, by plan."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A plan: characters used and allowed in this period, voices, and what may be cloned."""

    tier: str
    used: int
    limit: int
    instant_cloning: bool
    professional_cloning: bool
    voices: int
    voice_limit: int

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)

    @property
    def lanes(self) -> int:
        return LANES.get(self.tier, LANES["free"])


def subscription(client: Client) -> Subscription:
    """The account's plan; from here on the client keeps to its number of requests at once.

    Raises `ProviderError`, also where the key may not read the account.
    """
    told = client.call("GET", "/v1/user/subscription").read(_Told)
    plan = Subscription(
        told.tier,
        told.character_count,
        told.character_limit,
        told.can_use_instant_voice_cloning,
        told.can_use_professional_voice_cloning,
        told.voice_slots_used,
        told.voice_limit,
    )
    client.lanes.set_limit(plan.lanes)
    return plan


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars for a thousand characters by model, as the list of `version` had them."""

    version: str
    by_model: Mapping[str, float]
    other: float

    def dollars(self, characters: float, model: str) -> float:
        """What characters cost with a model; an unknown model is taken for a dear one."""
        return characters / 1000 * self.by_model.get(model, self.other)


LIST_PRICES = Prices(
    "2026-11",
    MappingProxyType(
        {
            "eleven_v4": 0.08,
            "eleven_v3": 0.10,
            "eleven_multilingual_v2": 0.10,
            "eleven_flash_v2_5": 0.05,
        }
    ),
    other=0.10,
)


@dataclass(frozen=True, slots=True)
class Cost:
    """Characters that were charged, or will be, and their price."""

    characters: float
    dollars: float
    prices: str


@dataclass(slots=True)
class Spending:
    """The characters charged so far. Threads may share it."""

    characters: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def note(self, characters: float) -> None:
        with self._lock:
            self.characters += characters


class _Told(BaseModel):
    tier: str
    character_count: int
    character_limit: int
    can_use_instant_voice_cloning: bool = False
    can_use_professional_voice_cloning: bool = False
    voice_slots_used: int = 0
    voice_limit: int = 0
