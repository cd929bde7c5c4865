"""Small synthetic films and sounds for tests, made with PyAV when a test asks for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

RATE = 48_000
SIZE = (128, 96)

Rgb = NDArray[np.uint8]


@dataclass(frozen=True)
class Tags:
    """Codes of ISO/IEC 23091-2, and FFmpeg's of the range (1 limited, 2 full); 2 and 0 are unspecified."""

    primaries: int = 1
    transfer: int = 1
    matrix: int = 1
    range: int = 1


BT709 = Tags()
UNTAGGED = Tags(2, 2, 2, 0)


def moving(count: int, size: tuple[int, int] = SIZE) -> list[Rgb]:
    """A bright diagonal pattern that moves with every frame."""
    width, height = size
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    return [
        np.dstack(
            [(x * 2 + n * 9) % 200 + 40, (y * 2 + n * 5) % 200 + 40, (x + y + n * 7) % 200 + 40]
        ).astype(np.uint8)
        for n in range(count)
    ]


def flat(count: int, color: tuple[int, int, int], size: tuple[int, int] = SIZE) -> list[Rgb]:
    return [np.full((size[1], size[0], 3), color, np.uint8)] * count


def tone(seconds: float, level: float = 0.2, frequency: float = 440.0) -> NDArray[np.float32]:
    """A stereo sine, float32 (count, 2)."""
    time = np.arange(round(seconds * RATE)) / RATE
    wave = (level * np.sin(2 * np.pi * frequency * time)).astype(np.float32)
    return np.stack([wave, wave], axis=1)


def write_film(
    path: Path,
    frames: Sequence[Rgb],
    *,
    sound: NDArray[np.float32] | None = None,
    rate: Fraction | int = 25,
    times: Iterable[int] | None = None,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    tags: Tags = BT709,
    rotation: int = 0,
    aspect: Fraction | None = None,
    faststart: bool = True,
    options: dict[str, str] | None = None,
    keys: int = 12,
) -> Path:
    """Encode RGB frames (and 48 kHz stereo sound) to `path`; `times` in units of 1/rate, one for each frame.

    `rotation` is in degrees clockwise, `aspect` of a pixel.
    """
    base = 1 / Fraction(rate)
    untagged = 5 if len(frames[0]) <= 576 else 1  # BT.601 or BT.709, as everyone takes it
    muxing = {"movflags": "+faststart"} if faststart and path.suffix == ".mp4" else {}
    with av.open(str(path), "w", options=muxing) as output:
        video = output.add_stream(
            codec, rate=rate, options={"crf": "8", "preset": "ultrafast"} | (options or {})
        )
        video.height, video.width = frames[0].shape[:2]
        video.pix_fmt, video.time_base, video.gop_size = pixels, base, keys
        context = video.codec_context
        context.time_base = base
        context.color_primaries, context.color_trc = tags.primaries, tags.transfer
        context.colorspace, context.color_range = tags.matrix, tags.range
        if aspect:
            context.sample_aspect_ratio = aspect
        if rotation:
            video.set_display_rotation(-rotation)
        audio = output.add_stream("aac", rate=RATE, layout="stereo") if sound is not None else None
        for rgb, time in zip(frames, times or range(len(frames)), strict=True):
            frame = av.VideoFrame.from_ndarray(rgb, "rgb24").reformat(
                format=pixels,
                dst_colorspace={5: 5, 6: 5, 9: 9, 2: untagged}.get(tags.matrix, 1),
                dst_color_range=tags.range or 1,
                interpolation="BICUBIC",
            )
            frame.pts, frame.time_base = time, base
            output.mux(video.encode(frame))
        output.mux(video.encode(None))
        if audio is not None and sound is not None:
            for start in range(0, len(sound), 1024):
                block = np.ascontiguousarray(sound[start : start + 1024].T)
                frame = av.AudioFrame.from_ndarray(block, "fltp", "stereo")
                frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
                output.mux(audio.encode(frame))
            output.mux(audio.encode(None))
    return path
