"""What is known of a surface in a take: where it lies in each frame, what covers it, and its light.

Made once for a template by `track`, kept as an .npz file, and only read for every row.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from retake.errors import MediaError, Problem
from retake.recording.surface.plane import Floats, Matrix, Pixels, carry, outline

_FORMAT = 2


@dataclass(frozen=True, eq=False, slots=True)
class SurfaceFrame:
    """The surface in one frame.

    `homography` takes plane pixels to the frame's; `seen` is the share of the surface that the frame shows,
    0 where it is hidden or gone; `confidence` how surely, 0 to 1. The frame shows `gain * reference + offset`
    for each of red, green and blue, blurred by `blur` pixels of the frame (a Gaussian's sigma). `cover` is a
    packed mask of what stands before the surface, or empty; `front` its packed colours, if they are known.
    """

    homography: Matrix
    seen: float = 1.0
    confidence: float = 1.0
    gain: tuple[float, float, float] = (1.0, 1.0, 1.0)
    offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    blur: float = 0.0
    cover: bytes = field(default=b"", repr=False)
    front: bytes = field(default=b"", repr=False)

    @property
    def visible(self) -> bool:
        return self.seen > 0


@dataclass(frozen=True, eq=False, slots=True)
class SurfaceTrack:
    """A surface through a half-open span of frames from `start` on.

    `size` is the plane's (width, height), `picture` the plane in the frame `reference`, uint8 sRGB; `noise`
    is the covariance of the recording's noise between red, green and blue (3, 3), `grain` that noise's
    Gaussian sigma in pixels. `problems` are warnings for the verdict.
    """

    start: int
    frame_size: tuple[int, int]
    size: tuple[int, int]
    reference: int
    picture: Pixels
    frames: tuple[SurfaceFrame, ...]
    noise: Matrix
    grain: float = 0.0
    problems: tuple[Problem, ...] = ()

    @property
    def stop(self) -> int:
        return self.start + len(self.frames)

    @property
    def static(self) -> bool:
        """Whether the surface stays at the same pixels of every frame that shows it."""
        places = [frame.homography for frame in self.frames if frame.visible]
        return all(np.array_equal(place, places[0]) for place in places)

    def at(self, number: int) -> SurfaceFrame:
        """The surface in a frame of the take. Raises `IndexError` outside the span."""
        if not self.start <= number < self.stop:
            raise IndexError(f"frame {number} is not in {self.start}..{self.stop}")
        return self.frames[number - self.start]

    def corners(self, number: int) -> Matrix:
        """The surface's corners in a frame, (4, 2) pixels, clockwise from the top left."""
        return carry(self.at(number).homography, outline(self.size))

    def cover(self, number: int) -> Floats | None:
        """What stands before the surface, as a plane of 0 to 1, or None where nothing does."""
        packed = self.at(number).cover
        return unpack(packed, self.size) if packed else None

    def front(self, number: int) -> Floats | None:
        """What stands before the surface, RGB of 0 to 255 times its cover, or None where it is not known."""
        packed = self.at(number).front
        return unpack_colours(packed, self.size) if packed else None

    def save(self, path: Path) -> None:
        """Written beside the target and renamed, so that it appears whole."""
        part = path.with_name(path.name + ".part")
        covers = [packed for frame in self.frames for packed in (frame.cover, frame.front)]
        about = {
            "format": _FORMAT,
            "start": self.start,
            "frame_size": self.frame_size,
            "size": self.size,
            "reference": self.reference,
            "grain": self.grain,
            "problems": [asdict(problem) for problem in self.problems],
        }
        with part.open("wb") as file:
            np.savez_compressed(
                file,
                about=np.array(json.dumps(about)),
                picture=self.picture,
                noise=self.noise,
                homography=np.array([frame.homography for frame in self.frames]).reshape(-1, 3, 3),
                light=np.array([_numbers(frame) for frame in self.frames]).reshape(-1, 9),
                cover_sizes=np.array([len(cover) for cover in covers], np.int64),
                covers=np.frombuffer(b"".join(covers), np.uint8),
            )
        part.replace(path)

    @classmethod
    def load(cls, path: Path) -> SurfaceTrack:
        """Raises `MediaError` where the file is missing or is not a surface."""
        try:
            with np.load(path, allow_pickle=False) as file:
                about = json.loads(str(file["about"]))
                if about["format"] != _FORMAT:
                    raise ValueError(f"format {about['format']}, not {_FORMAT}")
                ends = np.cumsum(file["cover_sizes"])
                covers = [part.tobytes() for part in np.split(file["covers"], ends[:-1])]
                frames = tuple(
                    _frame(place, numbers, cover, front)
                    for place, numbers, cover, front in zip(
                        file["homography"], file["light"], covers[::2], covers[1::2], strict=True
                    )
                )
                return cls(
                    start=about["start"],
                    frame_size=(about["frame_size"][0], about["frame_size"][1]),
                    size=(about["size"][0], about["size"][1]),
                    reference=about["reference"],
                    picture=np.asarray(file["picture"], np.uint8),
                    frames=frames,
                    noise=np.asarray(file["noise"], np.float64),
                    grain=about["grain"],
                    problems=tuple(Problem(**problem) for problem in about["problems"]),
                )
        except (OSError, ValueError, KeyError, BadZipFile, zlib.error) as error:
            raise MediaError(
                f"this is no surface of a take: {error}",
                place=str(path),
                remedy="make the template again with retake create-template",
            ) from error


def pack(mask: Floats) -> bytes:
    """A mask of 0 to 1, small enough to keep one for every frame; empty where the mask is."""
    levels = np.rint(np.clip(mask, 0, 1) * 255).astype(np.uint8)
    return zlib.compress(levels.tobytes(), 6) if levels.any() else b""


def unpack(packed: bytes, size: tuple[int, int]) -> Floats:
    levels = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(size[1], size[0])
    return np.asarray(levels.astype(np.float32) / 255, np.float32)


def pack_colours(colours: Floats) -> bytes:
    return zlib.compress(np.rint(colours).astype(np.uint8).tobytes(), 6)


def unpack_colours(packed: bytes, size: tuple[int, int]) -> Floats:
    return np.frombuffer(zlib.decompress(packed), np.uint8).reshape(size[1], size[0], 3).astype(np.float32)


def _numbers(frame: SurfaceFrame) -> list[float]:
    return [frame.seen, frame.confidence, *frame.gain, *frame.offset, frame.blur]


def _frame(place: Matrix, numbers: Matrix, cover: bytes, front: bytes) -> SurfaceFrame:
    seen, confidence, g0, g1, g2, o0, o1, o2, blur = (float(v) for v in numbers)
    return SurfaceFrame(np.asarray(place), seen, confidence, (g0, g1, g2), (o0, o1, o2), blur, cover, front)
