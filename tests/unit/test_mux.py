"""Packets to a file, and a finished file's packets back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from tests.films import tone

from retake.check.file import top_boxes
from retake.errors import HostError, MediaError
from retake.media.audio_encode import encode_audio
from retake.media.encode import SpanEncoder, VideoSettings
from retake.media.mux import annex_b, film_packets, write_film
from retake.media.packets import Packet, digest
from retake.media.probe import ColourTags, probe
from retake.media.sound import read_sound

RATES = [Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30), Fraction(60)]


def settings(rate: Fraction = Fraction(25), encoder: str = "x264") -> VideoSettings:
    return VideoSettings((128, 96), rate, encoder, "superfast")


def spans(chosen: VideoSettings, *lengths: int) -> tuple[Packet, ...]:
    """A film's packets in decoding order: spans encoded apart and joined."""
    found: list[Packet] = []
    for length in lengths:
        encoder, start = SpanEncoder(chosen), len(found)
        for n in range(length):
            for plane in encoder.canvas.planes:
                rows = np.arange(plane.shape[0])[:, None]
                plane[...] = 60 + (rows * 3 + np.arange(plane.shape[1]) + 7 * n + start) % 120
            encoder.push()
        for packet in encoder.finish().packets:
            found.append(replace(packet, pts=start + packet.pts, order=len(found)))
    return tuple(found)


@pytest.mark.parametrize("rate", RATES, ids=str)
@pytest.mark.parametrize("container", ["mp4", "webm"])
def test_packets_come_back_byte_for_byte_at_their_times(
    tmp_path: Path, rate: Fraction, container: str
) -> None:
    chosen = settings(rate, "vp9" if container == "webm" else "x264")
    video = spans(chosen, 13, 1, 8)
    path = tmp_path / f"film.{container}"
    write_film(path, container, chosen, video, None, {})
    back = tuple(film_packets(path, rate))
    assert back == video
    assert digest(back) == digest(video)


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_times_in_the_file_are_exact_and_decoding_goes_forward(tmp_path: Path, rate: Fraction) -> None:
    path = tmp_path / "film.mp4"
    write_film(path, "mp4", settings(rate), spans(settings(rate), 20, 15), None, {})
    with av.open(str(path)) as film:
        packets = [packet for packet in film.demux(film.streams.video[0]) if packet.size]
        base = film.streams.video[0].time_base
        assert base is not None
        assert sorted(Fraction(p.pts or 0) * base for p in packets) == [n / rate for n in range(35)]
        decoding = [packet.dts or 0 for packet in packets]
        assert all(a < b for a, b in pairwise(decoding))
        assert all((packet.pts or 0) >= (packet.dts or 0) for packet in packets)
        assert film.streams.video[0].average_rate == rate


def test_the_index_comes_first_and_the_colours_are_tagged(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    write_film(path, "mp4", settings(), spans(settings(), 10), None, {"title": "A lamp", "comment": "é"})
    boxes = top_boxes(path)
    assert boxes.index("moov") < boxes.index("mdat")
    report = probe(path)
    assert report.video is not None
    assert report.video.colour == ColourTags("bt709", "bt709", "bt709", "limited")
    with av.open(str(path)) as film:
        assert (film.metadata["title"], film.metadata["comment"]) == ("A lamp", "é")


@pytest.mark.parametrize(("container", "codec"), [("mp4", "aac"), ("webm", "libopus")])
def test_sound_begins_with_the_picture_and_keeps_its_samples(
    tmp_path: Path, container: str, codec: str
) -> None:
    chosen = settings(encoder="vp9" if container == "webm" else "x264")
    samples = np.zeros((48_000, 2), np.float32)
    samples[24_000:24_480] = tone(0.01, 0.5, 1000)
    path = tmp_path / f"film.{container}"
    sound = encode_audio([samples], codec)  # type: ignore[arg-type]
    write_film(path, container, chosen, spans(chosen, 25), sound, {})
    heard = read_sound(path, 48_000)
    assert abs(len(heard) - 48_000) <= 1024
    matches = np.correlate(heard[:, 0], samples[24_000:24_480, 0], "valid")
    assert int(np.argmax(matches)) == 24_000


def test_films_are_equal_byte_for_byte(tmp_path: Path) -> None:
    for name in ("a.mp4", "b.mp4"):
        sound = encode_audio([tone(0.4)])
        write_film(tmp_path / name, "mp4", settings(), spans(settings(), 10), sound, {"title": "x"})
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_packets_are_taken_one_by_one(tmp_path: Path) -> None:
    taken: list[int] = []

    def video() -> Iterator[Packet]:
        for packet in spans(settings(), 4):
            taken.append(packet.order)
            yield packet

    write_film(tmp_path / "film.mp4", "mp4", settings(), video(), None, {})
    assert taken == [0, 1, 2, 3]


def test_a_place_that_cannot_be_written_is_the_hosts_fault(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="cannot write the film"):
        write_film(tmp_path / "no" / "film.mp4", "mp4", settings(), spans(settings(), 2), None, {})


def test_what_is_no_film_has_no_packets(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"rubbish" * 99)
    with pytest.raises(MediaError):
        list(film_packets(tmp_path / "a.mp4", Fraction(25)))


def test_lengths_become_start_codes() -> None:
    assert annex_b(b"\0\0\0\2ab\0\0\0\1c") == b"\0\0\0\1ab\0\0\0\1c"
