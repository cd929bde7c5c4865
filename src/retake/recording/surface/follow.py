"""Finding a surface frame by frame, from where it was last and how it moved.

Enters: a reference and one frame after another, in either direction of time. Leaves: the surface's place, its
light and what stands before it, or that it is not to be seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.recording.surface.align import chase, match_points, search
from retake.recording.surface.compare import CLOSE, Likeness, Tone, compare, surface_part
from retake.recording.surface.light import measure_light
from retake.recording.surface.matte import find_alpha, lift
from retake.recording.surface.model import SurfaceFrame, pack, pack_colours
from retake.recording.surface.plane import Floats, Matrix, Pixels, carry, is_sound, outline, shifted, soften
from retake.recording.surface.reference import MARGIN, Reference, to_grey, widened
from retake.recording.surface.register import View, is_at_rest, register, view

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_NEAR = 1.5  # pixels from its rest within which a surface may have come to it
_WHOLE = 0.995  # of the surface in sight: below, what covers it is left out when its place is measured


@dataclass(frozen=True, eq=False, slots=True)
class Shot:
    """A frame, its number, and the user's matte for it, 0 to 1."""

    number: int
    frame: Pixels
    matte: Floats | None

    @property
    def size(self) -> tuple[int, int]:
        """The frame's (width, height)."""
        return self.frame.shape[1], self.frame.shape[0]


class Follower:
    """Finds the surface frame by frame, from where it was last and how it moved."""

    def __init__(self, reference: Reference, homography: Matrix, *, given: bool) -> None:
        self.reference = reference
        self.rest = homography
        self._given = given
        self._last = homography
        self._move = np.eye(3)
        self._before: Pixels | None = None
        self._light: Tone | None = None

    def again(self) -> Follower:
        """One that starts anew at the reference."""
        return Follower(self.reference, self.rest, given=self._given)

    def follow(self, shot: Shot) -> SurfaceFrame:
        """The surface in the next frame, in either direction of time."""
        state = self._at_rest(shot) if self._is_near_rest() else None
        for guess in self._guesses(shot.frame) if state is None else ():
            if is_sound(guess, self.reference.size, shot.size):
                state = self._settle(shot, guess)
            if state is not None:
                break
        if state is not None:
            followed = self._before is not None
            self._move = state.homography @ np.linalg.inv(self._last) if followed else np.eye(3)
            self._last, self._before = state.homography, shot.frame
            self._light = np.array(state.gain, np.float32), np.array(state.offset, np.float32)
            return state
        self._before, self._move = None, np.eye(3)
        return SurfaceFrame(self._last, seen=0.0, confidence=0.0)

    def _guesses(self, frame: Pixels) -> Iterator[Matrix]:
        yield self._move @ self._last
        if self._before is not None:
            chased = chase(self._before, frame, self._last, self.reference.size)
            if chased is not None:
                yield chased
        found = search(self.reference, to_grey(frame.astype(np.float32)))
        if found is not None:
            yield found

    def _is_near_rest(self) -> bool:
        bounds = outline(self.reference.size)
        return float(np.abs(carry(self._last, bounds) - carry(self.rest, bounds)).max()) < _NEAR

    def _at_rest(self, shot: Shot) -> SurfaceFrame | None:
        seen = view(shot.frame, self.rest, self.reference.size)
        if seen is None:
            return None
        shown, blocked = self._look(shot, self.rest)
        free = _free(self.reference, blocked)
        if not is_at_rest(self.reference.details, seen, self.rest, free=free, light=self._luma_light()):
            return None
        likeness = self._compare(shown, blocked)
        return self._state(shot, self.rest, shown, likeness) if likeness.is_surface else None

    def _settle(self, shot: Shot, guess: Matrix) -> SurfaceFrame | None:
        seen = view(shot.frame, guess, self.reference.size)
        if seen is None:
            return None
        place = match_points(self.reference, seen, guess)
        place = self._registered(shot, seen, guess if place is None else place, guess, None)
        if place is None:
            return None
        shown, blocked = self._look(shot, place)
        likeness = self._compare(shown, blocked)
        if likeness.is_surface and likeness.seen < _WHOLE:
            finer = self._registered(shot, seen, place, guess, likeness)
            if finer is None:
                return None
            place = finer
            shown, blocked = self._look(shot, place)
            likeness = self._compare(shown, blocked)
        return self._state(shot, place, shown, likeness) if likeness.is_surface else None

    def _registered(
        self, shot: Shot, seen: View, start: Matrix, guess: Matrix, likeness: Likeness | None
    ) -> Matrix | None:
        """The place found from `start` on with the shape of the last one, moved to where this one is."""
        size = self.reference.size
        if not is_sound(start, size, shot.size):
            return None
        free = None if likeness is None else _free(self.reference, likeness.cover)
        place = register(self.reference.details, seen, start, guess, free=free, light=self._luma_light())
        return place if place is not None and is_sound(place, size, shot.size) else None

    def _luma_light(self) -> tuple[float, float] | None:
        if self._light is None:
            return None
        gain, offset = (float(share @ _LUMA) for share in self._light)
        return gain, offset + gain * self.reference.details.level

    def _compare(self, shown: Floats, blocked: Floats) -> Likeness:
        return compare(self.reference, shown, blocked, given=self._given, before=self._light)

    def _look(self, shot: Shot, place: Matrix) -> tuple[Floats, Floats]:
        """The plane with its margin as the frame shows it, and where the frame ends or the matte lies."""
        size = self.reference.size
        shown = widened(shot.frame, place, size)
        blocked = beyond(shot.frame, place, size)
        if shot.matte is not None:
            blocked = np.maximum(blocked, widened(shot.matte, place, size))
        return shown, blocked

    def _state(self, shot: Shot, place: Matrix, shown: Floats, likeness: Likeness) -> SurfaceFrame:
        light = measure_light(self.reference, shot.frame, place, likeness.cover)
        state = SurfaceFrame(place, likeness.seen, likeness.confidence, light.gain, light.offset, light.blur)
        if not surface_part(likeness.cover).any():
            return state
        picture = soften(self.reference.picture, light.blur)
        behind = picture * np.array(light.gain, np.float32) + np.array(light.offset, np.float32)
        alpha = likeness.cover
        if not self._given:
            alpha = find_alpha(shown, behind, alpha, CLOSE * self.reference.edges)
        front = surface_part(lift(shown, behind, alpha))
        return replace(state, cover=pack(surface_part(alpha)), front=pack_colours(front))


def beyond(frame: Pixels, place: Matrix, size: tuple[int, int]) -> Floats:
    """1 where the plane with its margin lies outside the frame, 0 inside."""
    wide = size[0] + 2 * MARGIN, size[1] + 2 * MARGIN
    corners = carry(place @ shifted(-MARGIN, -MARGIN), outline(wide))
    if (corners > 0).all() and (corners < (frame.shape[1] - 1, frame.shape[0] - 1)).all():
        return np.zeros(wide[::-1], np.float32)
    return 1 - widened(np.ones(frame.shape[:2], np.uint8), place, size, outside=False)


def _free(reference: Reference, cover: Floats) -> NDArray[np.bool_]:
    """Which details of the reference nothing stands before or near."""
    near = np.asarray(cv2.dilate(cover, np.ones((7, 7), np.uint8)))
    x, y = (reference.details.points + MARGIN).astype(np.intp).T
    return near[y, x] < 0.1
