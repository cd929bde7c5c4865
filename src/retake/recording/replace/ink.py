"""What stands on a surface, and what the surface is like behind it. Pictures are float32 RGB, 0 to 255."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.filters import threshold_otsu

from retake.recording.surface.plane import Floats, soften

Mask = NDArray[np.bool_]

_FAINTEST = 10.0  # of 255: what differs less from the surface is a part of it
_FRAME = 0.85  # of both sides: an outline as large as that frames the surface
_RUN = 0.25  # of a side: what runs along the region's edge for longer belongs to the surroundings
_SLIVER = 0.04  # of a side: a piece at the edge that is thinner is a rest of the surroundings
_STOUT = 0.7  # of a letter's height: no stroke is as thick
_CELL, _AROUND = 8, 6  # pixels of texture that are copied at a time, and that must fit around them
_TEXTURED = 3.0  # of 255 over the noise: the unevenness from which on a surface has a texture
_RASTER = 0.5  # the square of the sigma that is measured at the edges of an ideally sharp raster


def find_ink(picture: Floats, noise: float, *, text: bool = False) -> Floats:
    """Where something is printed on a surface: a soft mask of 0 to 1.

    That is what differs from the smooth surface under it, holds together, and neither runs along the edge of
    the picture nor frames it. With `text`, solid shapes as high as the letters are not meant either.
    """
    ground = smooth_ground(picture)
    apart = np.abs(picture - ground).max(2)
    strong = max(_FAINTEST, 5 * noise, 0.7 * float(threshold_otsu(apart)))
    core = (apart > strong).astype(np.uint8)
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(core, connectivity=8)
    height, width = core.shape
    kept = np.zeros(count, bool)
    for index in range(1, count):
        x, y, w, h, area = (int(v) for v in boxes[index])
        if area < 4 or (w > _FRAME * width and h > _FRAME * height):
            continue
        edge = labels == index
        run_across = max(int(edge[0].sum()), int(edge[-1].sum()))
        run_down = max(int(edge[:, 0].sum()), int(edge[:, -1].sum()))
        sliver = (x in (0, width - w) and w < _SLIVER * width) or (
            y in (0, height - h) and h < _SLIVER * height
        )
        kept[index] = run_across <= _RUN * width and run_down <= _RUN * height and not sliver
    if text:
        kept &= ~_solid(np.asarray(core), np.asarray(labels), np.asarray(boxes), kept)
    seeds = kept[np.asarray(labels)].astype(np.uint8)
    if not seeds.any():
        return np.zeros(core.shape, np.float32)
    near = cv2.dilate(seeds, np.ones((7, 7), np.uint8)) > 0
    weak = max(2.0, 2.5 * noise)
    return np.where(near, np.clip((apart - weak) / max(strong - weak, 1.0), 0, 1), 0).astype(np.float32)


def _solid(core: np.ndarray, labels: np.ndarray, boxes: np.ndarray, kept: Mask) -> Mask:
    """Which pieces are shapes, no letters: high as these, and as thick as no stroke."""
    heights = boxes[:, 3]
    usual = float(np.median(heights[kept])) if kept.any() else 0.0
    inner = np.asarray(cv2.distanceTransform(core, cv2.DIST_L2, 5))
    thick = np.array(
        [2 * float(inner[labels == index].max()) if kept[index] else 0.0 for index in range(len(kept))]
    )
    shapes = kept & (thick > _STOUT * heights) & (heights > 0.8 * usual)
    return shapes if (kept & ~shapes).any() else np.zeros_like(shapes)


def smooth_ground(picture: Floats) -> Floats:
    """The surface under what is printed on it: a quadratic of the place, fitted to most of it per channel."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x / width - 0.5, y / height - 0.5
    terms = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], -1).reshape(-1, 6)
    step = max(1, len(terms) // 20_000)
    some, colours = terms[::step], picture.reshape(-1, 3)[::step]
    keep = _commonest(colours)
    fit = np.linalg.lstsq(some[keep], colours[keep], rcond=None)[0]
    for _ in range(5):
        apart = np.abs(colours - some @ fit).max(1)
        keep = apart <= max(6.0, 2.5 * float(np.median(apart[keep])))
        fit = np.linalg.lstsq(some[keep], colours[keep], rcond=None)[0]
    return (terms @ fit).reshape(picture.shape).astype(np.float32)


def _commonest(colours: Floats) -> Mask:
    """Which colours are near the commonest one: the surface's, whatever is printed on it."""
    luma = colours.mean(1)
    counts, edges = np.histogram(luma, 32, (0, 256))
    best = int(np.convolve(counts, (1, 1, 1), "same").argmax())
    near = np.abs(luma - (edges[best] + 4)) < 28
    return near if near.sum() >= 32 else np.ones(len(luma), bool)


def fill(picture: Floats, ink: Floats, reach: float) -> Floats:
    """The surface with the ink gone: the tone from around, and where it has a texture, that too.

    `reach` is how many pixels around the ink its traces go.
    """
    if not ink.any():
        return picture
    size = 2 * round(reach) + 1
    disc = np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)
    hole = cv2.dilate((ink > 0.02).astype(np.uint8), disc) > 0
    if hole.mean() > 0.97:
        return _inpainted(picture, hole)
    tone = _tone(picture, hole)
    rest = picture - tone
    around = (cv2.dilate(hole.astype(np.uint8), np.ones((31, 31), np.uint8)) > 0) & ~hole
    rough = float(np.sqrt((soften(rest, 0.8)[around] ** 2).mean())) if around.any() else 0.0
    if rough > _TEXTURED:
        texture = _transplant(rest, hole)
        if texture is None:
            return _inpainted(picture, hole)
        tone = tone + texture
    soft = soften(hole.astype(np.float32), 0.7)
    soft = np.maximum(soft, hole)[..., None]
    return np.asarray(picture + (tone - picture) * soft, np.float32)


