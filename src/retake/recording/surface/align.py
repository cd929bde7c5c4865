"""Finding the surface in a frame, coarse to fine.

Points of the reference are looked for in the rectified frame by pyramidal Lucas-Kanade, forward and backward
(Kalal 2010), and fitted by MAGSAC++ (Barath 2020). Where that fails, CSRT (Lukezic 2017) finds the region and
SIFT (Lowe 2004) the surface anywhere in the frame. Maximising the enhanced correlation (Evangelidis 2008)
over what is not covered gives the last fraction of a pixel.
"""

from __future__ import annotations

import cv2
import numpy as np

from retake.recording.surface.plane import Floats, Matrix, Pixels, carry, outline, shifted, soften, through
from retake.recording.surface.reference import (
    FEWEST_POINTS,
    MARGIN,
    SPREAD,
    Reference,
    slopes,
    to_grey,
)

_FEWEST = 8
_RETURN = 0.7  # pixels that a point may miss its start by on its way back
_RATIO = 0.75  # of the second best SIFT match that a match may reach
_SEARCHED = 1280  # pixels of the longer side of a frame that SIFT searches
_REST = 0.12  # pixels of a corner's motion that is none
_FAR = 12.0  # pixels of a corner that refining may go: further is another maximum
_REFINE = 60_000  # pixels from which on the fine alignment works on a smaller picture


def match_points(reference: Reference, shown: Floats) -> Matrix | None:
    """The homography, in the plane, from the reference to a rectified frame nearby; None where unsure."""
    if len(reference.points) < _FEWEST:
        return None
    now = _alike(reference, to_grey(shown))
    window = {"winSize": (25, 25), "maxLevel": 3}
    there, found, _ = cv2.calcOpticalFlowPyrLK(reference.grey, now, reference.points, None, **window)  # pyright: ignore
    back, returned, _ = cv2.calcOpticalFlowPyrLK(now, reference.grey, there, None, **window)  # pyright: ignore
    miss = np.linalg.norm((np.asarray(back) - reference.points).reshape(-1, 2), axis=1)
    good = (np.asarray(found).ravel() == 1) & (np.asarray(returned).ravel() == 1) & (miss < _RETURN)
    if good.sum() < _FEWEST:
        return None
    first, second = reference.points[good].reshape(-1, 2), np.asarray(there)[good].reshape(-1, 2)
    return _fit(first - MARGIN, second - MARGIN, reference.size, 1.5)


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


def refine(reference: Reference, shown: Floats, cover: Floats) -> Matrix | None:
    """The last fraction of a pixel: the homography, in the plane, from the reference to a rectified frame.

    Only what `cover` leaves open counts. None where it does not settle or goes far.
    """
    open_ = np.where((cv2.dilate(cover, np.ones((7, 7), np.uint8)) < 0.1), reference.inside, 0).astype(
        np.uint8
    )
    first, second, mask = reference.grey, _alike(reference, to_grey(shown)), open_
    scale = min(1.0, (_REFINE / max(int((open_ > 0).sum()), 1)) ** 0.5)
    zoom = np.diag([scale, scale, 1.0])
    zoom[:2, 2] = 0.5 * scale - 0.5
    if scale < 1:
        size = round(first.shape[1] * scale), round(first.shape[0] * scale)
        first, second = (
            np.asarray(cv2.warpAffine(p, zoom[:2], size, flags=cv2.INTER_AREA)) for p in (first, second)
        )
        mask = np.asarray(cv2.warpAffine(mask, zoom[:2], size, flags=cv2.INTER_NEAREST))
    settle = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 25, 1e-5)
    model = cv2.MOTION_HOMOGRAPHY if reference.is_spread else cv2.MOTION_AFFINE
    warp = np.eye(3 if reference.is_spread else 2, 3, dtype=np.float32)
    try:
        valid = np.full(mask.shape, 255, np.uint8)
        _, warp = cv2.findTransformECCWithMask(first, second, mask, valid, warp, model, settle, 3)
    except cv2.error:
        return None  # the correlation has no maximum nearby: the points' answer stands
    move = np.vstack([warp, (0, 0, 1)]) if len(warp) == 2 else np.asarray(warp)
    move = (
        shifted(-MARGIN, -MARGIN)
        @ np.linalg.inv(zoom)
        @ move.astype(np.float64)
        @ zoom
        @ shifted(MARGIN, MARGIN)
    )
    away = np.linalg.norm(carry(move, outline(reference.size)) - outline(reference.size), axis=1)
    return move / move[2, 2] if float(away.max()) < _FAR else None


def is_at_rest(reference: Reference, shown: Floats, cover: Floats) -> bool:
    """Whether a rectified frame shows the surface just where the reference has it.

    One step of Lucas-Kanade over all that is in sight, affine, says how far each corner has gone.
    """
    first = soften(reference.grey.astype(np.float32), 1.0)
    second = soften(to_grey(shown).astype(np.float32), 1.0)
    free = (reference.inside > 0) & (cover < 0.1)
    if free.sum() < 64:
        return False
    down, along = (axis[free] for axis in slopes(first))
    y, x = np.nonzero(free)
    x, y = (x - x.mean()) / reference.size[0], (y - y.mean()) / reference.size[1]
    ones = np.ones_like(x)
    steps = np.stack([along, along * x, along * y, down, down * x, down * y, first[free], ones], 1)
    found, *_ = np.linalg.lstsq(steps.T @ steps, steps.T @ (first[free] - second[free]), rcond=1e-9)
    dx, dy = (abs(found[i]) + np.abs(found[i + 1 : i + 3]).sum() / 2 for i in (0, 3))
    centre = np.hypot(found[0], found[3])
    return bool(centre < _REST and max(dx, dy) < 2 * _REST)


def _alike(reference: Reference, grey: Pixels) -> Pixels:
    """A picture brought to the reference's brightness and contrast, as Lucas-Kanade needs it."""
    mask = reference.inside > 0
    first, second = reference.grey[mask], grey[mask]
    low, high = np.percentile(first, (10, 90)), np.percentile(second, (10, 90))
    gain = np.clip((low[1] - low[0] + 4) / (high[1] - high[0] + 4), 0.5, 2)
    middle = float(np.median(first)), float(np.median(second))
    return np.clip(np.rint((grey - middle[1]) * gain + middle[0]), 0, 255).astype(np.uint8)


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
    return bool((points.std(0) > SPREAD * np.array(size)).all())
