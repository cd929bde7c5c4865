"""Following a flat surface through a take, once, in one pass over its frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice, repeat
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.errors import InputError, Problem
from retake.recording.surface.align import chase, match_points, search
from retake.recording.surface.compare import CLOSE, Likeness, Tone, compare, surface_part
from retake.recording.surface.light import Noise, measure_light, measure_noise, typical
from retake.recording.surface.matte import find_alpha, lift
from retake.recording.surface.model import SurfaceFrame, SurfaceTrack, pack, pack_colours
from retake.recording.surface.plane import (
    Box,
    Floats,
    Matrix,
    Pixels,
    Quad,
    carry,
    is_sound,
    lay_plane,
    outline,
    shifted,
    soften,
    window,
)
from retake.recording.surface.reference import MARGIN, Reference, take_reference, to_grey, widened
from retake.recording.surface.register import View, is_at_rest, register, view
from retake.recording.surface.smooth import smooth

Motion = Literal["auto", "static", "planar"]

_AHEAD = 8  # frames held to choose the reference among
_SHARPER = 1.25  # how much sharper than the first a frame must be to become the reference
_LEAST_SEEN = 0.2  # the share of frames below which a surface was not followed
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_NEAR = 1.5  # pixels from its rest within which a surface may have come to it
_WHOLE = 0.995  # of the surface in sight: below, what covers it is left out when its place is measured
_COVERED = 0.5  # the share of frames from which on a covered place is told


@dataclass(frozen=True, eq=False, slots=True)
class _Shot:
    """A frame, its number, and the user's matte for it, 0 to 1."""

    number: int
    frame: Pixels
    matte: Floats | None


def track(
    frames: Iterable[Pixels],
    start: int,
    region: Box | Quad,
    *,
    motion: Motion = "auto",
    mattes: Iterable[NDArray[np.uint8]] | None = None,
    place: str = "surface",
) -> SurfaceTrack:
    """Follows the surface in `region` (fractions of the frame) through upright sRGB frames from `start` on.

    The region is that of the first frame, or of the first in which anything is to be seen there. `static`
    nails it to the frame; `planar` follows a moving plane; `auto` follows too, and where the surface rests
    says so exactly. `mattes`, uint8 (height, width), one for each frame, are 255 where something stands
    before the surface; without them that is found from how the surface looks (not with `static`, where the
    picture behind an overlay may change). `place` names the segment in messages.
    Raises `InputError` where there is no frame, the region is no region, or the surface cannot be followed.
    """
    shots = _shots(frames, start, mattes, place)
    ahead = list(islice(shots, _AHEAD))
    if not ahead:
        raise InputError("there is no frame to follow a surface in", place=place, remedy="check the times")
    height, width = ahead[0].frame.shape[:2]
    size, homography = lay_plane(region, (width, height), place)
    if motion == "static":
        return _nailed(chain(ahead, shots), size, homography, start)
    first, reference = _first_reference(ahead, size, homography)
    if reference.is_plain:
        return _resting(ahead, shots, region, size, homography, start, place, motion)
    follower = _Follower(reference, homography, given=mattes is not None)
    chosen, follower = _sharpest(ahead, first, follower)
    found: dict[int, SurfaceFrame] = {}
    noises: list[Noise] = []
    backwards = follower.again()
    for shot in reversed(ahead[:chosen]):
        found[shot.number] = backwards.follow(shot)
    for shot in chain(ahead[chosen:], shots):
        found[shot.number] = follower.follow(shot)
        noises += _noise(found[shot.number], shot.frame, size)
    states = smooth(tuple(found[number] for number in sorted(found)), size)
    seen = sum(state.visible for state in states)
    if seen < max(1, _LEAST_SEEN * len(states)):
        raise InputError(
            f"the surface could be followed in only {seen} of {len(states)} frames",
            place=place,
            remedy="give a larger box, motion static if the surface does not move, or a matte",
        )
    noise = typical(noises)
    done = SurfaceTrack(
        start=start,
        frame_size=(width, height),
        size=size,
        reference=ahead[chosen].number,
        picture=_picture(follower.reference),
        frames=states,
        noise=noise.covariance,
        grain=noise.grain,
    )
    return replace(done, problems=tuple(_problems(done, place)))


