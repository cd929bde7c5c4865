"""Open a film, a sound or a moving picture that came from outside, reading nothing but that one file.

FFmpeg would follow an `ffconcat` script inside a file named .mp4, a playlist, an image pattern or a URL to
other files. Here a path is resolved to a plain file on this machine, only the `file` protocol is allowed, and
only containers that hold their own data; pixels are limited before anything is decoded. Still pictures are
not opened here: `retake.media.still` reads them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Generator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Literal

import av
from av import VideoStream
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Disposition

from retake.errors import MediaError

Kind = Literal["video", "audio", "image", "any"]

MAX_PIXELS = 16_384 * 8_192  # 8K with room to spare; a decoder takes some 2 bytes per pixel and frame

_PROBED = 8
"""Packets that FFmpeg may read to guess a codec that the container does not name; by default thousands, which
costs tens of milliseconds for every WAV."""

# By demuxer name: `mov` also means mp4, m4a and 3gp, `matroska` also webm, `ogg` also opus.
_FILMS = ("mov", "matroska", "avi", "mpegts", "mpeg", "flv", "mxf")
_SOUNDS = ("wav", "w64", "mp3", "flac", "ogg", "aac", "aiff", "caf")
_PICTURES = ("gif", "apng")
_FORMATS: dict[Kind, tuple[str, ...]] = {
    "video": (*_FILMS, *_PICTURES, "ogg"),
    "audio": (*_FILMS, *_SOUNDS),
    "image": _PICTURES,
    "any": (*_FILMS, *_SOUNDS, *_PICTURES),
}
_KNOWN = {
    "video": "give an MP4, MOV, MKV, WebM, AVI or GIF file",
    "audio": "give a WAV, MP3, M4A, FLAC or OGG file, or a film with sound",
    "image": "give an animated GIF or PNG file",
    "any": "give an MP4, MOV, MKV, WebM, WAV, MP3, M4A, FLAC or OGG file",
}
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


def plain_file(path: Path) -> Path:
    """The absolute path of an existing, non-empty, regular file. Raises `MediaError`, also for a URL."""
    name = str(path)
    if _SCHEME.match(name) and not path.exists():
        raise MediaError("a URL is not a file", place=name, remedy="fetch it first and give its path")
    try:
        if path.is_dir():
            raise MediaError("this is a folder, not a file", place=name, remedy="give the path of one file")
        if not path.exists():
            raise MediaError("there is no such file", place=name, remedy="check the path")
        if not path.is_file():
            raise MediaError("this is not a regular file", place=name, remedy="give the path of a file")
        if path.stat().st_size == 0:
            raise MediaError("the file is empty", place=name, remedy="make or copy it again")
        if not os.access(path, os.R_OK):
            raise MediaError("the file may not be read", place=name, remedy="change its permissions")
        return path.resolve(strict=True)
    except (OSError, ValueError) as error:
        raise MediaError(f"the file cannot be read: {error}", place=name, remedy="check the path") from error


@contextmanager
def open_source(
    path: Path, *, kind: Kind = "any", max_pixels: int = MAX_PIXELS
) -> Generator[InputContainer, None, None]:
    """The file opened for reading, closed at the end.

    `kind` says what is wanted of it: "video" and "image" (animated) promise at least one picture stream,
    cover art not counted; "audio" promises a sound stream. Raises `MediaError` naming the file for whatever
    is missing, unreadable, empty, too large or not allowed, also when FFmpeg fails inside the `with` block.
    """
    file = plain_file(path)
    try:
        with av.open(
            str(file),
            options={
                "protocol_whitelist": "file",
                "format_whitelist": ",".join(_FORMATS[kind]),
                "max_pixels": str(max_pixels),
                "max_probe_packets": str(_PROBED),
            },
            metadata_errors="replace",
        ) as container:
            _require(container, path, kind, max_pixels)
            yield container
    except FFmpegError as error:
        raise unreadable(path, error, kind) from error


def unreadable(path: Path, error: Exception, kind: Kind = "any") -> MediaError:
    """FFmpeg's failure as a `MediaError` that names the file and a way out."""
    reason = getattr(error, "strerror", None) or str(error)
    return MediaError(
        f"the file is broken or of a kind that is not accepted: {reason}",
        place=str(path),
        remedy=_KNOWN[kind],
    )


def _require(container: InputContainer, path: Path, kind: Kind, max_pixels: int) -> None:
    """The promises of `open_source` about the streams."""
    films = [stream for stream in container.streams.video if not is_cover(stream)]
    for stream in container.streams.video:
        width, height = stream.codec_context.width, stream.codec_context.height
        if width * height > max_pixels:
            raise MediaError(
                f"a picture of {width}x{height} is too large",
                place=str(path),
                remedy=f"scale it to at most {max_pixels // 1_000_000} megapixels",
            )
    if kind in ("video", "image") and not films:
        raise MediaError("there is no picture in it", place=str(path), remedy=_KNOWN[kind])
    if kind == "audio" and not container.streams.audio:
        raise MediaError("there is no sound in it", place=str(path), remedy=_KNOWN[kind])
    if not films and not container.streams.audio:
        raise MediaError("there is neither picture nor sound in it", place=str(path), remedy=_KNOWN[kind])
    if not container.duration:
        _require_packet(container, path)
    _require_whole(container, path)


def _require_packet(container: InputContainer, path: Path) -> None:
    """A container that states no duration (live WebM, single pictures) must hold at least one packet."""
    if not any(packet.size for packet in container.demux()):
        raise MediaError(
            "it has no frames: its length is zero", place=str(path), remedy="make or export it again"
        )
    container.seek(0)


def _require_whole(container: InputContainer, path: Path) -> None:
    """Where the container has an index, the packets that it lists must lie inside the file."""
    size = path.stat().st_size
    for stream in container.streams:
        if len(stream.index_entries) and (last := stream.index_entries[-1]).pos + last.size > size:
            raise MediaError(
                "the file is cut off: its index lists more than it holds",
                place=str(path),
                remedy="copy or export it again",
            )


def origin(container: InputContainer) -> Fraction:
    """The presentation time, in seconds, that counts as second 0 of the file, for picture and sound alike.

    It is where the container begins; a negative start is only an encoder's priming and counts as 0.
    """
    return max(Fraction(container.start_time or 0, av.time_base), Fraction(0))


def is_cover(stream: VideoStream) -> bool:
    """Whether a picture stream is only the cover of a sound file."""
    return bool(stream.disposition & Disposition.attached_pic)
