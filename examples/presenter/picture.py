"""One frame: the parts laid over each other where a pose puts them.

Enters: a `Pose`. Leaves: uint8 RGB, and the matrix that took the room to the frame. Parts are drawn once for
a size; a frame only moves them, and draws eyes and mouth. Whole numbers are the middles of pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from presenter import body, head
from presenter.eyes import Eyes
from presenter.motion import Pose
from presenter.mouth import CENTRE, GAP, Mouth
from presenter.sculpt import Array
from presenter.slides import Picture
from presenter.stage import Stage, set_stage

UNIT = 0.160
"""The head's unit, in heights of the frame."""
PLACE = (0.610, 0.365)
"""Where the point between the eyes is, in heights of the frame."""
_DETAIL = 1.15
_BROAD = 1.13
"""The body against the head."""
_AXIS = 0.1
"""The depth about which it nods and shakes."""
_PIVOT = (0.0, 1.05)
"""The head turns about the top of the neck."""
Matrix = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Taken:
    """A frame and where things are in it, in pixels."""

    pixels: Picture
    """(h, w, 3)"""
    sway: Matrix
    """(3, 3): pixels at rest to this frame's, for what is as far as the monitor."""
    mouth: tuple[float, float]
    """The middle of the closed lips' seam."""
    gap: float
    """Between the lips, at the middle."""


