"""A performance: what is said and shown, and how it is filmed; frames and the truth about each of them.

for frame, truth in perform(Performance()):
    ...
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from presenter.motion import Pose, act
from presenter.picture import Camera, Taken, cat_place
from presenter.slides import LOGO_BOX, NAME_BOX
from presenter.sound import Line, Reading, read_lines
from presenter.stage import panel_matrix
from retake.generate.ports import Phoneme, Word

Quad = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
"""Upper left, upper right, lower right, lower left, in pixels; whole numbers are the middles of pixels."""

LINES = (
    "Hello Maria, it is good to see you.",
    "Over the next few weeks, we will move your whole team to a better way of making films.",
    "You record just once, and every viewer hears their own name.",
    "I have prepared everything at Northwind, so please begin when you feel ready.",
    "Thank you very much, and welcome aboard.",
)

CAT = (2.3, 6.5)
"""When the cat walks past, in seconds."""
FADE = (7.6, 8.0)
"""When the second slide's steps come, in seconds. The welcome goes at once: no name fades in front of it."""


@dataclass(frozen=True)
class Performance:
    """All that decides a recording; the same value gives the same frames."""

    lines: tuple[str, ...] = LINES
    pause: float = 0.35
    """Seconds between lines."""
    voice: str = "clara"
    voice_rate: float = 1.0
    voice_pitch: float = 1.0
    seconds: float = 0.0
    """How long the take lasts; 0 for as long as the lines take. Lines are said again to fill it."""
    rate: int = 30
    size: tuple[int, int] = (1280, 720)
    name: str = "Maria Lopez"
    logo: str = "Northwind"
    noise: float = 1.4
    """Deviation of the sensor's noise, in display values."""
    sway: float = 1.0
    """How much the camera's hand moves; 0 for a stand."""
    liveliness: float = 1.0
    """How much the head moves."""
    cat: bool = True
    """Whether a cat walks through the picture, past the name."""
    slides: bool = True
    """Whether the welcome gives way to a second slide; else it stays."""
    seed: int = 7


@dataclass(frozen=True)
class FrameTruth:
    """What one frame shows."""

    time: float
    open: float
    width: float
    press: float
    yaw: float
    pitch: float
    roll: float
    """Degrees."""
    mouth: tuple[float, float]
    """The middle of the closed lips' seam, in pixels."""
    gap: float
    """Between the lips, in pixels."""
    name: Quad
    logo: Quad
    slide: float
    """-1 while the screen shows the name and the logo; then how far the second slide has come, 0 to 1."""
    name_hidden: bool
    """Whether something stands before the name's card."""
    logo_hidden: bool
    camera: tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]
    """From pixels at rest to this frame's, for the plane of the screen."""


@dataclass(frozen=True)
class Truth:
    """All that is known of a recording."""

    size: tuple[int, int]
    rate: int
    duration: float
    lines: tuple[Line, ...]
    words: tuple[Word, ...]
    phonemes: tuple[Phoneme, ...]
    frames: tuple[FrameTruth, ...] = field(default=())


@lru_cache(maxsize=4)
def reading_of(performance: Performance) -> Reading:
    """The words of a performance, spoken once."""
    p = performance
    return read_lines(
        p.lines, voice=p.voice, rate=p.voice_rate, pitch=p.voice_pitch, pause=p.pause, seconds=p.seconds
    )


def poses_of(performance: Performance) -> tuple[Pose, ...]:
    """One pose for each frame."""
    speech = reading_of(performance).speech
    frames = int(speech.duration * performance.rate)
    return act(
        speech.phonemes, speech.words, frames, performance.rate, seed=performance.seed, sway=performance.sway,
        liveliness=performance.liveliness, cat=CAT if performance.cat else None,
        fade=FADE if performance.slides else None,
    )  # fmt: skip


def perform(
    performance: Performance, start: int = 0, stop: int | None = None
) -> Iterator[tuple[NDArray[np.uint8], FrameTruth]]:
    """Frames [start, stop): RGB (h, w, 3), each with its truth."""
    camera = _camera(
        performance.size, performance.name, performance.logo, performance.noise, performance.seed
    )
    for number, pose in enumerate(poses_of(performance)[start:stop], start):
        taken = camera.take(pose, number)
        yield taken.pixels, _truth(performance, pose, taken, number)


@lru_cache(maxsize=2)
def _camera(size: tuple[int, int], name: str, logo: str, noise: float, seed: int) -> Camera:
    return Camera(size, name, logo, noise, seed)


def _truth(performance: Performance, pose: Pose, taken: Taken, number: int) -> FrameTruth:
    height = performance.size[1]
    quads: list[Quad] = []
    hidden: list[bool] = []
    for left, top, right, bottom in (NAME_BOX, LOGO_BOX):
        corners = np.array([[(left, top), (right, top), (right, bottom), (left, bottom)]], np.float64)
        at = cv2.perspectiveTransform(corners, taken.sway @ panel_matrix(height))[0]
        quads.append(tuple((round(float(x), 3), round(float(y), 3)) for x, y in at))  # type: ignore[arg-type]
        hidden.append(pose.cat >= 0 and _covers_cat(pose.cat, at / height))
    matrix = tuple(tuple(round(float(v), 7) for v in row) for row in taken.sway)
    mouth = pose.mouth
    return FrameTruth(
        number / performance.rate, round(mouth.open, 4), round(mouth.width, 4), round(mouth.press, 4),
        round(pose.yaw, 4), round(pose.pitch, 4), round(pose.roll, 4),
        (round(taken.mouth[0], 3), round(taken.mouth[1], 3)), round(taken.gap, 3), quads[0], quads[1],
        round(pose.slide, 4), hidden[0], hidden[1], matrix,  # type: ignore[arg-type]
    )  # fmt: skip


def _covers_cat(progress: float, quad: NDArray[np.float64]) -> bool:
    """Whether the tail may reach into a quad (both in heights of the frame): its box, a little wide."""
    x, rise = cat_place(progress)
    tip = 0.965 - 0.68 * rise + 0.16 * (1 - rise)
    beside = quad[:, 0].max() < x - 0.10 or quad[:, 0].min() > x + 0.17
    return bool(not beside and tip < quad[:, 1].max() + 0.02)
