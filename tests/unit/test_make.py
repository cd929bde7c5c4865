"""Making: the one mechanism around every adapter, with providers that misbehave in every way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from retake.errors import HostError, InputError, ProviderError, Severity
from retake.generate import providers
from retake.generate.crafts import PAINTING, PLAYING, SPEAKING
from retake.generate.make import Clock, Made, Maker, Policy
from retake.generate.ports import (
    ArtLayer,
    Artwork,
    ImageRequest,
    Music,
    MusicRequest,
    Phoneme,
    Speech,
    SpeechRequest,
    Word,
)
from retake.generate.usage import total
from retake.settings import Settings
from retake.store import Store

HELLO = SpeechRequest("hello there")


def spoken(text: str) -> Speech:
    words = text.split()
    samples = np.linspace(-0.9, 0.9, 800 * max(len(words), 1), dtype=np.float32)
    timed = tuple(Word(word, i * 0.1, i * 0.1 + 0.08) for i, word in enumerate(words))
    return Speech(samples, 8000, timed, (Phoneme("h", 0.0), Phoneme("", 0.05)))


@dataclass
class Speaker:
    """Speaks, after having gone through `troubles` one by one."""

    troubles: list[Exception | Callable[[], object]] = field(
        default_factory=list[Exception | Callable[[], object]]
    )
    name: str = "speaker"
    version: str = "1"
    asked: int = 0

    def speak(self, request: SpeechRequest) -> Speech:
        self.asked += 1
        if self.troubles:
            trouble = self.troubles.pop(0)
            if isinstance(trouble, Exception):
                raise trouble
            return trouble()  # pyright: ignore[reportReturnType]
        return spoken(request.text)


class Painter:
    name, version = "painter", "1"

    def paint(self, request: ImageRequest) -> Artwork:
        width, height = request.size
        random = np.random.default_rng(request.seed)
        far = random.integers(0, 256, (height, width, 3), np.uint8)
        near = random.integers(0, 256, (height, width, 4), np.uint8)
        return Artwork((ArtLayer(far, 0.0), ArtLayer(near, 0.7)))


class Player:
    name, version = "player", "1"

    def play(self, request: MusicRequest) -> Music:
        return Music(np.full((round(request.duration * 8000), 2), 0.123, np.float32), 8000)


class Waits:
    """A clock that waits for nothing and remembers how long it should have."""

    def __init__(self, random: float = 0.5) -> None:
        self.slept: list[float] = []
        self.clock = Clock(now=lambda: sum(self.slept), sleep=self.slept.append, random=lambda: random)


def recoverable(message: str = "busy", retry_after: float | None = None) -> ProviderError:
    return ProviderError(message, severity=Severity.RECOVERABLE, retry_after=retry_after)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store", 10**9)


def speech_maker(
    store: Store, speaker: Speaker, waits: Waits | None = None, **policy: float
) -> Maker[SpeechRequest, Speech]:
    return Maker(SPEAKING, speaker, store, replace(Policy(), **policy), (waits or Waits()).clock)  # pyright: ignore[reportArgumentType]


def test_speech_is_made_once_and_then_comes_from_the_store_equal(store: Store):
    speaker = Speaker()
    fresh = speech_maker(store, speaker).make(HELLO)
    again = speech_maker(store, speaker).make(HELLO)
    assert speaker.asked == 1
    assert (fresh.usage.cached, again.usage.cached) == (False, True)
    assert again.paths == fresh.paths
    a, b = fresh.value, again.value
    assert a is not None
    assert b is not None
    assert np.array_equal(a.samples, b.samples)
    assert (a.words, a.phonemes, a.sample_rate) == (b.words, b.phonemes, b.sample_rate)
    assert np.abs(a.samples - spoken(HELLO.text).samples).max() < 1 / 32767
    assert a.words == spoken(HELLO.text).words


def test_a_picture_is_kept_without_loss_one_file_for_each_layer(store: Store):
    request = ImageRequest("sea", (6, 4), seed=3)
    maker = Maker(PAINTING, Painter(), store)
    made, again = maker.make(request), maker.make(request)
    assert [path.suffix for path in made.paths] == [".png", ".png"]
    assert made.details["size"] == [6, 4]
    assert made.details["depths"] == [0.0, 0.7]
    original = Painter().paint(request)
    for value in (made.value, again.value):
        assert value is not None
        for layer, expected in zip(value.layers, original.layers, strict=True):
            assert np.array_equal(layer.pixels, expected.pixels)
            assert layer.depth == expected.depth


def test_music_is_kept_in_stereo(store: Store):
    made = Maker(PLAYING, Player(), store).make(MusicRequest(0.5))
    assert made.value is not None
    assert made.value.samples.shape == (4000, 2)
    assert np.allclose(made.value.samples, 0.123, atol=1 / 32767)
    assert (made.usage.units, made.usage.unit) == (0.5, "seconds")


@pytest.mark.parametrize(
    "request_",
    [
        replace(HELLO, text="hello  there"),
        replace(HELLO, language="de"),
        replace(HELLO, voice="x"),
        replace(HELLO, rate=1.1),
    ],
)
def test_another_request_has_another_key(store: Store, request_: SpeechRequest):
    maker = speech_maker(store, Speaker())
    assert maker.key(request_) != maker.key(HELLO)


def test_another_version_of_the_adapter_has_another_key(store: Store):
    one, two = Speaker(), Speaker(version="2")
    assert speech_maker(store, one).key(HELLO) != speech_maker(store, two).key(HELLO)


def test_a_recoverable_failure_is_tried_again_with_backoff_and_full_jitter(store: Store):
    speaker, waits = Speaker([recoverable(), recoverable()]), Waits(random=0.5)
    made = speech_maker(store, speaker, waits, first_delay=1.0).make(HELLO)
    assert made.fallback is None
    assert made.usage.attempts == 3
    assert waits.slept == [0.5, 1.0]


def test_a_providers_wish_to_wait_is_honoured(store: Store):
    waits = Waits(random=0.0)
    speech_maker(store, Speaker([recoverable("429", retry_after=7.0)]), waits).make(HELLO)
    assert waits.slept == [7.0]


def test_a_wish_to_wait_too_long_ends_in_the_fallback_at_once(store: Store):
    waits = Waits()
    made = speech_maker(store, Speaker([recoverable("429", retry_after=3600.0)]), waits).make(HELLO)
    assert made.fallback == "speech by speaker failed: 429"
    assert waits.slept == []


def test_speech_that_always_fails_becomes_silence_with_its_reason(store: Store):
    made = speech_maker(store, Speaker([recoverable("down")] * 3)).make(HELLO)
    assert made.value is None
    assert made.paths == ()
    assert made.fallback == "speech by speaker failed after 3 attempts: down"
    assert (made.usage.fallback, made.usage.units) == (True, 0)


def test_a_picture_that_always_fails_becomes_a_plain_one(store: Store):
    class Broken(Painter):
        def paint(self, request: ImageRequest) -> Artwork:
            raise recoverable("down")

    made = Maker(PAINTING, Broken(), store, clock=Waits().clock).make(ImageRequest("sea", (6, 4)))
    assert made.fallback is not None
    assert made.value is not None
    (layer,) = made.value.layers
    assert layer.pixels.shape == (4, 6, 3)
    assert (layer.pixels == (0x1A, 0x1A, 0x2E)).all()


def test_a_fallback_is_not_kept_the_next_run_tries_again(store: Store):
    speaker = Speaker([recoverable()] * 3)
    assert speech_maker(store, speaker).make(HELLO).fallback is not None
    assert speech_maker(store, speaker).make(HELLO).fallback is None


def test_a_failure_of_fallback_severity_is_not_tried_again(store: Store):
    speaker = Speaker([ProviderError("cannot", severity=Severity.FALLBACK)])
    assert speech_maker(store, speaker).make(HELLO).fallback == "speech by speaker failed: cannot"
    assert speaker.asked == 1


def test_a_critical_failure_stops(store: Store):
    speaker = Speaker([ProviderError("wrong key", severity=Severity.CRITICAL)])
    with pytest.raises(ProviderError, match="wrong key") as caught:
        speech_maker(store, speaker).make(HELLO)
    assert speaker.asked == 1
    assert caught.value.place == "speech.speaker"


def test_a_mistake_in_the_adapter_is_critical_and_keeps_its_cause(store: Store):
    with pytest.raises(ProviderError, match="KeyError") as caught:
        speech_maker(store, Speaker([KeyError("audio")])).make(HELLO)
    assert caught.value.severity is Severity.CRITICAL
    assert isinstance(caught.value.__cause__, KeyError)


def test_bad_input_named_by_the_adapter_reaches_the_user(store: Store):
    with pytest.raises(InputError, match="no such voice"):
        speech_maker(store, Speaker([InputError("no such voice")])).make(HELLO)


def test_a_provider_that_hangs_is_left_behind(store: Store):
    release = threading.Event()
    speaker = Speaker([release.wait] * 3)
    try:
        made = speech_maker(store, speaker, timeout=0.01).make(HELLO)
    finally:
        release.set()
    assert speaker.asked == 3
    assert made.fallback == "speech by speaker failed after 3 attempts: no answer within 0.01 s"


GOOD = spoken(HELLO.text)
RUBBISH = {
    "another type": b"ID3",
    "nothing": None,
    "no sound": replace(GOOD, samples=GOOD.samples[:0], words=()),
    "doubles": replace(GOOD, samples=GOOD.samples.astype(np.float64)),
    "too loud": replace(GOOD, samples=GOOD.samples * 3),
    "not a number": replace(GOOD, samples=GOOD.samples * np.float32("nan")),
    "stereo": replace(GOOD, samples=np.stack([GOOD.samples] * 2, 1)),
    "no rate": replace(GOOD, sample_rate=0),
    "a word missing": replace(GOOD, words=GOOD.words[:1]),
    "other words": replace(GOOD, words=(Word("good", 0, 0.1), Word("bye", 0.1, 0.2))),
    "words joined": replace(GOOD, words=(Word("hellothere", 0, 0.1),)),
    "back in time": replace(GOOD, words=(Word("hello", 0.1, 0.15), Word("there", 0.05, 0.2))),
    "past the end": replace(GOOD, words=(Word("hello", 0, 0.1), Word("there", 0.1, 9.0))),
    "phoneme past the end": replace(GOOD, phonemes=(Phoneme("h", 9.0),)),
}


@pytest.mark.parametrize("rubbish", RUBBISH.values(), ids=RUBBISH.keys())
def test_rubbish_is_refused_and_tried_again(store: Store, rubbish: object):
    made = speech_maker(store, Speaker([lambda: rubbish])).make(HELLO)
    assert made.usage.attempts == 2
    assert made.fallback is None


FAR = ArtLayer(np.zeros((4, 6, 3), np.uint8), 0.0)
RUBBISH_PICTURES = {
    "no layers": (),
    "small": (ArtLayer(np.zeros((3, 6, 3), np.uint8), 0.0),),
    "grey": (ArtLayer(np.zeros((4, 6), np.uint8), 0.0),),
    "floats": (ArtLayer(np.zeros((4, 6, 3), np.float32), 0.0),),  # pyright: ignore[reportArgumentType]
    "holes": (ArtLayer(np.zeros((4, 6, 4), np.uint8), 0.0),),
    "sizes": (FAR, ArtLayer(np.zeros((8, 6, 4), np.uint8), 0.5)),
    "order": (replace(FAR, depth=0.5), replace(FAR, depth=0.2)),
    "depth": (replace(FAR, depth=1.5),),
}


@pytest.mark.parametrize("layers", RUBBISH_PICTURES.values(), ids=RUBBISH_PICTURES.keys())
def test_a_rubbish_picture_is_refused(layers: tuple[ArtLayer, ...]):
    with pytest.raises(ProviderError, match="the provider returned"):
        PAINTING.check(ImageRequest("sea", (6, 4)), Artwork(layers))


def test_music_of_another_length_is_refused():
    with pytest.raises(ProviderError, match="was asked for"):
        PLAYING.check(MusicRequest(2.0), Player().play(MusicRequest(1.0)))


def test_a_corrupt_file_in_the_store_is_made_again(store: Store):
    speaker = Speaker()
    made = speech_maker(store, speaker).make(HELLO)
    made.paths[0].write_bytes(b"RIFF")
    again = speech_maker(store, speaker).make(HELLO)
    assert speaker.asked == 2
    assert again.value is not None
    assert again.value.words == spoken(HELLO.text).words


def test_a_store_that_cannot_be_written_stops_with_a_remedy(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(HostError) as caught:
        speech_maker(Store(tmp_path / "file", 10**9), Speaker()).make(HELLO)
    assert "RETAKE_STORE" in caught.value.remedy


def test_many_are_made_in_order_with_progress(store: Store):
    requests = [SpeechRequest(f"number {n}") for n in range(9)]
    seen: list[tuple[int, int]] = []

    def progress(finished: int, of: int, made: Made[Speech]) -> None:
        seen.append((finished, of))

    made = speech_maker(store, Speaker(), concurrency=3).make_all(requests, progress)
    assert [one.details["words"][1]["text"] for one in made] == [str(n) for n in range(9)]
    assert seen == [(n, 9) for n in range(1, 10)]


def test_no_more_are_under_way_than_allowed(store: Store):
    lock, together = threading.Lock(), threading.Barrier(2)
    under_way, most = 0, 0

    class Counting(Speaker):
        def speak(self, request: SpeechRequest) -> Speech:
            nonlocal under_way, most
            with lock:
                under_way += 1
                most = max(most, under_way)
            together.wait(timeout=10)  # two at once are needed for any to end
            with lock:
                under_way -= 1
            return spoken(request.text)

    speech_maker(store, Counting(), concurrency=2).make_all([SpeechRequest(f"n {n}") for n in range(6)])
    assert most == 2


def test_identical_requests_at_the_same_time_are_made_once(store: Store):
    speaker = Speaker()
    made = speech_maker(store, speaker, concurrency=4).make_all([HELLO] * 8)
    assert speaker.asked == 1
    assert {one.paths for one in made} == {made[0].paths}
    assert sum(one.usage.units for one in made) == len(HELLO.text)


def test_one_that_stops_ends_them_all(store: Store):
    speaker = Speaker([ProviderError("no credit", severity=Severity.CRITICAL)])
    requests = [SpeechRequest(f"n {n}") for n in range(50)]
    with pytest.raises(ProviderError, match="no credit"):
        speech_maker(store, speaker, concurrency=1).make_all(requests)
    assert speaker.asked < 50


def test_nothing_asked_nothing_made(store: Store):
    assert speech_maker(store, Speaker()).make_all([]) == []


def test_usage_sums_by_provider(store: Store):
    maker = speech_maker(store, Speaker())
    (entry,) = total([maker.make(HELLO).usage, maker.make(HELLO).usage])
    assert (entry["assets"], entry["cached"], entry["attempts"]) == (2, 1, 1)
    assert (entry["units"], entry["unit"]) == (len(HELLO.text), "characters")


def test_policy_follows_the_settings():
    policy = Policy.from_settings(Settings(attempts=5, timeout=7, workers=2))
    assert (policy.attempts, policy.timeout, policy.concurrency) == (5, 7, 2)


def test_an_unknown_provider_is_named_with_the_known_ones(monkeypatch: pytest.MonkeyPatch):
    entry = providers.EntryPoint("espeak", "no.such.module:Espeak", "retake.speech")
    monkeypatch.setattr(providers, "entry_points", lambda group: (entry,) if group == "retake.speech" else ())
    assert providers.available("speech") == ("espeak",)
    with pytest.raises(InputError) as caught:
        providers.find("speech", "espaek")
    assert "did you mean 'espeak'" in caught.value.remedy
    with pytest.raises(InputError, match="cannot be loaded"):
        providers.find("speech", "espeak")