def _tone(picture: Floats, hole: Mask) -> Floats:
    """The smooth colour of a surface, in the hole too: near its rim the neighbours', else the whole's."""
    outside = np.where(hole[..., None], np.nan, picture)
    ground = smooth_ground(
        np.where(hole[..., None], np.nanmedian(outside, (0, 1)), picture).astype(np.float32)
    )
    weight = (~hole).astype(np.float32)
    rest = (picture - ground) * weight[..., None]
    limit = max(12.0, 4 * float(np.nanmedian(np.abs(rest[~hole]))))
    weight = weight * (np.abs(rest).max(2) < limit)  # a frame or another print is no neighbour to mix in
    rest = rest * weight[..., None]
    total, norm = np.zeros_like(rest), np.zeros_like(weight)
    for sigma, share in ((4.0, 1.0), (12.0, 1e-2), (36.0, 1e-4)):
        total += share * np.asarray(cv2.GaussianBlur(rest, (0, 0), sigma))
        norm += share * np.asarray(cv2.GaussianBlur(weight, (0, 0), sigma))
    return (ground + total / (norm + 1e-7)[..., None]).astype(np.float32)


def _transplant(rest: Floats, hole: Mask) -> Floats | None:
    """The texture for a hole, cell by cell from where the surroundings fit best (after Criminisi 2004).

    None where the surface is bare in no place as large as a cell with its surroundings.
    """
    done, missing = np.where(hole[..., None], 0, rest).astype(np.float32), hole.copy()
    side = _CELL + 2 * _AROUND
    height, width = hole.shape
    if min(height, width) < side:
        return None
    bare = np.asarray(
        cv2.boxFilter(hole.astype(np.float32), -1, (side, side), anchor=(0, 0), normalize=False)
    )
    usable = bare[: height - side + 1, : width - side + 1] < 0.5
    if not usable.any():
        return None
    for top in range(0, height, _CELL):
        for left in range(0, width, _CELL):
            cell = missing[top : top + _CELL, left : left + _CELL]
            if not cell.any():
                continue
            y, x = min(max(top - _AROUND, 0), height - side), min(max(left - _AROUND, 0), width - side)
            near = np.s_[y : y + side, x : x + side]
            known = np.repeat((~missing[near]).astype(np.float32)[..., None], 3, 2)
            apart = np.asarray(cv2.matchTemplate(rest, done[near], cv2.TM_SQDIFF, mask=known))
            at = np.unravel_index(int(np.where(usable, apart, np.inf).argmin()), apart.shape)
            ty, tx = int(at[0]) + top - y, int(at[1]) + left - x
            source = rest[ty : ty + cell.shape[0], tx : tx + cell.shape[1]]
            target = done[top : top + _CELL, left : left + _CELL]
            target[cell] = source[cell]
            cell[:] = False
    return np.where(hole[..., None], done, 0).astype(np.float32)


def _inpainted(picture: Floats, hole: Mask) -> Floats:
    """The last resort: Navier-Stokes inpainting (Bertalmio 2001), from the edges of the hole alone."""
    whole = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
    found = cv2.inpaint(whole, hole.astype(np.uint8), 5, cv2.INPAINT_NS)
    return np.where(hole[..., None], np.asarray(found, np.float32), picture)


def edge_width(picture: Floats, ink: Floats) -> float:
    """The blur over the edges of what is printed: a Gaussian's sigma in pixels, 0 for a sharp raster.

    At an edge the steepest slope is the step over sigma times the root of 2 pi.
    """
    luma = np.asarray(picture @ np.array([0.299, 0.587, 0.114], np.float32))
    down, along = np.gradient(luma)
    slope = np.hypot(down, along)
    near = cv2.dilate(ink, np.ones((3, 3), np.uint8)) > 0.2
    if near.sum() < 20:
        return 0.0
    box = np.ones((9, 9), np.uint8)
    step = np.asarray(cv2.dilate(luma, box)) - np.asarray(cv2.erode(luma, box))
    peak = slope >= np.asarray(cv2.dilate(slope, np.ones((3, 3), np.uint8)))
    chosen = near & peak & (slope > 4) & (step > max(20.0, 0.6 * float(np.percentile(step[near], 90))))
    if chosen.sum() < 8:
        return 0.0
    sigma = float(np.median(step[chosen] / slope[chosen])) / (2 * np.pi) ** 0.5
    return max(sigma**2 - _RASTER, 0.0) ** 0.5
