from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.films import write_film

from retake.errors import InputError, ProviderError, Severity
from retake.generate.lipsync.base import BaseLipSync, LipSyncRequest, PatchLipSync
from retake.generate.lipsync.clip import Clip, write_clip
from retake.generate.lipsync.faces import FaceBox
from retake.generate.ports import Phoneme
from retake.media.patch import Patch
from retake.media.sound import read_sound, write_wav
from retake.media.take import TakeReader, read_take

BOX = FaceBox(30, 20, 50, 50)
RATE = 16_000


def grey(level: int) -> np.ndarray:
    return np.full((96, 112, 3), level, np.uint8)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("take") / "take.mp4"
    sound = np.full((48_000, 2), 0.25, np.float32)
    return write_film(path, [grey(60 + 2 * i) for i in range(25)], sound=sound)


def request(film: Path, start: int = 10, stop: int = 15, **more: Any) -> LipSyncRequest:
    speech = np.full(round((stop - start) / 25 * RATE), 0.5, np.float32)
    return LipSyncRequest(film, start, stop, speech, RATE, boxes=(BOX,), **more)


class Lighter(BaseLipSync):
    """A third party's: whole frames come back 40 lighter."""

    name = "lighter"

    def sync(self, video_path: Path, audio_path: Path, output_path: Path, **kwargs: Any) -> None:
        self.kwargs, self.heard = kwargs, read_sound(audio_path, RATE)
        with TakeReader(video_path) as reader:
            frames = [
                np.clip(f.astype(int) + 40, 0, 255).astype(np.uint8)
                for f in reader.rgb(0, reader.take.length)
            ]
        self.write(output_path, frames)

    def write(self, path: Path, frames: list[np.ndarray]) -> None:
        self.count = len(frames)
        for frame in frames:
            frame[55:64, 45:65] = 250  # a mouth, so that it is more than light
        write_clip(path, frames, Fraction(25), np.zeros(RATE, np.float32), RATE)


class Shorter(Lighter):
    def write(self, path: Path, frames: list[np.ndarray]) -> None:
        super().write(path, frames[:-1])


class Smaller(Lighter):
    def write(self, path: Path, frames: list[np.ndarray]) -> None:
        super().write(path, [np.ascontiguousarray(frame[:80]) for frame in frames])


class Nothing(Lighter):
    def write(self, path: Path, frames: list[np.ndarray]) -> None:
        path.write_bytes(b"")


class Dot(PatchLipSync):
    """A white square on every other frame."""

    name = "dot"

    def patches(self, request: LipSyncRequest) -> Iterator[Patch]:
        self.request = request
        for frame in range(request.start, request.stop, 2):
            yield Patch(frame, 40, 40, np.full((8, 8, 3), 255, np.uint8), np.ones((8, 8), np.float32))


def test_the_span_has_buffers_that_fade(film: Path):
    moments = request(film).moments(read_take(film))
    assert [moment.frame for moment in moments] == list(range(6, 19))
    assert [moment.source for moment in moments] == list(range(6, 19))
    weights = [moment.weight for moment in moments]
    assert weights == pytest.approx([0.2, 0.4, 0.6, 0.8, 1, 1, 1, 1, 1, 0.8, 0.6, 0.4, 0.2])
    assert moments[4].seconds == 0
    assert moments[0].seconds == pytest.approx(-4 / 25)


def test_buffers_end_where_the_recording_does(film: Path):
    moments = request(film, 0, 25).moments(read_take(film))
    assert [moment.frame for moment in moments] == list(range(25))


def test_a_retimed_picture_has_new_numbers(film: Path):
    moments = request(film, shown=(10, 10, 11, 12, 12, 13, 14)).moments(read_take(film))
    assert [moment.frame for moment in moments] == list(range(6, 21))
    assert [moment.source for moment in moments] == [6, 7, 8, 9, 10, 10, 11, 12, 12, 13, 14, 15, 16, 17, 18]
    seconds = [moment.seconds for moment in moments]
    assert np.diff(seconds) == pytest.approx(1 / 25)


