"""Made values as standard files, and back: speech and music as WAV, pictures as PNG, the rest as JSON.

Enters: a checked value of `generate.ports`. Leaves: its media files one by one, and `details`, a JSON object
with all that the files cannot hold. Sound is kept as int16: what is read back is what every run uses, the
first one too.
"""

from __future__ import annotations

import wave
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from retake.generate.ports import ArtLayer, Artwork, Music, Phoneme, Speech, Word
from retake.media.png import pixels_of, png_of

Value = TypeVar("Value")
Writer = Callable[[BinaryIO], object]

_FULL_SCALE = 32767.0
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Codec(Generic[Value]):
    """How values of one type are kept: `files` yields the writers of files ending in `suffix`."""

    suffix: str
    files: Callable[[Value], Iterator[Writer]]
    details: Callable[[Value], dict[str, Any]]
    read: Callable[[Sequence[Path], Mapping[str, Any]], Value]


def _speech_files(speech: Speech) -> Iterator[Writer]:
    yield lambda file: _write_wav(file, speech.samples, speech.sample_rate)


def _speech_details(speech: Speech) -> dict[str, Any]:
    return {
        "sample_rate": speech.sample_rate,
        "duration": speech.duration,
        "words": [asdict(word) for word in speech.words],
        "phonemes": [asdict(phoneme) for phoneme in speech.phonemes],
    }


def _read_speech(paths: Sequence[Path], details: Mapping[str, Any]) -> Speech:
    samples, sample_rate = _read_wav(paths[0])
    return Speech(
        samples=samples[:, 0],
        sample_rate=sample_rate,
        words=tuple(Word(**word) for word in details["words"]),
        phonemes=tuple(Phoneme(**phoneme) for phoneme in details["phonemes"]),
    )


def _artwork_files(artwork: Artwork) -> Iterator[Writer]:
    for layer in artwork.layers:
        yield lambda file, pixels=layer.pixels: file.write(png_of(pixels))


def _artwork_details(artwork: Artwork) -> dict[str, Any]:
    height, width = artwork.layers[0].pixels.shape[:2]
    return {"size": [width, height], "depths": [layer.depth for layer in artwork.layers]}


def _read_artwork(paths: Sequence[Path], details: Mapping[str, Any]) -> Artwork:
    return Artwork(
        tuple(ArtLayer(_read_png(path), depth) for path, depth in zip(paths, details["depths"], strict=True))
    )


def _music_files(music: Music) -> Iterator[Writer]:
    yield lambda file: _write_wav(file, music.samples, music.sample_rate)


def _music_details(music: Music) -> dict[str, Any]:
    return {"sample_rate": music.sample_rate, "duration": len(music.samples) / music.sample_rate}


def _read_music(paths: Sequence[Path], details: Mapping[str, Any]) -> Music:
    return Music(*_read_wav(paths[0]))


def _write_wav(file: BinaryIO, samples: NDArray[np.float32], sample_rate: int) -> None:
    with wave.open(file, "wb") as out:
        out.setnchannels(samples.shape[1] if samples.ndim == 2 else 1)
        out.setsampwidth(2)
        out.setframerate(sample_rate)
        for start in range(0, len(samples), _BLOCK):
            block = np.round(samples[start : start + _BLOCK] * _FULL_SCALE)
            out.writeframesraw(block.astype("<i2").tobytes())


def _read_wav(path: Path) -> tuple[NDArray[np.float32], int]:
    with wave.open(str(path), "rb") as file:
        data = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, file.getnchannels())
        return data.astype(np.float32) / np.float32(_FULL_SCALE), file.getframerate()


def _read_png(path: Path) -> NDArray[np.uint8]:
    pixels = pixels_of(path.read_bytes())
    assert pixels is not None, "the store verifies what it hands out"
    return pixels


SPEECH = Codec(".wav", _speech_files, _speech_details, _read_speech)
ARTWORK = Codec(".png", _artwork_files, _artwork_details, _read_artwork)
MUSIC = Codec(".wav", _music_files, _music_details, _read_music)
