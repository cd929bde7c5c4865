"""The head held still: where the upper face of one reference frame lies in every other frame.

Enters: grey frames and the face's box in the reference. Leaves: for each frame the similarity transform that
carries points of the reference into it. Brows, eyes and nose do not move with speech; their corners are
followed by Lucas-Kanade flow, kept if the way back ends where it began, and fitted with RANSAC. Every frame
is compared with the reference, never with its neighbour, so that errors do not add up.
"""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.errors import InputError
from retake.generate.lipsync.faces import FaceBox, Gray

Similarity = NDArray[np.float64]
"""(2, 3): a point of the reference, as (x, y, 1), times this is its place in the frame."""

_POINTS = 160
_AWAY = 0.5  # pixels between a point and the end of its way there and back
_FEWEST = 10  # points that must agree
_BEND = 160  # parts of the face's width by which a point may leave the plane as the head turns
_REFITS = 4
_SHARE = 0.2  # of the points that must agree: fewer, and the face is hidden or turned


class Anchor:
    """Follows one face from a reference frame. Frames are given in order, so that each begins where the last
    one ended."""

    def __init__(self, reference: Gray, box: FaceBox, *, place: str = "") -> None:
        self._place = place
        self._origin = (int(box.x - 0.25 * box.width), int(box.y - 0.35 * box.height))
        self._span = (int(1.5 * box.width), int(1.35 * box.height))
        self._reference = _window(reference, self._origin, self._span)
        mask = np.zeros(self._reference.shape, np.uint8)
        middle = (box.x - self._origin[0] + box.width / 2, box.y - self._origin[1] + 0.30 * box.height)
        reach = (0.40 * box.width, 0.36 * box.height)
        cv2.ellipse(mask, (middle, (2 * reach[0], 2 * reach[1]), 0), 255, -1)
        apart = max(box.width / 30, 3)
        corners = cv2.goodFeaturesToTrack(self._reference, _POINTS, 0.001, apart, mask=mask)
        points = cast(NDArray[np.float32] | None, corners)  # None where there are none
        if points is None or len(points) < _FEWEST:
            raise self._lost("shows nothing that could be followed")
        self._points = np.asarray(points, np.float32).reshape(-1, 1, 2)
        self._bend = max(box.width / _BEND, 0.6)
        self._box = box
        self._last = np.eye(2, 3)

    def begin(self, box: FaceBox) -> None:
        """Looks for the face here next, where it does not go on from the last frame."""
        scale = box.width / self._box.width
        (x, y), (centre_x, centre_y) = self._box.centre, box.centre
        self._last = np.array([[scale, 0, centre_x - scale * x], [0, scale, centre_y - scale * y]])

    def locate(self, frame: Gray) -> Similarity:
        """Where the reference's points lie in this frame. Raises `InputError` where the face is lost."""
        offset = np.asarray(self._origin, np.float64)
        centre = offset + np.asarray(self._span) / 2
        shift = np.rint(self._last[:, :2] @ centre + self._last[:, 2] - centre).astype(int)
        origin = (int(offset[0] + shift[0]), int(offset[1] + shift[1]))
        window = _window(frame, origin, self._span)
        guess = self._points.reshape(-1, 2) + offset
        guess = guess @ self._last[:, :2].T + self._last[:, 2] - origin
        there, back, held = _there_and_back(self._reference, window, self._points, guess)
        good = held & (np.linalg.norm(back - self._points.reshape(-1, 2), axis=1) < _AWAY)
        if good.sum() < _FEWEST:
            raise self._lost("is hidden or turned away")
        old = self._points.reshape(-1, 2)[good] + offset
        new = there[good] + np.asarray(origin)
        _, inliers = cv2.estimateAffinePartial2D(old, new, ransacReprojThreshold=self._bend, confidence=0.999)
        kept = np.ravel(np.asarray(inliers, np.uint8)) == 1 if cast(object, inliers) is not None else good[:0]
        agreed = int(kept.sum())
        if agreed < max(_FEWEST, _SHARE * len(self._points)):
            raise self._lost("is hidden or turned away")
        fit = _similarity(old[kept], new[kept], np.ones(agreed))
        for _ in range(_REFITS):
            # Which points agree changes from frame to frame; weights that fall off softly do not jump.
            apart = np.linalg.norm(old @ fit[:, :2].T + fit[:, 2] - new, axis=1)
            fit = _similarity(old, new, 1 / (1 + (2 * apart / self._bend) ** 2) ** 2)
        self._last = fit
        return self._last

    def _lost(self, what: str) -> InputError:
        return InputError(
            f"the upper half of the face {what}",
            place=self._place,
            remedy="choose a span in which brows, eyes and nose are seen, or another lip sync adapter",
        )


def _window(frame: Gray, origin: tuple[int, int], span: tuple[int, int]) -> Gray:
    """A part of a frame; beyond its edges the edge is repeated."""
    (x, y), (width, height) = origin, span
    tall, wide = frame.shape
    if x >= 0 and y >= 0 and x + width <= wide and y + height <= tall:
        return np.ascontiguousarray(frame[y : y + height, x : x + width])
    rows, columns = (
        np.clip(np.arange(y, y + height), 0, tall - 1),
        np.clip(np.arange(x, x + width), 0, wide - 1),
    )
    return frame[np.ix_(rows, columns)]


def _there_and_back(
    old: Gray, new: Gray, points: NDArray[np.float32], guess: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 30, 0.003)
    window, flags = (25, 25), cv2.OPTFLOW_USE_INITIAL_FLOW
    first = guess.astype(np.float32).reshape(-1, 1, 2)
    there, held, _ = cv2.calcOpticalFlowPyrLK(
        old, new, points, first, winSize=window, maxLevel=2, criteria=criteria, flags=flags
    )
    there = np.asarray(there, np.float32)
    back, held_back, _ = cv2.calcOpticalFlowPyrLK(
        new, old, there, points.copy(), winSize=window, maxLevel=2, criteria=criteria, flags=flags
    )
    held = (np.asarray(held).ravel() == 1) & (np.asarray(held_back).ravel() == 1)
    return there.reshape(-1, 2).astype(np.float64), np.asarray(back, np.float64).reshape(-1, 2), held


def _similarity(
    old: NDArray[np.float64], new: NDArray[np.float64], weights: NDArray[np.float64]
) -> Similarity:
    """The weighted least-squares similarity between matched points, after Umeyama (1991), in the plane."""
    shares = weights / weights.sum()
    before, after = shares @ old, shares @ new
    a, b = (old - before) @ (1, 1j), (new - after) @ (1, 1j)
    turn = np.vdot(a, shares * b) / np.vdot(a, shares * a)
    linear = np.array([[turn.real, -turn.imag], [turn.imag, turn.real]])
    return np.column_stack([linear, after - linear @ before])
