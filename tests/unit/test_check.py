"""The verdict on a finished file: a good film passes, and every fault is found where it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from tests.films import RATE, UNTAGGED, flat, moving, tone, write_film

from retake.check import Expectation, Finding, SceneSpan, Verdict, check
from retake.timeline.time import Span

SECONDS = 3
FRAMES = 25 * SECONDS
PLAN = Expectation(
    size=(128, 96),
    rate=Fraction(25),
    frames=FRAMES,
    samples=RATE * SECONDS,
    has_audio=True,
    scenes=(
        SceneSpan("scene_001", Span(0, 25)),
        SceneSpan("scene_002", Span(25, 50)),
        SceneSpan("scene_003", Span(50, 75)),
    ),
)

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Writes a good film, or one with a fault given by other frames, sound or options."""

    def write(**changes: object) -> Path:
        options: dict[str, object] = {"frames": moving(FRAMES), "sound": tone(SECONDS)} | changes
        return write_film(tmp_path / "film.mp4", **options)  # pyright: ignore[reportArgumentType]

    return write


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film without a fault; it is only read."""
    path = tmp_path_factory.mktemp("good") / "film.mp4"
    return write_film(path, moving(FRAMES), sound=tone(SECONDS))


def failed(verdict: Verdict) -> set[str]:
    assert verdict.passed == (not verdict.failures)
    return {finding.name for finding in verdict.failures}


def only(verdict: Verdict, name: str) -> Finding:
    assert failed(verdict) == {name}
    (finding,) = verdict.failures
    assert finding.message
    return finding


def test_a_good_film_passes(good: Path) -> None:
    verdict = check(good, PLAN)
    assert verdict.passed
    assert verdict.warnings == ()
    assert {"frames", "duration", "sync_start", "sync_end", "black", "frozen", "scenes"} <= {
        finding.name for finding in verdict.findings
    }
    assert verdict.figures["frames"] == FRAMES
    assert verdict.figures["codec"] == "h264"


def test_a_good_film_passes_without_a_plan_and_without_sound(make: Make) -> None:
    verdict = check(make(sound=None))
    assert verdict.passed
    assert verdict.warnings == ()


def test_the_verdict_is_strict_json(make: Make) -> None:
    mute = check(
        make(sound=np.zeros((RATE * SECONDS, 2), np.float32)), replace(PLAN, fallbacks=("no music",))
    )
    record = json.loads(mute.to_json())
    assert record["passed"] == mute.passed
    assert record["fallbacks"] == ["no music"]
    assert record["figures"]["true_peak_dbtp"] is None
    assert {"name", "passed", "measured", "expected", "message", "severity", "at"} == set(
        record["findings"][0]
    )


@pytest.mark.parametrize("content", [b"", b"words", b"\0\0\0\x18ftypisom\0\0\0\0isomiso2"])
def test_what_cannot_be_read_fails_and_does_not_raise(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(content)
    assert "film.mp4" in only(check(path), "readable").message
    assert only(check(tmp_path / "missing.mp4", PLAN), "readable")


def test_a_film_cut_off_fails(make: Make) -> None:
    path = make()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    only(check(path), "readable")


def test_damaged_packets_fail(make: Make) -> None:
    path = make()
    content = bytearray(path.read_bytes())
    start = content.index(b"mdat") + 2000
    content[start : start + 20_000] = b"\xff" * 20_000
    path.write_bytes(content)
    assert failed(check(path)) & {"readable", "intact"}


def test_another_size_fails(good: Path) -> None:
    assert only(check(good, replace(PLAN, size=(1080, 1920))), "size").measured == "128x96"


def test_missing_frames_fail(make: Make) -> None:
    verdict = check(make(frames=moving(FRAMES - 5), sound=tone(SECONDS - 0.2)), PLAN)
    assert {"frames", "duration", "samples"} == failed(verdict)


def test_another_rate_fails(make: Make) -> None:
    verdict = check(make(rate=Fraction(24)), PLAN)
    assert {"rate", "constant_rate", "sync_end"} <= failed(verdict)


def test_a_varying_rate_fails(make: Make) -> None:
    times = [*range(FRAMES - 1), FRAMES + 4]
    verdict = check(make(times=times, sound=tone(SECONDS + 0.2)), replace(PLAN, samples=None))
    assert "constant_rate" in failed(verdict)
    assert next(f for f in verdict.failures if f.name == "constant_rate").at == pytest.approx(73 / 25)


def test_an_index_at_the_end_fails(make: Make) -> None:
    only(check(make(faststart=False), PLAN), "index_first")
    assert check(make(faststart=False)).passed


def test_missing_colour_tags_and_another_depth_fail(make: Make) -> None:
    assert "untagged" in only(check(make(tags=UNTAGGED), PLAN), "colour_tags").measured
    only(check(make(pixels="yuv420p10le"), PLAN), "codec")


def test_black_fails_unless_it_is_meant(make: Make) -> None:
    frames = moving(FRAMES)
    frames[30:45] = flat(15, (0, 0, 0))
    path = make(frames=frames)
    finding = only(check(path, PLAN), "black")
    assert finding.at == pytest.approx(30 / 25)
    assert "0.60 s" in finding.message
    assert check(path, replace(PLAN, intended_black=(Span(28, 46),))).passed
    assert [f.name for f in check(path).warnings] == ["black"]


def test_a_black_scene_is_missing(make: Make) -> None:
    frames = moving(FRAMES)
    frames[25:50] = flat(25, (0, 0, 0))
    verdict = check(make(frames=frames), PLAN)
    assert failed(verdict) == {"black", "scenes"}
    assert "scene_002" in next(f for f in verdict.failures if f.name == "scenes").message


def test_a_scene_after_the_end_is_missing(good: Path) -> None:
    late = replace(PLAN, scenes=(*PLAN.scenes, SceneSpan("scene_004", Span(75, 100))))
    assert "scene_004" in only(check(good, late), "scenes").message


def test_a_frozen_picture_fails_unless_it_may_be_still(make: Make) -> None:
    frames = moving(FRAMES)
    frames[10:65] = [frames[10]] * 55
    path = make(frames=frames)
    finding = only(check(path, PLAN), "frozen")
    assert finding.at == pytest.approx(10 / 25)
    assert check(path, replace(PLAN, allow_still=(Span(10, 65),))).passed
    assert check(path, replace(PLAN, allow_still=(Span(30, 40),))).passed


def test_slow_movement_is_not_frozen(make: Make) -> None:
    x = np.arange(128 * 4)
    row = (128 + 90 * np.sin(x / 16)).astype(np.uint8)
    frames = [
        np.repeat(np.tile(row[n // 3 : n // 3 + 128], (96, 1))[..., None], 3, axis=2) for n in range(FRAMES)
    ]
    assert check(make(frames=frames), PLAN).passed


def test_clipped_sound_fails(make: Make) -> None:
    loud = np.clip(tone(SECONDS, 4.0, 200), -1, 1)
    verdict = check(make(sound=loud), PLAN)
    assert failed(verdict) == {"clipping", "true_peak"}


def test_long_silence_fails(make: Make) -> None:
    sound = tone(SECONDS)
    sound[RATE // 2 : RATE * 2] = 0
    finding = only(check(make(sound=sound), replace(PLAN, longest_silence=1.0)), "silence")
    assert finding.at == pytest.approx(0.5, abs=0.15)
    assert check(make(sound=sound), PLAN).passed


def test_loudness_is_held_against_its_target(good: Path) -> None:
    measured = check(good, PLAN).figures["loudness_lufs"]
    assert isinstance(measured, float)
    assert measured == pytest.approx(-14.7, abs=0.5)
    assert check(good, replace(PLAN, loudness=measured)).passed
    only(check(good, replace(PLAN, loudness=measured + 2)), "loudness")


def test_sound_that_is_missing_or_not_wanted_fails(make: Make, good: Path) -> None:
    only(check(make(sound=None), PLAN), "sound")
    assert "sound" in failed(check(good, replace(PLAN, has_audio=False)))


def test_sound_shorter_than_the_picture_fails(make: Make) -> None:
    verdict = check(make(sound=tone(SECONDS - 0.5)), PLAN)
    assert failed(verdict) == {"sync_end", "samples"}
    assert "before the picture" in next(f for f in verdict.failures if f.name == "sync_end").message


def test_sound_that_begins_apart_from_the_picture_fails(make: Make) -> None:
    late = make(times=range(5, FRAMES + 5), sound=tone(SECONDS + 0.2))
    assert "sync_start" in failed(check(late, replace(PLAN, samples=None)))


def test_a_size_out_of_its_range_is_a_warning(good: Path) -> None:
    verdict = check(good, replace(PLAN, megabytes_per_minute=(30.0, 60.0)))
    assert verdict.passed
    assert [f.name for f in verdict.warnings] == ["file_size"]


def test_sound_alone_is_judged_by_itself_and_is_no_film(tmp_path: Path, good: Path) -> None:
    sound = tmp_path / "sound.m4a"
    with av.open(str(good)) as source, av.open(str(sound), "w") as target:
        stream = target.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(source.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    assert check(sound).passed
    assert "pictures" in failed(check(sound, PLAN))
