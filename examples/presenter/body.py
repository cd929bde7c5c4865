"""The presenter's neck, shoulders and clothes: a blazer over a light top, lit by the same window.

Leaves: one texture (display RGB, premultiplied alpha) over `BOX`, in the head's units.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from presenter import head
from presenter.sculpt import Array, Surface, clouds, display, egg, join, rod, see, smoothstep

BOX = (-2.75, 0.55, 2.75, 4.6)
_BLAZER = np.array([0.030, 0.085, 0.105], np.float32)
_TOP = np.array([0.80, 0.74, 0.66], np.float32)


def _neck(x: Array, y: Array, z: Array) -> Array:
    d = rod(x, y, z, (0, 0.70, -0.22), (0, 1.62, -0.34), (0.40, 0.43))
    d = join(d, rod(np.abs(x), y, z, (0.10, 1.80, -0.02), (0.34, 0.9, -0.25), (0.05, 0.09)), 0.16)
    d = join(d, egg(x, y, z, (0, 2.35, -0.42), (1.15, 0.75, 0.50)), 0.25)
    return join(d, rod(np.abs(x), y, z, (0.13, 1.82, 0.00), (0.66, 1.78, -0.16), (0.035, 0.05)), 0.10)


def _clothes(x: Array, y: Array, z: Array) -> Array:
    side = np.abs(x)
    d = rod(side, y, z, (0.30, 1.76, -0.42), (1.34, 2.22, -0.42), (0.27, 0.34))
    d = join(d, egg(x, y, z, (0, 3.2, -0.35), (1.42, 1.80, 0.72)), 0.34)
    d = join(d, rod(side, y, z, (1.42, 2.36, -0.40), (1.72, 4.6, -0.05), (0.36, 0.34)), 0.12)
    # Cloth hangs in folds at the arm and from the shoulder.
    fold = 0.013 * np.sin(7 * y + 5 * side + 1.2 * np.sin(3 * x + y)) * smoothstep(2.2, 3.2, y)
    fold = fold + 0.010 * np.sin(11 * side - 6 * y) * np.exp(-(((side - 1.32) / 0.28) ** 2)) * smoothstep(
        2.3, 2.8, y
    )
    return d + fold


def _all(x: Array, y: Array, z: Array) -> Array:
    return np.minimum(np.minimum(head.bones(x, y, z), _clothes(x, y, z)), _neck(x, y, z))


def _bare(x: Array, y: Array, z: Array) -> Array:
    return np.minimum(head.bones(x, y, z), _neck(x, y, z))


def model_body(scale: float, seed: int = 8) -> NDArray[np.float32]:
    """(h, w, 4) 0..255, premultiplied, at `scale` pixels to the unit."""
    rng = np.random.default_rng(seed)
    neck = see(_neck, BOX, scale, head.KEY, shade=_bare, coarse=80)
    cloth = see(_clothes, BOX, scale, head.KEY, shade=_all, coarse=80)
    x, y = cloth.x, cloth.y
    skin_tone = (
        np.broadcast_to(head.SKIN, (*x.shape, 3)) * (1 + 0.02 * clouds(x.shape, scale * 0.06, rng))[..., None]
    )
    rosy = np.exp(-((x / 0.6) ** 2) - ((y - 1.75) / 0.4) ** 2)[..., None] * np.array([0.0, 0.08, 0.08])
    skin = display(head.light_skin(neck, (skin_tone * (1 - rosy)).astype(np.float32), neck.normal))

    # The opening of the blazer, and the top beneath it, cut round.
    side = np.abs(x + 0.02)
    lapel_in = 0.40 + 0.10 * smoothstep(1.55, 1.9, y) - np.clip(y - 1.75, 0, 9) * 0.235
    top_edge = 1.86 + 0.25 * (1 - np.clip(side / 0.62, 0, 1) ** 2.2)
    aa = 1.0 / scale
    open_chest = smoothstep(aa, -aa, side - lapel_in)
    bare = open_chest * smoothstep(aa, -aa, y - top_edge)
    blazer = _cloth(cloth, _BLAZER, scale, rng, weave=0.10)
    top = _cloth(cloth, _TOP, scale, rng, weave=0.045)
    hem = np.exp(-(((y - top_edge - 0.02) / 0.016) ** 2)) + 0.6 * np.exp(
        -(((y - top_edge - 0.055) / 0.008) ** 2)
    )
    top = top * (1 - 0.16 * hem)[..., None]
    # The lapel's shadow on the top, and the lapel's own edge and notch.
    top = top * (1 - 0.45 * np.exp(-np.clip(lapel_in - side, 0, 9) / 0.07))[..., None]
    lapel_out = lapel_in + 0.36 * smoothstep(1.55, 2.05, y) * (1 - smoothstep(2.2, 4.0, y)) + 0.03
    on_lapel = smoothstep(aa, -aa, side - lapel_out)
    notch = (
        np.exp(-(((y - 2.12 + (side - lapel_in) * 0.42) / 0.014) ** 2)) * (side > lapel_in + 0.13) * on_lapel
    )
    blazer = blazer * (1 + 0.16 * on_lapel * (1 + 0.3 * np.sign(-x)))[..., None]
    seam = np.exp(-np.abs(side - lapel_out - 0.010) / 0.022) * (side > lapel_out) * smoothstep(1.55, 1.8, y)
    blazer = blazer * (1 - 0.55 * seam - 0.5 * notch)[..., None]
    stitch = np.exp(-(((side - lapel_in - 0.030) / 0.006) ** 2)) * (np.sin(y * 150) > -0.2)
    blazer = blazer * (1 + 0.10 * stitch)[..., None]
    for low in (3.72,):
        button = np.sqrt((x - 0.14) ** 2 + (y - low) ** 2)
        blazer = blazer * (1 - 0.7 * smoothstep(0.058, 0.050, button))[..., None]
    dress = blazer + (top - blazer) * open_chest[..., None]

    cover = np.maximum(cloth.cover * (1 - bare), 0)
    collar = smoothstep(aa, -aa, 1.52 + 0.16 * smoothstep(0.3, 0.75, side) - y)
    cover = cover * collar
    # Hair and lapels keep light from the sides of the neck.
    veil = 0.55 * smoothstep(0.20, 0.46, np.abs(x)) * (1 - smoothstep(1.45, 1.8, y))
    veil = veil + 0.4 * np.exp(-np.abs(side - lapel_in) / 0.05)
    veil = veil + 0.42 * (1 - smoothstep(1.05, 1.50, y + 0.25 * x * x))
    skin = skin * (1 - np.clip(veil, 0, 0.85)[..., None] * np.array([0.94, 1.0, 1.0], np.float32))
    alpha = np.maximum(neck.cover * (np.abs(x) < 0.8) * (y < 2.6), cover)
    colour = skin + (dress - skin) * cover[..., None]
    _necklace(colour, scale)
    return np.dstack([colour * alpha[..., None], alpha * 255]).astype(np.float32)


def _cloth(seen: Surface, colour: Array, scale: float, rng: np.random.Generator, weave: float) -> Array:
    thread = clouds(seen.x.shape, max(scale * 0.014, 1.3), rng)
    across = np.asarray(cv2.GaussianBlur(thread, (0, 0), sigmaX=1.6, sigmaY=0.4), np.float32)
    albedo = colour * (1 + weave * across + 0.05 * clouds(seen.x.shape, scale * 0.2, rng))[..., None]
    return display(head.light_cloth(seen, albedo.astype(np.float32)))


def _necklace(colour: Array, scale: float) -> None:
    across = np.linspace(-0.33, 0.33, 60)
    line = np.stack([across, 1.92 - 1.9 * across**2], -1)
    points = np.rint((line - np.array(BOX[:2])) * scale * 16).astype(np.int32)
    layer = np.zeros((*colour.shape[:2], 1), np.uint8)
    cv2.polylines(layer, [points], False, 210, max(1, round(scale * 0.008)), cv2.LINE_AA, 4)
    cv2.circle(layer, tuple(points[30].tolist()), round(scale * 0.022 * 16), 255, -1, cv2.LINE_AA, 4)
    veil = layer[..., :1].astype(np.float32) / 255 * 0.8
    shine = 0.8 + 0.4 * np.sin(np.arange(colour.shape[1]) * 0.9)[None, :, None]
    colour += (np.array([226, 184, 112], np.float32) * shine - colour) * veil
