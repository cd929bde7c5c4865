"""Layers of words: texts and captions. Their painters give sprites; here the sprites become plates."""

from __future__ import annotations

from math import cos, radians, sin
from typing import Protocol
from weakref import WeakKeyDictionary

import cv2
import numpy as np
from pydantic import JsonValue

from retake.media.picture import Picture
from retake.render.camera import Placement, Window, draw, paste
from retake.render.captions import CaptionPainter
from retake.render.layer import described, seconds_at
from retake.render.place import Pose, box_size, placement_at, pose_at
from retake.render.plate import Plate, faded, from_rgb
from retake.render.resample import Scratch
from retake.render.resources import Resources
from retake.render.sprite import Raster, Sprite
from retake.render.text import TextPainter
from retake.timeline.assets import Captions, Text
from retake.timeline.film import Shot
from retake.timeline.time import Span

_NEAR = 1e-3


class _Painter(Protocol):
    def sprites(self, seconds: float, duration: float) -> tuple[Sprite, ...]: ...


class LetteringLayer:
    """A shot of text or captions."""

    def __init__(self, shot: Shot, resources: Resources, scratch: Scratch) -> None:
        self._shot = shot
        self._resources = resources
        self._scratch = scratch
        self._painter: _Painter | None = None
        self._plates: WeakKeyDictionary[Raster, dict[tuple[int, int], Plate]] = WeakKeyDictionary()

    def draw(self, canvas: Picture, n: int) -> None:
        shot, resources = self._shot, self._resources
        seconds = seconds_at(shot, n, resources.rate)
        sprites = self._paint().sprites(float(seconds), float(len(shot.span) / resources.rate))
        if not sprites:
            return
        pose = pose_at(shot.clip, seconds)
        box = box_size(shot.clip, resources.frame)
        place = placement_at(shot.clip, box, resources.frame, pose, seconds)
        corner = place.x - box[0] / 2, place.y - box[1] / 2
        for sprite in sprites:
            self._draw_sprite(canvas, sprite, corner, place, pose)

    def _draw_sprite(
        self, canvas: Picture, sprite: Sprite, corner: tuple[float, float], place: Placement, pose: Pose
    ) -> None:
        height, width = sprite.raster.rgba.shape[:2]
        x, y = corner[0] + sprite.x, corner[1] + sprite.y
        opacity = sprite.opacity * pose.opacity
        upright = pose.scale == 1 and pose.rotation == 0 and sprite.scale == 1
        if upright and abs(x - round(x)) < _NEAR and abs(y - round(y)) < _NEAR:
            left, top = round(x), round(y)
            plate = self._plate(sprite.raster, left & 1, top & 1)
            paste(canvas, faded(plate, opacity), left & ~1, top & ~1)
            return
        cx, cy = x + width / 2 - place.x, y + height / 2 - place.y
        c, s = cos(radians(pose.rotation)), sin(radians(pose.rotation))
        k = pose.scale * sprite.scale
        landing = Placement(
            place.x + (c * cx - s * cy) * pose.scale,
            place.y + (s * cx + c * cy) * pose.scale,
            width * k,
            height * k,
            pose.rotation,
            opacity,
        )
        plate = self._plate(sprite.raster, 0, 0)
        draw(canvas, plate, Window(0, 0, width, height), landing, self._scratch)

    def _plate(self, raster: Raster, odd_x: int, odd_y: int) -> Plate:
        """The raster as a plate that starts on an even pixel: an odd place gets a clear row or column."""
        made = self._plates.setdefault(raster, {})
        if (odd_x, odd_y) not in made:
            padded = cv2.copyMakeBorder(
                raster.rgba, odd_y, 0, odd_x, 0, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0)
            )
            made[odd_x, odd_y] = from_rgb(np.asarray(padded, np.uint8))
        return made[odd_x, odd_y]

    def _paint(self) -> _Painter:
        if self._painter is None:
            clip, resources = self._shot.clip, self._resources
            if isinstance(clip.asset, Captions):
                self._painter = CaptionPainter(clip.asset, resources.frame, resources.fonts)
            else:
                assert isinstance(clip.asset, Text)
                box = box_size(clip, resources.frame)
                self._painter = TextPainter(clip.asset, box, resources.frame, resources.fonts)
        return self._painter

    def shows(self, span: Span) -> JsonValue:
        """Captions are described by the screens that the span shows: an edit elsewhere leaves it be."""
        whole = described(self._shot, span, self._resources)
        painter = self._paint()
        if not isinstance(painter, CaptionPainter) or not isinstance(whole, dict):
            return whole
        rate = self._resources.rate
        start = (span.start - self._shot.span.start) / rate
        end = (span.end - self._shot.span.start) / rate
        asset = self._shot.clip.asset.model_dump(mode="json", exclude={"cues"})

        def since(moment: float) -> str:
            return str(round(moment - float(start), 6))

        screens: list[JsonValue] = [
            [
                *([w.text, since(w.start), since(w.end)] for w in screen.words),
                since(screen.start),
                since(screen.end),
            ]
            for screen in painter.screens()
            if screen.start < end and screen.end > start
        ]
        clip = self._shot.clip.model_dump(
            mode="json", by_alias=True, exclude={"id", "start", "duration", "asset"}
        )
        return {"captions": asset, "clip": clip, "screens": screens}
