"""What providers charge, in US dollars: where an adapter knows its prices it is asked, else it is free."""

from __future__ import annotations

from retake.generate.elevenlabs import ElevenLabs
from retake.produce.speaking import Booth
from retake.settings import Settings


def dollars(booth: Booth, settings: Settings) -> float:
    """For what a booth has spoken, cached and failed sentences left out."""
    characters = sum(u.units for u in booth.usages if u.provider == ElevenLabs.name)
    return price(round(characters), ElevenLabs.name, settings)


def price(characters: int, provider: str, settings: Settings) -> float:
    """For speaking so many characters."""
    if not characters or provider != ElevenLabs.name:
        return 0.0
    return ElevenLabs(settings).estimate(["x" * characters]).dollars
