"""Where the face is: one box for every frame, found without a network or a download.

Enters: upright frames in order, RGB or grey. Leaves: the speaker's `FaceBox` in each. A detector looks at
every few frames, optical flow carries its box between them, and what the two disagree about is smoothed, so
that the box neither jitters nor lags. The speaker is the largest face, kept by continuity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import skimage.data
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from retake.errors import InputError

Rgb = NDArray[np.uint8]
Gray = NDArray[np.uint8]

EVERY = 8  # frames between two looks of the detector
_SMALLEST = 1 / 14  # of the frame's height: less shows no lips
_WORKING = 480  # pixels of height at which faces are looked for
_SMOOTHING = 6.0  # frames
_AS_LARGE = 0.8  # a second face of this share of the first one's size could be the speaker too
_SYMMETRY = 0.42  # of edges; frontal faces reach 0.6, one turned by 40 degrees no more than this


@dataclass(frozen=True, slots=True)
class FaceBox:
    """A face in pixels of the upright frame: a square from the brows to just above the chin's end, the mouth
    at about four fifths of its height, as frontal-face cascades draw it."""

    x: float
    y: float
    width: float
    height: float

    @classmethod
    def of_fractions(cls, x: float, y: float, width: float, height: float, size: tuple[int, int]) -> FaceBox:
        """A box given in fractions of a frame of `size` (width, height)."""
        return cls(x * size[0], y * size[1], width * size[0], height * size[1])

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    def overlap(self, other: FaceBox) -> float:
        """Intersection over union."""
        across = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        down = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        both = max(across, 0.0) * max(down, 0.0)
        return both / (self.width * self.height + other.width * other.height - both)


Detector = Callable[[Rgb | Gray], list[FaceBox]]


def find_faces(
    frames: Iterable[Rgb | Gray], *, place: str = "", detector: Detector | None = None, every: int = EVERY
) -> tuple[FaceBox, ...]:
    """The speaker's face in each frame.

    Raises `InputError` where no face is found, where two are equally large, and where the face is turned too
    far or hidden for most of the time. `place` names the recording in messages.
    """
    detector = detector or cascade_detector()
    carried: list[NDArray[np.float64]] = []  # centre x, y and the logarithm of the size, by optical flow
    seen: dict[int, FaceBox] = {}
    looks = doubtful = turned = 0
    before: Gray | None = None
    for number, frame in enumerate(frames):
        gray = gray_of(frame)
        if before is not None and seen:
            box = _box(carried[-1])
            carried.append(carried[-1] + _flow(before, gray, box))
        elif before is not None:
            carried.append(carried[-1])
        else:
            carried.append(np.zeros(3))
        before = gray
        if number % every:
            continue
        looks += 1
        found = sorted(detector(frame), key=lambda face: -face.width)
        chosen = _chosen(found, _box(carried[-1]) if seen else None)
        if chosen is None:
            continue
        doubtful += any(face.width > _AS_LARGE * chosen.width for face in found if face is not chosen)
        turned += symmetry(gray, chosen) < _SYMMETRY
        if not seen:
            carried = [_state(chosen)] * len(carried)
        seen[number] = chosen
    if not seen:
        raise _refusal(
            "no face was found", place, "a face looking at the camera, at least a tenth of the height"
        )
    if 2 * doubtful > len(seen):
        raise _refusal("two faces are about equally large", place, "which face speaks")
    if 2 * turned > len(seen):
        raise _refusal(
            "the face is turned too far from the camera", place, "a part where it looks at the camera"
        )
    if 2 * len(seen) < looks:
        raise _refusal(
            "the face is hidden or turned away for most of the time", place, "a part where it is seen"
        )
    return _smoothed(np.array(carried), seen)


def gray_of(frame: Rgb | Gray) -> Gray:
    """Luma of an RGB frame; a grey one as it is."""
    return frame if frame.ndim == 2 else np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.uint8)


def cascade_detector() -> Detector:
    """scikit-image's LBP frontal-face cascade (Liao et al., 2007): 25 ms for a frame, frontal faces only."""
    return _by_cascade


def _by_cascade(frame: Rgb | Gray) -> list[FaceBox]:
    scale = max(frame.shape[0] / _WORKING, 1.0)
    small = cv2.resize(gray_of(frame), None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_AREA)
    least = max(round(small.shape[0] * _SMALLEST), 24)
    found = _cascade().detectMultiScale(small, 1.06, 5, minSize=(least, least))
    return [FaceBox(*(float(value) * scale for value in box)) for box in found]


@cache
def _cascade() -> cv2.CascadeClassifier:
    # The file that scikit-image ships has a misspelt element, which OpenCV refuses.
    text = Path(skimage.data.lbp_frontal_face_cascade_filename()).read_text()
    text = text.replace("featuhreParams", "featureParams")
    storage = cv2.FileStorage(text, cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY)
    cascade = cv2.CascadeClassifier()
    cascade.read(storage.getFirstTopLevelNode())
    return cascade


