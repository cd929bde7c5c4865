"""Following a flat surface through a take, once, in one pass over its frames: `follow` finds it in each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice, repeat
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.errors import InputError, Problem
from retake.recording.surface.compare import compare, surface_part
from retake.recording.surface.follow import Follower, Shot, beyond
from retake.recording.surface.light import Noise, measure_noise, typical
from retake.recording.surface.model import SurfaceFrame, SurfaceTrack, pack
from retake.recording.surface.plane import (
    Box,
    Floats,
    Matrix,
    Pixels,
    Quad,
    lay_plane,
    window,
)
from retake.recording.surface.reference import Reference, take_reference, widened
from retake.recording.surface.register import is_at_rest, view
from retake.recording.surface.smooth import smooth

Motion = Literal["auto", "static", "planar"]

_AHEAD = 8  # frames held to choose the reference among
_SHARPER = 1.25  # how much sharper than the first a frame must be to become the reference
_LEAST_SEEN = 0.2  # the share of frames below which a surface was not followed
_COVERED = 0.5  # the share of frames from which on a covered place is told


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
    follower = Follower(reference, homography, given=mattes is not None)
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


def _sharpest(ahead: list[Shot], first: int, follower: Follower) -> tuple[int, Follower]:
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
            chosen = Follower(candidate, state.homography, given=ahead[index].matte is not None)
    return best, chosen


def _first_reference(ahead: list[Shot], size: tuple[int, int], homography: Matrix) -> tuple[int, Reference]:
    """The first of the frames ahead in which there is something to follow, or the first of all."""
    for index, shot in enumerate(ahead):
        reference = take_reference(shot.frame, homography, size, shot.matte)
        if not reference.is_plain:
            return index, reference
    return 0, take_reference(ahead[0].frame, homography, size, ahead[0].matte)


def _nailed(shots: Iterator[Shot], size: tuple[int, int], homography: Matrix, start: int) -> SurfaceTrack:
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
        first.size,
        size,
        start,
        _picture(reference),
        tuple(states),
        noise.covariance,
        noise.grain,
    )


def _resting(
    ahead: list[Shot],
    shots: Iterator[Shot],
    region: Box | Quad,
    size: tuple[int, int],
    homography: Matrix,
    start: int,
    place: str,
    motion: Motion,
) -> SurfaceTrack:
    """A plain surface, with nothing on it to follow: it rests if all around it does, or is refused."""
    around, wide = _around(region, ahead[0].size, place)
    witness = take_reference(ahead[0].frame, wide, around, ahead[0].matte)
    blocked = beyond(ahead[0].frame, wide, around)

    def rests(shot: Shot) -> bool:
        seen = view(shot.frame, wide, around)
        likeness = compare(witness, widened(shot.frame, wide, around), blocked)
        return likeness.is_surface and seen is not None and is_at_rest(witness.details, seen, wide)

    def checked() -> Iterator[Shot]:
        for shot in chain(ahead, shots):
            if motion == "planar" or witness.is_plain or not rests(shot):
                raise InputError(
                    "the surface has too few details to be followed",
                    place=place,
                    remedy="give a larger box with some edges in it, or motion static if it does not move",
                )
            yield shot

    return _nailed(checked(), size, homography, start)


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
) -> Iterator[Shot]:
    beside: Iterator[NDArray[np.uint8] | None] = repeat(None) if mattes is None else iter(mattes)
    for number, frame in enumerate(frames, start):
        matte = next(beside, None)
        if mattes is not None and (matte is None or matte.shape[:2] != frame.shape[:2]):
            raise InputError(
                f"frame {number} has no matte of its size {frame.shape[1]}x{frame.shape[0]}",
                place=place,
                remedy="give one matte for each frame of the segment, of the recording's size",
            )
        yield Shot(number, frame, None if matte is None else _single(matte))


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
