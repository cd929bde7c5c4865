"""The stage: a room by a window, a desk, a monitor that shows two slides, and a cat.

Lengths are in heights of the frame, x right, y down; a `Stage` is drawn once for a size. Textures are uint8
RGB with premultiplied alpha, over `margin` more than the frame on every side, for the camera's sway.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from presenter.sculpt import Array, clouds, smoothstep
from presenter.slides import PANEL, Picture, first_week, welcome

MARGIN = 0.03
SCREEN = ((1.052, 0.178), (1.688, 0.150), (1.690, 0.560), (1.050, 0.548))
"""The lit screen: upper left, upper right, lower right, lower left."""
DESK = 0.862


@dataclass(frozen=True, eq=False)
class Stage:
    """What does not move by itself, for one size."""

    size: tuple[int, int]
    rooms: tuple[Picture, Picture, Picture]
    """(h, w, 3), the frame and its margin: all that lies behind the presenter, with the welcome, with the
    second slide before its steps come, and with all of it."""
    desk: Picture
    """(h, w, 4): what lies before the presenter; its upper edge is `desk_top` pixels below the margin."""
    desk_top: int
    tail: Picture
    """(length, width, 4): the cat's tail, tip up."""
    back: Picture
    """(h, w, 4): the cat's back."""

    @property
    def margin(self) -> int:
        return round(MARGIN * self.size[1])


def set_stage(size: tuple[int, int], name: str, logo: str, seed: int = 21) -> Stage:
    """The stage for frames of `size` (width, height)."""
    rng = np.random.default_rng(seed)
    width, height = size
    margin = round(MARGIN * height)
    canvas = _Canvas(width + 2 * margin, height + 2 * margin, height, margin)
    _room(canvas, rng)
    _monitor(canvas)
    behind = canvas.pixels.copy()
    leaves = int(rng.integers(1 << 32))
    rooms: list[Picture] = []
    # The picture is a little richer than the paint, and falls off towards its corners.
    away = (canvas.x / (width / height) - 0.5) ** 2 + (canvas.y - 0.5) ** 2
    fall = (1.02 - 0.24 * away)[..., None]
    for slide in (welcome(name, logo), first_week(steps=False), first_week()):
        canvas.pixels = behind.copy()
        _screen(canvas, slide)
        _plant(canvas, np.random.default_rng(leaves))
        seen = ((canvas.pixels - 140) * 1.10 + 142) * fall
        rooms.append(np.clip(seen + 0.5, 0, 255).astype(np.uint8))
    top = round((DESK - 0.09) * height)
    desk = _desk(canvas, top + margin, rng)
    return Stage(size, (rooms[0], rooms[1], rooms[2]), desk, top, *_cat(height, rng))


def panel_matrix(scale: float) -> NDArray[np.float64]:
    """The homography from places on the panel, edge to edge, to the frame's pixels at rest, `scale` pixels to
    the frame's height; whole numbers are the middles of the frame's pixels."""
    w, h = PANEL
    corners = (np.array(SCREEN) * scale - 0.5).astype(np.float32)
    return cv2.getPerspectiveTransform(np.array([(0, 0), (w, 0), (w, h), (0, h)], np.float32), corners)


