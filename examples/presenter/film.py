"""A performance as a file, encoded as a phone or a screen recorder would, and the truth beside it.

Errors: those of PyAV, and `retake.errors` for a voice that does not exist.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import av
import numpy as np

from presenter.performance import FrameTruth, Performance, Truth, perform, reading_of
from presenter.sound import in_the_room

Kind = Literal["phone", "screen"]

_VIDEO: dict[str, dict[str, str]] = {
    "phone": {
        "preset": "veryfast",
        "crf": "19",
        "bf": "0",
        "g": "30",
        "x264-params": "scenecut=0:ref=1",
        "profile": "high",
    },
    "screen": {"preset": "fast", "crf": "18", "bf": "3", "g": "250", "profile": "high"},
}
_SOUND = {"phone": (44100, 1), "screen": (48000, 2)}


def make_recording(
    target: Path,
    performance: Performance | None = None,
    kind: Kind = "phone",
    *,
    full_range: bool = False,
    variable: bool = False,
    threads: int = 1,
) -> Truth:
    """Films it: H.264 and AAC in `target` (.mov or .mp4), `target` with the ending .truth.json beside it.

    "phone": a key frame each second, no B-frames, 44.1 kHz mono. "screen": key frames rarely, B-frames,
    48 kHz stereo. `full_range` tags and fills 0 to 255; `variable` leaves out frames, as recorders under
    load do.
    """
    performance = performance or Performance()
    reading = reading_of(performance)
    rate, channels = _SOUND[kind]
    part = target.with_name(f".{target.name}.part")
    options = {"movflags": "+faststart", "video_track_timescale": "600" if kind == "phone" else "90000"}
    frames: list[FrameTruth] = []
    dropped = np.random.default_rng(performance.seed).random(1 << 16) < (0.12 if variable else 0.0)
    with av.open(str(part), "w", format="mov" if target.suffix == ".mov" else "mp4", options=options) as film:
        video: Any = film.add_stream("libx264", rate=performance.rate, options=dict(_VIDEO[kind]))
        video.width, video.height = performance.size
        video.pix_fmt = "yuvj420p" if full_range else "yuv420p"
        context = video.codec_context
        context.time_base = Fraction(1, performance.rate)
        context.thread_count = threads
        context.color_primaries = context.color_trc = context.colorspace = 1
        context.color_range = 2 if full_range else 1
        audio: Any = film.add_stream("aac", rate=rate, layout="mono" if channels == 1 else "stereo")
        audio.bit_rate = 96000 * channels
        for number, (pixels, truth) in enumerate(perform(performance)):
            if number and dropped[number % len(dropped)]:
                continue
            frames.append(truth)
            frame = av.VideoFrame.from_ndarray(pixels, "rgb24").reformat(
                format=video.pix_fmt,
                dst_colorspace="ITU709",
                dst_color_range="JPEG" if full_range else "MPEG",
            )
            frame.pts, frame.time_base = number, Fraction(1, performance.rate)
            film.mux(video.encode(frame))
        film.mux(video.encode())
        _add_sound(film, audio, in_the_room(reading.speech, rate, channels, performance.seed))
    part.replace(target)
    truth = Truth(
        performance.size, performance.rate, reading.speech.duration, reading.lines, reading.speech.words,
        reading.speech.phonemes, tuple(frames),
    )  # fmt: skip
    target.with_suffix(".truth.json").write_text(json.dumps(asdict(truth), ensure_ascii=False), "utf-8")
    return truth


def _add_sound(film: Any, stream: Any, samples: np.ndarray) -> None:
    rate = stream.codec_context.sample_rate
    layout = stream.codec_context.layout.name
    for start in range(0, len(samples), 1024):
        block = np.ascontiguousarray(samples[start : start + 1024].T)
        frame = av.AudioFrame.from_ndarray(block, "fltp", layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
        film.mux(stream.encode(frame))
    film.mux(stream.encode())