class Camera:
    """Takes frames of `size` (width, height) with `noise` (deviation in display values)."""

    def __init__(self, size: tuple[int, int], name: str, logo: str, noise: float, seed: int) -> None:
        self.size = size
        self.stage: Stage = set_stage(size, name, logo)
        self._scale = UNIT * size[1]
        fine = self._scale * _DETAIL
        parts = head.model_head(fine)
        self._eyes, self._mouth = Eyes(fine), Mouth(fine)
        self._skin, self._hair = parts.skin, _bytes(parts.hair)
        self._mane, self._body = _bytes(parts.mane), _bytes(body.model_body(fine))
        self._brows, self._fine = parts.brows, fine
        rows, columns = np.nonzero(parts.brows[..., 3])
        self._forehead = slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)
        self._depth = parts.depth
        self._grain = _Grain(size, noise, seed)

    def take(self, pose: Pose, number: int = 0) -> Taken:
        """Frame `number` of a film, in this pose."""
        width, height = self.size
        sway = self._sway(pose, 1.0)
        margin = self.stage.margin
        to_frame = sway @ _shift(-margin, -margin)
        frame = cv2.warpAffine(
            self._room(pose.slide),
            to_frame[:2],
            (width, height),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT,
        )
        near = self._sway(pose, 1.10)
        posed = near @ self._head_matrix(pose)
        self._lay(frame, self._mane, posed @ _texture(head.BOX, self._fine))
        self._lay(frame, self._body, near @ self._body_matrix(pose) @ _texture(body.BOX, self._fine))
        self._lay_head(frame, self._face(pose), posed @ _texture(head.BOX, self._fine), pose)
        close = self._sway(pose, 1.22)
        self._lay(frame, self.stage.desk, close @ _shift(-margin, self.stage.desk_top))
        if pose.cat >= 0:
            self._lay_cat(frame, pose.cat, close)
        cv2.convertScaleAbs(frame, frame, pose.light)
        self._grain.add(frame, number)
        return Taken(
            np.asarray(frame, np.uint8),
            sway,
            self._mouth_at(posed, pose),
            GAP * pose.mouth.open * self._scale,
        )

    def _room(self, slide: float) -> Picture:
        welcomed, begun, complete = self.stage.rooms
        if slide < 0:
            return welcomed
        if slide >= 1:
            return complete
        return np.asarray(cv2.addWeighted(begun, 1 - slide, complete, slide, 0), np.uint8)

    def _mouth_at(self, posed: Matrix, pose: Pose) -> tuple[float, float]:
        """The middle of the lips' seam in the frame, turned by its depth."""
        x, y = CENTRE
        column, row = round((x - head.BOX[0]) * self._fine), round((y - head.BOX[1]) * self._fine)
        depth = float(self._depth[row, column]) - _AXIS
        turned = x + np.sin(np.deg2rad(pose.yaw)) * depth, y + np.sin(np.deg2rad(pose.pitch)) * depth, 1.0
        at = posed @ np.array(turned)
        return float(at[0]), float(at[1])

    def _sway(self, pose: Pose, nearness: float) -> Matrix:
        """The camera's hand: what is nearer moves a little more."""
        width, height = self.size
        x, y, turn, zoom = pose.camera
        a, k = np.deg2rad(turn), 1 + zoom * nearness
        c, s = np.cos(a) * k, np.sin(a) * k
        turned = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]])
        there = _shift(width / 2 + x * height / 1000 * nearness, height / 2 + y * height / 1000 * nearness)
        return there @ turned @ _shift(-width / 2, -height / 2)

    def _head_matrix(self, pose: Pose) -> Matrix:
        """Head units to pixels."""
        a = np.deg2rad(pose.roll)
        c, s = np.cos(a), np.sin(a)
        turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]])
        moved = _shift(_PIVOT[0] + pose.shift[0], _PIVOT[1] + pose.shift[1] - 0.006 * pose.breath)
        return self._stand() @ moved @ turn @ _shift(-_PIVOT[0], -_PIVOT[1])

    def _body_matrix(self, pose: Pose) -> Matrix:
        """Breath lifts the shoulders; the body follows the head a little."""
        wide, tall = _BROAD * (1 + 0.0030 * pose.breath), _BROAD * (1 + 0.0050 * pose.breath)
        low = 3.4 * (1 - tall / _BROAD) + 1.25 * (1 - _BROAD)
        grow = np.array([[wide, 0, pose.shift[0] * 0.5], [0, tall, low], [0, 0, 1.0]])
        lean = np.array([[1, 0.0007 * pose.roll, 0], [0, 1, 0], [0, 0, 1.0]])
        return self._stand() @ lean @ grow

    def _stand(self) -> Matrix:
        height = self.size[1]
        k = self._scale
        return np.array([[k, 0, PLACE[0] * height - 0.5], [0, k, PLACE[1] * height - 0.5], [0, 0, 1.0]])

    def _face(self, pose: Pose) -> Picture:
        texture = self._skin.copy()
        self._eyes.draw(texture, pose.look)
        self._mouth.draw(texture, pose.mouth)
        rows, columns = self._forehead
        lift = -0.013 * pose.brows * self._fine
        brows = cv2.warpAffine(
            self._brows[rows, columns],
            np.array([[1, 0, 0], [0, 1, lift]]),
            (columns.stop - columns.start, rows.stop - rows.start),
        )
        window = texture[rows, columns]
        window *= 1 - brows[..., 3:] / 255
        window[..., :3] += brows[..., :3]
        window[..., 3] += brows[..., 3]
        face = np.clip(texture + 0.5, 0, 255).astype(np.uint8)
        _blend(face, self._hair)
        return face

    def _lay_head(self, frame: NDArray[np.uint8], face: Picture, matrix: Matrix, pose: Pose) -> None:
        """The face, turned: what stands out moves more, by its depth."""
        window = _window(matrix, face.shape, frame.shape)
        if window is None:
            return
        rows, columns = window
        inverse = np.linalg.inv(matrix) @ _shift(columns.start, rows.start)
        size = columns.stop - columns.start, rows.stop - rows.start
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        depth = cv2.warpAffine(self._depth, inverse[:2], size, flags=flags)
        x = np.arange(size[0], dtype=np.float32)[None, :]
        y = np.arange(size[1], dtype=np.float32)[:, None]
        yaw, pitch = np.sin(np.deg2rad(pose.yaw)) * self._fine, np.sin(np.deg2rad(pose.pitch)) * self._fine
        m = inverse.astype(np.float32)
        at_x = m[0, 0] * x + (m[0, 1] * y + m[0, 2]) - np.float32(yaw) * (depth - _AXIS)
        at_y = m[1, 0] * x + (m[1, 1] * y + m[1, 2]) - np.float32(pitch) * (depth - _AXIS)
        turned = cv2.remap(face, at_x, at_y, cv2.INTER_LINEAR)
        _blend(frame[rows, columns], turned)

    def _lay(self, frame: NDArray[np.uint8], texture: Picture, matrix: Matrix) -> None:
        window = _window(matrix, texture.shape, frame.shape)
        if window is None:
            return
        rows, columns = window
        moved = _shift(-columns.start, -rows.start) @ matrix
        size = columns.stop - columns.start, rows.stop - rows.start
        _blend(frame[rows, columns], cv2.warpAffine(texture, moved[:2], size, flags=cv2.INTER_LINEAR))

    def _lay_cat(self, frame: NDArray[np.uint8], progress: float, sway: Matrix) -> None:
        height = self.size[1]
        x, rise = cat_place(progress)
        tail = self.stage.tail
        step = 2 * np.pi * progress * 9
        back = _shift((x - 0.60) * height, (0.868 + 0.10 * (1 - rise) + 0.003 * np.sin(step)) * height)
        # The tail is bent row by row.
        long, wide = tail.shape[:2]
        room = round(0.14 * height)
        v = np.linspace(1, 0, long, dtype=np.float32)[:, None]
        bend = 0.052 * np.sin(2.6 * v + 2 * np.pi * progress * 2.2) * v + 0.075 * v**3
        columns = (
            np.arange(wide + 2 * room, dtype=np.float32)[None, :] - room - bend.astype(np.float32) * height
        )
        at_y = np.broadcast_to(np.arange(long, dtype=np.float32)[:, None], columns.shape)
        bent = cv2.remap(tail, columns, np.ascontiguousarray(at_y), cv2.INTER_LINEAR)
        top = 0.965 - 0.68 * rise + 0.16 * (1 - rise)
        self._lay(frame, bent, sway @ _shift(x * height - bent.shape[1] / 2, top * height))
        self._lay(frame, self.stage.back, sway @ back)


