"""Recordings of every kind that Retake meets, tiny, as screen recorders, phones and studios encode them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import PictureType
from numpy.typing import NDArray

SIZE = (160, 96)


@dataclass(frozen=True)
class Kind:
    """How one kind of recording is encoded. `base` is the time base of its clock, `rate` its nominal rate."""

    name: str
    x264: str = ""
    options: Mapping[str, str] = field(default_factory=dict[str, str])
    codec: str = "libx264"
    pixels: str = "yuv420p"
    rate: Fraction = Fraction(30)
    base: Fraction | None = None
    varies: bool = False
    turn: int = 0
    spliceable: bool = True


H264: tuple[Kind, ...] = (
    Kind("closed.mp4", "keyint=20:bframes=3"),
    Kind("open.mp4", "keyint=20:bframes=3:open-gop=1"),
    Kind("pyramid.mp4", "keyint=30:bframes=8:b-pyramid=normal:b-adapt=0:ref=4"),
    Kind("baseline.mp4", "keyint=25", {"profile": "baseline", "b": "300k"}),
    Kind("cavlc.mp4", "keyint=24:bframes=2:cabac=0:weightp=2:8x8dct=0", {"profile": "main"}),
    Kind(
        "studio.mp4",
        "keyint=30:nal-hrd=cbr:force-cfr=1:bframes=2",
        {"b": "400k", "maxrate": "400k", "bufsize": "400k"},
    ),
    Kind("long.mp4", "keyint=250:bframes=2"),
    Kind("ntsc.mp4", "keyint=16:bframes=3", rate=Fraction(30_000, 1001)),
    Kind("varying.mp4", "keyint=30:bframes=0", {"profile": "main"}, base=Fraction(1, 90_000), varies=True),
    Kind("varying_b.mp4", "keyint=20:bframes=3", base=Fraction(1, 90_000), varies=True),
    Kind("phone.mov", "keyint=15:bframes=0:ref=1", pixels="yuvj420p", base=Fraction(1, 600), turn=1),
)
"""The eleven kinds of H.264."""

OTHERS: tuple[Kind, ...] = (
    Kind(
        "hevc.mp4",
        codec="libx265",
        options={"x265-params": "log-level=error:keyint=20:pools=none:frame-threads=1"},
        spliceable=False,
    ),
    Kind("vp9.webm", codec="libvpx-vp9", options={"deadline": "realtime", "cpu-used": "8", "g": "20"}),
)


def record(
    folder: Path, kind: Kind, *, frames: int = 72, size: tuple[int, int] = SIZE, sound: bool = True
) -> Path:
    """Makes a recording of a kind, with a tone as its sound, and gives its path."""
    path = folder / kind.name
    base = kind.base or 1 / kind.rate
    webm = path.suffix == ".webm"
    muxing = {"movflags": "+faststart"} | (
        {"video_track_timescale": str(base.denominator)} if kind.base else {}
    )
    with av.open(str(path), "w", options={} if webm else muxing) as output:
        video = output.add_stream(kind.codec, rate=kind.rate, options=_options(kind))
        video.width, video.height = size
        video.pix_fmt, video.time_base = kind.pixels, base
        context = video.codec_context
        context.time_base, context.thread_count = base, 1
        context.color_range = 2 if kind.pixels == "yuvj420p" else 1
        context.color_primaries = context.color_trc = context.colorspace = 1
        if kind.turn:
            video.set_display_rotation(-90 * kind.turn)
        audio = None
        if sound:
            audio = output.add_stream("libopus" if webm else "aac", rate=48_000, layout="stereo")
        seconds = Fraction(0)
        for n, tick in enumerate(ticks(kind, frames)):
            frame = av.VideoFrame.from_ndarray(picture(n, size), "yuv420p")
            if kind.pixels != "yuv420p":
                frame = frame.reformat(format=kind.pixels)
            frame.pts, frame.time_base, frame.pict_type = tick, base, PictureType.NONE
            output.mux(video.encode(frame))
            seconds = (tick + 1) * base
        output.mux(video.encode(None))
        if audio:
            tone = av.AudioFrame.from_ndarray(_tone(seconds + Fraction(1, 20)), "fltp", "stereo")
            tone.sample_rate, tone.pts, tone.time_base = 48_000, 0, Fraction(1, 48_000)
            output.mux(audio.encode(tone))
            output.mux(audio.encode(None))
    return path


def ticks(kind: Kind, frames: int) -> Sequence[int]:
    """When each frame is shown, in ticks of the kind's clock."""
    step = 1 / kind.rate / (kind.base or 1 / kind.rate)
    if not kind.varies:
        return [round(n * step) for n in range(frames)]
    kept = [n for n in range(3 * frames) if (n * n * 7 + n * 3) % 11 >= 4][:frames]
    return [round(n * step) + (n * 37 % 7) * 90 for n in kept]


def picture(n: int, size: tuple[int, int] = SIZE) -> NDArray[np.uint8]:
    """Frame n of every recording: texture that drifts, a ball that crosses it, sensor noise. Planes of
    yuv420p one below the other."""
    width, height = size
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    shift = np.float32(1.7 * n)
    luma = 120 + 50 * np.sin((columns + shift) / 7) * np.cos((rows - shift / 2) / 9)
    x, y = (7 * n) % width, height / 2 + height / 4 * np.sin(n / 5)
    luma[(columns - x) ** 2 + (rows - y) ** 2 < (height / 8) ** 2] = 220
    luma += np.random.default_rng(n).normal(0, 2, luma.shape)
    out = np.empty((height * 3 // 2, width), np.uint8)
    out[:height] = np.clip(luma, 16, 235)
    half = np.clip(128 + 20 * np.sin((columns[::2, ::2] - shift) / 15), 16, 240).astype(np.uint8)
    out[height:] = np.concatenate([half.ravel(), (255 - half).ravel()]).reshape(height // 2, width)
    return out


def _options(kind: Kind) -> dict[str, str]:
    if kind.codec != "libx264":
        return {"preset": "ultrafast"} | dict(kind.options) if kind.codec == "libx265" else dict(kind.options)
    quality = {} if "b" in kind.options else {"crf": "24"}
    params = f"threads=1:lookahead-threads=1:scenecut=0:{kind.x264}"
    return {"preset": "veryfast", "x264-params": params} | quality | dict(kind.options)


def _tone(seconds: Fraction) -> NDArray[np.float32]:
    t = np.arange(int(seconds * 48_000), dtype=np.float32) / 48_000
    left = 0.3 * np.sin(2 * np.pi * (300 + 40 * t) * t)
    return np.ascontiguousarray(np.stack([left, 0.5 * left]), np.float32)