class _Canvas:
    """A float RGB picture on which shapes are laid, each with a blur for its distance."""

    def __init__(self, width: int, height: int, scale: int, margin: int) -> None:
        self.scale, self.margin = scale, margin
        self.pixels = np.zeros((height, width, 3), np.float32)
        x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
        self.x, self.y = (x + 0.5 - margin) / scale, (y + 0.5 - margin) / scale

    def mask(
        self, points: Array | NDArray[np.float64] | list[tuple[float, float]], blur: float = 0.0
    ) -> Array:
        """A polygon, 0 to 1, its edge blurred."""
        mask = np.zeros(self.pixels.shape[:2], np.float32)
        at = np.asarray(points) * self.scale + self.margin - 0.5
        reach = 3.2 * blur * self.scale + 3
        (left, top), (right, bottom) = at.min(0) - reach, at.max(0) + reach
        rows = slice(max(int(top), 0), min(int(bottom), mask.shape[0]))
        columns = slice(max(int(left), 0), min(int(right), mask.shape[1]))
        if rows.stop <= rows.start or columns.stop <= columns.start:
            return mask
        part = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.uint8)
        inside = np.rint((at - (columns.start, rows.start)) * 16).astype(np.int32)
        cv2.fillPoly(part, [inside], 255, cv2.LINE_AA, 4)
        soft = part.astype(np.float32) / 255
        if blur:
            soft = cv2.GaussianBlur(soft, (0, 0), blur * self.scale, borderType=cv2.BORDER_REPLICATE)
        mask[rows, columns] = soft
        return mask

    def lay(self, mask: Array, colour: object) -> None:
        """A colour, or a picture of the canvas's size, where the mask lets it."""
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        if not len(rows):
            return
        there = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        value = np.asarray(colour, np.float32)
        value = value[there] if value.ndim > 1 else value
        self.pixels[there] += (value - self.pixels[there]) * mask[there][..., None]

    def box(self, left: float, top: float, right: float, bottom: float, colour: object, blur: float) -> None:
        self.lay(self.mask([(left, top), (right, top), (right, bottom), (left, bottom)], blur), colour)


def _room(c: _Canvas, rng: np.random.Generator) -> None:
    x, y = c.x, c.y
    wall = np.array([206, 196, 180], np.float32)
    glow = 1.10 - 0.34 * smoothstep(0.0, 1.9, x) - 0.16 * smoothstep(0.1, 1.0, y)
    c.pixels[:] = wall * (glow * (1 + 0.006 * clouds(x.shape, c.scale * 0.05, rng)))[..., None]
    # Light from the window falls on the wall in panes.
    for k, left in enumerate((0.95, 1.20, 1.45)):
        pane = [(left, 0.02), (left + 0.19, 0.05), (left + 0.06, 0.80), (left - 0.13, 0.80)]
        c.lay(0.20 * c.mask(pane, 0.022 + 0.005 * k), (255, 236, 200))
    # The window and its curtain.
    c.box(-0.1, -0.1, 0.22, 0.80, (243, 246, 247), 0.020)
    c.lay(
        0.5
        * c.mask([(-0.1, 0.45), (0.05, 0.38), (0.14, 0.46), (0.22, 0.42), (0.22, 0.8), (-0.1, 0.8)], 0.03),
        (176, 196, 164),
    )
    c.box(0.095, -0.1, 0.108, 0.80, (214, 208, 198), 0.007)
    c.box(-0.1, 0.36, 0.22, 0.374, (214, 208, 198), 0.007)
    c.box(0.212, -0.1, 0.238, 0.83, (188, 178, 162), 0.007)
    folds = 0.86 + 0.10 * np.sin(c.x * 120 + 1.2 * np.sin(c.y * 3)) - 0.12 * smoothstep(0.02, 0.16, c.x)
    c.lay(
        0.94 * c.mask([(-0.1, -0.1), (0.13, -0.1), (0.10, 0.5), (0.07, 0.95), (-0.1, 0.95)], 0.008),
        np.array([232, 220, 202], np.float32) * folds[..., None],
    )
    # Shelves with books, out of focus.
    c.box(0.30, 0.065, 1.00, 0.80, (196, 184, 166), 0.006)
    c.box(0.316, 0.080, 0.985, 0.80, (134, 124, 112), 0.008)
    colours = np.array([(150, 66, 52), (52, 92, 104), (196, 160, 96), (222, 208, 184), (84, 106, 78),
                        (46, 58, 82), (176, 112, 82), (120, 84, 108), (208, 190, 160),
                        (64, 110, 118)])  # fmt: skip
    for shelf in (0.275, 0.50, 0.73):
        at = 0.325
        while at < 0.96:
            if rng.random() < 0.10:
                at += rng.uniform(0.03, 0.07)
                continue
            wide, tall = rng.uniform(0.013, 0.030), rng.uniform(0.12, 0.175)
            tone = colours[rng.integers(len(colours))] * rng.uniform(0.72, 1.02) * (1.08 - 0.35 * at)
            c.box(at, shelf - tall, min(at + wide, 0.975), shelf, tone, 0.0045)
            c.box(at + wide * 0.12, shelf - tall, at + wide * 0.3, shelf, tone * 1.16, 0.0045)
            c.box(
                at + 0.002, shelf - tall * 0.8, at + wide - 0.002, shelf - tall * 0.76, tone * 0.6 + 90, 0.004
            )
            at += wide + 0.0016
        c.box(0.310, shelf, 0.99, shelf + 0.017, (206, 194, 176), 0.004)
        c.box(0.310, shelf + 0.017, 0.99, shelf + 0.045, (92, 82, 72), 0.010)
    # A lamp hangs beside the shelves.
    c.box(1.026, -0.1, 1.030, 0.07, (70, 62, 54), 0.003)
    halo = np.exp(-(((x - 1.028) / 0.16) ** 2) - ((y - 0.125) / 0.15) ** 2)
    c.pixels += (255 - c.pixels) * (0.50 * halo)[..., None] * np.array([1.0, 0.80, 0.48], np.float32)
    c.lay(c.mask([(1.012, 0.05), (1.044, 0.05), (1.088, 0.115), (0.968, 0.115)], 0.0045), (196, 122, 66))
    c.lay(c.mask([(0.972, 0.112), (1.084, 0.112), (1.076, 0.122), (0.980, 0.122)], 0.005), (255, 240, 204))
    # Dust of light: the nearer the window, the hazier.
    haze = np.exp(-((x / 0.55) ** 2))
    c.pixels += (np.array([250, 240, 224], np.float32) - c.pixels) * (0.24 * haze)[..., None]