class _Follower:
    """Finds the surface frame by frame, from where it was last and how it moved."""

    def __init__(self, reference: Reference, homography: Matrix, *, given: bool) -> None:
        self.reference = reference
        self.rest = homography
        self._given = given
        self._last = homography
        self._move = np.eye(3)
        self._before: Pixels | None = None
        self._light: Tone | None = None

    def again(self) -> _Follower:
        """One that starts anew at the reference."""
        return _Follower(self.reference, self.rest, given=self._given)

    def follow(self, shot: _Shot) -> SurfaceFrame:
        """The surface in the next frame, in either direction of time."""
        state = self._at_rest(shot) if self._is_near_rest() else None
        for guess in self._guesses(shot.frame) if state is None else ():
            if is_sound(guess, self.reference.size, _frame_size(shot)):
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

    def _at_rest(self, shot: _Shot) -> SurfaceFrame | None:
        seen = view(shot.frame, self.rest, self.reference.size)
        if seen is None:
            return None
        shown, blocked = self._look(shot, self.rest)
        free = _free(self.reference, blocked)
        if not is_at_rest(self.reference.details, seen, self.rest, free=free, light=self._luma_light()):
            return None
        likeness = self._compare(shown, blocked)
        return self._state(shot, self.rest, shown, likeness) if likeness.is_surface else None

    def _settle(self, shot: _Shot, guess: Matrix) -> SurfaceFrame | None:
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
        self, shot: _Shot, seen: View, start: Matrix, guess: Matrix, likeness: Likeness | None
    ) -> Matrix | None:
        """The place found from `start` on with the shape of the last one, moved to where this one is."""
        size = self.reference.size
        if not is_sound(start, size, _frame_size(shot)):
            return None
        free = None if likeness is None else _free(self.reference, likeness.cover)
        place = register(self.reference.details, seen, start, guess, free=free, light=self._luma_light())
        return place if place is not None and is_sound(place, size, _frame_size(shot)) else None

    def _luma_light(self) -> tuple[float, float] | None:
        if self._light is None:
            return None
        gain, offset = (float(share @ _LUMA) for share in self._light)
        return gain, offset + gain * self.reference.details.level

    def _compare(self, shown: Floats, blocked: Floats) -> Likeness:
        return compare(self.reference, shown, blocked, given=self._given, before=self._light)

    def _look(self, shot: _Shot, place: Matrix) -> tuple[Floats, Floats]:
        """The plane with its margin as the frame shows it, and where the frame ends or the matte lies."""
        size = self.reference.size
        shown = widened(shot.frame, place, size)
        blocked = _beyond(shot.frame, place, size)
        if shot.matte is not None:
            blocked = np.maximum(blocked, widened(shot.matte, place, size))
        return shown, blocked

    def _state(self, shot: _Shot, place: Matrix, shown: Floats, likeness: Likeness) -> SurfaceFrame:
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


def _sharpest(ahead: list[_Shot], first: int, follower: _Follower) -> tuple[int, _Follower]:
    """Which of the frames ahead to compare all others with, and a follower that does."""
    best, chosen, sharpness = first, follower.again(), follower.reference.sharpness * _SHARPER
    for index in range(first + 1, len(ahead)):
        state = follower.follow(ahead[index])
        if not state.visible or state.seen < 0.97:
            continue
        candidate = take_reference(
            ahead[index].frame, state.homography, follower.reference.size, ahead[index].matte
        )
        if candidate.sharpness > sharpness:
            best, sharpness = index, candidate.sharpness * _SHARPER
            chosen = _Follower(candidate, state.homography, given=ahead[index].matte is not None)
    return best, chosen


def _first_reference(ahead: list[_Shot], size: tuple[int, int], homography: Matrix) -> tuple[int, Reference]:
    """The first of the frames ahead in which there is something to follow, or the first of all."""
    for index, shot in enumerate(ahead):
        reference = take_reference(shot.frame, homography, size, shot.matte)
        if not reference.is_plain:
            return index, reference
    return 0, take_reference(ahead[0].frame, homography, size, ahead[0].matte)


def _nailed(shots: Iterator[_Shot], size: tuple[int, int], homography: Matrix, start: int) -> SurfaceTrack:
    """A region that stays where it is; only mattes cover it."""
    states: list[SurfaceFrame] = []
    noises: list[Noise] = []
    first = next(shots)
    for shot in chain((first,), shots):
        cover = b""
        if shot.matte is not None:
            cover = pack(surface_part(widened(shot.matte, homography, size)))
        states.append(SurfaceFrame(homography, cover=cover))
        noises += _noise(states[-1], shot.frame, size)
    noise = typical(noises)
    reference = take_reference(first.frame, homography, size)
    return SurfaceTrack(
        start,
        _frame_size(first),
        size,
        start,
        _picture(reference),
        tuple(states),
        noise.covariance,
        noise.grain,
    )


