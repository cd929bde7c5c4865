"""The ports of making: what is asked of a speaker, a painter and a musician, and what comes back.

Requests and results are frozen values. An adapter is found by name through the entry points
`retake.speech`, `retake.image` and `retake.music`; its `version` is part of the key of everything it makes,
so raise it whenever the same request would give another result. An adapter fails by raising
`retake.errors.ProviderError` with a severity; anything it returns that breaks the contract below is refused
by `generate.make` as rubbish and tried again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Word:
    """A word as spoken: its text, and the half-open stretch of sound that it fills, in seconds."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Phoneme:
    """An IPA symbol and when it begins, in seconds."""

    ipa: str
    start: float


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """Words to be spoken. `language` is a BCP 47 tag; `voice` an adapter's own name, or "" for its choice;
    `rate` is relative to the voice's natural rate; `pitch` is relative too. `before` and `after` are what is
    said around the words, not spoken, for the melody of adapters that listen to it; `seed` chooses among
    equally good readings."""

    text: str
    language: str = "en"
    voice: str = ""
    rate: float = 1.0
    pitch: float = 1.0
    before: str = ""
    after: str = ""
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Speech:
    """Spoken words: mono float32 samples in [-1, 1], and the time of each word of the request.

    `words` cover the request's whitespace-separated tokens in order (for scripts without spaces: segments
    that join to the text), with non-decreasing times inside the sound.
    """

    samples: NDArray[np.float32]
    sample_rate: int
    words: tuple[Word, ...]
    phonemes: tuple[Phoneme, ...] = ()

    @property
    def duration(self) -> float:
        return len(self.samples) / self.sample_rate


@runtime_checkable
class SpeechMaker(Protocol):
    """Speaks. Raises `ProviderError`."""

    name: str
    version: str

    def speak(self, request: SpeechRequest) -> Speech: ...


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """A picture to be made: `size` in pixels (width, height), `genre` as in the story's metadata,
    `palette` the brand's colours as #rrggbb. The same request gives the same picture."""

    prompt: str
    size: tuple[int, int]
    genre: str = ""
    palette: tuple[str, ...] = ()
    seed: int = 0


@dataclass(frozen=True, eq=False)
class ArtLayer:
    """One plane of a picture: uint8 (height, width, 3 or 4), sRGB, straight alpha.

    `depth` is 0 for the horizon and 1 for what is nearest; the camera moves near layers more.
    """

    pixels: NDArray[np.uint8]
    depth: float


@dataclass(frozen=True, eq=False)
class Artwork:
    """A picture as planes of one size, far to near; the first is opaque."""

    layers: tuple[ArtLayer, ...]


@runtime_checkable
class ImageMaker(Protocol):
    """Makes pictures. Raises `ProviderError`."""

    name: str
    version: str

    def paint(self, request: ImageRequest) -> Artwork: ...


@dataclass(frozen=True, slots=True)
class MusicRequest:
    """A bed of music: its length in seconds, the genre and mood it should carry."""

    duration: float
    genre: str = ""
    mood: str = ""
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Music:
    """Stereo float32 samples (count, 2) in [-1, 1]."""

    samples: NDArray[np.float32]
    sample_rate: int


@runtime_checkable
class MusicMaker(Protocol):
    """Makes music. Raises `ProviderError`."""

    name: str
    version: str

    def play(self, request: MusicRequest) -> Music: ...
