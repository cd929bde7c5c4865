"""What a file from outside is: `probe(path) -> Report`. Nothing is converted; one frame is decoded."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Literal

import av
from av import AudioStream, VideoStream
from av.container import InputContainer
from PIL import Image, UnidentifiedImageError

from retake.errors import Problem
from retake.media.convert import orientation_of as frame_orientation
from retake.media.convert import transfer_of
from retake.media.decode import decode, displayed_size, first_frame
from retake.media.source import is_cover, open_source, origin, plain_file
from retake.media.still import FORMATS, SIDEWAYS, open_still, orientation_of

_MATRICES = {0: "rgb", 1: "bt709", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020nc", 10: "bt2020c"}
_PRIMARIES = {1: "bt709", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020", 11: "dci-p3", 12: "p3"}
_TRANSFERS = {
    1: "bt709",
    4: "gamma22",
    5: "gamma28",
    6: "smpte170m",
    7: "smpte240m",
    8: "linear",
    13: "srgb",
    14: "bt2020-10",
    15: "bt2020-12",
    16: "pq",
    18: "hlg",
}
_RANGES = {1: "limited", 2: "full"}
_PACKETS_LOOKED_AT = 250  # enough to see a rate vary, few enough to be instant


@dataclass(frozen=True, slots=True)
class ColourTags:
    """What the file says of its colours, "" where it says nothing."""

    primaries: str = ""
    transfer: str = ""
    matrix: str = ""
    range: str = ""


@dataclass(frozen=True, slots=True)
class Video:
    """A stream of pictures.

    `size` (width, height) is as shown: upright and with square pixels; `coded_size` as stored. `rotation` is
    in degrees clockwise. `frames` is 0 where the container does not say; `start` is in seconds of the file.
    """

    codec: str
    size: tuple[int, int]
    coded_size: tuple[int, int]
    rotation: int
    rate: Fraction
    variable_rate: bool
    pixel_format: str
    bit_depth: int
    colour: ColourTags
    hdr: bool
    interlaced: bool
    frames: int
    start: Fraction
    bit_rate: int


@dataclass(frozen=True, slots=True)
class Audio:
    """A stream of sound: sample rate in Hz, `start` in seconds of the file."""

    codec: str
    rate: int
    channels: int
    layout: str
    start: Fraction
    bit_rate: int


@dataclass(frozen=True, slots=True)
class Report:
    """A file described. `duration` in seconds, 0 for a still; `warnings` are what it is well to know."""

    path: Path
    kind: Literal["video", "audio", "image"]
    container: str
    bytes: int
    duration: Fraction
    video: Video | None
    audio: Audio | None
    warnings: tuple[Problem, ...]


def probe(path: Path) -> Report:
    """Describe a film, a sound or a still picture; its content decides which. Raises `MediaError`."""
    if _is_still(plain_file(path)):
        return _probe_still(path)
    with open_source(path) as container:
        films = [stream for stream in container.streams.video if not is_cover(stream)]
        sounds = container.streams.audio
        audio = _audio(container, sounds[0]) if sounds else None
        video = _video(container, films[0], path) if films else None
        duration = Fraction(container.duration or 0, av.time_base)
        return Report(
            path=path,
            kind="video" if video else "audio",
            container=container.format.name.split(",")[0],
            bytes=path.stat().st_size,
            duration=duration,
            video=video,
            audio=audio,
            warnings=tuple(_warnings(path, video, audio)),
        )


def _is_still(file: Path) -> bool:
    """Whether Pillow knows it; animated GIF and PNG are films."""
    try:
        with Image.open(file, formats=FORMATS) as image:
            return not (image.format in ("GIF", "PNG") and getattr(image, "is_animated", False))
    except UnidentifiedImageError:
        return False
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return True  # a picture, but a broken or huge one: `open_still` says what is wrong


def _probe_still(path: Path) -> Report:
    with open_still(path) as image:
        width, height = image.size
        turn = orientation_of(image, path)
        deep = image.mode.startswith("I;16")
        warnings = (
            [_warning(path, "animated picture", "only its first frame is used")]
            if getattr(image, "is_animated", False)
            else []
        )
        video = Video(
            codec=str(image.format).lower(),
            size=(height, width) if turn in SIDEWAYS else (width, height),
            coded_size=(width, height),
            rotation={3: 180, 4: 180, 5: 90, 6: 90, 7: 270, 8: 270}.get(turn, 0),
            rate=Fraction(0),
            variable_rate=False,
            pixel_format=image.mode,
            bit_depth=16 if deep else 8,
            colour=ColourTags(),
            hdr=False,
            interlaced=False,
            frames=1,
            start=Fraction(0),
            bit_rate=0,
        )
        name = str(image.format).lower()
    return Report(path, "image", name, path.stat().st_size, Fraction(0), video, None, tuple(warnings))


def _video(container: InputContainer, stream: VideoStream, path: Path) -> Video:
    variable = _varies(container, stream)
    container.seek(0)
    first = first_frame(decode(container, stream), path)
    frame = first.frame
    return Video(
        codec=stream.codec_context.name,
        size=displayed_size(frame, stream),
        coded_size=(frame.width, frame.height),
        rotation=frame_orientation(frame).degrees,
        rate=stream.average_rate or stream.guessed_rate or Fraction(0),
        variable_rate=variable,
        pixel_format=frame.format.name,
        bit_depth=max(component.bits for component in frame.format.components),
        colour=ColourTags(
            _PRIMARIES.get(frame.color_primaries, ""),
            _TRANSFERS.get(frame.color_trc, ""),
            _MATRICES.get(frame.colorspace, ""),
            _RANGES.get(frame.color_range, ""),
        ),
        hdr=transfer_of(frame) != "sdr",
        interlaced=frame.interlaced_frame,
        frames=stream.frames,
        start=first.time,
        bit_rate=stream.codec_context.bit_rate or 0,
    )


def _varies(container: InputContainer, stream: VideoStream) -> bool:
    """Whether the distances of the first frames differ by more than the rounding of their time base."""
    stamps: list[int] = []
    for packet in container.demux(stream):
        if packet.pts is not None:
            stamps.append(packet.pts)
        if len(stamps) == _PACKETS_LOOKED_AT:
            break
    stamps.sort()
    steps = [after - before for before, after in pairwise(stamps)]
    if len(steps) < 2:
        return False
    trusted = steps[:-4] if len(stamps) == _PACKETS_LOOKED_AT else steps  # reordered frames may be missing
    return max(trusted) - min(trusted) > 1


def _audio(container: InputContainer, stream: AudioStream) -> Audio:
    begin = (stream.start_time or 0) * (stream.time_base or Fraction(0)) - origin(container)
    context = stream.codec_context
    return Audio(
        codec=context.name,
        rate=context.sample_rate,
        channels=context.channels,
        layout=context.layout.name,
        start=begin,
        bit_rate=context.bit_rate or 0,
    )


def _warnings(path: Path, video: Video | None, audio: Audio | None) -> list[Problem]:
    found: list[Problem] = []
    if video and not audio:
        found.append(_warning(path, "no sound", ""))
    if video and video.variable_rate:
        found.append(_warning(path, "variable frame rate", "frames are taken by their times"))
    if video and video.hdr:
        found.append(_warning(path, "high dynamic range", "it is tone-mapped to BT.709"))
    if video and video.interlaced:
        found.append(_warning(path, "interlaced", "deinterlace it first if motion shows combs"))
    if video and video.coded_size[0] % 2 + video.coded_size[1] % 2:
        found.append(_warning(path, "odd size", "it is scaled to an even one"))
    return found


def _warning(path: Path, message: str, remedy: str) -> Problem:
    return Problem(str(path), message, remedy, warning=True)
