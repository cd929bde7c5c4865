"""One suite for every installed speech adapter: what `generate.ports.SpeechMaker` promises.

A service is asked through its own client; its stand-in answers on this machine.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from tests.elevenlabs_fake import elevenlabs

from retake.errors import ProviderError
from retake.generate.contracts import check_speech
from retake.generate.ports import SpeechMaker, SpeechRequest
from retake.generate.providers import available, find

KEYLESS = "espeak"
TEXTS = {
    "en": "Hello Maria, it costs $42. Don't stop!",
    "fr": "Ça va ? Oui, merci.",
    "de": "Übermorgen fährt Jürgen weg.",
    "es": "¿Dónde está la niña?",
    "pt-BR": "Não há pressa.",
    "ru": "Привет, мир!",
    "tr": "Güneş doğuyor.",
    "pl": "Cześć, żółwiu.",
    "ar": "مرحبا بالعالم، كيف حالك؟",
    "hi": "नमस्ते दुनिया। आप कैसे हैं?",
    "zh": "你好，世界。我们去北京！",
    "ja": "こんにちは。カタカナ",
    "ko": "안녕하세요, 세계!",
    "th": "สวัสดีชาวโลก",
}
ODDITIES = [
    "one",
    "😀 Hi 👩‍👩‍👧 there 🎉",
    "see https://example.com/a?b=c&d=e#f now",
    "<speak>not markup</speak> &amp; [[no]]",
    "tab\tbell\x07null\x00 half \ud800 end",
    "— “Quoted,” she said… (aside) —",
    "word " * 40,
]


@pytest.fixture(params=available("speech"))
def maker(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[SpeechMaker]:
    with elevenlabs() as service:
        for name, value in service.environment.items():
            monkeypatch.setenv(name, value)
        yield find("speech", request.param)


def test_the_keyless_adapter_is_installed():
    assert KEYLESS in available("speech")


def test_it_names_itself(maker: SpeechMaker):
    assert isinstance(maker, SpeechMaker)
    assert maker.name in available("speech")
    assert maker.version


@pytest.mark.parametrize("language", TEXTS)
def test_it_speaks_and_times_the_words_of_any_script(maker: SpeechMaker, language: str):
    request = SpeechRequest(TEXTS[language], language)
    speech = check_speech(request, maker.speak(request))
    assert speech.duration > 0.3
    assert np.abs(speech.samples).max() > 0.1
    assert speech.words[-1].end > 0.5 * speech.duration


@pytest.mark.parametrize("text", ODDITIES)
def test_it_takes_any_text_for_text(maker: SpeechMaker, text: str):
    request = SpeechRequest(text)
    check_speech(request, maker.speak(request))


def test_the_same_request_gives_the_same_speech(maker: SpeechMaker):
    request = SpeechRequest("Once upon a time.")
    first, second = maker.speak(request), maker.speak(request)
    assert np.array_equal(first.samples, second.samples)
    assert first.words == second.words


def test_a_text_without_words_is_a_failure_of_the_tree(maker: SpeechMaker):
    with pytest.raises(ProviderError):
        maker.speak(SpeechRequest("🎉"))
