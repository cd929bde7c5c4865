"""The laws of assembly: workers change nothing, copies are the master's own packets, sound never drifts."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from tests.timelines import RATE, edited, receipt_of, settings_in, write_document

from retake.media.encode import SpanEncoder
from retake.media.mux import film_packets
from retake.media.packets import digest
from retake.media.sound import read_sound, write_wav
from retake.media.threads import one_thread_each
from retake.produce import render_document
from retake.produce.shoot import open_shoot, read_document

Planes = NDArray[np.uint8]


def frames_of(film: Path) -> Iterator[Planes]:
    with av.open(str(film)) as container:
        for frame in container.decode(video=0):
            yield frame.to_ndarray(format="yuv420p")


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished film beside its timeline."""
    folder = tmp_path_factory.mktemp("film")
    render_document(write_document(folder), folder / "film.mp4", settings=settings_in(folder))
    return folder / "film.mp4"


@pytest.mark.parametrize("output", [{}, {"format": "webm"}, {"fps": "29.97"}], ids=["mp4", "webm", "29.97"])
def test_one_two_and_four_workers_give_the_same_file(tmp_path: Path, output: dict[str, Any]) -> None:
    timeline = write_document(tmp_path, rate=output.get("fps", RATE), format=output.get("format", "mp4"))
    hashes: set[str] = set()
    for workers in (1, 2, 4):
        out = tmp_path / f"film_{workers}.{output.get('format', 'mp4')}"
        render_document(timeline, out, settings=settings_in(tmp_path / str(workers), workers))
        hashes.add(sha256(out.read_bytes()).hexdigest())
    assert len(hashes) == 1


def test_a_frame_is_the_same_whichever_was_drawn_before(film: Path) -> None:
    shoot = open_shoot(
        read_document(film.parent / "timeline.json", {}, {}), film.parent, (), settings_in(film)
    )
    forward, apart = shoot.renderer(), shoot.renderer()
    numbers = list(range(shoot.film.length))
    seen = {n: forward.frame(n) for n in numbers}
    for n in [*numbers[::-3], 5, 5, 0]:
        again = apart.frame(n)
        assert all(np.array_equal(a, b) for a, b in zip(seen[n].planes, again.planes, strict=True))


def test_the_joined_film_shows_the_frames_of_its_spans(film: Path) -> None:
    shoot = open_shoot(
        read_document(film.parent / "timeline.json", {}, {}), film.parent, (), settings_in(film)
    )
    from retake.assemble.quality import may_cut, video_settings

    renderer, joined = shoot.renderer(), frames_of(film)
    for record in receipt_of(film)["records"]:
        encoder = SpanEncoder(video_settings(shoot.film.output, cuts=may_cut(shoot.film)))
        for n in range(record["start"], record["end"]):
            renderer.draw(encoder.canvas, n)
            encoder.push()
        run = encoder.finish()
        decoder = av.CodecContext.create("h264", "r")
        decoder.extradata = run.extradata
        alone = [f for p in run.packets for f in decoder.decode(av.Packet(p.data))] + decoder.decode(None)
        assert len(alone) == record["end"] - record["start"]
        for frame in alone:
            assert np.array_equal(frame.to_ndarray(format="yuv420p"), next(joined))
    assert next(joined, None) is None


def test_copied_packets_are_the_masters_own_and_the_receipt_proves_it(tmp_path: Path) -> None:
    timeline, out, settings = write_document(tmp_path, scenes=4), tmp_path / "film.mp4", settings_in(tmp_path)
    render_document(timeline, out, settings=settings)
    before, first = list(film_packets(out, Fraction(RATE))), receipt_of(out)

    def brighter(document: dict[str, Any]) -> None:
        document["timeline"]["tracks"][0]["clips"][2]["adjust"] = {"brightness": 0.2}

    made = render_document(edited(timeline, brighter), out, settings=settings)
    after, second = list(film_packets(out, Fraction(RATE))), receipt_of(out)
    assert [record["how"] for record in second["records"]] == ["copy", "copy", "encode", "encode"]
    assert made.frames_copied == 2 * RATE and second["share_copied"] == 0.5
    assert second["sha256"] == sha256(out.read_bytes()).hexdigest()
    for old, new in zip(first["records"], second["records"], strict=True):
        span = slice(new["start"], new["end"])
        assert digest(after[span]) == new["sha256"]
        same = [p.data for p in after[span]] == [p.data for p in before[span]]
        assert same == (new["how"] == "copy") == (old["sha256"] == new["sha256"])


def test_a_copied_film_is_the_film_as_if_made_anew(tmp_path: Path) -> None:
    timeline, out, settings = write_document(tmp_path), tmp_path / "film.mp4", settings_in(tmp_path)
    render_document(timeline, out, settings=settings)
    fresh = out.read_bytes()
    again = render_document(timeline, out, settings=settings)
    assert again.frames_copied == again.frames
    assert out.read_bytes() == fresh


def test_spans_that_show_the_same_are_encoded_once(tmp_path: Path) -> None:
    timeline = write_document(tmp_path, scenes=1)

    def repeated(document: dict[str, Any]) -> None:
        clips = document["timeline"]["tracks"][0]["clips"]
        clips += [{**clips[0], "start": start} for start in range(1, 6)]

    out = tmp_path / "film.mp4"
    made = render_document(edited(timeline, repeated), out, settings=settings_in(tmp_path, 4))
    assert made.verdict.passed
    hashes = [record["sha256"] for record in receipt_of(out)["records"]]
    assert len(hashes) == 6 and len(set(hashes)) == 1


@pytest.mark.parametrize("fps", [24, "29.97"])
@pytest.mark.parametrize("suffix", ["mp4", "webm", "m4a", "wav"])
def test_sound_is_heard_at_its_very_sample(tmp_path: Path, fps: object, suffix: str) -> None:
    """A click at a known sample late in the film, where a drift would have grown."""
    timeline = write_document(tmp_path, scenes=1, seconds=6, rate=fps, format=suffix, loudness=None)
    click = np.zeros((48_000 * 6, 2), np.float32)
    at = 5 * 48_000 + 12_345
    shape = np.hanning(65)[:, None] * np.sin(np.arange(65) * 0.6)[:, None]
    click[at : at + 65] = 0.7 * shape
    click[96_000 : 96_000 + 65] = 0.3 * shape
    write_wav(tmp_path / "sound_0.wav", click, 48_000)
    out = tmp_path / f"film.{suffix}"
    render_document(timeline, out, settings=settings_in(tmp_path))
    heard = read_sound(out, 48_000)[:, 0]
    assert abs(int(np.argmax(np.correlate(heard, click[at : at + 65, 0], "valid"))) - at) <= 1


def test_opencv_has_one_thread_while_films_are_made_and_its_own_number_afterwards(tmp_path: Path) -> None:
    before = cv2.getNumThreads()
    seen: set[int] = set()
    render_document(
        write_document(tmp_path, scenes=1),
        tmp_path / "film.mp4",
        settings=settings_in(tmp_path),
        progress=lambda _: seen.add(cv2.getNumThreads()),
    )
    assert seen == {1}
    assert cv2.getNumThreads() == before
    with one_thread_each():
        with one_thread_each():
            assert cv2.getNumThreads() == 1
        assert cv2.getNumThreads() == 1
    assert cv2.getNumThreads() == before
