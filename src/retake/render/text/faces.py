"""One font face, opened: what it covers, its metrics, and its glyphs as pixels.

HarfBuzz reads the tables and colour glyphs, FreeType draws outlines. FreeType objects are not safe to share
between threads, so that drawing takes a lock.
"""

from __future__ import annotations

import ctypes
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.render.text.characters import invisible
from retake.render.text.native import freetype
from retake.render.text.native import harfbuzz as hb

K = TypeVar("K")
V = TypeVar("V")

_SLANT = 0.2  # tan of about 11 degrees, a usual oblique
_CACHED_GLYPHS = 1500
_FREETYPE = threading.RLock()
_LOAD = freetype.FT_LOAD_NO_HINTING | freetype.FT_LOAD_NO_BITMAP | freetype.FT_LOAD_NO_AUTOHINT


@dataclass(frozen=True, slots=True)
class Mask:
    """Coverage of a glyph: uint8 (h, w), top left corner `left`, `top` px right of and above the origin."""

    left: int
    top: int
    alpha: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Picture:
    """A colour glyph: uint8 (h, w, 4) sRGB straight alpha, placed like a `Mask`."""

    left: int
    top: int
    rgba: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a glyph is drawn: size in px, quarter px to the right, outline px, and what the face lacks."""

    size: float
    phase: int = 0
    outline: float = 0.0
    slanted: bool = False
    bolder: float = 0.0
    """Ems to embolden by, for a face that has no heavy weight."""


class Face:
    """A face of a font file. Raises `uharfbuzz.HarfBuzzError` or OSError when the file is no font."""

    def __init__(self, path: Path, index: int = 0) -> None:
        self.path, self.index = path, index
        face = hb.Face(hb.Blob.from_file_path(str(path)), index)
        if not face.glyph_count:
            raise OSError(f"{path} holds no font")
        self._face, self.shaper = face, hb.Font(face)
        self.siblings = face.count
        self.upem = face.upem
        self.family = _name(face, hb.OTNameIdPredefined.TYPOGRAPHIC_FAMILY) or _name(
            face, hb.OTNameIdPredefined.FONT_FAMILY
        )
        os2 = bytes(face.reference_table("OS/2").data or b"")
        self.weight = int.from_bytes(os2[4:6], "big") or 400 if len(os2) > 63 else 400
        self.italic = bool(os2[63] & 1) if len(os2) > 63 else False
        self.color = bool(face.has_color_png or face.has_color_paint or face.has_color_layers)
        self._axis = next((a for a in face.axis_infos if a.tag == "wght"), None)
        extents = self.shaper.get_font_extents("ltr")
        self.ascender, self.descender = extents.ascender / self.upem, -extents.descender / self.upem
        self._masks: OrderedDict[tuple[int, Drawing], Mask | None] = OrderedDict()
        self._pictures: OrderedDict[tuple[int, float], Picture | None] = OrderedDict()

    @property
    def variable(self) -> bool:
        """Whether the face has a weight axis."""
        return self._axis is not None

    @cached_property
    def key(self) -> tuple[str, int, int]:
        return (str(self.path), self.index, self.weight)

    def at_weight(self, weight: int) -> Face:
        """This variable face at another weight."""
        if self._axis is None:
            return self
        face = Face(self.path, self.index)
        face.weight = int(min(max(weight, self._axis.min_value), self._axis.max_value))
        face.shaper.set_variations({"wght": face.weight})
        return face

    def has(self, cluster: str) -> bool:
        """Whether the face has a glyph for each visible character."""
        return all(self._covers(char) for char in cluster if not invisible(char))

    @lru_cache(maxsize=8192)  # noqa: B019  a face lives as long as its book
    def _covers(self, char: str) -> bool:
        return bool(self.shaper.get_nominal_glyph(ord(char)))

    @cached_property
    def cap_height(self) -> float:
        """In ems."""
        tag = hb.OTMetricsTag.CAP_HEIGHT
        return self.shaper.get_metric_position_with_fallback(tag) / self.upem

    @lru_cache(maxsize=8192)  # noqa: B019
    def ink(self, glyph: int) -> tuple[float, float]:
        """Top and bottom of a glyph's ink above the baseline, in ems; zeros where there is none."""
        extents = self.shaper.get_glyph_extents(glyph)
        if extents is None:
            return 0.0, 0.0
        return extents.y_bearing / self.upem, (extents.y_bearing + extents.height) / self.upem

    def mask(self, glyph: int, drawing: Drawing) -> Mask | None:
        """The glyph's coverage, or that of its outline too; None when it has no ink."""
        with _FREETYPE:
            return _cached(self._masks, (glyph, drawing), lambda: self._draw(glyph, drawing))

    def picture(self, glyph: int, size: float) -> Picture | None:
        """The colour glyph; None when this glyph has no colour."""
        if not self.color:
            return None
        with _FREETYPE:
            return _cached(self._pictures, (glyph, size), lambda: self._paint(glyph, size))

    @cached_property
    def _freetype(self) -> Any:
        face = freetype.Face(str(self.path), self.index)
        if self._axis is not None:
            wanted = {"wght": self.weight}
            face.set_var_design_coords([wanted.get(a.tag, a.default_value) for a in self._face.axis_infos])
        return face

    def _draw(self, glyph: int, drawing: Drawing) -> Mask | None:
        face = self._freetype
        if not face.is_scalable:
            return None
        face.set_char_size(round(drawing.size * 64))
        shear = round(_SLANT * 0x10000) if drawing.slanted else 0
        face.set_transform(
            freetype.Matrix(0x10000, shear, 0, 0x10000), freetype.Vector(drawing.phase * 16, 0)
        )
        face.load_glyph(glyph, _LOAD)
        if face.glyph.format != freetype.FT_GLYPH_FORMAT_OUTLINE:
            return None
        if drawing.bolder:
            strength = round(drawing.bolder * drawing.size * 64)
            outline = ctypes.byref(face.glyph.outline._FT_Outline)
            freetype.FT_Outline_Embolden(outline, strength)
            freetype.FT_Outline_Translate(outline, -strength // 2, -strength // 2)
        drawn = face.glyph.get_glyph()
        if drawing.outline:
            stroker = freetype.Stroker()
            round_cap, round_join = freetype.FT_STROKER_LINECAP_ROUND, freetype.FT_STROKER_LINEJOIN_ROUND
            stroker.set(round(drawing.outline * 64), round_cap, round_join, 0)
            drawn.stroke(stroker, True)
        rendered = drawn.to_bitmap(freetype.FT_RENDER_MODE_NORMAL, freetype.Vector(0, 0), True)
        bitmap = rendered.bitmap._FT_Bitmap
        if not bitmap.rows or not bitmap.width:
            return None
        data = np.frombuffer(ctypes.string_at(bitmap.buffer, bitmap.rows * bitmap.pitch), np.uint8)
        alpha = data.reshape(bitmap.rows, bitmap.pitch)[:, : bitmap.width].copy()
        return Mask(rendered.left, rendered.top, alpha)

    def _paint(self, glyph: int, size: float) -> Picture | None:
        extents = self.shaper.get_glyph_extents(glyph)
        if extents is None or not extents.width or not extents.height:
            return None
        scale = size / self.upem
        width, height = max(round(extents.width * scale), 1), max(round(-extents.height * scale), 1)
        left, top = round(extents.x_bearing * scale), round(extents.y_bearing * scale)
        if self._face.has_color_png:
            pixels = _png(self.shaper, glyph)
            return None if pixels is None else Picture(left, top, _resized(pixels, width, height))
        return _colour_layers(self.shaper, glyph, scale)


def _png(font: Any, glyph: int) -> NDArray[np.uint8] | None:
    data = bytes(font.get_glyph_color_png(glyph).data or b"")
    if not data:
        return None
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.ndim != 3:
        return None
    code = cv2.COLOR_BGRA2RGBA if pixels.shape[2] == 4 else cv2.COLOR_BGR2RGBA
    return cv2.cvtColor(pixels, code).astype(np.uint8)


def _resized(rgba: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Resized with premultiplied alpha, so that no colour of transparent pixels bleeds in."""
    alpha = rgba[..., 3:].astype(np.float32) / 255
    premultiplied = np.concatenate([rgba[..., :3] * alpha, alpha * 255], axis=2)
    smaller = width < rgba.shape[1]
    resized = cv2.resize(
        premultiplied, (width, height), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    )
    resized = np.clip(resized, 0, 255)
    resized[..., :3] *= 255 / np.maximum(resized[..., 3:], 1)
    return np.clip(np.rint(resized), 0, 255).astype(np.uint8)


def _colour_layers(font: Any, glyph: int, scale: float) -> Picture | None:
    """A glyph of a COLR font, painted by HarfBuzz's rasteriser."""
    painter = hb.RasterPaint()
    painter.transform = (scale, 0.0, 0.0, scale, 0.0, 0.0)
    extents = font.get_glyph_extents(glyph)
    if (
        extents is None
        or not painter.set_glyph_extents(extents)
        or not painter.paint_glyph_or_fail(font, glyph)
    ):
        return None
    image = painter.render()
    if image is None:
        return None
    box = image.extents
    data = np.frombuffer(bytes(image.buffer), np.uint8).reshape(box.height, box.stride // 4, 4)[
        ::-1, : box.width
    ]
    rgba = data[..., [2, 1, 0, 3]].astype(np.float32)
    rgba[..., :3] *= 255 / np.maximum(rgba[..., 3:], 1)
    return Picture(box.x_origin, box.y_origin + box.height, np.clip(np.rint(rgba), 0, 255).astype(np.uint8))


def _name(face: Any, number: int) -> str:
    return face.get_name(number) or ""


def _cached(cache: OrderedDict[K, V], key: K, make: Callable[[], V]) -> V:
    if key in cache:
        cache.move_to_end(key)
        return cache[key]
    made = cache[key] = make()
    if len(cache) > _CACHED_GLYPHS:
        cache.popitem(last=False)
    return made