def _monitor(c: _Canvas) -> None:
    corners = np.array(SCREEN)
    middle = corners.mean(0)
    # Its shadow on the wall, its foot, its case, and its light on what is near.
    c.lay(0.34 * c.mask((corners - middle) * 1.07 + middle + (0.035, 0.035), 0.022), (70, 56, 44))
    c.lay(c.mask([(1.345, 0.55), (1.395, 0.55), (1.399, 0.90), (1.341, 0.90)], 0.0012), _steel(c.x))
    case = (corners - middle) * (1.036, 1.058) + middle
    c.lay(c.mask(case + np.array([0.0035, 0.0035]), 0.001), (18, 19, 22))
    c.lay(c.mask(case, 0.0008), (46, 48, 53))
    near = c.mask(case, 0.05) * (1 - c.mask(case, 0.001))
    c.pixels += 9 * near[..., None] * np.array([0.9, 1.0, 1.1], np.float32)


def _screen(c: _Canvas, shown: Picture) -> None:
    scale = c.scale
    tall = round((SCREEN[2][1] - SCREEN[1][1]) * scale * 1.15)
    factor = tall / PANEL[1]
    small = cv2.resize(shown, (round(PANEL[0] * factor), tall), interpolation=cv2.INTER_AREA)
    shrink = np.diag([PANEL[0] / small.shape[1], PANEL[1] / small.shape[0], 1.0])
    shift = np.array([[1, 0, c.margin], [0, 1, c.margin], [0, 0, 1.0]])
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1.0]])
    warped = cv2.warpPerspective(
        small, shift @ panel_matrix(scale) @ shrink @ half, c.pixels.shape[1::-1], flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    lit = warped.astype(np.float32) * (1.0 - 0.05 * smoothstep(1.05, 1.7, c.x))[..., None] * 0.965
    soft = np.asarray(cv2.GaussianBlur(lit, (0, 0), max(scale / 1500, 0.35)), np.float32)
    c.lay(c.mask(np.array(SCREEN), 0.0007), soft)


def _steel(x: Array) -> Array:
    """The colour of the monitor's foot: light from the left runs down it."""
    shine = 0.66 + 0.42 * np.exp(-(((x - 1.355) / 0.010) ** 2)) - 2.2 * np.clip(x - 1.37, 0, 1)
    return np.array([128, 131, 136], np.float32) * shine[..., None]


def _plant(c: _Canvas, rng: np.random.Generator) -> None:
    """Leaves in the right corner, before the wall."""
    for k in range(17):
        root = np.array([1.735 + rng.uniform(-0.03, 0.03), 0.86])
        lean, long = rng.uniform(-0.9, 0.5), rng.uniform(0.20, 0.42)
        t = np.linspace(0, 1, 16)[:, None]
        spine = root + t * np.array([0.05 * lean, -long]) + t**2 * np.array([0.14 * lean, 0.10 * abs(lean)])
        across = np.gradient(spine, axis=0)[:, ::-1] * (1, -1)
        across /= np.linalg.norm(across, axis=1, keepdims=True)
        half = 0.028 * np.sin(np.pi * t**0.8) * rng.uniform(0.7, 1.2)
        tone = np.array([70, 104, 66]) * rng.uniform(0.62, 1.18) * (0.75 + 0.4 * k / 17)
        c.lay(c.mask(np.concatenate([spine + across * half, (spine - across * half)[::-1]]), 0.003), tone)
        c.lay(c.mask(np.concatenate([spine + across * half, spine[::-1]]), 0.003) * 0.55, tone * 1.28 + 6)


def _desk(c: _Canvas, top: int, rng: np.random.Generator) -> Picture:
    d = _Canvas(c.pixels.shape[1], c.pixels.shape[0], c.scale, c.margin)
    x, y = d.x, d.y
    depth = np.clip((y - DESK) / (1 - DESK), 0, 1.3)
    far = 1 / (0.42 + 0.58 * depth)
    grain = np.sin((y - DESK) * far * 900 + 3 * clouds(x.shape, c.scale * 0.2, rng) + np.sin(x * 5) * 2)
    streak = cv2.GaussianBlur(
        rng.standard_normal(x.shape).astype(np.float32), (0, 0), sigmaX=c.scale * 0.05, sigmaY=0.8
    )
    streak = streak / (streak.std() + 1e-6)
    wood = np.array([150, 106, 70], np.float32) * (1 + 0.020 * grain + 0.030 * streak)[..., None]
    sheen = np.exp(-(((x - 0.20) / 0.42) ** 2)) * (1 - 0.55 * depth)
    wood = wood * (0.84 + 0.22 * depth)[..., None] + sheen[..., None] * np.array([74, 68, 58], np.float32)
    mirror = np.exp(-(((x - 1.37) / 0.26) ** 2)) * (1 - smoothstep(0.0, 0.8, depth))
    wood = wood + (mirror * 30)[..., None]
    under = np.exp(-(((x - 0.62) / 0.34) ** 4)) * (1 - smoothstep(0, 0.5, depth))
    d.pixels[:] = wood * (1 - 0.42 * under)[..., None]
    alpha = smoothstep(DESK - 0.6 / c.scale, DESK + 0.6 / c.scale, y)
    d.lay(np.exp(-(((y - DESK - 0.004) / 0.0025) ** 2)) * 0.5, (226, 186, 146))

    def thing(mask: Array, colour: object) -> None:
        nonlocal alpha
        d.lay(mask, colour)
        alpha = np.maximum(alpha, mask)

    def ellipse(cx: float, cy: float, rx: float, ry: float) -> NDArray[np.float64]:
        a = np.linspace(0, 2 * np.pi, 72)
        return np.stack([cx + rx * np.cos(a), cy + ry * np.sin(a)], -1)

    # The monitor's foot.
    d.lay(0.5 * d.mask(ellipse(1.385, 0.893, 0.15, 0.014), 0.006), (66, 44, 30))
    thing(d.mask(ellipse(1.37, 0.884, 0.125, 0.0135), 0.0007), (96, 98, 102))
    thing(
        d.mask(ellipse(1.37, 0.881, 0.125, 0.0130), 0.0007),
        np.array([150, 152, 156], np.float32) * (1.12 - 0.5 * np.abs(x - 1.30))[..., None],
    )
    d.lay(
        d.mask([(1.340, 0.80), (1.398, 0.80), (1.399, 0.879), (1.341, 0.879)], 0.001) * (y > DESK), _steel(x)
    )
    # A notebook with a pen.
    d.lay(0.55 * d.mask([(0.36, 0.955), (0.80, 0.953), (0.87, 1.1), (0.32, 1.1)], 0.008), (58, 38, 26))
    thing(d.mask([(0.375, 0.940), (0.785, 0.940), (0.845, 1.1), (0.335, 1.1)], 0.001), (36, 62, 74))
    lines = 0.96 + 0.03 * np.sin(y * 620)
    thing(
        d.mask([(0.385, 0.936), (0.777, 0.936), (0.835, 1.1), (0.347, 1.1)], 0.001),
        np.array([240, 234, 222], np.float32) * lines[..., None],
    )
    d.lay(0.30 * d.mask([(0.574, 0.936), (0.588, 0.936), (0.602, 1.1), (0.560, 1.1)], 0.004), (120, 104, 88))
    d.lay(0.4 * d.mask([(0.668, 0.992), (0.776, 0.958), (0.782, 0.966), (0.674, 1.000)], 0.004), (90, 74, 60))
    thing(d.mask([(0.664, 0.985), (0.770, 0.950), (0.774, 0.958), (0.668, 0.994)], 0.0008), (166, 52, 44))
    d.lay(
        0.6 * d.mask([(0.664, 0.986), (0.770, 0.951), (0.771, 0.9535), (0.665, 0.9885)], 0.0008),
        (236, 150, 136),
    )
    # A mug, with steam's light on it.
    d.lay(0.55 * d.mask(ellipse(0.262, 0.968, 0.115, 0.020), 0.010), (56, 36, 24))
    round_off = np.clip((x - 0.205) / 0.078, -1, 1)
    glaze = 1.02 - 0.30 * round_off - 0.42 * round_off**2 + 0.5 * np.exp(-(((round_off + 0.52) / 0.10) ** 2))
    cup = np.array([196, 106, 74], np.float32) * np.clip(glaze, 0.25, 1.35)[..., None]
    handle = d.mask(ellipse(0.290, 0.885, 0.034, 0.045), 0.0008) * (
        1 - d.mask(ellipse(0.289, 0.885, 0.021, 0.030), 0.0008)
    )
    thing(handle, (150, 74, 50))
    wall = np.concatenate(
        [
            [(0.127, 0.815), (0.283, 0.815), (0.276, 0.958)],
            ellipse(0.205, 0.957, 0.071, 0.015)[1:36],
            [(0.134, 0.958)],
        ]
    )
    thing(d.mask(wall, 0.001), cup)
    thing(d.mask(ellipse(0.205, 0.815, 0.078, 0.0165), 0.001), (226, 148, 116))
    thing(d.mask(ellipse(0.205, 0.8160, 0.071, 0.0135), 0.001), (112, 58, 42))
    thing(d.mask(ellipse(0.205, 0.8200, 0.064, 0.0095), 0.001), (52, 30, 22))
    full = np.dstack([np.clip(d.pixels, 0, 255) * alpha[..., None], alpha * 255])
    return np.ascontiguousarray(full[top:] + 0.5).astype(np.uint8)


def _cat(height: int, rng: np.random.Generator) -> tuple[Picture, Picture]:
    """The tail (tip at the top) and the back of a ginger cat."""
    ginger, dark = np.array([206, 132, 70], np.float32), np.array([142, 76, 36], np.float32)
    long, wide = round(0.68 * height), round(0.110 * height)
    v, u = np.meshgrid(np.linspace(-0.02, 1, long), np.linspace(-1, 1, wide), indexing="ij")
    v, u = v.astype(np.float32), u.astype(np.float32)
    reach = 0.50 * np.sqrt(np.clip(1 - (1 - np.clip(v / 0.07, 0, 1)) ** 2, 0, 1)) * (0.74 + 0.26 * v)
    fur = _fur((long, wide), rng)
    stripe = smoothstep(-0.2, 0.6, np.sin(v * 58 + 1.6 * u**2 + 0.25 * fur))
    tone = ginger + (dark - ginger) * (0.62 * stripe)[..., None]
    tone = tone + (dark * 0.75 - tone) * (1 - smoothstep(0.05, 0.13, v))[..., None]
    across = np.clip(u / np.maximum(reach, 0.05), -1, 1)
    tone = tone * (1.14 - 0.32 * across - 0.40 * across**2 + 0.05 * fur)[..., None]
    cover = np.clip((reach + 0.035 * fur * (reach > 0.1) - np.abs(u)) * wide * 0.30, 0, 1)
    tail = _sprite(tone, cover, height)
    bw, bh = round(0.80 * height), round(0.20 * height)
    y, x = np.meshgrid(np.linspace(0, 1, bh), np.linspace(-1, 1, bw), indexing="ij")
    y, x = y.astype(np.float32), x.astype(np.float32)
    back = 0.36 + 0.60 * np.abs((x - 0.28) / 0.72) ** 2.6 - 0.05 * np.exp(-(((x - 0.62) / 0.22) ** 2))
    skull = 0.30 + 0.55 * np.abs((x + 0.60) / 0.25) ** 2.4
    ears = [
        0.06 + 3.6 * np.abs(x - at) + 1.4 * np.clip((x - at) * lean, 0, 1)
        for at, lean in ((-0.735, -1), (-0.475, 1))
    ]
    line = np.minimum(np.minimum(back, skull), np.minimum(*ears))
    fur = _fur((bh, bw), rng)
    stripe = smoothstep(0.0, 0.7, np.sin(x * 27 + 1.5 * np.sin(y * 5) + 0.2 * fur))
    tone = ginger + (dark - ginger) * (0.55 * stripe)[..., None]
    tone = (
        tone
        * (1.22 - 0.50 * np.clip((y - np.minimum(back, skull)) * 1.5, 0, 1) - 0.10 * x + 0.05 * fur)[
            ..., None
        ]
    )
    inner = [np.clip((y - ear - 0.16) * 8, 0, 1) * (y < 0.40) for ear in ears]
    tone = tone + (np.array([214, 150, 132], np.float32) - tone) * (0.75 * np.maximum(*inner))[..., None]
    cover = np.clip((y - line + 0.012 * fur) * bh * 0.30, 0, 1)
    return tail, _sprite(tone, cover, height)


def _fur(shape: tuple[int, int], rng: np.random.Generator) -> Array:
    noise = rng.standard_normal(shape).astype(np.float32)
    hairs = np.asarray(cv2.GaussianBlur(noise, (0, 0), sigmaX=1.0, sigmaY=5.0), np.float32)
    return hairs / hairs.std()


def _sprite(tone: Array, cover: Array, height: int) -> Picture:
    """Premultiplied, and a little out of focus: it is near the lens."""
    layer = np.dstack([np.clip(tone, 0, 255) * cover[..., None], cover * 255]).astype(np.float32)
    soft = cv2.GaussianBlur(layer, (0, 0), height / 480)
    return np.clip(soft + 0.5, 0, 255).astype(np.uint8)
