"""Layers that do not change by themselves: images, planes in depth, colours, gradients, shapes.

Their content is composed once, at the largest size at which it will be seen, with its crop, fit, colours and
mask applied; a frame only moves the camera over it.
"""

from __future__ import annotations

from fractions import Fraction
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from retake.media.colour import rgb_to_picture
from retake.media.picture import Picture
from retake.media.still import read_still
from retake.render import effects, shapes
from retake.render.assets import read_mask, scaled
from retake.render.camera import Placement, Window, draw, hidden_from, paste
from retake.render.framing import Framing
from retake.render.layer import described, even, seconds_at
from retake.render.place import (
    Pose,
    box_size,
    content_size,
    crop_moves,
    is_still,
    largest_scale,
    placement_at,
    pose_at,
    window_at,
)
from retake.render.plate import Plate, alpha_of, bled, from_picture
from retake.render.resample import Scratch
from retake.render.resources import Resources
from retake.timeline.assets import Color, Gradient, Image, Layers, Shape
from retake.timeline.assets import Plane as LayerPlane
from retake.timeline.document import Adjust, Clip
from retake.timeline.film import Shot
from retake.timeline.motion import Animation
from retake.timeline.time import Span

Pixels = NDArray[np.uint8]

_FINEST = 24_000_000
"""The most pixels that a large scale may ask a plate to have."""

_HEADROOM = 1.02
"""How much finer than its largest view a moving plate is kept: enough never to enlarge it by a rounding."""

_SPARED = 1.06


class StillLayer:
    """A shot of one or more unchanging planes."""

    def __init__(self, shot: Shot, resources: Resources, scratch: Scratch) -> None:
        self._shot = shot
        self._resources = resources
        self._scratch = scratch
        asset = shot.clip.asset
        self._factors = [_moved(plane) for plane in asset.planes] if isinstance(asset, Layers) else [1.0]
        self._framing = Framing(shot.clip, resources, scratch) if crop_moves(shot.clip) else None
        self._plates: tuple[Plate, ...] = ()
        self._key = (resources.frame, shot.clip.model_dump_json(exclude={"start", "duration", "transition"}))

    def draw(self, canvas: Picture, n: int) -> None:
        seconds = seconds_at(self._shot, n, self._resources.rate)
        pose = pose_at(self._shot.clip, seconds)
        poses = [pose.towards(factor) for factor in self._factors]
        if self._framing:
            for plate, moved in zip(self._composed(), poses, strict=True):
                self._framing.draw(canvas, plate, moved, seconds)
            return
        placed = [
            (plate, moved, self._placement(plate, moved, seconds, factor))
            for plate, moved, factor in zip(self._composed(), poses, self._factors, strict=True)
        ]
        seen, views = canvas, list[Picture]()
        for plate, _, placement in reversed(placed):
            views.append(seen)
            seen = seen.rows(hidden_from((seen.width, seen.height), plate, placement))
        for (plate, moved, placement), view in zip(placed, reversed(views), strict=True):
            self._draw_plate(view, plate, moved, placement)

    def hides(self, n: int) -> bool:
        """Whether frame `n` shows nothing of what lies beneath: an opaque plane that moves over all of it."""
        clip, frame = self._shot.clip, self._resources.frame
        if self._framing or isinstance(clip.asset, Layers) or is_still(clip):
            return False
        (plate,) = self._composed()
        seconds = seconds_at(self._shot, n, self._resources.rate)
        pose = pose_at(clip, seconds)
        placement = self._placement(plate, pose, seconds, 1.0)
        return plate.opaque and pose.opacity >= 1 and placement.covers(*frame)

    def _composed(self) -> tuple[Plate, ...]:
        self._plates = self._plates or self._resources.plates.get(self._key, self._compose)
        return self._plates

    def _placement(self, plate: Plate, pose: Pose, seconds: Fraction, factor: float) -> Placement:
        size = self._content_size(plate, factor)
        return placement_at(self._shot.clip, size, self._resources.frame, pose, seconds)

    def _draw_plate(self, canvas: Picture, plate: Plate, pose: Pose, placement: Placement) -> None:
        if is_still(self._shot.clip) and pose.rotation == 0 and pose.opacity >= 1 and pose.scale == 1:
            paste(canvas, plate, round(placement.left / 2) * 2, round(placement.top / 2) * 2)
        else:
            draw(canvas, plate, Window(0, 0, plate.width, plate.height), placement, self._scratch)

    def _content_size(self, plate: Plate, factor: float) -> tuple[float, float]:
        clip = self._shot.clip
        if clip.fit in ("cover", "stretch", "blur"):
            return box_size(clip, self._resources.frame)
        k = self._fineness(factor)
        return plate.width / k, plate.height / k

    def _fineness(self, factor: float = 1.0) -> float:
        """Plate pixels for each canvas pixel at scale 1, of a plane whose moves are scaled by `factor`."""
        clip = self._shot.clip
        if is_still(clip) and clip.scale == 1:
            return 1.0
        width, height = box_size(clip, self._resources.frame)
        return min(largest_scale(clip, factor) * _HEADROOM, max(1.0, sqrt(_FINEST / (width * height))))

    def _compose(self) -> tuple[Plate, ...]:
        planes = zip(self._sources(), self._factors, strict=True)
        if self._framing:
            return tuple(self._compose_whole(pixels, factor) for pixels, factor in planes)
        return tuple(self._compose_plane(pixels, factor) for pixels, factor in planes)

    def _sources(self) -> list[Pixels]:
        asset, box = self._shot.clip.asset, box_size(self._shot.clip, self._resources.frame)
        k = self._fineness()
        width, height = even(box[0] * k), even(box[1] * k)
        match asset:
            case Image():
                return [self._read(asset.src, 1.0)]
            case Layers():
                planes = zip(asset.planes, self._factors, strict=True)
                return [self._read(plane.src, factor) for plane, factor in planes]
            case Color():
                return [shapes.fill(asset.color, width, height)]
            case Gradient():
                return [shapes.gradient(asset, width, height)]
            case Shape():
                return [shapes.shape(asset, width, height, self._resources.unit * k)]
            case _:
                raise TypeError(f"{asset.type} is no still")

    def _read(self, src: str, factor: float) -> Pixels:
        clip, path = self._shot.clip, self._resources.paths[src]
        if clip.fit == "none" or self._framing:
            return read_still(path)
        box, k = box_size(clip, self._resources.frame), self._fineness(factor)
        kept = window_at(
            clip.model_copy(update={"fit": "contain"}), (1.0, 1.0), self._resources.frame, Fraction(0)
        )
        return read_still(path, target=(even(box[0] * k / kept.width), even(box[1] * k / kept.height)))

    def _compose_whole(self, source: Pixels, factor: float) -> Plate:
        """A plane that is cropped ever differently: whole, as fine as its tightest crop asks."""
        clip = self._shot.clip
        size = float(source.shape[1]), float(source.shape[0])
        if clip.fit != "none":
            window = min(
                (window_at(clip, size, self._resources.frame, at) for at in _moments(clip)), key=_area
            )
            shown = content_size(clip, (window.width, window.height), self._resources.frame)
            k = min(1.0, self._fineness(factor) * max(shown[0] / window.width, shown[1] / window.height))
            size = size[0] * k, size[1] * k
        picture, alpha = _picture(
            scaled(source, (even(size[0]), even(size[1]))), clip.adjust, self._resources.unit
        )
        if clip.chroma_key:
            picture, keyed = effects.key_alpha(picture, clip.chroma_key)
            alpha = keyed if alpha is None else np.minimum(alpha, keyed)
        return from_picture(picture, alpha)

    def _compose_plane(self, source: Pixels, factor: float) -> Plate:
        clip, resources = self._shot.clip, self._resources
        natural = float(source.shape[1]), float(source.shape[0])
        window = window_at(clip, natural, resources.frame, Fraction(0))
        shown = content_size(clip, (window.width, window.height), resources.frame)
        k = self._fineness(factor)
        size = even(shown[0] * k), even(shown[1] * k)
        if _near(window, size) and clip.fit in ("cover", "stretch"):
            size = even(window.width), even(window.height)
        if clip.fit == "blur":
            inner = _contained((window.width, window.height), size)
            plain, clear = _picture(_cut(source, window, inner), clip.adjust, resources.unit * k)
            whole = effects.blurred_fill(plain, size)
            left, top = (size[0] - inner[0]) // 4 * 2, (size[1] - inner[1]) // 4 * 2
            paste(whole, from_picture(plain, clear), left, top)
            picture, alpha = whole, None
        else:
            picture, alpha = _picture(_cut(source, window, size), clip.adjust, resources.unit * k)
        if clip.chroma_key:
            picture, keyed = effects.key_alpha(picture, clip.chroma_key)
            alpha = keyed if alpha is None else np.minimum(alpha, keyed)
        if clip.mask or clip.corner_radius:
            image = read_mask(resources.paths[clip.mask.src]) if clip.mask and clip.mask.src else None
            shape = effects.mask_alpha(clip.mask, clip.corner_radius, size, image, resources.unit * k)
            alpha = shape if alpha is None else np.minimum(alpha, shape)
        return from_picture(picture, alpha)

    def shows(self, span: Span) -> JsonValue:
        return described(self._shot, span, self._resources)


