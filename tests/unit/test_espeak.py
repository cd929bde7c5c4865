"""The keyless voice: words timed in every script, text never taken for markup, a child that may fail."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import pytest

from retake.errors import InputError, ProviderError, Severity
from retake.generate import espeak
from retake.generate.espeak import Espeak
from retake.generate.polish import normalise, polish
from retake.generate.ports import Speech, SpeechRequest
from retake.generate.spoken_text import CHUNK, chunks_of, say_as, speakable, words_of
from retake.generate.timing import time_words
from retake.generate.voices import LANGUAGES, VOICES, cast_voice, find_voice, identifier, voices


def speak(text: str, language: str = "en", **more: float) -> Speech:
    return Espeak().speak(SpeechRequest(text, language, **more))  # pyright: ignore[reportArgumentType]


def test_words_begin_where_their_sound_begins_and_end_before_the_pause():
    speech = speak("Stop. Then go on.")
    stop, then = speech.words[:2]
    assert then.start - stop.end > 0.1

    def loudness(start: float, end: float) -> float:
        part = speech.samples[round(start * speech.sample_rate) : round(end * speech.sample_rate)]
        return float(np.sqrt(np.mean(part**2)))

    assert loudness(stop.end + 0.06, then.start) < 0.1 * loudness(stop.start, stop.end)


def test_an_amount_of_money_is_one_word_though_it_is_spoken_as_several():
    speech = speak("It costs $42. Yes")
    assert [word.text for word in speech.words] == ["It", "costs", "$42.", "Yes"]
    assert all(word.end - word.start > 0.1 for word in speech.words)
    assert speech.words[2].end < speech.words[3].start


def test_what_is_not_said_is_a_word_without_duration():
    speech = speak("Hello 😀 there")
    assert [word.text for word in speech.words] == ["Hello", "😀", "there"]
    smile = speech.words[1]
    assert smile.start == smile.end


def test_silence_is_trimmed_and_the_level_is_even():
    speech = speak("The keeper climbed the stairs, and lit the lamp.")
    audible = np.flatnonzero(np.abs(speech.samples) > 0.01)
    assert audible[0] < 0.1 * speech.sample_rate
    assert len(speech.samples) - audible[-1] < 0.1 * speech.sample_rate
    peak_db = 20 * np.log10(np.abs(speech.samples).max())
    assert -12 < peak_db < -2.9


def test_the_same_request_gives_the_same_samples_at_any_time_whatever_was_said_before():
    one, two = Espeak(), Espeak()
    two.speak(SpeechRequest("Something else entirely.", voice="clara"))
    # The library seeds the noise of a breathy voice with the second of the day, unless it is told otherwise.
    a = one.speak(SpeechRequest("Once upon a time.", voice="clara"))
    second = int(time.time())
    while int(time.time()) == second:
        time.sleep(0.01)
    b = two.speak(SpeechRequest("Once upon a time.", voice="clara"))
    assert np.array_equal(a.samples, b.samples)
    assert (a.words, a.phonemes) == (b.words, b.phonemes)


def test_rate_and_pitch_are_relative_to_the_voice():
    text = "a long and even line of words"
    assert speak(text, rate=1.5).duration < 0.8 * speak(text).duration

    def pitch(speech: Speech) -> float:
        low, high = speech.sample_rate // 300, speech.sample_rate // 70
        periods: list[int] = []
        for start in range(0, len(speech.samples) - 1024, 512):
            frame = speech.samples[start : start + 1024] * np.hanning(1024)
            echo = np.fft.irfft(np.abs(np.fft.rfft(frame, 4096)) ** 2)
            best = low + int(np.argmax(echo[low:high]))
            if echo[best] > 0.5 * echo[0] > 1:
                periods.append(best)
        return speech.sample_rate / float(np.median(periods))

    assert pitch(speak(text, pitch=1.4)) > 1.2 * pitch(speak(text))


@pytest.mark.parametrize("text", ["<speak>", "&amp;", '<break time="9s"/>', "[[h@'loU]]", "\x01 90S fast"])
def test_markup_is_only_text(text: str):
    marked = speak(f"so {text} it is")
    assert [word.text for word in marked.words] == f"so {text} it is".split()
    assert marked.duration < 6


def test_an_address_is_spoken_without_its_scheme():
    assert say_as("https://www.example.com/a", "en").strip() == "example.com/a"


@pytest.mark.parametrize(
    ("token", "language", "spoken"),
    [
        ("$42.", "en-US", "42 dollars."),
        ("(€1)", "en", "(1 euro)"),
        ("€5,", "de", "5 €,"),
        ("$3.5M", "en", "$3.5M"),
        ("*bold*", "en", " bold "),
    ],
)
def test_a_token_is_said_as_a_narrator_would(token: str, language: str, spoken: str):
    assert say_as(token, language) == spoken


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("one  two\nthree", ["one", "two", "three"]),
        ("你好，世界。", ["你", "好，", "世", "界。"]),
        ("「きょう」", ["「きょ", "う」"]),
        ("我用iPhone 15", ["我", "用", "iPhone", "15"]),
        ("โลก", ["โล", "ก"]),
        ("안녕 세계", ["안녕", "세계"]),
        ("नमस्ते दुनिया।", ["नमस्ते", "दुनिया।"]),
    ],
)
def test_words_are_tokens_or_the_characters_of_scripts_without_spaces(text: str, words: list[str]):
    assert words_of(text) == words


def test_a_long_text_is_cut_at_sentences_and_every_character_keeps_its_word():
    text = "One sentence of some length. " * 200
    chunks = list(chunks_of(text, "en"))
    assert len(chunks) > 2
    assert all(len(chunk.text) == len(chunk.owners) <= 2 * CHUNK for chunk in chunks)
    assert all(chunk.text.rstrip().endswith(".") for chunk in chunks)
    owned = [owner for chunk in chunks for owner in chunk.owners if owner >= 0]
    assert sorted(set(owned)) == list(range(1000))


def test_a_word_longer_than_a_chunk_is_spoken_whole():
    chunks = list(chunks_of("a" * (5 * CHUNK), "en"))
    assert len(chunks) > 1
    assert sum(owner == 0 for chunk in chunks for owner in chunk.owners) == 5 * CHUNK


def test_times_go_on_from_chunk_to_chunk(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("retake.generate.spoken_text.CHUNK", 40)
    text = "One sentence of some length. " * 4
    speech = speak(text)
    starts = [word.start for word in speech.words]
    assert starts == sorted(set(starts))
    assert speech.duration - speech.words[-1].end < 0.5


def test_words_without_an_event_share_the_time_of_the_one_before_by_length():
    record = {"words": [[0, 1, 100]], "phonemes": [["a", 100], ["", 500]], "clauses": [600]}
    timing = time_words([0, 1, 1, 1, -1], "你好世界 ", record, 600)
    assert timing.spans == {0: (100, 200), 1: (200, 500)}


@pytest.mark.parametrize("text", ["", "   ", "😀🎉", "... —", "\x00"])
def test_a_text_without_words_is_left_to_the_fallback(text: str):
    assert not speakable(text)
    with pytest.raises(ProviderError) as caught:
        speak(text)
    assert caught.value.severity is Severity.FALLBACK


def test_kanji_are_left_to_the_fallback_and_kana_are_spoken():
    with pytest.raises(ProviderError, match="kanji") as caught:
        speak("東京", "ja")
    assert caught.value.severity is Severity.FALLBACK
    assert speak("とうきょう", "ja").duration > 0.3


def fake_worker(path: Path, code: str) -> Path:
    worker = path / "worker.py"
    worker.write_text(code)
    return worker


@pytest.mark.parametrize(
    ("code", "message", "severity"),
    [
        (
            "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
            "killed by signal 9",
            Severity.RECOVERABLE,
        ),
        ("import sys; sys.stderr.write('broken'); sys.exit(4)", "ended with 4: broken", Severity.RECOVERABLE),
        ("import sys; sys.stderr.write('xx'); sys.exit(3)", "no voice 'xx'", Severity.FALLBACK),
        ("print('what?')", "cut off", Severity.RECOVERABLE),
        ("", "cut off", Severity.RECOVERABLE),
        ("import time; time.sleep(60)", "in time", Severity.RECOVERABLE),
    ],
)
def test_a_child_that_fails_is_reported_and_the_next_one_speaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, message: str, severity: Severity
):
    maker = Espeak(timeout=0.3)
    with monkeypatch.context() as patch:
        patch.setattr(espeak, "_WORKER", fake_worker(tmp_path, code))
        with pytest.raises(ProviderError, match=message) as caught:
            maker.speak(SpeechRequest("hello"))
    assert caught.value.severity is severity
    assert Espeak().speak(SpeechRequest("hello")).duration > 0.2


def test_the_library_is_never_loaded_into_this_process(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(sys.modules, "espeakng_loader", raising=False)
    speak("hello")
    assert "espeakng_loader" not in sys.modules


def test_every_language_and_every_voice_is_known_to_the_library():
    # The library refuses an identifier or a variant that it does not have.
    import espeakng_loader  # pyright: ignore[reportMissingTypeStubs]

    data = Path(espeakng_loader.get_data_path())
    sys.modules.pop("espeakng_loader")
    assert [name for name in LANGUAGES.values() if not (data / "lang" / name).is_file()] == []
    assert [voice.variant for voice in VOICES if not (data / "voices/!v" / voice.variant).is_file()] == []


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("en", "gmw/en-US"),
        ("EN_gb", "gmw/en"),
        ("de-AT", "gmw/de"),
        ("pt-br", "roa/pt-BR"),
        ("zh-Hant-HK", "sit/yue"),
        ("zh-Hans", "sit/cmn"),
        ("cmn", "sit/cmn"),
    ],
)
def test_a_language_tag_finds_its_nearest_voice(tag: str, name: str):
    assert identifier(tag) == name


@pytest.mark.parametrize("tag", ["xx", "", "english"])
def test_an_unknown_language_is_the_users_to_mend(tag: str):
    with pytest.raises(InputError) as caught:
        voices(tag)
    assert caught.value.remedy


def test_an_unknown_voice_is_answered_with_the_nearest():
    with pytest.raises(InputError) as caught:
        find_voice("Claire")
    assert "clara" in caught.value.remedy


@pytest.mark.parametrize(
    ("genre", "narrator", "gender", "age"),
    [
        ("horror", "", "male", "old"),
        ("", "an old woman", "female", "old"),
        ("horror", "a little girl", "female", "young"),
        ("romance", "he", "male", "adult"),
        ("no such genre", "", "male", "adult"),
    ],
)
def test_a_voice_is_cast_by_narrator_first_then_genre(genre: str, narrator: str, gender: str, age: str):
    voice = find_voice(cast_voice("en", genre, narrator).voice)
    assert (voice.gender, voice.age) == (gender, age)


def test_a_genre_decides_the_manner():
    assert cast_voice("en", "horror").rate < 1 < cast_voice("en", "comedy").rate


def test_polish_keeps_the_length_and_is_deterministic():
    pulses = np.zeros(22050, np.int16)
    pulses[::200] = 20000
    first, second = (polish(pulses, 22050, "male") for _ in range(2))
    assert first.shape == pulses.shape
    assert np.array_equal(first, second)


def test_polish_does_not_move_the_sound():
    click = np.zeros(22050, np.float32)
    click[11000] = 0.5
    heard = polish(click, 22050, "female")
    assert abs(int(np.argmax(np.abs(heard))) - 11000) < 0.005 * 22050


def test_normalising_brings_speech_to_its_level_and_never_beyond_the_peak():
    tone = np.sin(np.arange(22050) * 0.05).astype(np.float32) * np.float32(0.01)
    assert np.isclose(20 * np.log10(np.sqrt(np.mean(normalise(tone) ** 2))), -20, atol=0.2)
    tone[100] = 0.2
    assert np.isclose(20 * np.log10(np.abs(normalise(tone)).max()), -3, atol=0.01)
    assert not normalise(np.zeros(10, np.float32)).any()
