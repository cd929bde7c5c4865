"""A span of a recording as a small film of its own, of constant rate, for adapters that read and write films.

Enters: the times of the frames wanted. Leaves: which of them each frame of the clip shows, and which frame of
the clip to take back for each of them; and the files. For a recording of constant rate both are one to one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from retake.media.audio_encode import encode_audio
from retake.media.colour import rgb_to_picture
from retake.media.encode import SpanEncoder, VideoSettings
from retake.media.mux import write_film
from retake.media.patch import to_rgb
from retake.media.picture import Picture
from retake.media.take import TakeReader

Frame = TypeVar("Frame")

RATE = 48_000
_CRF = 12  # the clip is encoded twice more before anyone sees it


@dataclass(frozen=True, slots=True)
class Clip:
    """`shown[i]` is the moment that frame i of the clip shows, `taken[m]` the frame of the clip that moment m
    takes back; `start` is the time of the clip's first frame."""

    start: float
    rate: Fraction
    shown: tuple[int, ...]
    taken: tuple[int, ...]

    @classmethod
    def around(cls, times: Sequence[float], rate: Fraction) -> Clip:
        """The clip for frames at these times (seconds, increasing)."""
        taken = np.floor((np.asarray(times) - times[0]) * float(rate) + 0.5).astype(int)
        count = int(taken[-1]) + 1
        shown = np.searchsorted(taken, np.arange(count), side="right") - 1
        return cls(times[0], rate, tuple(shown.tolist()), tuple(taken.tolist()))


def frames_at(reader: TakeReader, numbers: Sequence[int]) -> Iterator[NDArray[np.uint8]]:
    """The upright RGB frames with these numbers, in this order."""
    look = reader.take.video.look
    return (to_rgb(picture, look) for picture in pictures_at(reader, numbers))


def pictures_at(reader: TakeReader, numbers: Sequence[int]) -> Iterator[Picture]:
    """The frames with these numbers as coded, in this order. What runs forward is decoded once."""
    breaks = [0, *(i + 1 for i, (a, b) in enumerate(pairwise(numbers)) if b < a), len(numbers)]
    for begin, end in pairwise(breaks):
        run = numbers[begin:end]
        if run:
            yield from picked(reader.pictures(run[0], run[-1] + 1), [number - run[0] for number in run])


def picked(frames: Iterable[Frame], numbers: Sequence[int]) -> Iterator[Frame]:
    """The frames with these numbers, which never fall and may repeat."""
    source = enumerate(frames)
    at, frame = next(source)
    for number in numbers:
        while at < number:
            at, frame = next(source)
        yield frame


def write_clip(
    path: Path,
    frames: Iterable[NDArray[np.uint8]],
    rate: Fraction,
    sound: NDArray[np.float32],
    sound_rate: int,
) -> None:
    """Writes RGB frames of one even size and mono sound as an MP4 in BT.709, whole or not at all.

    Raises `HostError`.
    """
    encoder, settings = None, None
    for frame in frames:
        if encoder is None:
            settings = VideoSettings((frame.shape[1], frame.shape[0]), rate, crf=_CRF)
            encoder = SpanEncoder(settings)
        for canvas, plane in zip(encoder.canvas.planes, rgb_to_picture(frame).planes, strict=True):
            canvas[:] = plane
        encoder.push()
    if encoder is None or settings is None:
        raise ValueError("a clip without frames")
    ratio = Fraction(RATE, sound_rate)
    even = np.asarray(resample_poly(sound, ratio.numerator, ratio.denominator), np.float32)
    part = path.with_name(path.name + ".part")
    try:
        audio = encode_audio([np.stack([even, even], 1)], rate=RATE)
        write_film(part, "mp4", settings, encoder.finish().packets, audio, {})
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
