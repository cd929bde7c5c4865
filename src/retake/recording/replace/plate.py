"""The clean plate: what a surface looks like without the name or logo on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import cv2
import numpy as np

from retake.errors import InputError, MediaError
from retake.recording.replace.ink import edge_width, fill, find_ink
from retake.recording.surface import SurfaceTrack
from retake.recording.surface.plane import Floats, Pixels, carry, enlarged, outline, rectify

_SHOTS = 25  # frames of which the median is taken
_LARGEST = 1_500_000  # pixels of a plate
_CLEAR = 9  # pixels of the square by which what is before a surface is avoided more widely
_ZOOM = 1.08  # below, the plane's own size is large enough


@dataclass(frozen=True, eq=False, slots=True)
class Plate:
    """A surface at rest: `old` as it was and `clean` without what was on it, uint8 sRGB (height, width, 3).

    The plate is the track's plane drawn `zoom` times as large, in the light of the track's reference. `ink`,
    0 to 1, is where the old content was; `sharpness` the sigma, in the plate's pixels, of the blur over the
    edges of a print on it; `unseen` the share of the plate that no frame showed.
    """

    zoom: float
    old: Pixels
    clean: Pixels
    ink: Floats
    sharpness: float
    unseen: float = 0.0

    @property
    def size(self) -> tuple[int, int]:
        return self.old.shape[1], self.old.shape[0]

    def save(self, path: Path) -> None:
        """Written beside the target and renamed, so that it appears whole."""
        part = path.with_name(path.name + ".part")
        numbers = np.array([self.zoom, self.sharpness, self.unseen])
        ink = np.rint(self.ink * 255).astype(np.uint8)
        with part.open("wb") as file:
            np.savez_compressed(file, numbers=numbers, old=self.old, clean=self.clean, ink=ink)
        part.replace(path)

    @classmethod
    def load(cls, path: Path) -> Plate:
        """Raises `MediaError` where the file is missing or is no plate."""
        try:
            with np.load(path, allow_pickle=False) as file:
                zoom, sharpness, unseen = (float(v) for v in file["numbers"])
                ink = file["ink"].astype(np.float32) / 255
                return cls(zoom, file["old"], file["clean"], ink, sharpness, unseen)
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            raise MediaError(
                f"this is no plate of a surface: {error}",
                place=str(path),
                remedy="make the template again with retake create-template",
            ) from error


def clean_plate(
    frames: Iterable[Pixels],
    track: SurfaceTrack,
    *,
    numbers: Iterable[int] | None = None,
    text: bool = False,
    place: str = "surface",
) -> Plate:
    """The plate of a tracked surface, from the same frames that it was tracked in.

    Of these it needs no others than `plate_frames` names: `numbers` says which `frames` are, if not all.

    The median over time of the surface where nothing covers it, in the reference's light; then everything
    that stands out from the surface and does not run on over the region's edge is taken away, and what was
    behind it is filled in from around. With `text` shapes beside the letters stay.
    Raises `InputError` where no frame shows the surface.
    """
    zoom = _zoom(track)
    size = round(track.size[0] * zoom), round(track.size[1] * zoom)
    wanted = set(plate_frames(track))
    samples: list[Floats] = []
    covers: list[Floats] = []
    span = range(track.start, track.stop) if numbers is None else numbers
    for number, frame in zip(span, frames, strict=False):
        if number in wanted:
            samples.append(_sample(frame, track, number, zoom, size))
            covers.append(_cover(track, number, zoom, size))
    if not samples:
        raise InputError(
            "no frame shows the surface", place=place, remedy="check the segment's times and box"
        )
    old, unseen = _median(samples, covers, rectify(track.picture, enlarged(np.eye(3), zoom), size))
    noise = float(np.sqrt(max(np.trace(track.noise) / 3, 0.0)))
    reach = 2.0 + 2.0 * max((frame.blur for frame in track.frames), default=0.0) * zoom
    ink = find_ink(old, noise / np.sqrt(len(samples)) * 1.3, text=text)
    return Plate(
        zoom=zoom,
        old=_bytes(old),
        clean=_bytes(fill(old, ink, reach)),
        ink=ink,
        sharpness=edge_width(old, ink),
        unseen=unseen,
    )


def _zoom(track: SurfaceTrack) -> float:
    """How much larger than the plane the largest view of the surface is."""
    area = track.size[0] * track.size[1]
    largest = 1.0
    for number in range(track.start, track.stop):
        if track.at(number).visible:
            x, y = carry(track.at(number).homography, outline(track.size)).T
            largest = max(largest, abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2 / area)
    zoom = min(largest**0.5, (_LARGEST / area) ** 0.5)
    return zoom if zoom >= _ZOOM else 1.0


def plate_frames(track: SurfaceTrack) -> tuple[int, ...]:
    """The frames of a plate: spread evenly over those that show the surface, without the most blurred."""
    seen = [n for n in range(track.start, track.stop) if track.at(n).visible]
    blurs = sorted(track.at(n).blur for n in seen)
    sharp = [n for n in seen if track.at(n).blur <= blurs[len(blurs) // 2]] if seen else []
    hidden = [n for n in seen if track.at(n).cover]
    candidates = sharp if len(hidden) < len(sharp) // 2 else seen
    if len(candidates) <= _SHOTS:
        return tuple(candidates)
    return tuple(candidates[round(i)] for i in np.linspace(0, len(candidates) - 1, _SHOTS))


def _sample(frame: Pixels, track: SurfaceTrack, number: int, zoom: float, size: tuple[int, int]) -> Floats:
    state = track.at(number)
    shown = rectify(frame, enlarged(state.homography, zoom), size)
    return (shown - np.array(state.offset, np.float32)) / np.array(state.gain, np.float32)


def _cover(track: SurfaceTrack, number: int, zoom: float, size: tuple[int, int]) -> Floats:
    cover = track.cover(number)
    if cover is None:
        return np.zeros(size[::-1], np.float32)
    grown = np.asarray(cv2.dilate(cover, np.ones((_CLEAR, _CLEAR), np.uint8)), np.float32)
    return rectify(grown, enlarged(np.eye(3), zoom), size)


def _median(samples: list[Floats], covers: list[Floats], reference: Floats) -> tuple[Floats, float]:
    stack, hidden = np.stack(samples), np.stack(covers) > 0.05
    if not hidden.any():
        return np.median(stack, axis=0).astype(np.float32), 0.0
    seen = (~hidden).any(0)
    stack[hidden] = np.nan
    stack[:, ~seen] = reference[~seen]
    return np.nanmedian(stack, axis=0).astype(np.float32), float((~seen).mean())


def _bytes(picture: Floats) -> Pixels:
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)
