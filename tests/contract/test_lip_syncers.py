"""One suite for every lip sync adapter: what `generate.lipsync.base` promises.

An adapter that needs a service or weights brings them in `MAKERS`: a function that is given an empty folder
and leaves the adapter, ready for use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.films import write_film
from tests.talking_head import TalkingHead, face, frame, nods, photograph, speak

from retake.errors import InputError, RetakeError
from retake.generate.lipsync.base import BaseLipSync, LipSyncRequest
from retake.generate.lipsync.mouth import MouthLipSync
from retake.generate.ports import Phoneme
from retake.generate.providers import available, find
from retake.media.patch import Patch, apply
from retake.media.sound import write_wav
from retake.media.take import TakeReader, read_take

KEYLESS = "mouth"
COUNT, START, STOP = 24, 6, 18


class CopyingLipSync(BaseLipSync):
    """The least that a third party can write."""

    name = "copying"

    def sync(self, video_path: Path, audio_path: Path, output_path: Path, **kwargs: Any) -> None:
        output_path.write_bytes(video_path.read_bytes())


Maker = Callable[[Path], AbstractContextManager[BaseLipSync]]
MAKERS: dict[str, Maker] = {
    "mouth": lambda _: nullcontext(MouthLipSync()),
    "third party": lambda _: nullcontext(CopyingLipSync()),
}


@pytest.fixture(params=MAKERS)
def adapter(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BaseLipSync]:
    with MAKERS[request.param](tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def head(tmp_path_factory: pytest.TempPathFactory) -> TalkingHead:
    path = tmp_path_factory.mktemp("head") / "take.mp4"
    picture = photograph()
    sound = np.random.default_rng(2).normal(0, 0.02, (COUNT * 1920, 2)).astype(np.float32)
    write_film(path, [frame(picture, place, i) for i, place in enumerate(nods(COUNT))], sound=sound)
    return TalkingHead(path, speak("Maybe."), np.zeros(COUNT))


def asked(head: TalkingHead, **more: Any) -> LipSyncRequest:
    speech = head.speech
    return LipSyncRequest(
        head.video, START, STOP, speech.samples, speech.sample_rate, speech.phonemes, **more
    )


def test_the_keyless_adapter_is_installed():
    assert KEYLESS in available("lipsync")
    assert isinstance(find("lipsync", KEYLESS), MouthLipSync)


def test_it_names_itself(adapter: BaseLipSync):
    assert isinstance(adapter, BaseLipSync)
    assert adapter.name
    assert adapter.version


def test_patches_lie_on_the_span_and_its_buffers_in_order(adapter: BaseLipSync, head: TalkingHead):
    patches = list(adapter.patches(asked(head)))
    frames = [patch.frame for patch in patches]
    assert frames == sorted(set(frames))
    assert frames[0] >= START - 4
    assert frames[-1] < STOP + 4
    assert all(patch.alpha.max() > 0 for patch in patches)


def test_the_buffers_pass_into_the_original(adapter: BaseLipSync, head: TalkingHead):
    patches = {patch.frame: patch for patch in adapter.patches(asked(head))}
    changes = dict.fromkeys(range(START - 4, STOP + 4), 0.0)
    with TakeReader(head.video) as reader:
        for number, picture in enumerate(reader.pictures(START - 4, STOP + 4), START - 4):
            before = picture.y.astype(int)
            if number in patches:
                apply(picture, patches[number], reader.take.video.look)
            changes[number] = float(np.abs(picture.y - before).mean())
    inside = max(changes[number] for number in range(START, STOP))
    assert max(changes[START - 4], changes[STOP + 3]) < 0.5 * inside


def test_only_the_lower_face_is_touched_and_its_edges_are_soft(adapter: BaseLipSync, head: TalkingHead):
    patches = {patch.frame: patch for patch in adapter.patches(asked(head, boxes=(face(),)))}
    box = face()
    with TakeReader(head.video) as reader:
        for number, picture in enumerate(reader.pictures(START, STOP), START):
            before = picture.copy()
            if number in patches:
                apply(picture, patches[number], reader.take.video.look)
            changed = picture.y != before.y
            assert changed.mean() < 0.2
            assert not changed[: int(box.y + 0.3 * box.height)].any()
    for patch in patches.values():
        for edge in (patch.alpha[0], patch.alpha[-1], patch.alpha[:, 0], patch.alpha[:, -1]):
            assert edge.max() < 0.2


def test_a_retimed_picture_is_mended_by_its_new_numbers(adapter: BaseLipSync, head: TalkingHead):
    shown = tuple(sorted([*range(START, STOP), START + 3, START + 5]))
    patches: list[Patch] = list(adapter.patches(asked(head, shown=shown)))
    assert max(patch.frame for patch in patches) < START + len(shown) + 4
    assert len(patches) > STOP - START


def test_the_same_request_gives_the_same_patches(adapter: BaseLipSync, head: TalkingHead):
    first, second = (list(adapter.patches(asked(head))) for _ in range(2))
    assert [(p.frame, p.x, p.y) for p in first] == [(p.frame, p.x, p.y) for p in second]
    for one, other in zip(first, second, strict=True):
        assert np.array_equal(one.rgb, other.rgb)
        assert np.array_equal(one.alpha, other.alpha)


def test_phonemes_and_the_buffer_may_be_missing(adapter: BaseLipSync, head: TalkingHead):
    speech = head.speech
    request = LipSyncRequest(head.video, 0, 9, speech.samples, speech.sample_rate, buffer=0)
    assert all(0 <= patch.frame < 9 for patch in adapter.patches(request))


def test_sync_writes_a_film_of_the_same_length_and_size(
    adapter: BaseLipSync, head: TalkingHead, tmp_path: Path
):
    sound, target = tmp_path / "speech.wav", tmp_path / "out.mp4"
    write_wav(sound, head.speech.samples, head.speech.sample_rate)
    adapter.sync(head.video, sound, target, phonemes=(Phoneme("a", 0.1),), boxes=(face(),) * COUNT)
    made = read_take(target)
    assert (made.length, made.size) == (COUNT, read_take(head.video).size)


def test_a_recording_without_a_face_is_a_failure_of_the_tree(adapter: BaseLipSync, tmp_path: Path):
    film = write_film(tmp_path / "grey.mp4", [np.full((96, 128, 3), 128, np.uint8)] * 12)
    request = LipSyncRequest(film, 2, 8, np.zeros(4000, np.float32), 16_000)
    with pytest.raises(RetakeError, match="no face"):
        list(adapter.patches(request))


def test_a_span_outside_the_recording_is_refused(adapter: BaseLipSync, head: TalkingHead):
    request = LipSyncRequest(head.video, 20, COUNT + 4, np.zeros(400, np.float32), 16_000)
    with pytest.raises(InputError, match="no span"):
        list(adapter.patches(request))
