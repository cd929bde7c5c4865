from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.films import write_film
from tests.talking_head import NEW, RATE, TalkingHead, make_talking_head, speak

from retake.errors import InputError
from retake.generate.lipsync.base import LipSyncRequest
from retake.generate.lipsync.faces import FaceBox
from retake.generate.lipsync.library import MouthLibrary, build_library
from retake.generate.lipsync.measure import LipSyncReport, report
from retake.generate.lipsync.mouth import MouthLipSync
from retake.generate.ports import Phoneme, Speech
from retake.media.patch import Patch, apply
from retake.media.take import TakeReader

START = 30


@pytest.fixture(scope="module")
def head(tmp_path_factory: pytest.TempPathFactory) -> TalkingHead:
    return make_talking_head(tmp_path_factory.mktemp("head") / "take.mp4")


@pytest.fixture(scope="module")
def library(head: TalkingHead) -> MouthLibrary:
    return build_library(head.video, head.speech.phonemes)


@pytest.fixture(scope="module")
def words() -> Speech:
    return speak(NEW)


def asked(head: TalkingHead, speech: Speech, library: MouthLibrary | None) -> LipSyncRequest:
    frames = int(speech.duration * RATE)
    samples, phonemes = speech.samples, speech.phonemes
    rate = speech.sample_rate
    return LipSyncRequest(head.video, START, START + frames, samples, rate, phonemes, library=library)


def mended(
    request: LipSyncRequest, patches: list[Patch], library: MouthLibrary
) -> tuple[LipSyncReport, LipSyncReport, NDArray[np.float64]]:
    """How well the mouth fits with the patches, without them, and what share of each frame is untouched."""
    by_frame = {patch.frame: patch for patch in patches}
    openings: list[tuple[float, float]] = []
    kept: list[float] = []
    with TakeReader(request.video) as reader:
        look = reader.take.video.look
        for number, picture in enumerate(reader.pictures(request.start, request.stop), request.start):
            place, new = library.places[library.index[number]], picture.copy()
            if number in by_frame:
                apply(new, by_frame[number], look)
            kept.append(float(np.mean(new.y == picture.y)))
            pieces = [library.canon.cut(shown, look, place) for shown in (new, picture)]
            openings.append((library.ruler.opening(pieces[0]), library.ruler.opening(pieces[1])))
    times = np.arange(len(openings)) / RATE
    end = len(request.speech) / request.rate
    new, old = (
        report(np.array(column), times, request.phonemes, end) for column in zip(*openings, strict=True)
    )
    return new, old, np.array(kept)


def test_the_ruler_sees_how_far_the_mouth_is_open(head: TalkingHead, library: MouthLibrary):
    true = head.openings[library.frames]
    assert np.corrcoef(library.openings, true)[0, 1] > 0.9


def test_the_presenters_own_mouths_say_other_words(head: TalkingHead, library: MouthLibrary, words: Speech):
    request, adapter = asked(head, words, library), MouthLipSync()
    assert adapter.choose(request).method == "selection"
    new, old, kept = mended(request, list(adapter.patches(request)), library)
    assert new.correlation >= 0.8
    assert abs(new.lag) <= 1
    assert new.closure is not None
    assert new.closure < 0.15
    assert old.correlation < 0.5
    assert kept.min() > 0.85


def test_a_jaw_is_moved_where_there_is_too_little_speech(
    head: TalkingHead, library: MouthLibrary, words: Speech
):
    few = replace(library, spoken=np.arange(len(library)) < 20)
    request, adapter = asked(head, words, few), MouthLipSync()
    choice = adapter.choose(request)
    assert choice.method == "warp"
    assert "0.8 s of speech" in choice.reason
    new, _, kept = mended(request, list(adapter.patches(request)), library)
    assert new.correlation >= 0.8
    assert abs(new.lag) <= 1
    assert new.closure is not None
    assert new.closure < 0.2
    assert kept.min() > 0.85


def test_words_whose_mouths_the_recording_lacks_are_not_chosen_from_it(
    head: TalkingHead, library: MouthLibrary, words: Speech
):
    mumbled = replace(library, contexts=np.zeros_like(library.contexts))
    choice = MouthLipSync().choose(asked(head, words, mumbled))
    assert choice.method == "warp"
    assert "no mouth in the recording" in choice.reason


