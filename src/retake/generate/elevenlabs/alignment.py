"""Forced alignment by the service: when each word of a known text is heard in a sound.

Enters: the sound's file as bytes, and the text. Leaves: an `Alignment`. Charged by the length of the sound.

Source: ElevenLabs API reference, "Create forced alignment", read November 2026.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel

from retake.generate.elevenlabs.client import Client
from retake.generate.elevenlabs.script import CharacterTimes
from retake.generate.ports import Word


@dataclass(frozen=True, slots=True)
class Alignment:
    """The words and characters of a text in a sound. `loss` grows where the text is not what is heard."""

    words: tuple[Word, ...]
    characters: CharacterTimes
    loss: float


def align(client: Client, sound: bytes, name: str, text: str) -> Alignment:
    """Align a text to a sound file; `name` tells its format by its ending. Raises `ProviderError`."""
    file = ("file", (name, sound, "application/octet-stream"))
    told = client.call("POST", "/v1/forced-alignment", form={"text": text}, files=[file]).read(_Aligned)
    return Alignment(
        tuple(Word(word.text, word.start, max(word.start, word.end)) for word in told.words),
        CharacterTimes(
            tuple(character.text for character in told.characters),
            tuple(character.start for character in told.characters),
            tuple(character.end for character in told.characters),
        ),
        told.loss,
    )


class _Span(BaseModel):
    text: str
    start: float
    end: float


class _Aligned(BaseModel):
    words: list[_Span]
    characters: list[_Span]
    loss: float = 0.0
