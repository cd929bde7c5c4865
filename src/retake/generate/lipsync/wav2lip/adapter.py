"""The adapter: the mouth of each frame drawn anew by Wav2Lip, laid on as a feathered patch.

Enters: a `LipSyncRequest`. Leaves: patches. The face is cut out, its lower half hidden and drawn from what is
heard; only that half is pasted, soft at its edge and matched in colour, never the whole box. PyTorch
(`pip install 'retake[wav2lip]'`) and a file of weights are needed only once frames are made.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.generate.lipsync.base import LipSyncRequest, Moment, PatchLipSync
from retake.generate.lipsync.clip import frames_at
from retake.generate.lipsync.faces import FaceBox
from retake.generate.lipsync.paste import ellipse_mask, patch_of
from retake.generate.lipsync.wav2lip.mel import windows
from retake.generate.lipsync.wav2lip.network import Network
from retake.generate.lipsync.wav2lip.weights import LICENCE
from retake.media.patch import Patch
from retake.settings import Settings

_ADAPTER = "1"
_FACE = 96  # the network's side in pixels
_HIDDEN = _FACE // 2  # rows from here on are drawn
_SMOOTHED = 5  # frames over which a box is averaged
_PASTED = 0.42  # of the height of the cut-out: what lies below may be pasted
_FEATHER = 0.14  # of its width

Pads = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Cut:
    """A rectangle of an upright frame in whole pixels, half-open."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def size(self) -> tuple[int, int]:
        return self.right - self.left, self.bottom - self.top

    def of(self, frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return frame[self.top : self.bottom, self.left : self.right]


class Wav2LipSync(PatchLipSync):
    """Wav2Lip with weights of the user's own. Threads may share it.

    `weights` is a checkpoint, by default that of the settings; `device` is "cpu", "cuda", "cuda:1" or "auto"
    (a GPU where there is one); `batch` frames are drawn at once; `pads` are pixels added to the face at its
    top, bottom, left and right.
    """

    name = "wav2lip"
    licence = LICENCE

    def __init__(
        self,
        weights: Path | None = None,
        *,
        device: str = "auto",
        batch: int = 16,
        pads: Pads = (0, 10, 0, 0),
    ) -> None:
        weights = weights or Settings.from_environment(os.environ).wav2lip_weights
        self._weights = weights and weights.expanduser()
        self._device = device
        self._batch = batch
        self._pads = pads
        self._network: Network | None = None
        self._lock = threading.Lock()
        self.version = f"{_ADAPTER}+{_mark(self._weights)}" + "".join(f"-{pad}" for pad in pads)

    def patches(self, request: LipSyncRequest) -> Iterator[Patch]:
        """The mended mouth of each frame of the span and its buffers, in order.

        Raises `InputError` where PyTorch, the weights or a face are missing, `HostError` where the device's
        memory does not suffice.
        """
        network = self._loaded()
        with request.open() as reader:
            moments = request.moments(reader.take)
            cuts = cuts_around(request.faces(reader, moments), self._pads, reader.take.size)
            heard = windows(request.speech, request.rate, np.array([moment.seconds for moment in moments]))
            frames = frames_at(reader, [moment.source for moment in moments])
            for first in range(0, len(moments), self._batch):
                group = slice(first, first + self._batch)
                shown = list(islice(frames, len(moments[group])))
                faces = prepared(cut.of(frame) for cut, frame in zip(cuts[group], shown, strict=True))
                drawn = upright(network.draw(heard[group], faces))
                for moment, cut, frame, face in zip(moments[group], cuts[group], shown, drawn, strict=True):
                    if (patch := pasted(moment, cut, frame, face)) is not None:
                        yield patch

    def _loaded(self) -> Network:
        with self._lock:
            if self._network is None:
                self._network = Network(self._weights, self._device)
            return self._network


def cuts_around(boxes: Sequence[FaceBox], pads: Pads, size: tuple[int, int]) -> tuple[Cut, ...]:
    """What is cut out for each box: the face from the forehead to the chin as Wav2Lip's own detector frames
    it, averaged over five frames, with its pads, inside a frame of `size` (width, height)."""
    edges = np.array(
        [
            (
                box.x + 0.08 * box.width,
                box.y - 0.05 * box.height,
                box.x + 0.92 * box.width,
                box.y + 1.12 * box.height,
            )
            for box in boxes
        ]
    )
    half = _SMOOTHED // 2
    held = np.pad(edges, ((half, half), (0, 0)), mode="edge")
    even = np.stack([held[i : i + len(edges)] for i in range(_SMOOTHED)]).mean(0)
    top, bottom, left, right = pads
    even += (-left, -top, right, bottom)
    limits = np.array([*size, *size])
    return tuple(Cut(*row) for row in np.clip(np.rint(even), 0, limits).astype(int).tolist())


def prepared(faces: Iterable[NDArray[np.uint8]]) -> NDArray[np.float32]:
    """RGB faces of any size as the network sees them: float32 (count, 6, 96, 96) in [0, 1], blue first; three
    planes with the lower half black, then three with all of it."""
    small = [_resized(face, (_FACE, _FACE), cv2.INTER_LINEAR) for face in faces]
    seen = np.stack(small)[..., ::-1].transpose(0, 3, 1, 2).astype(np.float32) / np.float32(255)
    hidden = seen.copy()
    hidden[:, :, _HIDDEN:] = 0
    return np.concatenate([hidden, seen], axis=1)


def upright(drawn: NDArray[np.float32]) -> NDArray[np.uint8]:
    """What the network drew as RGB pictures: uint8 (count, 96, 96, 3)."""
    return np.rint(drawn[:, ::-1].transpose(0, 2, 3, 1) * 255).astype(np.uint8)


def pasted(moment: Moment, cut: Cut, frame: NDArray[np.uint8], face: NDArray[np.uint8]) -> Patch | None:
    """The lower half of a drawn face as a patch on its frame; None where the face is out of the picture."""
    width, height = cut.size
    first = round(_PASTED * height)
    if min(width, height - first) < 2:
        return None
    mask = np.zeros((height, width), np.float32)
    mask[first:] = ellipse_mask(height - first, width, _FEATHER * width)
    drawn = _resized(face, cut.size, cv2.INTER_CUBIC).astype(np.float32)
    return patch_of(moment.frame, (cut.left, cut.top), cut.of(frame), drawn, mask, moment.weight)


def _resized(picture: NDArray[np.uint8], size: tuple[int, int], method: int) -> NDArray[np.uint8]:
    if not picture.size:
        return np.zeros((size[1], size[0], 3), np.uint8)
    return np.asarray(cv2.resize(np.ascontiguousarray(picture), size, interpolation=method), np.uint8)


def _mark(weights: Path | None) -> str:
    """Which weights these are: the beginning of their SHA-256."""
    if weights is None or not weights.is_file():
        return "none"
    with weights.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]