@pytest.mark.parametrize(("start", "stop"), [(-1, 5), (5, 5), (20, 26), (9, 3)])
def test_a_span_outside_the_recording_is_refused(film: Path, start: int, stop: int):
    with pytest.raises(InputError, match="no span"):
        LipSyncRequest(film, start, stop, np.zeros(9, np.float32), RATE).moments(read_take(film))


def test_patches_are_made_of_what_sync_wrote(film: Path):
    adapter = Lighter()
    patches = list(adapter.patches(request(film, phonemes=(Phoneme("a", 0.04),))))
    assert [patch.frame for patch in patches] == list(range(6, 19))
    assert adapter.count == 13
    assert adapter.kwargs["boxes"] == (BOX,) * 13
    assert adapter.kwargs["phonemes"][0].start == pytest.approx(0.04 + 4 / 25)
    middle = patches[6]
    assert middle.alpha.max() == 1
    assert middle.alpha[0].max() < 0.1
    assert patches[0].alpha.max() == pytest.approx(0.2)
    assert BOX.x <= middle.x
    assert middle.x + middle.rgb.shape[1] <= BOX.x + BOX.width


def test_the_colour_of_what_came_back_is_matched(film: Path):
    middle = list(Lighter().patches(request(film)))[6]
    rim = (middle.alpha > 0.1) & (middle.alpha < 0.4)
    assert abs(float(np.median(middle.rgb[rim])) - (60 + 2 * 12)) < 4
    assert middle.rgb.max() > 150


def test_the_adapter_hears_the_recording_around_the_speech(film: Path):
    adapter = Lighter()
    list(adapter.patches(request(film)))
    lead = round(4 / 25 * RATE)
    assert len(adapter.heard) == round(13 / 25 * RATE)
    assert np.abs(adapter.heard[200 : lead - 200] - 0.25).max() < 0.02
    assert np.abs(adapter.heard[lead + 10 : lead + 3100] - 0.5).max() < 0.01
    assert np.abs(adapter.heard[lead + 3400 : -400] - 0.25).max() < 0.02


@pytest.mark.parametrize("adapter", [Shorter(), Smaller(), Nothing()])
def test_a_result_that_is_another_film_is_refused(film: Path, adapter: BaseLipSync):
    with pytest.raises(ProviderError) as failure:
        list(adapter.patches(request(film)))
    assert failure.value.severity is Severity.RECOVERABLE
    assert failure.value.remedy


def test_sync_comes_of_itself_from_patches(film: Path, tmp_path: Path):
    sound, target, adapter = tmp_path / "speech.wav", tmp_path / "out.mp4", Dot()
    write_wav(sound, np.full(48_000, 0.1, np.float32), 48_000)
    adapter.sync(film, sound, target, phonemes=(Phoneme("a", 0.1),), boxes=(BOX,))
    assert adapter.request.phonemes == (Phoneme("a", 0.1),)
    made = read_take(target)
    assert (made.length, made.size) == (25, (112, 96))
    with TakeReader(target) as reader:
        frames = list(reader.rgb(0, 4))
    assert [int(frame[44, 44, 0]) > 200 for frame in frames] == [True, False, True, False]
    assert abs(int(frames[3][80, 80, 0]) - 66) <= 2
    assert np.abs(read_sound(target)[5_000:40_000] - 0.1).max() < 0.01
    assert list(tmp_path.glob("*.part")) == []


def test_a_clip_of_uneven_frames_keeps_their_times():
    clip = Clip.around([-0.12, 0.0, 0.045, 0.2, 0.24], Fraction(25))
    assert [clip.shown[i] for i in clip.taken] == [0, 1, 2, 3, 4]
    assert len(clip.shown) == 10
    assert clip.start == -0.12
    assert list(clip.shown) == sorted(clip.shown)


def test_a_clip_of_even_frames_is_one_to_one():
    times = [n / 29.97 - 4 / 29.97 for n in range(40)]
    clip = Clip.around(times, Fraction(30000, 1001))
    assert clip.shown == clip.taken == tuple(range(40))
