"""A talking head to try lip sync on: a photograph (skimage's astronaut, public domain) whose jaw is moved by
known visemes, nodding a little, with the noise of a sensor."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import skimage.data
from numpy.typing import NDArray

from retake.generate.espeak import Espeak
from retake.generate.lipsync.canon import Canon
from retake.generate.lipsync.clip import write_clip
from retake.generate.lipsync.faces import FaceBox, find_faces
from retake.generate.lipsync.jaw import Jaw
from retake.generate.lipsync.lips import find_mouth
from retake.generate.lipsync.visemes import track
from retake.generate.ports import Speech, SpeechRequest

SIZE = (240, 220)
RATE = 25
OLD = (
    "Hello Maria, my number one. Five blue maps were bought by the mayor, "
    "and you saved above a thousand pounds."
)
NEW = "Please bring a map for Bob."


@dataclass(frozen=True)
class TalkingHead:
    video: Path
    speech: Speech
    openings: NDArray[np.float64]
    """How far the mouth is open in each frame, 0 to 1."""


def photograph() -> NDArray[np.uint8]:
    """A real face, looking at the camera: uint8 (220, 240, 3), the face about 97 pixels wide."""
    return np.ascontiguousarray(skimage.data.astronaut()[: SIZE[1], 105 : 105 + SIZE[0]])


def nods(count: int) -> NDArray[np.float64]:
    """The head's motion: (count, 2, 3), from the photograph to each frame."""
    found = []
    for i in range(count):
        matrix = cv2.getRotationMatrix2D((120, 200), 1.2 * np.sin(i / 9), 1 + 0.01 * np.sin(i / 13))
        matrix[:, 2] += 2.5 * np.sin(i / 7), 2 * np.cos(i / 11)
        found.append(matrix)
    return np.array(found)


def frame(picture: NDArray[np.uint8], place: NDArray[np.float64], seed: int) -> NDArray[np.uint8]:
    """The photograph moved, with noise."""
    moved = cv2.warpAffine(picture, place, SIZE, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    noise = np.random.default_rng(seed).standard_normal(moved.shape, np.float32)
    return np.clip(moved + 1.2 * noise, 0, 255).astype(np.uint8)


def speak(text: str) -> Speech:
    return Espeak().speak(SpeechRequest(text, "en", rate=0.9))


def make_talking_head(path: Path, text: str = OLD) -> TalkingHead:
    """Films it saying the text."""
    speech, picture = speak(text), photograph()
    count = int(speech.duration * RATE)
    shown = track(speech.phonemes, speech.duration, (np.arange(count) + 0.5) / RATE)
    (box,) = find_faces([picture])
    canon = Canon.of(box)
    area = np.s_[canon.y : canon.y + canon.height, canon.x : canon.x + canon.width]
    piece = np.ascontiguousarray(picture[area])
    jaw, mask = Jaw(piece, find_mouth(piece, canon.box)), canon.mask()[..., None]
    random = np.random.default_rng(5)
    frames = []
    for i, place in enumerate(nods(count)):
        mouth = jaw.render(shown.open[i], shown.width[i], shown.press[i], random)
        talking = picture.copy()
        talking[area] = np.clip(np.rint(piece + (mouth - piece) * mask), 0, 255)
        frames.append(frame(talking, place, i))
    write_clip(path, frames, Fraction(RATE), speech.samples, speech.sample_rate)
    return TalkingHead(path, speech, shown.open)


def face() -> FaceBox:
    return find_faces([photograph()])[0]
