"""Sentences spoken for a recording, with the time of every word and phoneme.

Enters: sentences and a voice. Leaves: `Spoken` values of `recording.voice`. A voice that does not tell its
phonemes is aligned to the keyless one, which does; so is a recording whose words are known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from retake.errors import InputError
from retake.generate.crafts import SPEAKING
from retake.generate.make import Made, Maker, Policy
from retake.generate.ports import Speech, SpeechRequest
from retake.generate.providers import find
from retake.generate.usage import Usage
from retake.recording.voice import Phoneme, Spoken, Word, align_phonemes
from retake.settings import Settings
from retake.store import Store

KEYLESS = "espeak"


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks: the adapter, its voice, and how."""

    provider: str
    name: str
    language: str
    rate: float = 1.0
    pitch: float = 1.0

    def request(self, text: str) -> SpeechRequest:
        return SpeechRequest(text, self.language, self.name, self.rate, self.pitch)


@dataclass(eq=False)
class Booth:
    """Where sentences are spoken: the adapters behind the one mechanism, and what they have used."""

    store: Store
    policy: Policy
    usages: list[Usage] = field(default_factory=list[Usage])
    _makers: dict[str, Maker[SpeechRequest, Speech]] = field(
        default_factory=dict[str, Maker[SpeechRequest, Speech]]
    )

    @classmethod
    def open(cls, settings: Settings) -> Booth:
        return cls(Store(settings.store, settings.store_limit), Policy.from_settings(settings))

    def speak(self, texts: Sequence[str], voice: Voice) -> list[tuple[Spoken | None, str]]:
        """Each sentence as it is spoken, or None and the reason why it cannot be. Raises `ProviderError`
        where no sentence could be: a wrong key, no credit."""
        if voice.provider not in self._makers:
            adapter = find(SPEAKING.kind, voice.provider)
            self._makers[voice.provider] = Maker(SPEAKING, adapter, self.store, self.policy)
        made = self._makers[voice.provider].make_all([voice.request(text) for text in texts])
        self.usages += [asset.usage for asset in made]
        return [self._spoken(asset, text, voice) for asset, text in zip(made, texts, strict=True)]

    def _spoken(self, made: Made[Speech], text: str, voice: Voice) -> tuple[Spoken | None, str]:
        speech = made.value
        if made.fallback or speech is None:
            return None, made.fallback or "nothing was spoken"
        spoken = as_spoken(speech)
        return (spoken if spoken.phonemes else self._with_phonemes(spoken, text, voice.language)), ""

    def _with_phonemes(self, spoken: Spoken, text: str, language: str) -> Spoken:
        """Phonemes by aligning what the keyless voice says; none where that voice cannot say it."""
        reference, _ = self.speak([text], Voice(KEYLESS, "", language))[0]
        if reference is None or not reference.phonemes:
            return spoken
        try:
            found = align_phonemes(spoken.samples, spoken.rate, reference)
        except InputError:
            return spoken
        return replace(spoken, phonemes=found)


def as_spoken(speech: Speech) -> Spoken:
    """The value of the making layer as that of the recording layer."""
    return Spoken(
        speech.samples,
        speech.sample_rate,
        tuple(Word(word.text, word.start, word.end) for word in speech.words),
        tuple(Phoneme(phoneme.ipa, phoneme.start) for phoneme in speech.phonemes),
    )
