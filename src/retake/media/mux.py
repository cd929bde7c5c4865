"""Packets to a file, and a finished file's packets back.

`write_film` writes MP4 (index first) or WebM from packets that are already encoded; nothing is encoded here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from retake.errors import HostError
from retake.media.audio_encode import EncodedAudio
from retake.media.encode import REORDER, VideoSettings, codec_name, configure
from retake.media.packets import Packet
from retake.media.source import open_source


def write_film(
    path: Path,
    container: str,
    settings: VideoSettings,
    video: Iterable[Packet],
    audio: EncodedAudio | None,
    tags: Mapping[str, str],
) -> bytes:
    """Muxes packets into `path` and gives the video stream's extradata, as the encoder wrote it.

    `video` are a film's packets in decoding order, times in frames, `order` counted through the film.
    Raises `HostError` when the file cannot be written.
    """
    options = {"fflags": "+bitexact"} | ({"movflags": "+faststart"} if container == "mp4" else {})
    try:
        with av.open(str(path), "w", format=container, options=options) as output:
            output.metadata.update(tags)
            stream = cast(VideoStream, output.add_stream(codec_name(settings)))
            configure(stream.codec_context, settings)
            stream.time_base = 1 / settings.rate
            sound = _add_sound(output, audio) if audio else None
            output.start_encoding()
            for packet in _in_order(_pictures(video, stream, settings), _sounds(audio, sound)):
                output.mux(packet)
            return bytes(stream.codec_context.extradata or b"")
    except FFmpegError as error:
        remedy = "check that the disk has space and the folder can be written"
        raise HostError(f"cannot write the film: {error}", place=str(path), remedy=remedy) from error


def _add_sound(output: OutputContainer, audio: EncodedAudio) -> AudioStream:
    stream = output.add_stream(audio.codec, rate=audio.rate, layout="stereo")
    stream.bit_rate = audio.bitrate
    stream.time_base = Fraction(1, audio.rate)
    return stream


def _pictures(
    video: Iterable[Packet], stream: VideoStream, settings: VideoSettings
) -> Iterator[av.Packet[Any]]:
    delay = REORDER if settings.encoder == "x264" else 0
    for packet in video:
        out = av.Packet(packet.data)
        out.stream = stream
        out.time_base = 1 / settings.rate
        out.pts, out.dts, out.duration = packet.pts, packet.order - delay, packet.duration
        out.is_keyframe = packet.key
        yield out


def _sounds(audio: EncodedAudio | None, stream: AudioStream | None) -> Iterator[av.Packet[Any]]:
    if audio is None or stream is None:
        return
    for packet in audio.packets:
        out = av.Packet(packet.data)
        out.stream = stream
        out.time_base = Fraction(1, audio.rate)
        out.pts = out.dts = packet.pts
        out.duration = packet.duration
        out.is_keyframe = True
        yield out


def _in_order(
    pictures: Iterator[av.Packet[Any]], sounds: Iterator[av.Packet[Any]]
) -> Iterator[av.Packet[Any]]:
    """The packets of both streams by decoding time, as a player wants to read them."""
    sound = next(sounds, None)
    for picture in pictures:
        while sound is not None and _time(sound) <= _time(picture):
            yield sound
            sound = next(sounds, None)
        yield picture
    if sound is not None:
        yield sound
        yield from sounds


def _time(packet: av.Packet[Any]) -> Fraction:
    assert packet.dts is not None and packet.time_base is not None
    return packet.dts * packet.time_base


def film_packets(path: Path, rate: Fraction) -> Iterator[Packet]:
    """A finished film's video packets in decoding order, H.264 as Annex B, as an encoder gives them.

    Raises `MediaError` for a file that cannot be read.
    """
    with open_source(path, kind="video") as source:
        stream = source.streams.video[0]
        lengths = bytes(stream.codec_context.extradata or b"")[:1] == b"\x01"
        order = 0
        for packet in source.demux(stream):
            if packet.size == 0 or packet.pts is None:
                continue
            data = annex_b(bytes(packet)) if lengths else bytes(packet)
            assert packet.time_base is not None
            pts = round(packet.pts * packet.time_base * rate)
            yield Packet(data, pts, 1, order, packet.is_keyframe)
            order += 1


def annex_b(data: bytes) -> bytes:
    """An access unit with 4-byte NAL lengths (ISO/IEC 14496-15) as one with start codes (H.264 Annex B)."""
    out, at = bytearray(), 0
    while at + 4 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        out += b"\0\0\0\1" + data[at + 4 : at + 4 + size]
        at += 4 + size
    return bytes(out)
