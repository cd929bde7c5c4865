"""A recording read whole, its frames and sound by number, and written back."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from tests.films import moving, write_film
from tests.recordings import H264, OTHERS, SIZE, Kind, record, ticks

from retake.check.file import top_boxes
from retake.errors import HostError, MediaError
from retake.media.patch import Look
from retake.media.take import TakeReader, decode_sound, read_take, write_take
from retake.media.take.values import decoding_times, find_clean, reorder_depth

CLOSED, PYRAMID, VARYING, PHONE = H264[0], H264[2], H264[9], H264[10]
VP9 = OTHERS[1]


@pytest.mark.parametrize("kind", [CLOSED, PYRAMID, VARYING, PHONE, VP9], ids=lambda kind: kind.name)
def test_a_take_written_back_is_the_same_take(tmp_path: Path, kind: Kind) -> None:
    take = read_take(record(tmp_path, kind, frames=40))
    assert take.audio
    copies = [tmp_path / f"copy{n}-{kind.name}" for n in range(2)]
    for path in copies:
        write_take(path, take.path, take.video.packets, take.audio.packets)
    copy = read_take(copies[0])
    assert copies[0].read_bytes() == copies[1].read_bytes()
    assert copy.video.packets == take.video.packets
    assert copy.audio == take.audio
    assert (copy.video.times, copy.video.end) == (take.video.times, take.video.end)
    assert (copy.video.look, copy.video.extradata) == (take.video.look, take.video.extradata)
    assert not list(tmp_path.glob("*.part"))


def test_the_index_comes_first_and_tags_are_kept(tmp_path: Path) -> None:
    take = read_take(write_film(tmp_path / "a.mp4", moving(10)))
    write_take(tmp_path / "b.mp4", take.path, take.video.packets, None, tags={"title": "A lamp"})
    boxes = top_boxes(tmp_path / "b.mp4")
    assert boxes.index("moov") < boxes.index("mdat")
    copy = read_take(tmp_path / "b.mp4")
    assert copy.tags["title"] == "A lamp"
    assert copy.audio is None


@pytest.mark.parametrize("kind", [PYRAMID, VARYING, VP9], ids=lambda kind: kind.name)
def test_frames_by_number_are_those_that_a_player_shows(tmp_path: Path, kind: Kind) -> None:
    path = record(tmp_path, kind, frames=45)
    with av.open(str(path)) as film:
        shown = [np.asarray(frame.to_ndarray()) for frame in film.decode(video=0)]
    with TakeReader(path) as reader:
        take = reader.take
        assert take.length == len(shown) == 45
        for start, stop in ((0, 45), (17, 20), (44, 45), (9, 9)):
            pictures = list(reader.pictures(start, stop))
            assert len(pictures) == stop - start
            for picture, whole in zip(pictures, shown[start:stop], strict=True):
                assert np.array_equal(picture.y, whole[: SIZE[1]])
    expected = [tick * (kind.base or 1 / kind.rate) for tick in ticks(kind, 45)]
    found = [take.seconds(n) for n in range(45)]
    assert all(abs(a - b) <= Fraction(1, 1000) for a, b in zip(found, expected, strict=True))
    assert [take.frame_at(take.seconds(n)) for n in range(45)] == list(range(45))
    assert (take.frame_at(-1), take.frame_at(99)) == (0, 44)


def test_a_phones_film_is_upright_in_its_own_range(tmp_path: Path) -> None:
    with TakeReader(record(tmp_path, PHONE, frames=4, sound=False)) as reader:
        assert reader.take.video.look == Look("bt709", True, 1)
        assert reader.take.size == (96, 160)
        coded, shown = next(reader.pictures(1, 2)), next(reader.rgb(1, 2))
    assert (coded.width, coded.height) == (160, 96)
    assert shown.shape == (160, 96, 3)


@pytest.mark.parametrize(("pixels", "size"), [("yuv420p10le", (160, 96)), ("yuv444p", (161, 97))])
def test_other_samples_are_converted_and_it_says_so(
    tmp_path: Path, pixels: str, size: tuple[int, int]
) -> None:
    path = write_film(tmp_path / "a.mp4", moving(3, size), pixels=pixels)
    with TakeReader(path) as reader:
        assert not reader.take.native
        assert reader.take.size == (160, 96)
        assert [(p.width, p.height) for p in reader.pictures(0, 3)] == [(160, 96)] * 3
        rgb = next(reader.rgb(0, 1))
    assert np.abs(rgb.astype(int) - moving(3, size)[0][:96, :160]).mean() < 6


def test_sound_begins_at_second_0_without_the_encoders_priming(tmp_path: Path) -> None:
    take = read_take(record(tmp_path, CLOSED, frames=30))
    assert take.audio
    assert take.audio.packets[0].pts == -1024
    samples = decode_sound(take)
    t = np.arange(24_000) / 48_000
    tone = 0.3 * np.sin(2 * np.pi * (300 + 40 * t) * t)
    assert samples.shape[1] == 2
    found = samples[4000:19_000, 0]
    errors = [np.abs(found - tone[4000 + by : 19_000 + by]).mean() for by in (-1024, -2, -1, 0, 1, 2, 1024)]
    assert int(np.argmin(errors)) == 3
    assert errors[3] < 0.01


def test_what_is_broken_is_named(tmp_path: Path) -> None:
    whole = record(tmp_path, CLOSED, frames=20)
    (tmp_path / "cut.mp4").write_bytes(whole.read_bytes()[:-3000])
    (tmp_path / "rubbish.mp4").write_bytes(b"rubbish" * 99)
    for name in ("cut.mp4", "rubbish.mp4", "none.mp4"):
        with pytest.raises(MediaError, match=name):
            read_take(tmp_path / name)
    with pytest.raises(MediaError, match="no sound"):
        decode_sound(read_take(record(tmp_path, PHONE, frames=3, sound=False)))


def test_a_place_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    take = read_take(record(tmp_path, CLOSED, frames=5))
    with pytest.raises(HostError, match="cannot write the film"):
        write_take(tmp_path / "no" / "a.mp4", take.path, take.video.packets, None)
    with pytest.raises(HostError, match=r"ends in \.mp4"):
        write_take(tmp_path / "a.webm", take.path, take.video.packets, None)
    assert [path.name for path in tmp_path.iterdir()] == [take.path.name]


def test_decoding_order_and_its_times() -> None:
    shown = [0, 4, 2, 1, 3, 8, 6, 5, 7]
    assert reorder_depth(shown) == 2
    times = decoding_times(shown)
    assert all(a < b for a, b in pairwise(times))
    assert all(decoded <= tick for decoded, tick in zip(times, shown, strict=True))
    assert list(find_clean(shown)) == [0, 1, 5, 9]
    assert decoding_times([3, 7, 8]) == [3, 7, 8]
