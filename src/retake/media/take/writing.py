"""Coded packets to a file like the recording they come from; nothing is encoded here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from io import BytesIO
from math import lcm
from pathlib import Path
from typing import Any, cast

import av
from av import AudioStream, VideoStream
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError

from retake.errors import HostError
from retake.media.decode import video_stream
from retake.media.h264.units import annex_b, read_avcc
from retake.media.source import open_source
from retake.media.take.aac import add_sound
from retake.media.take.values import OWN_TAGS, AudioTrack, CodedPacket

_FORMATS = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".webm": "webm", ".mkv": "matroska"}
_LARGEST = 2**31 - 1  # a time scale is a signed 32-bit number to most players


def write_take(
    target: Path,
    like: Path,
    video: Sequence[CodedPacket],
    audio: Sequence[CodedPacket] | None,
    *,
    tags: Mapping[str, str] | None = None,
    video_time_base: Fraction | None = None,
    extradata: bytes | None = None,
    turn: int = 0,
    sound: AudioTrack | None = None,
) -> None:
    """Writes a film described as the file `like` is, index first, whole or not at all.

    The container is the one that the target's name tells, else MP4. `video` in decoding order, in ticks of
    `video_time_base` (without it, of `like`'s own); `audio` in ticks of `like`'s sound, None for no sound.
    Where the pictures were encoded anew, `extradata` is their own avcC and `turn` the quarter turns clockwise
    that bring them upright; the rest of their description is read from the stream. Where the sound was
    encoded anew, `sound` is its track, and `audio` in its ticks. The same input gives the same bytes. Raises
    `HostError` when the file cannot be written, `MediaError` where `like` cannot be read.
    """
    part = target.with_name(target.name + ".part")
    with open_source(like, kind="video") as source:
        try:
            _write(part, _FORMATS.get(target.suffix.lower(), "mp4"), source, video, audio,
                   tags or {}, video_time_base, extradata, turn, sound)  # fmt: skip
            part.replace(target)
        except (FFmpegError, OSError, ValueError) as error:
            remedy = "check that the disk has space, the folder can be written and the name ends in .mp4"
            raise HostError(f"cannot write the film: {error}", place=str(target), remedy=remedy) from error
        finally:
            part.unlink(missing_ok=True)


def _write(
    part: Path,
    kind: str,
    source: InputContainer,
    video: Sequence[CodedPacket],
    audio: Sequence[CodedPacket] | None,
    tags: Mapping[str, str],
    time_base: Fraction | None,
    extradata: bytes | None,
    turn: int,
    sound: AudioTrack | None,
) -> None:
    pictures = video_stream(source)
    sounds = source.streams.audio[0] if audio and source.streams.audio else None
    ticks = sound.time_base if sound else sounds.time_base if sounds else None
    base = time_base or pictures.time_base or Fraction(1, 90_000)
    with av.open(str(part), "w", format=kind, options=_options(kind, base, ticks)) as output:
        kept = {name: text for name, text in source.metadata.items() if name not in OWN_TAGS}
        output.metadata.update(kept | dict(tags))
        if extradata is None:
            shown = output.add_stream_from_template(pictures, opaque=True)
            if pictures.sample_aspect_ratio:  # the container's word, which may differ from the packets'
                shown.codec_context.sample_aspect_ratio = pictures.sample_aspect_ratio
        else:
            shown = _described(output, extradata, video[0].data)
            if turn % 4:
                shown.set_display_rotation(-90 * turn)
        shown.time_base = base
        heard = _heard(output, sounds, sound)
        output.start_encoding()
        tracks = [_packets(video, shown, base)]
        if heard and audio and ticks:
            tracks.append(_packets(audio, heard, ticks))
        for packet in _in_order(tracks):
            output.mux_one(packet)


def _heard(
    output: OutputContainer, sounds: AudioStream | None, sound: AudioTrack | None
) -> AudioStream | None:
    """The stream of the sound, as the source describes its own, or for one that was encoded anew."""
    if sound:
        return add_sound(output, sound)
    return output.add_stream_from_template(sounds, opaque=True) if sounds else None


def _options(kind: str, base: Fraction, sound: Fraction | None) -> dict[str, str]:
    if kind not in ("mp4", "mov"):
        return {"fflags": "+bitexact", "cues_to_front": "1"}
    options = {"fflags": "+bitexact", "movflags": "+faststart"}
    if base.numerator == 1:
        # An edit list counts in the film's time scale: one that both tracks divide makes it exact.
        scale = lcm(base.denominator, sound.denominator if sound else 1)
        options["video_track_timescale"] = str(base.denominator)
        options["movie_timescale"] = str(scale if scale <= _LARGEST else base.denominator)
    return options


def _described(output: OutputContainer, extradata: bytes, first: bytes) -> VideoStream:
    """A stream that is described by its own parameter sets: a demuxer reads them from the first packet."""
    sets = read_avcc(extradata)
    units = [*sets.sps, *sets.pps]
    alone = b"".join(b"\0\0\0\1" + unit for unit in units) + annex_b(first, sets.length_size)
    with av.open(BytesIO(alone), format="h264") as film:
        stream = output.add_stream_from_template(film.streams.video[0], opaque=True)
    stream.codec_context.extradata = extradata
    return stream


def _packets(
    coded: Sequence[CodedPacket], stream: VideoStream | AudioStream, base: Fraction
) -> Iterator[tuple[float, av.Packet[Any]]]:
    """Packets as the muxer takes them, each with its decoding time in seconds."""
    tick = float(base)
    for piece in coded:
        packet = cast("av.Packet[Any]", av.Packet(piece.data))
        packet.stream = stream
        packet.pts, packet.dts, packet.duration = piece.pts, piece.dts, piece.duration
        packet.time_base = base
        packet.is_keyframe = piece.key
        yield piece.dts * tick, packet


def _in_order(tracks: Sequence[Iterator[tuple[float, av.Packet[Any]]]]) -> Iterator[av.Packet[Any]]:
    """The packets of all tracks by decoding time, as a player wants to read them."""
    heads = [(head, track) for track in tracks if (head := next(track, None))]
    while heads:
        at = min(range(len(heads)), key=lambda n: heads[n][0][0])
        (_, packet), track = heads[at]
        yield packet
        following = next(track, None)
        if following:
            heads[at] = following, track
        else:
            del heads[at]
