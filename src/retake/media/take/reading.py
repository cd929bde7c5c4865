"""A recording's file to a `Take`: every packet as the file holds it, nothing decoded but the first frame."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from av import AudioStream, Packet, VideoFrame, VideoStream
from av.container import InputContainer

from retake.errors import MediaError
from retake.media.convert import Orientation, orientation_of, transfer_of
from retake.media.decode import video_stream
from retake.media.patch import Look
from retake.media.source import open_source, origin
from retake.media.take.values import (
    OWN_TAGS,
    AudioTrack,
    CodedPacket,
    Colour,
    Take,
    VideoTrack,
    decoding_times,
)

_MATRICES = {1: "bt709", 4: "bt601", 5: "bt601", 6: "bt601", 7: "bt709", 9: "bt2020", 10: "bt2020"}
_NATIVE = ("yuv420p", "yuvj420p")
_FROM_ZERO = ("mp4", "mov", "mkv", "webm")  # containers whose players count from their own 0
_EXPORT = "export it again as MP4"


@dataclass(frozen=True, slots=True)
class _Loose:
    """A packet as it came, with the times that its container gave."""

    data: bytes
    pts: int
    dts: int | None
    duration: int
    key: bool
    discard: bool


def read_take(path: Path) -> Take:
    """Reads a recording whole. Raises `MediaError` for a file that is broken, cut off or without pictures,
    or whose frames have no times of their own."""
    with open_source(path, kind="video") as source:
        stream = video_stream(source)
        sound = next((s for s in source.streams.audio if s.codec_context.name), None)
        pictures: list[_Loose] = []
        sounds: list[_Loose] = []
        frame: VideoFrame | None = None
        for packet in source.demux([stream, sound] if sound else [stream]):
            if packet.stream_index == stream.index:
                if frame is None:
                    frame = next(iter(packet.decode()), None)  # pyright: ignore[reportAssignmentType]
                _keep(packet, pictures, path)
            else:
                _keep(packet, sounds, path)
        if source.format.name == "avi" and stream.codec_context.has_b_frames:
            raise MediaError("its frames have no times of their own", place=str(path), remedy=_EXPORT)
        if frame is None:
            raise MediaError("it has no frames that can be decoded", place=str(path), remedy=_EXPORT)
        container = _container(source, path)
        return Take(
            path,
            container,
            _video(stream, pictures, frame, path),
            _audio(sound, sounds) if sound and sounds else None,
            {name: text for name, text in source.metadata.items() if name not in OWN_TAGS},
            Fraction(0) if container in _FROM_ZERO else origin(source),
        )


def _keep(packet: Packet[Any], kept: list[_Loose], path: Path) -> None:
    if not packet.size:
        return
    pts = packet.pts
    if pts is None:
        if (packet.stream.type == "video" and packet.stream.codec_context.has_b_frames) or packet.dts is None:
            raise MediaError("its frames have no times of their own", place=str(path), remedy=_EXPORT)
        pts = packet.dts
    duration, discard = packet.duration or 0, packet.is_discard
    kept.append(_Loose(bytes(packet), pts, packet.dts, duration, packet.is_keyframe, discard))


def _container(source: InputContainer, path: Path) -> str:
    """The kind of container: what its demuxer is called, and of a family the one that the name tells."""
    names = source.format.name.split(",")
    if "mov" in names:
        brand = source.metadata.get("major_brand", "").strip()
        return "mov" if brand == "qt" else "mp4"
    if "matroska" in names:
        return "webm" if path.suffix.lower() == ".webm" else "mkv"
    return names[0]


def _video(stream: VideoStream, loose: Sequence[_Loose], frame: VideoFrame, path: Path) -> VideoTrack:
    context = stream.codec_context
    assert stream.time_base is not None
    packets = _timed(loose)
    times = tuple(sorted(p.pts for p in packets if not p.discard))
    if not times:
        raise MediaError("it has no frames", place=str(path), remedy=_EXPORT)
    if any(a == b for a, b in pairwise(times)):
        raise MediaError("two of its frames have the same time", place=str(path), remedy=_EXPORT)
    rate = stream.average_rate or stream.guessed_rate or Fraction(25)
    lasts = next(p.duration for p in loose if p.pts == times[-1]) or round(1 / rate / stream.time_base)
    stated = (stream.start_time or 0) + (stream.duration or 0)
    end = stated if times[-1] < stated <= times[-1] + 10 * lasts else times[-1] + max(lasts, 1)
    packets = _lasting(packets, end)
    native = _is_native(frame)
    orientation = orientation_of(frame)
    if _is_mirrored(orientation):
        raise MediaError("its picture is mirrored", place=str(path), remedy=_EXPORT)
    colour = Colour(frame.color_primaries, frame.color_trc, frame.colorspace, frame.color_range)
    full = frame.format.name.startswith("yuvj") or frame.color_range == 2
    small = frame.height <= 576 and frame.width <= 1024
    matrix = _MATRICES.get(frame.colorspace, "bt601" if small else "bt709")
    turn = orientation.degrees // 90
    return VideoTrack(
        codec=context.codec.canonical_name,
        time_base=stream.time_base,
        extradata=bytes(context.extradata or b""),
        size=(max(frame.width // 2 * 2, 2), max(frame.height // 2 * 2, 2)),
        pixel_format=frame.format.name,
        rate=rate,
        packets=tuple(packets),
        times=times,
        end=end,
        look=Look(matrix, full, turn) if native else Look(turn=turn),
        native=native,
        aspect=Fraction(stream.sample_aspect_ratio or 1),
        colour=colour,
        interlaced=frame.interlaced_frame,
    )


def _is_native(frame: VideoFrame) -> bool:
    even = not (frame.width % 2 or frame.height % 2)
    return frame.format.name in _NATIVE and even and transfer_of(frame) == "sdr"


def _is_mirrored(found: Orientation) -> bool:
    return found.transposed == (found.mirrored_x == found.mirrored_y)


def _timed(loose: Sequence[_Loose]) -> list[CodedPacket]:
    """With decoding times, made where the container has none (Matroska's first packets)."""
    given = [p.dts for p in loose]
    known = [tick for tick in given if tick is not None]
    if len(known) < len(given) or any(a >= b for a, b in pairwise(known)):
        known = decoding_times([p.pts for p in loose])
    return [
        CodedPacket(p.data, p.pts, dts, max(p.duration, 1), p.key, p.discard)
        for p, dts in zip(loose, known, strict=True)
    ]


def _lasting(packets: Iterable[CodedPacket], end: int) -> list[CodedPacket]:
    """Each with the duration for which its frame is shown; containers state it in decoding order."""
    packets = list(packets)
    ordered = sorted(p.pts for p in packets)
    after = dict(zip(ordered, [*ordered[1:], end], strict=True))
    return [
        CodedPacket(p.data, p.pts, p.dts, max(after[p.pts] - p.pts, 1), p.key, p.discard) for p in packets
    ]


def _audio(stream: AudioStream, loose: Sequence[_Loose]) -> AudioTrack:
    context = stream.codec_context
    assert stream.time_base is not None
    packets = tuple(CodedPacket(p.data, p.pts, p.pts, p.duration, p.key, p.discard) for p in loose)
    return AudioTrack(
        context.codec.canonical_name,
        context.sample_rate,
        context.channels,
        context.layout.name,
        stream.time_base,
        bytes(context.extradata or b""),
        packets,
    )
