"""The frames of a take by number, decoded from its packets."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import av
import numpy as np
from av import VideoFrame
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from numpy.typing import NDArray

from retake.errors import MediaError
from retake.media.convert import Converter
from retake.media.patch import to_rgb
from retake.media.picture import Picture, Plane
from retake.media.source import unreadable
from retake.media.take.reading import read_take
from retake.media.take.values import CodedPacket, Take, VideoTrack

_DECODERS = {"av1": "libdav1d"}
"""Where FFmpeg's own decoder of that name needs hardware."""

Samples = tuple[Plane, Plane, Plane]


class TakeReader:
    """Reads the pictures of one take. Use as a context manager; several readers may share one `Take`.

    Any frame may be asked for: decoding starts at the refresh point before it. `path` may be the take itself,
    where it was read already. Raises `MediaError` for a file that is broken.
    """

    def __init__(self, path: Path | Take) -> None:
        self.take = read_take(path) if isinstance(path, Path) else path

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held open."""

    def pictures(self, start: int, stop: int) -> Iterator[Picture]:
        """Frames [start, stop) as coded: the source's own samples and orientation, each a picture to keep.

        Of a take that is not `native`, converted to 8-bit BT.709, limited range.
        """
        take = self.take
        if not 0 <= start <= stop <= take.length:
            raise ValueError(f"frames {start} to {stop} of a take of {take.length}")
        yield from self.at(take.video.times[start:stop])

    def at(self, ticks: Sequence[int]) -> Iterator[Picture]:
        """The frames shown at ticks of the track, which rise; those before frame 0 too."""
        for y, u, v in self.samples(ticks):
            yield Picture(y.copy(), u.copy(), v.copy())

    def samples(self, ticks: Sequence[int]) -> Iterator[Samples]:
        """As `at`: the planes y, u and v, not copied, to look at only."""
        take = self.take
        try:
            yield from decoded(take.video, ticks)
        except FFmpegError as error:
            raise unreadable(take.path, error, "video") from error
        except ValueError as error:
            raise MediaError(str(error), place=str(take.path), remedy="export it again as MP4") from error

    def rgb(self, start: int, stop: int) -> Iterator[NDArray[np.uint8]]:
        """Frames [start, stop) as a screen shows them: upright sRGB, uint8 (height, width, 3)."""
        for picture in self.pictures(start, stop):
            yield to_rgb(picture, self.take.video.look)


def decoded(track: VideoTrack, ticks: Sequence[int]) -> Iterator[Samples]:
    """The frames of a track that are shown at `ticks`, which rise: planes, not copied.

    Raises `ValueError` where one does not come out of the decoder, `FFmpegError` for broken data.
    """
    if not ticks:
        return
    converter = None if track.native else Converter(track.size)
    waiting: dict[int, VideoFrame] = {}
    left, awaited = iter(ticks), frozenset(ticks)
    wanted = next(left, None)
    begin = refresh_before(track, ticks[0])
    end = max(n for n, packet in enumerate(track.packets) if packet.pts <= ticks[-1]) + 1
    for frame in decode_packets(track, track.packets[begin:end]):
        if frame.pts in awaited:
            waiting[frame.pts] = frame
        while wanted in waiting:
            yield _samples(waiting.pop(wanted), track, converter)
            wanted = next(left, None)
        if wanted is None:
            return
    raise ValueError(f"the frame of tick {wanted} cannot be decoded")


def refresh_before(track: VideoTrack, tick: int) -> int:
    """The last packet from which decoding shows the frame of a tick."""
    place = bisect_right([track.packets[n].pts for n in track.refreshes], tick)
    return track.refreshes[place - 1] if place else 0


def decode_packets(
    track: VideoTrack, packets: Iterable[CodedPacket], extradata: bytes | None = None
) -> Iterator[VideoFrame]:
    """The frames of packets of a track, the first of which refreshes the decoder; their `pts` are ticks.

    `extradata` replaces the track's own for packets in an encoder's form.
    """
    context = cast(VideoCodecContext, av.CodecContext.create(_DECODERS.get(track.codec, track.codec), "r"))
    context.extradata = track.extradata if extradata is None else extradata
    context.thread_count = 1
    context.reorder_depth = track.depth
    for piece in packets:
        packet = cast("av.Packet[Any]", av.Packet(len(piece.data)))  # memory with the padding decoders need
        packet.update(piece.data)
        packet.pts, packet.dts = piece.pts, piece.dts
        packet.time_base = track.time_base
        yield from context.decode(packet)
    yield from context.decode(None)


def samples_of(
    track: VideoTrack, packets: Iterable[CodedPacket], extradata: bytes | None = None
) -> Iterator[Samples]:
    """As `decode_packets`: the planes y, u and v, not copied, to look at only. Raises `MediaError`."""
    try:
        for frame in decode_packets(track, packets, extradata):
            yield _planes(frame)
    except FFmpegError as error:
        raise MediaError(
            f"packets cannot be decoded: {error}", remedy="export the recording again"
        ) from error


def _samples(frame: VideoFrame, track: VideoTrack, converter: Converter | None) -> Samples:
    if converter:
        frame.color_primaries, frame.color_trc = track.colour.primaries, track.colour.transfer
        frame.colorspace, frame.color_range = track.colour.matrix, track.colour.range
        return converter.convert(frame).planes
    if (frame.width, frame.height) != track.size:  # the size changes in the middle
        frame = frame.reformat(*track.size, format=track.pixel_format)
    return _planes(frame)


def _planes(frame: VideoFrame) -> Samples:
    return _plane(frame, 0), _plane(frame, 1), _plane(frame, 2)


def _plane(frame: VideoFrame, n: int) -> Plane:
    plane = frame.planes[n]
    rows = np.frombuffer(cast(memoryview, plane), np.uint8).reshape(plane.height, plane.line_size)
    return rows[:, : plane.width]
