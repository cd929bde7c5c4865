"""What a file is, without converting it."""

from __future__ import annotations

import struct
import zlib
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.films import Tags, moving, tone, write_film

from retake.errors import MediaError
from retake.media.probe import probe
from retake.media.still import read_still


def warnings(path: Path) -> list[str]:
    report = probe(path)
    assert all(problem.warning and problem.place == str(path) for problem in report.warnings)
    return [problem.message for problem in report.warnings]


def test_a_film_is_described(tmp_path: Path) -> None:
    path = write_film(tmp_path / "film.mp4", moving(50), sound=tone(2), rate=Fraction(30000, 1001))
    report = probe(path)
    assert (report.kind, report.container, report.bytes) == ("video", "mov", path.stat().st_size)
    assert abs(report.duration - 2) < Fraction(1, 10)
    video, audio = report.video, report.audio
    assert video is not None
    assert audio is not None
    assert (video.codec, video.size, video.frames) == ("h264", (128, 96), 50)
    assert (video.rate, video.variable_rate, video.bit_depth) == (Fraction(30000, 1001), False, 8)
    assert (video.colour.primaries, video.colour.matrix, video.colour.range) == ("bt709", "bt709", "limited")
    assert (audio.codec, audio.rate, audio.channels, audio.start) == ("aac", 48_000, 2, 0)
    assert report.warnings == ()


def test_what_is_unusual_is_a_warning(tmp_path: Path) -> None:
    assert warnings(write_film(tmp_path / "mute.mp4", moving(3))) == ["no sound"]
    uneven = write_film(tmp_path / "vfr.mp4", moving(6), times=[0, 1, 2, 7, 8, 9], sound=tone(0.3))
    assert warnings(uneven) == ["variable frame rate"]
    bright = write_film(
        tmp_path / "hdr.mp4", moving(3), pixels="yuv420p10le", tags=Tags(9, 18, 9, 1), sound=tone(0.1)
    )
    assert warnings(bright) == ["high dynamic range"]
    combed = write_film(tmp_path / "i.mp4", moving(3), options={"flags": "+ildct"}, sound=tone(0.1))
    assert warnings(combed) == ["interlaced"]
    odd = write_film(tmp_path / "odd.mp4", moving(3, (101, 75)), pixels="yuv444p", sound=tone(0.1))
    assert warnings(odd) == ["odd size"]


def test_a_constant_rate_in_milliseconds_does_not_vary(tmp_path: Path) -> None:
    video = probe(write_film(tmp_path / "film.mkv", moving(40), rate=30, options={"bf": "2"})).video
    assert video is not None
    assert not video.variable_rate


def test_size_is_as_shown(tmp_path: Path) -> None:
    video = probe(write_film(tmp_path / "r.mp4", moving(3), rotation=90, aspect=Fraction(3, 2))).video
    assert video is not None
    assert (video.size, video.coded_size, video.rotation) == ((96, 192), (128, 96), 90)


def test_depth_and_high_dynamic_range_are_seen(tmp_path: Path) -> None:
    path = write_film(tmp_path / "hdr.mp4", moving(3), pixels="yuv420p10le", tags=Tags(9, 16, 9, 1))
    video = probe(path).video
    assert video is not None
    assert (video.bit_depth, video.hdr, video.colour.transfer, video.colour.primaries) == (
        10,
        True,
        "pq",
        "bt2020",
    )


def test_a_still_is_described_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "photo.mp4"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (60, 40), "teal").save(path, "JPEG", exif=exif)
    report = probe(path)
    assert (report.kind, report.container, report.duration) == ("image", "jpeg", 0)
    assert report.video is not None
    assert (report.video.size, report.video.rotation) == ((40, 60), 90)


def late_exif(png: bytes, orientation: int) -> bytes:
    """The PNG with an eXIf chunk between its pixels and its end."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    body = b"eXIf" + exif.tobytes().removeprefix(b"Exif\x00\x00")
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return png[:-12] + chunk + png[-12:]


def test_a_png_is_described_without_being_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "upright.png"
    Image.new("RGB", (60, 40), "teal").save(path)

    def refuse(_: object) -> None:
        raise AssertionError("the pixels were decoded")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", refuse)
    video = probe(path).video
    assert video is not None and video.size == (60, 40)


def test_a_png_whose_orientation_follows_its_pixels_is_described_as_shown(tmp_path: Path) -> None:
    path = tmp_path / "late.png"
    Image.new("RGB", (60, 40), "teal").save(path)
    path.write_bytes(late_exif(path.read_bytes(), 6))
    video = probe(path).video
    assert video is not None and (video.size, video.rotation) == ((40, 60), 90)
    assert read_still(path).shape == (60, 40, 3)


def test_a_png_that_is_cut_off_is_told_when_it_is_probed(tmp_path: Path) -> None:
    path = tmp_path / "cut.png"
    noise = np.random.default_rng(1).integers(0, 255, (90, 90, 3), np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[:9000])
    with pytest.raises(MediaError, match="broken"):
        probe(path)


def test_animated_pictures_are_films_where_they_can_be(tmp_path: Path) -> None:
    shots = [Image.new("RGB", (16, 16), name) for name in ("red", "blue")]
    for kind in ("gif", "webp"):
        shots[0].save(tmp_path / f"a.{kind}", save_all=True, append_images=shots[1:], duration=100)
    assert probe(tmp_path / "a.gif").kind == "video"
    assert warnings(tmp_path / "a.webp") == ["animated picture"]


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("words")
    for path in (tmp_path / "text.mp4", tmp_path / "missing.mp4"):
        with pytest.raises(MediaError, match=path.name):
            probe(path)
