"""The frames of a film by time: (file, second) -> picture, in any order, always the same."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

from av import VideoFrame, VideoStream
from av.container import InputContainer
from av.error import FFmpegError

from retake.errors import MediaError
from retake.media.convert import Converter, orientation_of
from retake.media.picture import Picture
from retake.media.source import is_cover, open_source, origin, unreadable

_STRIDE = Fraction(2)  # seconds ahead from which seeking pays more than decoding on
_STEP_BACK = Fraction(1)  # seconds; doubled until a seek lands early enough


@dataclass(frozen=True, eq=False, slots=True)
class TimedFrame:
    """A decoded frame and when it is shown, in seconds of the file."""

    time: Fraction
    frame: VideoFrame


class VideoReader:
    """Reads one film's pictures. Use as a context manager or call `close`; one reader for each thread.

    `size` (width, height), both even, is what pictures are scaled to; without it they have the displayed
    size: upright, with square pixels, rounded down to even. Raises `MediaError` for a file without pictures.
    """

    def __init__(self, path: Path, size: tuple[int, int] | None = None) -> None:
        self.path = path
        with ExitStack() as opened:
            self._container: InputContainer = opened.enter_context(open_source(path, kind="video"))
            self._stream = video_stream(self._container)
            self._stream.thread_type = "AUTO"
            self._frames = decode(self._container, self._stream)
            self._now = self._first = first_frame(self._frames, path)
            self._next = next(self._frames, None)
            self.size = size or displayed_size(self._first.frame, self._stream)
            self._converter = Converter(self.size)
            self._shown: tuple[Fraction, Picture] | None = None
            self._opened = opened.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._opened.close()

    def frame_at(self, seconds: Fraction) -> Picture:
        """The picture shown at this time: of the last frame that begins at or before it.

        Before the first frame that is the first, after the end the last. Second 0 is where the container
        begins. Asking for later and later times decodes straight on; the same picture may come again as the
        same object, so draw on a copy. Raises `MediaError` where the file turns out to be broken.
        """
        try:
            self._go_to(seconds)
        except FFmpegError as error:
            raise unreadable(self.path, error, "video") from error
        if self._shown is None or self._shown[0] != self._now.time:
            self._shown = self._now.time, self._converter.convert(self._now.frame)
        return self._shown[1]

    def _go_to(self, seconds: Fraction) -> None:
        wanted = max(seconds, self._first.time)
        if wanted < self._now.time or (wanted > self._now.time + _STRIDE and self._next is not None):
            self._seek(wanted)
        while self._next is not None and self._next.time <= wanted:
            self._now, self._next = self._next, next(self._frames, None)

    def _seek(self, wanted: Fraction) -> None:
        """Land at or before a time, always on a key frame, so that what follows is decoded whole."""
        assert self._stream.time_base is not None
        back = Fraction(0)
        while True:
            at = max(wanted - back, self._first.time)
            target = (at + origin(self._container)) / self._stream.time_base
            self._container.seek(int(target), stream=self._stream, backward=True)
            self._frames = decode(self._container, self._stream)
            key = next((timed for timed in self._frames if timed.frame.key_frame), None)
            if key is not None and (key.time <= wanted or at == self._first.time):
                self._now, self._next = key, next(self._frames, None)
                return
            if at == self._first.time:
                raise MediaError(
                    "no picture is found by seeking", place=str(self.path), remedy="export it again"
                )
            back = max(back * 2, _STEP_BACK)


def video_stream(container: InputContainer) -> VideoStream:
    """The stream of pictures that a player would show."""
    return next(stream for stream in container.streams.video if not is_cover(stream))


def decode(container: InputContainer, stream: VideoStream) -> Generator[TimedFrame, None, None]:
    """Frames in the order shown, from where the container stands; times never go back.

    A frame without a time of its own takes its decoding time, or follows the one before by the stream's rate.
    """
    assert stream.time_base is not None
    begin = origin(container)
    step = 1 / (stream.average_rate or Fraction(25))
    last: Fraction | None = None
    for frame in container.decode(stream):
        stamp = frame.pts if frame.pts is not None else frame.dts
        if stamp is not None:
            time = stamp * stream.time_base - begin
        else:
            time = Fraction(0) if last is None else last + step
        if last is None or time > last:
            yield TimedFrame(time, frame)
            last = time


def first_frame(frames: Generator[TimedFrame, None, None], path: Path) -> TimedFrame:
    found = next(frames, None)
    if found is None:
        raise MediaError("it has no frames: its length is zero", place=str(path), remedy="export it again")
    return found


def displayed_size(frame: VideoFrame, stream: VideoStream) -> tuple[int, int]:
    """Width and height as shown: upright, pixels made square by widening, rounded down to even."""
    aspect = stream.sample_aspect_ratio or Fraction(1)
    width, height = round(frame.width * aspect), frame.height
    if orientation_of(frame).transposed:
        width, height = height, width
    return max(width // 2 * 2, 2), max(height // 2 * 2, 2)