def _moved(plane: LayerPlane) -> float:
    """How much of the camera's move a plane makes: what is near moves more."""
    return 0.6 + 0.8 * plane.depth


def _near(window: Window, size: tuple[int, int]) -> bool:
    """Whether the source is so little finer than `size` that resampling it would only cost time."""
    return all(
        1 <= have / want <= _SPARED for have, want in zip((window.width, window.height), size, strict=True)
    )


def _moments(clip: Clip) -> set[Fraction]:
    """The times at which the crop stands at a keyframe."""
    crop = clip.crop
    moving = (
        value for value in (crop.left, crop.top, crop.right, crop.bottom) if isinstance(value, Animation)
    )
    return {Fraction(0)} | {key.at for value in moving for key in value.keyframes}


def _area(window: Window) -> float:
    return window.width * window.height


def _contained(natural: tuple[float, float], size: tuple[int, int]) -> tuple[int, int]:
    k = min(size[0] / natural[0], size[1] / natural[1])
    return min(size[0], even(natural[0] * k)), min(size[1], even(natural[1] * k))


def _cut(source: Pixels, window: Window, size: tuple[int, int]) -> Pixels:
    """The window of the source, to whole source pixels, at `size`."""
    x0, y0 = round(window.x), round(window.y)
    x1 = max(x0 + 1, min(source.shape[1], round(window.x + window.width)))
    y1 = max(y0 + 1, min(source.shape[0], round(window.y + window.height)))
    return scaled(np.ascontiguousarray(source[y0:y1, x0:x1]), size)


def _picture(pixels: Pixels, adjust: Adjust, unit: float) -> tuple[Picture, Pixels | None]:
    if pixels.shape[2] == 3:
        return effects.adjust(rgb_to_picture(pixels), adjust, unit), None
    return effects.adjust(rgb_to_picture(bled(pixels)), adjust, unit), alpha_of(pixels)
