"""The edge of what stands before a surface: how much of each pixel is its own, and in which colour.

At the edge a frame shows `alpha * front + (1 - alpha) * surface`. The surface behind is known, the front's
colour is that of its nearest part farther inside: alpha is what explains the frame best (natural matting with
a known background, Smith and Blinn 1996). Where nothing between the two colours does, it is the front.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.recording.surface.compare import largest
from retake.recording.surface.plane import Floats, soften

_INSIDE = 13  # pixels of the disc by which a cover shrinks to what is certainly before the surface
_FINE, _RIDGE = 0.7, 0.85  # blur and share of the nearby peak that make a ridge of what is thinner
_ROUNDS = 3  # each lets the front's colour be taken from nearer to its edge
_SURE = 0.95  # alpha from which on a pixel lends the front its colour
_FAINT, _FULL = 0.06, 0.94  # alpha below is noise of the surface, above of the front
_EVEN = 5  # pixels of the square whose median rounds off what single pixels tell wrongly
_REACH = 9  # pixels of the disc by which a soft edge may go beyond half of alpha
_WEAK = 30.0**2  # of 255 squared: the contrast at which a pixel tells as much as its neighbours
_SHADE = 24.0  # of 255: how much the front's edge may differ from its inside
_STRANGE = 14.0, 40.0  # of 255: beside the line between both colours a pixel begins to be, and is, the front


def find_alpha(shown: Floats, behind: Floats, cover: Floats, slack: Floats) -> Floats:
    """The share of each pixel that is the front's, 0 to 1, never more than `cover` leaves room for.

    `shown` and `behind` are the plane, float32 RGB, as a frame shows it and as it would without the front;
    `cover` encloses the front loosely; `slack` (height, width) is what an imprecise place may change.
    """
    room = (cover > 0.02).astype(np.uint8)
    apart = np.asarray(shown - behind, np.float32)
    solid = np.asarray(cv2.erode((cover > 0.5).astype(np.uint8), _disc(_INSIDE)), np.uint8)
    solid |= _ridges(apart, np.where(_reached(solid, room), 0, room).astype(np.uint8))
    within = _reached(solid, room)  # what has neither inside nor ridge keeps its loose cover
    if not within.any():
        return cover
    band = within & (solid == 0)
    sure, alpha = solid > 0, np.where(solid > 0, 1.0, 0.0).astype(np.float32)
    for _ in range(_ROUNDS):
        alpha[band] = _explained(apart, behind, _spread(shown, sure), slack)[band]
        alpha[solid > 0] = 1
        sure = (alpha >= _SURE) & within
    alpha = np.asarray(cv2.medianBlur(alpha, _EVEN), np.float32)
    close = cv2.dilate((alpha > 0.5).astype(np.uint8), _disc(_REACH)) > 0
    alpha = np.where(close, np.clip((alpha - _FAINT) / (_FULL - _FAINT), 0, 1), 0)
    return np.where(within, alpha, cover * room).astype(np.float32)


def lift(shown: Floats, behind: Floats, alpha: Floats) -> Floats:
    """The front alone, its colour times its alpha: float32 RGB, black where it is not.

    Laid on another surface, `lifted + (1 - alpha) * surface`, it is what stood before the first.
    """
    share = alpha[..., None]
    front = np.asarray(shown - (1 - share) * behind, np.float32)
    sure = alpha >= _SURE
    if sure.any():  # an alpha a little wrong must not give a rim lighter or darker than the front
        colour = _spread(shown, sure)
        front = np.clip(front, share * (colour - _SHADE), share * (colour + _SHADE))
    return np.clip(front, 0, 255 * share).astype(np.float32)


def _explained(apart: Floats, behind: Floats, front: Floats, slack: Floats) -> Floats:
    """Least-squares alpha of each pixel, steadied by its neighbours where its colours hardly differ."""
    line = np.asarray(front - behind, np.float32)
    along = np.einsum("ijk,ijk->ij", apart, line)
    length = np.einsum("ijk,ijk->ij", line, line)
    around = soften(along, 1.0) / (soften(length, 1.0) + 1.0)
    alpha = np.clip((along + _WEAK * around) / (length + _WEAK), 0, 1)
    beside = largest(np.abs(apart - alpha[..., None] * line)) - slack
    low, high = _STRANGE
    return np.maximum(alpha, np.clip((beside - low) / (high - low), 0, 1)).astype(np.float32)


def _spread(shown: Floats, sure: NDArray[np.bool_]) -> Floats:
    """Each pixel's nearest colour among the sure ones, a little evened out."""
    smooth = _mean(shown, sure, 1.5)
    empty = (~sure).astype(np.uint8)
    _, labels = cv2.distanceTransformWithLabels(empty, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    nearest = np.asarray(labels, np.intp)
    colours = np.zeros((int(nearest.max()) + 1, 3), np.float32)
    colours[nearest[sure]] = smooth[sure]
    return soften(colours[nearest], 1.0)


def _mean(picture: Floats, mask: NDArray[np.bool_], sigma: float) -> Floats:
    weight = mask.astype(np.float32)
    total = soften(np.asarray(picture * weight[..., None], np.float32), sigma)
    return np.asarray(total / np.maximum(soften(weight, sigma), 1e-6)[..., None], np.float32)


def _ridges(apart: Floats, room: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Where a front too thin to have an inside stands out the most: there its colour is its own."""
    size = largest(np.abs(soften(apart, _FINE)))
    peak = np.asarray(cv2.dilate(size * room, _disc(_INSIDE)))
    return ((size > _STRANGE[1]) & (size > _RIDGE * peak) & (room > 0)).astype(np.uint8)


def _reached(solid: NDArray[np.uint8], room: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """The parts of a mask near something solid."""
    near = np.asarray(cv2.dilate(solid, _disc(2 * _INSIDE + 1)))
    return (near > 0) & (room > 0)


def _disc(size: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)
