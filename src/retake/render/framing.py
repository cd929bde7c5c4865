"""Framing: a source that changes from moment to moment, or is cropped ever differently, set into its box.

A picture of a video, or a still whose crop moves, enters as a plate; its crop, fit, mask and round corners
are applied for this one moment, and it is drawn where its clip stands.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from retake.media.picture import Picture
from retake.render import effects
from retake.render.assets import read_mask
from retake.render.camera import Placement, Window, draw, drawn
from retake.render.layer import even
from retake.render.place import Pose, content_size, placement_at, window_at
from retake.render.plate import Plane, Plate, from_picture, masked
from retake.render.resample import Scratch
from retake.render.resources import Resources
from retake.timeline.document import Clip


class Framing:
    """The frame of one clip, for one thread: what it needs again is kept."""

    def __init__(self, clip: Clip, resources: Resources, scratch: Scratch) -> None:
        self._clip = clip
        self._resources = resources
        self._scratch = scratch
        self._shapes: dict[tuple[int, int], Plane] = {}
        self._image: Plane | None = None

    def draw(self, canvas: Picture, source: Plate, pose: Pose, seconds: Fraction) -> None:
        """Draws the source as the clip shows it at this time."""
        clip, frame = self._clip, self._resources.frame
        window = window_at(clip, (float(source.width), float(source.height)), frame, seconds)
        shown = content_size(clip, (window.width, window.height), frame)
        placement = placement_at(clip, shown, frame, pose, seconds)
        if clip.fit == "blur" or clip.mask or clip.corner_radius:
            source = self._boxed(source, window, (even(shown[0]), even(shown[1])))
            window = Window(0, 0, source.width, source.height)
        draw(canvas, source, window, placement, self._scratch)

    def _boxed(self, source: Plate, window: Window, size: tuple[int, int]) -> Plate:
        clip = self._clip
        whole = Placement(size[0] / 2, size[1] / 2, *size)
        if clip.fit == "blur":
            k = min(size[0] / window.width, size[1] / window.height)
            whole = replace(whole, width=window.width * k, height=window.height * k)
        if source.opaque:
            box = Picture.blank(*size)
            if clip.fit == "blur":
                box = effects.blurred_fill(Picture(source.y, source.u, source.v), size)
            draw(box, source, window, whole, self._scratch)
            boxed = from_picture(box)
        else:
            boxed = drawn(size, lambda box: draw(box, source, window, whole, self._scratch))
        return masked(boxed, self._shape(size)) if clip.mask or clip.corner_radius else boxed

    def _shape(self, size: tuple[int, int]) -> Plane:
        clip, resources = self._clip, self._resources
        if clip.mask and clip.mask.src and self._image is None:
            self._image = read_mask(resources.paths[clip.mask.src])
        if size not in self._shapes:
            self._shapes = {
                size: effects.mask_alpha(clip.mask, clip.corner_radius, size, self._image, resources.unit)
            }
        return self._shapes[size]