def yunet_detector(model: Path) -> Detector:
    """A detector of the YuNet family (Wu et al., 2023) from an ONNX file; it finds turned faces too.

    Raises `InputError` where the file cannot be used.
    """
    try:
        network = cv2.FaceDetectorYN.create(str(model), "", (320, 320), 0.7)
    except cv2.error as error:
        raise InputError(
            f"no face detector can be read from it: {error.err}",
            place=str(model),
            remedy="give a YuNet model in ONNX format (face_detection_yunet_2023mar.onnx)",
        ) from error

    def detect(frame: Rgb | Gray) -> list[FaceBox]:
        scale = max(frame.shape[0] / _WORKING, 1.0)
        small = cv2.resize(frame, None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_AREA)
        order = cv2.COLOR_GRAY2BGR if frame.ndim == 2 else cv2.COLOR_RGB2BGR
        network.setInputSize((small.shape[1], small.shape[0]))
        rows = cast(NDArray[np.float32] | None, network.detect(cv2.cvtColor(small, order))[1])
        found = np.zeros((0, 15)) if rows is None else np.asarray(rows, np.float64) * scale
        return [box_of_landmarks(row[4:14].reshape(5, 2)) for row in found]

    return detect


def box_of_landmarks(points: NDArray[np.float64]) -> FaceBox:
    """The box of a face by both eyes, the tip of the nose and the corners of the mouth (5, 2)."""
    eyes, mouth = points[:2].mean(0), points[3:].mean(0)
    side = float(np.hypot(*(mouth - eyes))) / (_MOUTH - _EYES)
    return FaceBox(float((eyes + mouth)[0] / 2 - side / 2), float(eyes[1] - _EYES * side), side, side)


_EYES, _MOUTH = 0.36, 0.80  # where eyes and mouth lie in the height of a cascade's box


def symmetry(gray: Gray, box: FaceBox) -> float:
    """How alike the two halves of a face are, as a correlation of the strength of edges about the best
    upright axis near its middle: light from one side does not matter."""
    side = 64
    matrix = np.array([[side / box.width, 0, 0], [0, side / box.height, 0]])
    matrix[:, 2] = -matrix[:, :2] @ (box.x, box.y)
    face = np.asarray(cv2.warpAffine(gray, matrix, (side, side), flags=cv2.INTER_AREA), np.float32)
    edges = np.hypot(cv2.Sobel(face, cv2.CV_32F, 1, 0), cv2.Sobel(face, cv2.CV_32F, 0, 1))
    edges = cv2.GaussianBlur(np.sqrt(edges), (0, 0), 1.5)[8:62]
    best = -1.0
    for axis in range(side // 2 - 7, side // 2 + 8):
        half = min(axis, side - axis) - 4
        left, right = edges[:, axis - half : axis], edges[:, axis : axis + half][:, ::-1]
        best = max(best, float(np.corrcoef(left.ravel(), right.ravel())[0, 1]))
    return best


def _chosen(found: list[FaceBox], last: FaceBox | None) -> FaceBox | None:
    """The face that continues the last one; without one, the largest."""
    if last is None:
        return found[0] if found else None
    nearest = max(found, key=last.overlap, default=None)
    return nearest if nearest is not None and nearest.overlap(last) > 0.3 else None


def _state(box: FaceBox) -> NDArray[np.float64]:
    return np.array([*box.centre, np.log(box.width)])


def _box(state: NDArray[np.float64]) -> FaceBox:
    side = float(np.exp(state[2]))
    return FaceBox(float(state[0]) - side / 2, float(state[1]) - side / 2, side, side)


def _flow(before: Gray, after: Gray, box: FaceBox) -> NDArray[np.float64]:
    """How a face moved from one frame to the next: the median of points' paths, and of their spread."""
    margin = 0.3 * box.width
    x0, y0 = max(int(box.x - margin), 0), max(int(box.y - margin), 0)
    area = np.s_[y0 : int(box.y + box.height + margin), x0 : int(box.x + box.width + margin)]
    old, new = before[area], after[area]
    if min(old.shape, default=0) < 16:
        return np.zeros(3)
    step = box.width / 12
    grid = np.mgrid[1:12, 1:12].reshape(2, -1).T[:, ::-1] * step + (box.x - x0, box.y - y0)
    points = grid.astype(np.float32)[:, None]
    moved, held, _ = cv2.calcOpticalFlowPyrLK(old, new, points, points.copy(), winSize=(21, 21), maxLevel=3)
    good = np.asarray(held).ravel() == 1
    if good.sum() < 12:
        return np.zeros(3)
    found, _ = cv2.estimateAffinePartial2D(points[good], np.asarray(moved)[good], ransacReprojThreshold=1.5)
    matrix = cast(NDArray[np.float64] | None, found)
    if matrix is None:
        return np.zeros(3)
    centre = np.array([box.centre[0] - x0, box.centre[1] - y0])
    shift = matrix[:, :2] @ centre + matrix[:, 2] - centre
    return np.array([*shift, np.log(np.hypot(matrix[0, 0], matrix[1, 0]))])


def _smoothed(carried: NDArray[np.float64], seen: dict[int, FaceBox]) -> tuple[FaceBox, ...]:
    """The path by optical flow, moved by its smoothed distance from what the detector saw."""
    numbers = np.array(sorted(seen))
    apart = np.array([_state(seen[number]) - carried[number] for number in numbers.tolist()])
    every = np.arange(len(carried))
    correction = np.stack([np.interp(every, numbers, column) for column in apart.T], axis=1)
    correction = gaussian_filter1d(correction, _SMOOTHING, axis=0, mode="nearest")
    return tuple(_box(state) for state in carried + correction)


def _refusal(what: str, place: str, wanted: str) -> InputError:
    return InputError(what, place=place, remedy=f"give {wanted}, or the face's box as fractions of the frame")