def _resting(
    ahead: list[_Shot],
    shots: Iterator[_Shot],
    region: Box | Quad,
    size: tuple[int, int],
    homography: Matrix,
    start: int,
    place: str,
    motion: Motion,
) -> SurfaceTrack:
    """A plain surface, with nothing on it to follow: it rests if all around it does, or is refused."""
    around, wide = _around(region, _frame_size(ahead[0]), place)
    witness = take_reference(ahead[0].frame, wide, around, ahead[0].matte)
    blocked = _beyond(ahead[0].frame, wide, around)

    def rests(shot: _Shot) -> bool:
        seen = view(shot.frame, wide, around)
        likeness = compare(witness, widened(shot.frame, wide, around), blocked)
        return likeness.is_surface and seen is not None and is_at_rest(witness.details, seen, wide)

    def checked() -> Iterator[_Shot]:
        for shot in chain(ahead, shots):
            if motion == "planar" or witness.is_plain or not rests(shot):
                raise InputError(
                    "the surface has too few details to be followed",
                    place=place,
                    remedy="give a larger box with some edges in it, or motion static if it does not move",
                )
            yield shot

    return _nailed(checked(), size, homography, start)


def _beyond(frame: Pixels, place: Matrix, size: tuple[int, int]) -> Floats:
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


def _around(region: Box | Quad, frame_size: tuple[int, int], place: str) -> tuple[tuple[int, int], Matrix]:
    """The plane of a box three times as wide and high as the region, inside the frame."""
    size, homography = lay_plane(region, frame_size, place)
    area = window(homography, size, frame_size) or (0, 0, *frame_size)
    x, y, width, height = area
    left, top = max(x - width, 0), max(y - height, 0)
    right, bottom = min(x + 2 * width, frame_size[0]), min(y + 2 * height, frame_size[1])
    fractions = np.array([left, top, right - left, bottom - top]) / (*frame_size, *frame_size)
    box = (float(fractions[0]), float(fractions[1]), float(fractions[2]), float(fractions[3]))
    return lay_plane(box, frame_size, place)


def _shots(
    frames: Iterable[Pixels], start: int, mattes: Iterable[NDArray[np.uint8]] | None, place: str
) -> Iterator[_Shot]:
    beside: Iterator[NDArray[np.uint8] | None] = repeat(None) if mattes is None else iter(mattes)
    for number, frame in enumerate(frames, start):
        matte = next(beside, None)
        if mattes is not None and (matte is None or matte.shape[:2] != frame.shape[:2]):
            raise InputError(
                f"frame {number} has no matte of its size {frame.shape[1]}x{frame.shape[0]}",
                place=place,
                remedy="give one matte for each frame of the segment, of the recording's size",
            )
        yield _Shot(number, frame, None if matte is None else _single(matte))


def _single(matte: NDArray[np.uint8]) -> Floats:
    plane = matte if matte.ndim == 2 else matte[..., 0]
    return np.asarray(plane.astype(np.float32) / 255, np.float32)


def _noise(state: SurfaceFrame, frame: Pixels, size: tuple[int, int]) -> list[Noise]:
    area = window(state.homography, size, (frame.shape[1], frame.shape[0])) if state.visible else None
    if area is None:
        return []
    x, y, width, height = area
    left, top = max(x - width // 2, 0), max(y - height // 2, 0)
    right, bottom = min(x + width * 3 // 2, frame.shape[1]), min(y + height * 3 // 2, frame.shape[0])
    found = measure_noise(frame, (left, top, right - left, bottom - top))
    return [found] if found else []


def _picture(reference: Reference) -> Pixels:
    return np.clip(np.rint(surface_part(reference.picture)), 0, 255).astype(np.uint8)


def _frame_size(shot: _Shot) -> tuple[int, int]:
    return shot.frame.shape[1], shot.frame.shape[0]


def _problems(done: SurfaceTrack, place: str) -> Iterator[Problem]:
    """What the user should know: where the surface is gone, and where its reference seems wrong."""
    hidden = np.array([not state.visible for state in done.frames])
    edges = np.flatnonzero(np.diff(np.r_[0, hidden.astype(np.int8), 0]))
    for first, stop in edges.reshape(-1, 2):
        span = f"{done.start + first} to {done.start + stop - 1}"
        yield Problem(
            place, f"the surface is not to be seen in frames {span}: nothing is drawn there", warning=True
        )
    covers = [done.cover(n) for n in range(done.start, done.stop) if done.at(n).visible]
    often = sum(
        (np.zeros(done.size[::-1], np.float32) if c is None else c for c in covers), start=np.float32(0)
    )
    share = cv2.blur(np.asarray(often, np.float32), (5, 5)) / len(covers)
    if float((share > _COVERED).mean()) > 0.02:
        yield Problem(
            place,
            "a part of the surface looks otherwise than in the first frames for most of the time: the old "
            "picture stays there",
            "begin the segment where nothing stands before the surface, or give a matte",
            warning=True,
        )
