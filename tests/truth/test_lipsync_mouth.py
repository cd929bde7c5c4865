from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.films import write_film
from tests.talking_head import NEW, RATE, TalkingHead, make_talking_head, speak

from retake.errors import InputError
from retake.generate.lipsync.appraisal import appraise
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
    times = (np.arange(len(openings)) + 0.5) / RATE
    end = len(request.speech) / request.rate
    new, old = (
        report(np.array(column), times, request.phonemes, end) for column in zip(*openings, strict=True)
    )
    return new, old, np.array(kept)


def assert_well_said(new: LipSyncReport, kept: NDArray[np.float64], *, closure: float) -> None:
    """The mouth goes with the sounds, in time, its lips meet, and most of each picture stays as it was."""
    assert new.correlation >= 0.8
    assert abs(new.lag) <= 1
    assert new.closure is not None
    assert new.closure < closure
    assert kept.min() > 0.85


def test_the_ruler_sees_how_far_the_mouth_is_open(head: TalkingHead, library: MouthLibrary):
    true = head.openings[library.frames]
    assert np.corrcoef(library.openings, true)[0, 1] > 0.9


def test_the_presenters_own_mouths_say_other_words(head: TalkingHead, library: MouthLibrary, words: Speech):
    request, adapter = asked(head, words, library), MouthLipSync()
    assert adapter.choose(request).method == "selection"
    new, old, kept = mended(request, list(adapter.patches(request)), library)
    assert_well_said(new, kept, closure=0.15)
    assert old.correlation < 0.5


@pytest.mark.parametrize(
    ("lacking", "reason"),
    [("spoken", "0.0 s of speech"), ("contexts", "no mouth in the recording")],
    ids=["too little speech", "other sounds"],
)
def test_where_sounds_do_not_help_mouths_are_chosen_by_their_opening(
    head: TalkingHead, library: MouthLibrary, words: Speech, lacking: str, reason: str
):
    few = replace(library, **{lacking: np.zeros_like(getattr(library, lacking))})
    request, adapter = asked(head, words, few), MouthLipSync()
    choice = adapter.choose(request)
    assert choice.method == "opening"
    assert reason in choice.reason
    new, _, kept = mended(request, list(adapter.patches(request)), library)
    assert_well_said(new, kept, closure=0.15)


def test_a_mended_mouth_has_figures_and_an_unmended_one_is_warned_of(
    head: TalkingHead, library: MouthLibrary, words: Speech
):
    request = asked(head, words, library)
    found = {m.name: m for m in appraise(request, MouthLipSync().patches(request))}
    assert list(found) == ["mouth_correlation", "mouth_lag", "mouth_closure"]
    assert all(measure.passed for measure in found.values())
    assert found["mouth_correlation"].value >= 0.8
    unmended = {m.name: m for m in appraise(request, ())}
    assert not unmended["mouth_correlation"].passed


def test_a_late_mouth_is_warned_of(head: TalkingHead, library: MouthLibrary, words: Speech):
    request = asked(head, words, library)
    patches = list(MouthLipSync().patches(request))
    early = tuple(Phoneme(p.ipa, p.start - 4 / RATE) for p in request.phonemes)
    found = {m.name: m for m in appraise(replace(request, phonemes=early), patches)}
    assert 3 <= found["mouth_lag"].value <= 5
    assert not found["mouth_lag"].passed


def test_the_figures_of_a_mouth_on_a_moved_frame_are_those_of_the_picture(
    head: TalkingHead, library: MouthLibrary, words: Speech
):
    request = asked(head, words, library)
    patches = list(MouthLipSync().patches(request))
    read_back, _, _ = mended(request, patches, library)
    (correlation, _, _) = appraise(request, patches)
    assert abs(correlation.value - read_back.correlation) < 0.03


def test_a_mouth_that_cannot_be_read_is_not_judged(head: TalkingHead, library: MouthLibrary, words: Speech):
    bearded = replace(library, openings=np.roll(library.openings, 40))
    assert appraise(asked(head, words, bearded), ()) == ()
    assert appraise(asked(head, words, None), ()) == ()
    assert appraise(replace(asked(head, words, library), phonemes=()), ()) == ()


def test_a_jaw_is_moved_where_the_recording_has_one_mouth_only(
    head: TalkingHead, library: MouthLibrary, words: Speech
):
    nothing = np.zeros(len(library), np.bool_)
    still = replace(library, spoken=nothing, openings=np.full_like(library.openings, 1.0))
    request, adapter = asked(head, words, still), MouthLipSync()
    choice = adapter.choose(request)
    assert choice.method == "warp"
    assert "0.0 s of speech" in choice.reason
    assert "hardly moves" in choice.reason
    new, _, kept = mended(request, list(adapter.patches(request)), library)
    assert_well_said(new, kept, closure=0.2)


def test_a_mouth_that_already_says_it_is_left_alone(head: TalkingHead, library: MouthLibrary):
    start, stop = 30, 60
    begin = start / RATE
    rate = head.speech.sample_rate
    samples = head.speech.samples[round(begin * rate) : round(stop / RATE * rate)]
    phonemes = tuple(Phoneme(p.ipa, p.start - begin) for p in head.speech.phonemes)
    request = LipSyncRequest(head.video, start, stop, samples, rate, phonemes, library=library)
    assert len(list(MouthLipSync().patches(request))) <= 4


def test_the_mouth_joins_the_original_without_a_jump(head: TalkingHead, library: MouthLibrary, words: Speech):
    chosen = replace(asked(head, words, library), stop=START + 8)
    for request in (chosen, replace(chosen, library=None)):
        patches = {patch.frame: patch for patch in MouthLipSync().patches(request)}
        assert min(patches) >= request.start - 4
        assert max(patches) < request.stop + 4
        for patch in patches.values():
            for edge in (patch.alpha[0], patch.alpha[-1], patch.alpha[:, 0], patch.alpha[:, -1]):
                assert edge.max() < 0.1
        changes = changed(request, patches)
        inside = max(changes[4:-4])
        assert inside > 2
        for outermost, innermost in ((changes[0], changes[3]), (changes[-1], changes[-4])):
            assert outermost < 0.35 * inside
            assert outermost <= innermost + 0.1


def changed(request: LipSyncRequest, patches: dict[int, Patch]) -> list[float]:
    """How much of the lower face differs from the original in each frame of the span and its buffers, in
    codes of luma."""
    found: list[float] = []
    begin, end = request.start - request.buffer, request.stop + request.buffer
    with TakeReader(request.video) as reader:
        for number, picture in enumerate(reader.pictures(begin, end), begin):
            before, patch = picture.copy(), patches.get(number)
            if patch is None:
                found.append(0.0)
                continue
            apply(picture, patch, reader.take.video.look)
            height, width = patch.alpha.shape
            area = np.s_[patch.y : patch.y + height, patch.x : patch.x + width]
            found.append(float(np.abs(picture.y[area].astype(int) - before.y[area]).mean()))
    return found


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
    whole = replace(asked(head, words, library), stop=START + 30, phonemes=())
    silent, loud = replace(whole, speech=np.zeros_like(words.samples)), whole
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