def test_a_mouth_that_already_says_it_is_left_alone(head: TalkingHead, library: MouthLibrary):
    start, stop = 30, 60
    begin = start / RATE
    rate = head.speech.sample_rate
    samples = head.speech.samples[round(begin * rate) : round(stop / RATE * rate)]
    phonemes = tuple(Phoneme(p.ipa, p.start - begin) for p in head.speech.phonemes)
    request = LipSyncRequest(head.video, start, stop, samples, rate, phonemes, library=library)
    assert len(list(MouthLipSync().patches(request))) <= 4


def test_the_mouth_joins_the_original_without_a_jump(head: TalkingHead, library: MouthLibrary, words: Speech):
    chosen = asked(head, words, library)
    for request in (chosen, replace(chosen, stop=START + 6, library=None)):
        patches = list(MouthLipSync().patches(request))
        assert min(patch.frame for patch in patches) >= request.start - 4
        assert max(patch.frame for patch in patches) < request.stop + 4
        for patch in patches:
            outside = max(request.start - patch.frame, patch.frame - request.stop + 1, 0)
            assert patch.alpha.max() <= 1 - outside / 5 + 1e-6
            for edge in (patch.alpha[0], patch.alpha[-1], patch.alpha[:, 0], patch.alpha[:, -1]):
                assert edge.max() < 0.1


def test_the_same_request_gives_the_same_patches(head: TalkingHead, words: Speech):
    request = replace(asked(head, words, None), stop=START + 5, boxes=None)
    first, second = (list(MouthLipSync().patches(request)) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        assert (one.frame, one.x, one.y) == (other.frame, other.x, other.y)
        assert np.array_equal(one.rgb, other.rgb)
        assert np.array_equal(one.alpha, other.alpha)


def test_without_phonemes_the_mouth_follows_the_sound(
    head: TalkingHead, library: MouthLibrary, words: Speech
):
    silent = replace(asked(head, words, library), phonemes=(), speech=np.zeros_like(words.samples))
    loud = replace(silent, speech=words.samples)
    adapter = MouthLipSync()
    assert "phonemes" in adapter.choose(loud).reason

    def openings(request: LipSyncRequest) -> LipSyncReport:
        patches = list(adapter.patches(request))
        return mended(replace(request, phonemes=words.phonemes), patches, library)[0]

    assert openings(loud).correlation > openings(silent).correlation + 0.2


def test_a_library_is_kept_in_a_file(library: MouthLibrary, tmp_path: Path):
    path = tmp_path / "mouths.npz"
    library.save(path)
    found = MouthLibrary.load(path)
    assert found.canon == library.canon
    assert found.ruler == library.ruler
    assert found.pieces == library.pieces
    assert found.rate == library.rate
    for name in ("frames", "places", "contexts", "openings", "spoken"):
        assert np.array_equal(getattr(found, name), getattr(library, name))
    assert np.abs(found.thumbs - library.thumbs).max() < 0.003
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive"])
def test_a_file_that_is_no_library_is_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "mouths.npz"
    path.write_bytes(content)
    with pytest.raises(InputError, match="no library of mouths"):
        MouthLibrary.load(path)


def test_a_recording_without_a_face_has_no_library(tmp_path: Path):
    film = write_film(tmp_path / "grey.mp4", [np.full((120, 160, 3), 128, np.uint8)] * 10)
    with pytest.raises(InputError, match="no face was found"):
        build_library(film, ())


def test_a_face_that_appears_later_is_found(head: TalkingHead, tmp_path: Path):
    with TakeReader(head.video) as reader:
        frames = [*[np.full((220, 240, 3), 60, np.uint8)] * 45, *reader.rgb(0, 12)]
    film = write_film(tmp_path / "late.mp4", frames)
    assert build_library(film, ()).frames.tolist() == list(range(45, 57))


def test_a_given_box_where_no_face_is_is_refused(tmp_path: Path):
    film = write_film(tmp_path / "grey.mp4", [np.full((120, 160, 3), 128, np.uint8)] * 3)
    with pytest.raises(InputError, match="nothing that could be followed"):
        build_library(film, (), boxes=[FaceBox(50, 30, 60, 60)])
