"""Finding the surface in a frame, to about a pixel.

Points of the reference are looked for in the rectified frame by pyramidal Lucas-Kanade, forward and backward
(Kalal 2010), and fitted by MAGSAC++ (Barath 2020). Where that fails, CSRT (Lukezic 2017) finds the region and
SIFT (Lowe 2004) the surface anywhere in the frame. The last fraction of a pixel is `register`'s.
"""

from __future__ import annotations

import cv2
import numpy as np

from retake.recording.surface.plane import Floats, Matrix, Pixels, carry, outline, shifted, through
from retake.recording.surface.reference import FEWEST_POINTS, MARGIN, Reference, widened
from retake.recording.surface.register import View

_FEWEST = 8
_RETURN = 0.7  # pixels that a point may miss its start by on its way back
_RATIO = 0.75  # of the second best SIFT match that a match may reach
_SPREAD = 0.12  # of a side: the deviation from which on points tell a surface's slant
_SEARCHED = 1280  # pixels of the longer side of a frame that SIFT searches


def match_points(reference: Reference, seen: View, guess: Matrix) -> Matrix | None:
    """The homography from the plane to a frame that shows it near a guess; None where unsure."""
    if len(reference.points) < _FEWEST:
        return None
    x, y, _, _ = seen.area
    now = _alike(reference, widened(seen.plain, shifted(-x, -y) @ guess, reference.size))
    window = {"winSize": (25, 25), "maxLevel": 3}
    there, found, _ = cv2.calcOpticalFlowPyrLK(reference.grey, now, reference.points, None, **window)  # pyright: ignore
    back, returned, _ = cv2.calcOpticalFlowPyrLK(now, reference.grey, there, None, **window)  # pyright: ignore
    miss = np.linalg.norm((np.asarray(back) - reference.points).reshape(-1, 2), axis=1)
    good = (np.asarray(found).ravel() == 1) & (np.asarray(returned).ravel() == 1) & (miss < _RETURN)
    if good.sum() < _FEWEST:
        return None
    first, second = reference.points[good].reshape(-1, 2), np.asarray(there)[good].reshape(-1, 2)
    move = _fit(first - MARGIN, second - MARGIN, reference.size, 1.5)
    return None if move is None else guess @ move


def search(reference: Reference, grey: Pixels) -> Matrix | None:
    """The homography from the plane to a frame, found anywhere in it by SIFT; None where unsure."""
    scale = min(1.0, _SEARCHED / max(grey.shape))
    small = grey if scale == 1 else cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    sift = cv2.SIFT_create(1500)  # pyright: ignore[reportAttributeAccessIssue]
    known, described = sift.detectAndCompute(reference.grey, reference.inside)
    seen, descriptions = sift.detectAndCompute(np.asarray(small, np.uint8), None)  # pyright: ignore
    if described is None or descriptions is None or len(known) < _FEWEST or len(seen) < _FEWEST:
        return None
    pairs = cv2.BFMatcher().knnMatch(described, descriptions, k=2)
    good = [a for a, b in (pair for pair in pairs if len(pair) == 2) if a.distance < _RATIO * b.distance]
    if len(good) < _FEWEST:
        return None
    first = np.array([known[match.queryIdx].pt for match in good]) - MARGIN
    second = (np.array([seen[match.trainIdx].pt for match in good]) + 0.5) / scale - 0.5
    found, kept = cv2.findHomography(first, second, cv2.USAC_MAGSAC, 2.5)
    if np.shape(found) != (3, 3) or kept.sum() < _FEWEST:
        return None
    return np.asarray(found, np.float64)


def chase(before: Pixels, now: Pixels, place: Matrix, size: tuple[int, int]) -> Matrix | None:
    """The plane's homography after the region was found again by CSRT from one frame to the next.

    Where it went and how it grew; its turn and slant stay as they were.
    """
    corners = carry(place, outline(size))
    low = np.maximum(np.floor(corners.min(0)), 0)
    high = np.minimum(np.ceil(corners.max(0)), (before.shape[1], before.shape[0]))
    if (high - low < 8).any():
        return None
    box = [int(v) for v in (*low, *(high - low))]
    tracker = cv2.TrackerCSRT_create()  # pyright: ignore[reportAttributeAccessIssue]
    cv2.setRNGSeed(0)
    tracker.init(before, box)
    found, (x, y, width, height) = tracker.update(now)
    if not found or width < 4 or height < 4:
        return None
    square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float64)
    first, second = square * box[2:] + box[:2], square * (width, height) + np.array((x, y))
    return through(first, second) @ place


def _alike(reference: Reference, luma: Floats) -> Pixels:
    """A picture brought to the reference's brightness and contrast, as Lucas-Kanade needs it."""
    sparse = np.s_[MARGIN:-MARGIN:3, MARGIN:-MARGIN:3]
    mask = reference.inside[sparse] > 0
    first, second = (np.percentile(picture[sparse][mask], (10, 50, 90)) for picture in (reference.grey, luma))
    gain = float(np.clip((first[2] - first[0] + 4) / (second[2] - second[0] + 4), 0.5, 2))
    return np.clip(np.rint((luma - second[1]) * gain + first[1]), 0, 255).astype(np.uint8)


def _fit(first: Floats, second: Floats, size: tuple[int, int], near: float) -> Matrix | None:
    """A homography where the points span the surface, an affine map where they do not."""
    if len(first) >= FEWEST_POINTS and _spans(first, size):
        found, kept = cv2.findHomography(first, second, cv2.USAC_MAGSAC, near)
    else:
        affine, kept = cv2.estimateAffine2D(first, second, method=cv2.RANSAC, ransacReprojThreshold=near)
        found = np.zeros((0, 3)) if np.shape(affine) != (2, 3) else np.vstack([affine, (0, 0, 1)])
    if np.shape(found) != (3, 3) or kept.sum() < max(_FEWEST, 0.3 * len(first)):  # pyright: ignore
        return None
    return np.asarray(found, np.float64)


def _spans(points: Floats, size: tuple[int, int]) -> bool:
    return bool((points.std(0) > _SPREAD * np.array(size)).all())
