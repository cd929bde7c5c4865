"""The adapter and client of ElevenLabs, over HTTP, against the service's stand-in on this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.elevenlabs_fake import CAPTCHA, FREE, GEORGE, KEY, MP3_ONLY, PRO, Fake, Fault, Plan, elevenlabs

from retake.errors import DocumentError, InputError, ProviderError, Severity
from retake.generate.contracts import check_speech
from retake.generate.crafts import SPEAKING
from retake.generate.elevenlabs import ElevenLabs
from retake.generate.elevenlabs.account import subscription
from retake.generate.elevenlabs.alignment import align
from retake.generate.elevenlabs.client import Client
from retake.generate.elevenlabs.cloning import (
    add_sample,
    begin_professional,
    captcha,
    clone_instantly,
    delete_voice,
    get_voice,
    list_voices,
    train,
    verify,
)
from retake.generate.elevenlabs.dictionaries import (
    Alias,
    Locator,
    Pronunciation,
    add_rules,
    create_dictionary,
)
from retake.generate.elevenlabs.models import FORMS, MODELS, model_named
from retake.generate.elevenlabs.refusals import Refusal
from retake.generate.elevenlabs.speech import Line, VoiceSettings, read_aloud, request_body
from retake.generate.make import Clock, Maker, Policy
from retake.generate.ports import Speech, SpeechRequest
from retake.media.sound import write_wav
from retake.settings import Settings
from retake.store import Store

HELLO = SpeechRequest("Hello Maria, it costs $42. Don't stop!")
LONG = "The lamp burned all night. Nobody had come up the hill, and nobody would. " * 5


@pytest.fixture
def fake() -> Iterator[Fake]:
    with elevenlabs() as service:
        yield service


def settings_of(fake: Fake, **more: str) -> Settings:
    named = {f"RETAKE_{name.upper()}": value for name, value in more.items()}
    return Settings.from_environment(fake.environment | named)


def speaker(fake: Fake, slept: list[float] | None = None, **more: str) -> ElevenLabs:
    settings = settings_of(fake, **more)
    pauses = [] if slept is None else slept
    return ElevenLabs(settings, client=Client(settings, sleep=pauses.append, chance=lambda: 1.0))


def spoken(adapter: ElevenLabs, request: SpeechRequest = HELLO) -> Speech:
    return check_speech(request, adapter.speak(request))


@pytest.mark.parametrize(
    ("plan", "form", "rate"), [(PRO, 0, 44_100), (Plan(), 1, 24_000), (MP3_ONLY, 2, 44_100)]
)
def test_the_best_form_that_the_plan_gives_is_found_once(plan: Plan, form: int, rate: int):
    with elevenlabs(plan) as fake:
        adapter = speaker(fake)
        assert spoken(adapter).sample_rate == rate
        assert [asked.query["output_format"] for asked in fake.asked] == [f.name for f in FORMS[: form + 1]]
        spoken(adapter)
        assert len(fake.asked) == form + 2


def test_mp3_and_raw_samples_hold_the_same_speech():
    with elevenlabs(PRO) as pro, elevenlabs(MP3_ONLY) as starter:
        raw, packed = spoken(speaker(pro)), spoken(speaker(starter))
    assert abs(raw.duration - packed.duration) < 0.06
    length = min(len(raw.samples), len(packed.samples))
    assert np.corrcoef(raw.samples[:length], packed.samples[:length])[0, 1] > 0.95


def test_words_lie_where_their_sound_is(fake: Fake):
    speech = spoken(speaker(fake))
    level = np.sqrt(np.convolve(speech.samples**2, np.ones(240) / 240, "same"))
    for word in speech.words:
        heard = level[round(word.start * 24_000) : round(word.end * 24_000)]
        assert heard.max() > 0.02, word
    gap = speech.words[4].end, speech.words[5].start
    assert level[round((gap[0] + 0.3) * 24_000) : round((gap[1] - 0.1) * 24_000)].max() < 0.02


@pytest.mark.parametrize("rate", [0.6, 0.9, 1.1, 1.6])
@pytest.mark.parametrize("model", ["eleven_multilingual_v2", "eleven_v3"])
def test_any_rate_is_reached_by_the_service_or_by_stretching(fake: Fake, rate: float, model: str):
    adapter = speaker(fake, elevenlabs_model=model)
    natural, other = spoken(adapter), spoken(adapter, SpeechRequest(HELLO.text, rate=rate))
    assert natural.duration / other.duration == pytest.approx(rate, rel=0.15)
    assert other.words[-1].end > 0.85 * other.duration


def test_what_is_said_around_the_words_is_heard_and_not_spoken(fake: Fake):
    adapter = speaker(fake)
    request = SpeechRequest("Hello Ada!", before="Good morning.", after="How are you?", seed=7)
    assert [word.text for word in spoken(adapter, request).words] == ["Hello", "Ada!"]
    sent = fake.asked[-1].json
    assert (sent["previous_text"], sent["next_text"], sent["seed"]) == ("Good morning.", "How are you?", 7)
    assert adapter.cost().characters == len("Hello Ada!")


def test_a_model_is_only_asked_for_what_it_takes(fake: Fake):
    request = SpeechRequest("Guten Tag!", "de-AT", before="Ja.", after="Nein.")
    for model in MODELS:
        spoken(speaker(fake, elevenlabs_model=model.name), request)
        sent = fake.asked[-1].json
        assert sent.get("language_code") == ("de" if model.language_code else None)
        assert ("previous_text" in sent) == ("next_text" in sent) == model.stitching
        assert sent["model_id"] == model.name


def test_an_unknown_model_is_asked_for_nothing_special(fake: Fake):
    assert not model_named("eleven_v9").stitching
    with pytest.raises(ProviderError, match="model_not_found") as caught:
        speaker(fake, elevenlabs_model="eleven_v9").speak(HELLO)
    assert caught.value.severity is Severity.CRITICAL


def test_at_most_three_request_ids_are_sent_and_they_stand_for_the_text():
    line = Line("Hi.", GEORGE, before="a", after="b", before_ids=("1", "2", "3", "4"), after_ids=("5", "6"))
    body = request_body(line, model_named("eleven_v4"))
    assert body["previous_request_ids"] == ["2", "3", "4"]
    assert body["next_request_ids"] == ["5", "6"]
    assert "previous_text" not in body and "next_text" not in body


def test_a_text_too_long_for_the_plan_is_spoken_in_stitched_parts():
    with elevenlabs(Plan(characters_at_once=200)) as fake:
        speech = spoken(speaker(fake), SpeechRequest(LONG.strip(), before="Once."))
        said = [asked.json for asked in fake.asked if len(asked.json["text"]) <= 200]
    parts = [part for part in said if "previous_request_ids" in part or part["previous_text"] == "Once."]
    assert len({part["text"] for part in parts}) >= 3
    assert all(part["text"].rstrip().endswith((".", ",")) for part in parts)
    assert parts[-1]["previous_request_ids"] and len(parts[-1]["previous_request_ids"]) <= 3
    assert len(speech.words) == len(LONG.split())
    assert speech.words[-1].end > 0.98 * speech.duration - 0.5


def test_a_limit_too_small_for_a_sentence_is_told():
    with elevenlabs(Plan(characters_at_once=5)) as fake, pytest.raises(ProviderError) as caught:
        speaker(fake).speak(SpeechRequest("One word."))
    assert caught.value.severity is Severity.FALLBACK


@pytest.mark.parametrize(
    ("fault", "severity", "words"),
    [
        (Fault(401, "invalid_api_key"), Severity.CRITICAL, "invalid_api_key"),
        (Fault(401), Severity.CRITICAL, "401"),
        (Fault(400, "quota_exceeded"), Severity.CRITICAL, "quota_exceeded"),
        (Fault(401, "quota_exceeded"), Severity.CRITICAL, "quota_exceeded"),
        (Fault(404, "voice_not_found"), Severity.CRITICAL, "voice_not_found"),
        (Fault(400, "unsupported_model"), Severity.CRITICAL, "unsupported_model"),
        (Fault(403, "missing_permissions"), Severity.CRITICAL, "missing_permissions"),
        (Fault(422, "invalid_text"), Severity.FALLBACK, "invalid_text"),
        (Fault(429, "system_busy", headers={"Retry-After": "7"}), Severity.RECOVERABLE, "system_busy"),
        (Fault(500, "internal_error"), Severity.RECOVERABLE, "500"),
        (Fault(503), Severity.RECOVERABLE, "503"),
        (Fault(drop=True), Severity.RECOVERABLE, "cannot be reached"),
        (Fault(body=b"<html>Bad gateway</html>"), Severity.RECOVERABLE, "cannot be used"),
        (Fault(body=b"[]"), Severity.RECOVERABLE, "cannot be used"),
        (Fault(body=b""), Severity.RECOVERABLE, "cannot be used"),
        (Fault(change=lambda told: told.pop("audio_base64")), Severity.RECOVERABLE, "audio_base64"),
        (Fault(change=lambda told: told.update(audio_base64="%%%")), Severity.RECOVERABLE, "base64"),
        (Fault(change=lambda told: told.update(audio_base64="")), Severity.RECOVERABLE, "without samples"),
        (Fault(change=lambda told: told.update(audio_base64="AAAA")), Severity.RECOVERABLE, "half a sample"),
        (
            Fault(change=lambda told: told["alignment"]["characters"].pop()),
            Severity.RECOVERABLE, "characters with",
        ),
        (
            Fault(change=lambda told: told["alignment"].update(characters=["x"] * len(HELLO.text))),
            Severity.RECOVERABLE, "another text",
        ),
    ],
)  # fmt: skip
def test_every_failure_has_its_severity(fault: Fault, severity: Severity, words: str):
    with elevenlabs(PRO) as fake:
        fake.faults[1] = fault
        with pytest.raises(ProviderError, match=words) as caught:
            speaker(fake).speak(HELLO)
    assert caught.value.severity is severity
    assert caught.value.place == "elevenlabs"
    if fault.headers:
        assert caught.value.retry_after == 7


def test_a_service_that_does_not_answer_is_given_up():
    with elevenlabs(PRO) as fake:
        fake.faults[1] = Fault(wait=2)
        with pytest.raises(ProviderError, match="did not answer") as caught:
            speaker(fake, timeout="0.3").speak(HELLO)
    assert caught.value.severity is Severity.RECOVERABLE


def test_a_service_that_is_not_there_is_recoverable():
    with elevenlabs() as fake:
        adapter = speaker(fake)
    with pytest.raises(ProviderError, match="cannot be reached") as caught:
        adapter.speak(HELLO)
    assert caught.value.severity is Severity.RECOVERABLE


def test_a_crowded_plan_is_waited_for(fake: Fake):
    slept: list[float] = []
    adapter = speaker(fake, slept)
    adapter.speak(HELLO)
    crowded = Fault(429, "too_many_concurrent_requests")
    fake.faults |= {fake.speeches + 1: crowded, fake.speeches + 2: crowded}
    fake.faults[fake.speeches + 3] = Fault(429, "concurrent_limit_exceeded", headers={"Retry-After": "3"})
    spoken(adapter)
    assert slept == [0.5, 1.0, 3.0]


def test_the_wait_for_a_crowded_plan_has_an_end(fake: Fake):
    slept: list[float] = []
    fake.faults = {n: Fault(429, "too_many_concurrent_requests") for n in range(1, 99)}
    with pytest.raises(ProviderError, match="too_many_concurrent_requests") as caught:
        speaker(fake, slept, timeout="60").speak(HELLO)
    assert caught.value.severity is Severity.RECOVERABLE
    assert 0 < sum(slept) <= 30


def test_no_more_requests_are_under_way_than_the_plan_allows():
    with elevenlabs(Plan(lanes=3, forms=("pcm_",))) as fake:
        adapter = speaker(fake)
        spoken(adapter)
        assert adapter.client.lanes.limit == 3
        fake.faults = {n: Fault(wait=0.02) for n in range(2, 12)}
        threads = [threading.Thread(target=adapter.speak, args=(HELLO,)) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert fake.speeches == 11
        assert fake.busiest <= 3


def test_an_alignment_that_is_missing_is_measured(fake: Fake):
    fake.faults = {n: Fault(change=lambda told: told.update(alignment=None)) for n in (1, 2)}
    told, adapter = spoken(speaker(fake)), speaker(fake)
    assert len(fake.sent("/v1/forced-alignment")) == 1
    usual = spoken(adapter)
    for measured, known in zip(told.words, usual.words, strict=True):
        assert measured.start == pytest.approx(known.start, abs=0.15)


def test_forced_alignment_gives_words_and_their_loss(fake: Fake, tmp_path: Path):
    write_wav(tmp_path / "take.wav", spoken(speaker(fake)).samples, 24_000)
    sound = (tmp_path / "take.wav").read_bytes()
    found = align(Client(settings_of(fake)), sound, "take.wav", HELLO.text)
    assert [word.text for word in found.words] == HELLO.text.split()
    assert found.loss == 0.1
    assert fake.asked[-1].form == {"text": HELLO.text}


def test_dictionaries_are_made_and_given_with_every_line(fake: Fake):
    client = Client(settings_of(fake))
    first = create_dictionary(client, "names", [Alias("Nguyen", "win")])
    second = add_rules(client, first.dictionary, [Pronunciation("Siobhan", "ʃɪˈvɔːn")])
    assert (second.dictionary, second.version) == (first.dictionary, "v2")
    assert len(fake.dictionaries[first.dictionary][-1]) == 2
    named = f"{second.dictionary}:{second.version}"
    adapter = speaker(fake, elevenlabs_dictionaries=named)
    spoken(adapter)
    located = {"pronunciation_dictionary_id": second.dictionary, "version_id": "v2"}
    assert fake.asked[-1].json["pronunciation_dictionary_locators"] == [located]
    assert adapter.version != speaker(fake).version
    assert Locator.parse("abc") == Locator("abc", "")


def test_voice_settings_are_sent_where_they_are_given(fake: Fake):
    settings = settings_of(fake)
    ElevenLabs(settings, voice=VoiceSettings(stability=0.5)).speak(HELLO)
    assert fake.asked[-1].json["voice_settings"] == {"stability": 0.5}
    spoken(speaker(fake))
    assert "voice_settings" not in fake.asked[-1].json


def test_characters_are_counted_and_priced(fake: Fake):
    adapter = speaker(fake)
    assert adapter.estimate([HELLO.text]).dollars == pytest.approx(len(HELLO.text) / 1000 * 0.10)
    spoken(adapter)
    cost = adapter.cost()
    assert (cost.characters, cost.prices) == (len(HELLO.text), "2026-11")
    assert speaker(fake, elevenlabs_price="0.5").estimate(["x" * 1000]).dollars == 0.5
    fake.limit = 50
    with pytest.raises(ProviderError, match="quota_exceeded"):
        adapter.speak(HELLO)
    assert adapter.cost() == cost


def test_the_plan_is_read_and_kept_to(fake: Fake):
    client = Client(settings_of(fake))
    fake.used = 400
    plan = subscription(client)
    assert (plan.tier, plan.left, plan.lanes) == ("creator", 99_600, 5)
    assert client.lanes.limit == 5


def test_without_a_key_nothing_is_sent(fake: Fake):
    settings = Settings.from_environment({"RETAKE_ELEVENLABS_URL": fake.url})
    with pytest.raises(ProviderError, match="no key") as caught:
        ElevenLabs(settings).speak(HELLO)
    assert caught.value.severity is Severity.CRITICAL
    assert "ELEVENLABS_API_KEY" in caught.value.remedy
    assert fake.asked == []


def test_the_key_is_never_shown(fake: Fake):
    settings = settings_of(fake)
    fake.faults[1] = Fault(400, "odd", message=f"the key {KEY} is odd")
    with pytest.raises(ProviderError) as caught:
        ElevenLabs(settings).speak(HELLO)
    assert KEY not in f"{caught.value}{caught.value!r}{settings}{settings!r}"
    with pytest.raises(DocumentError) as refused:
        Settings.from_environment({"ELEVENLABS_API_KEY": "a key\nwith a line"})
    assert "with a line" not in f"{refused.value}{refused.value.problems}"


def test_the_key_does_not_travel_in_the_open():
    with pytest.raises(DocumentError, match="https"):
        Settings.from_environment({"RETAKE_ELEVENLABS_URL": "http://api.example.com"})


def test_a_redirect_is_not_followed(fake: Fake):
    fake.faults[1] = Fault(302, "", headers={"Location": f"{fake.url}/elsewhere"})
    with pytest.raises(ProviderError):
        speaker(fake).speak(HELLO)
    assert len(fake.asked) == 1


@pytest.mark.parametrize("voice", ["../user", "a/b", "voice?x=1", "espeak:arthur"])
def test_a_voice_that_is_no_id_is_the_users_mistake(fake: Fake, voice: str):
    with pytest.raises(InputError, match="not a voice id"):
        speaker(fake).speak(SpeechRequest("Hello", voice=voice))
    assert fake.asked == []


def test_a_pitch_is_refused_and_a_text_without_words_falls_back(fake: Fake):
    with pytest.raises(InputError, match="pitch"):
        speaker(fake).speak(SpeechRequest("Hello", pitch=1.2))
    with pytest.raises(ProviderError) as caught:
        speaker(fake).speak(SpeechRequest("🎉 —"))
    assert caught.value.severity is Severity.FALLBACK


def test_around_it_failures_are_repeated_and_the_speech_is_kept(tmp_path: Path):
    with elevenlabs(PRO) as fake:
        fake.faults = {1: Fault(503), 2: Fault(body=b"?")}
        slept: list[float] = []
        clock = Clock(sleep=slept.append, random=lambda: 0.5)
        maker = Maker(SPEAKING, speaker(fake), Store(tmp_path, 10**8), Policy(attempts=3), clock)
        made = maker.make(HELLO)
        assert made.fallback is None and made.usage.attempts == 3 and made.usage.units == len(HELLO.text)
        assert maker.make(HELLO).usage.cached
        assert fake.speeches == 3


def test_an_instant_clone_speaks(fake: Fake, tmp_path: Path):
    client, sample = Client(settings_of(fake)), tmp_path / "a.wav"
    write_wav(sample, np.zeros(4800, np.float32), 48_000)
    voice = clone_instantly(client, "presenter", [sample, sample], description="warm", remove_noise=True)
    sent = fake.asked[-1]
    assert sent.form == {"name": "presenter", "description": "warm", "remove_background_noise": "true"}
    assert [(field, name) for field, name, _ in sent.files] == [("files", "a.wav")] * 2
    assert sent.files[0][2] == sample.read_bytes()
    spoken(speaker(fake), SpeechRequest("Hello", voice=voice))
    assert {known.id for known in list_voices(client)} == {GEORGE, voice}
    delete_voice(client, voice)
    with pytest.raises(ProviderError, match="voice_not_found"):
        get_voice(client, voice)


def test_a_plan_without_cloning_says_so(tmp_path: Path):
    sample = tmp_path / "a.wav"
    write_wav(sample, np.zeros(4800, np.float32), 48_000)
    with elevenlabs(FREE) as fake, pytest.raises(ProviderError, match="can_not_use") as caught:
        clone_instantly(Client(settings_of(fake)), "presenter", [sample])
    assert "plan" in caught.value.remedy


def test_a_professional_clone_goes_through_its_states(fake: Fake, tmp_path: Path):
    client, model = Client(settings_of(fake)), "eleven_multilingual_v2"
    sample, recording = tmp_path / "a.wav", tmp_path / "captcha.wav"
    write_wav(sample, np.zeros(4800, np.float32), 48_000)
    recording.write_text(CAPTCHA)
    voice = begin_professional(client, "presenter", "en", description="warm")
    add_sample(client, voice, sample)
    assert captcha(client, voice).startswith(b"\x89PNG")
    assert get_voice(client, voice).state(model) == "draft"
    with pytest.raises(ProviderError, match="captcha_failed"):
        verify(client, voice, sample)
    verify(client, voice, recording)
    train(client, voice, model)
    known = get_voice(client, voice)
    assert known.verified and known.state(model) == "fine_tuning" and known.progress[model] == 0.1


def test_a_line_can_be_read_by_a_model_without_timestamps(fake: Fake):
    client, model = Client(settings_of(fake)), replace(model_named("eleven_v4"), timestamps=False)
    for form in FORMS[1:]:
        reading = read_aloud(client, Line("Hello there.", GEORGE), model, form)
        assert not isinstance(reading, Refusal)
        assert reading.duration > 0.5
        assert max(reading.times.ends) == pytest.approx(reading.duration, abs=0.1)