def cat_place(progress: float) -> tuple[float, float]:
    """Where the tail's root is (in heights of the frame, x), and how far the cat is up, 0 to 1."""
    rise = np.clip(np.sin(np.pi * np.clip(progress, 0, 1)) * 2.2, 0, 1)
    return 1.92 - 0.80 * progress, float(rise * rise * (3 - 2 * rise))


class _Grain:
    """Sensor noise: the same large field, each time from another place."""

    def __init__(self, size: tuple[int, int], deviation: float, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self._seed = seed
        self._size = size
        if deviation <= 0:
            self._fields = None
            return
        shape = size[1] + 96, size[0] + 96
        grey = rng.standard_normal((*shape, 1), np.float32) * 0.85
        tint = rng.standard_normal((*shape, 3), np.float32) * 0.55
        field = cv2.GaussianBlur(grey + tint, (0, 0), 0.55)
        field *= deviation / field.std()
        signs = np.rint(field + rng.random(field.shape, np.float32) - 0.5)
        self._fields = np.clip(signs, 0, 255).astype(np.uint8), np.clip(-signs, 0, 255).astype(np.uint8)

    def add(self, frame: NDArray[np.uint8], number: int) -> None:
        if self._fields is None:
            return
        x, y = (int(v) for v in np.random.default_rng((self._seed, number)).integers(0, 96, 2))
        width, height = self._size
        more, less = (field[y : y + height, x : x + width] for field in self._fields)
        cv2.add(frame, more, frame)
        cv2.subtract(frame, less, frame)


def _bytes(texture: Array) -> Picture:
    return np.clip(texture + 0.5, 0, 255).astype(np.uint8)


def _shift(x: float, y: float) -> Matrix:
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1.0]])


def _texture(box: tuple[float, float, float, float], scale: float) -> Matrix:
    """A texture's pixels to head units."""
    half = 0.5 / scale
    return np.array([[1 / scale, 0, box[0] + half], [0, 1 / scale, box[1] + half], [0, 0, 1.0]])


def _window(matrix: Matrix, texture: tuple[int, ...], frame: tuple[int, ...]) -> tuple[slice, slice] | None:
    """The rows and columns of the frame that a texture reaches; None where it lies outside."""
    h, w = texture[:2]
    at = matrix[:2] @ np.array([[0, w, w, 0], [0, 0, h, h], [1, 1, 1, 1.0]])
    left, top = np.maximum(np.floor(at.min(1)).astype(int) - 1, 0)
    right, bottom = np.minimum(np.ceil(at.max(1)).astype(int) + 2, (frame[1], frame[0]))
    if right <= left or bottom <= top:
        return None
    return slice(int(top), int(bottom)), slice(int(left), int(right))


def _blend(under: NDArray[np.uint8], over: Picture) -> None:
    """Premultiplied `over` (h, w, 4) onto `under` (h, w, 3 or 4), in place."""
    channels = under.shape[2]
    rest = cv2.merge([cv2.bitwise_not(cv2.extractChannel(over, 3))] * channels)
    dimmed = cv2.multiply(under, rest, scale=1 / 255)
    under[:] = cv2.add(dimmed, over if channels == 4 else cv2.cvtColor(over, cv2.COLOR_RGBA2RGB))
