"""The adapter: requests of the port spoken by ElevenLabs.

A text that is too long for the model or the plan is spoken in parts, which are stitched: each hears what was
said before it. Where the plan refuses a form of sound, the next one is asked for, and remembered. Phonemes
are not told by the service.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from hashlib import sha256
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from retake.errors import InputError, ProviderError, Severity
from retake.generate.elevenlabs.account import LIST_PRICES, Cost, Prices, Spending
from retake.generate.elevenlabs.client import Client, rubbish
from retake.generate.elevenlabs.dictionaries import Locator
from retake.generate.elevenlabs.models import FASTEST, FORMS, SLOWEST, model_named
from retake.generate.elevenlabs.refusals import FORM_REFUSED, TOO_LONG
from retake.generate.elevenlabs.script import Span, parts_of, sendable, spans_of, timed_words
from retake.generate.elevenlabs.speech import Line, Reading, VoiceSettings, read_aloud
from retake.generate.ports import Speech, SpeechRequest
from retake.generate.spoken_text import speakable
from retake.media.filters import filtered, tempo
from retake.settings import Settings

_ADAPTER = "1"
_USUAL_VOICE = "JBFqnCBsd6RMkjVDRZzb"  # "George", one of the premade voices of every account
_VOICE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SHORTEST = 40
"""Characters below which a text is not divided again: a limit that small is a refusal."""


class ElevenLabs:
    """Speaks with the voices of an ElevenLabs account. Threads may share it.

    `settings` are read from the environment where none are given; `voice` and `prices` stand over what the
    account and the list say. `spent` counts the characters that were charged.
    """

    name = "elevenlabs"

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        voice: VoiceSettings | None = None,
        prices: Prices = LIST_PRICES,
        client: Client | None = None,
    ) -> None:
        settings = settings or Settings.from_environment(os.environ)
        self.client = client or Client(settings)
        self.model = model_named(settings.elevenlabs_model)
        self.spent = Spending()
        self._voice = voice or VoiceSettings()
        self._dictionaries = tuple(map(Locator.parse, settings.elevenlabs_dictionaries))
        self._prices = prices if settings.elevenlabs_price is None else _one_price(settings.elevenlabs_price)
        self._form = 0
        self.version = f"{_ADAPTER}+{self.model.name}" + _mark(self._voice, self._dictionaries)

    def speak(self, request: SpeechRequest) -> Speech:
        """Words to sound. Raises `ProviderError`; `InputError` for what the service cannot be asked."""
        voice = request.voice or _USUAL_VOICE
        if not _VOICE_ID.fullmatch(voice):
            raise InputError(
                f"{voice!r} is not a voice id of ElevenLabs",
                place="voice",
                remedy="give the id, or a name that `retake clone-voice` has stored",
            )
        if request.pitch != 1.0:
            remedy = "leave the pitch at 1, or choose another voice"
            raise InputError("ElevenLabs does not change the pitch of a voice", place="pitch", remedy=remedy)
        if not speakable(request.text):
            raise ProviderError("the text holds no words to speak", severity=Severity.FALLBACK)
        sent = sendable(request.text, performs=self.model.performs)
        speed = float(np.clip(request.rate, SLOWEST, FASTEST)) if self.model.speed else 1.0
        line = Line(
            text="",
            voice=voice,
            language=request.language.partition("-")[0].lower(),
            seed=request.seed,
            speed=speed,
            before=request.before,
            after=request.after,
            settings=self._voice,
            dictionaries=self._dictionaries,
        )
        said = self._read(sent, line)
        rate = said[0][1].sample_rate
        samples = np.concatenate([reading.samples for _, reading in said])
        spans = _spans(sent, said)
        if request.rate != speed:
            stretch = Fraction(request.rate / speed).limit_denominator(1000)
            samples = _faster(samples, rate, stretch)
            spans = {at: (start / float(stretch), end / float(stretch)) for at, (start, end) in spans.items()}
        words = timed_words(request.text, sent, spans, len(samples) / rate)
        if words is None:
            raise rubbish("the times of another text")
        return Speech(samples, rate, words)

    def estimate(self, texts: Iterable[str]) -> Cost:
        """What it would cost to speak these texts. The text around them is free."""
        return self._cost(sum(map(len, texts)))

    def cost(self) -> Cost:
        """What was spent since this adapter was made."""
        return self._cost(self.spent.characters)

    def _cost(self, characters: float) -> Cost:
        return Cost(
            characters, self._prices.dollars(characters, self.model.name), prices=self._prices.version
        )

    def _read(self, sent: str, line: Line) -> list[tuple[Piece, Reading]]:
        """The text spoken in as few pieces as the service takes, all in one form."""
        whole = Piece(0, sent)
        form, said = self._form, list[tuple[Piece, Reading]]()
        waiting = deque(whole.divided(self.model.max_characters))
        while waiting:
            piece = waiting.popleft()
            if not speakable(piece.text):
                continue
            around = replace(
                line,
                text=piece.text,
                before=said[-1][0].text if said else line.before,
                after=next((next_one.text for next_one in waiting), line.after),
                before_ids=tuple(reading.request_id for _, reading in said if reading.request_id),
            )
            answer = read_aloud(self.client, around, self.model, FORMS[form])
            if isinstance(answer, Reading):
                self.spent.note(answer.charged)
                said.append((piece, answer))
            elif answer.status in FORM_REFUSED and form + 1 < len(FORMS):
                form = self._form = form + 1
                waiting, said = deque(whole.divided(self.model.max_characters)), []
            elif answer.status in TOO_LONG and len(piece.text) > _SHORTEST:
                waiting.extendleft(reversed(piece.divided(len(piece.text) // 2)))
            else:
                raise answer.failure()
        return said


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text, and the position at which it begins."""

    at: int
    text: str

    def divided(self, limit: int) -> list[Piece]:
        parts = parts_of(self.text, limit)
        begins = accumulate((len(part) for part in parts[:-1]), initial=self.at)
        return [Piece(at, part) for at, part in zip(begins, parts, strict=True)]


def _spans(sent: str, said: Sequence[tuple[Piece, Reading]]) -> dict[int, Span]:
    """When each character of the whole text is heard."""
    spans: dict[int, Span] = {}
    began = 0.0
    for piece, reading in said:
        for at, (start, end) in spans_of(piece.text, reading.times).items():
            spans[piece.at + at] = began + min(start, reading.duration), began + min(end, reading.duration)
        began += reading.duration
    return spans


def _faster(samples: NDArray[np.float32], rate: int, speed: Fraction) -> NDArray[np.float32]:
    """The sound at another tempo, its pitch kept."""
    both = np.repeat(samples[:, None], 2, axis=1)
    blocks = [block[:, 0] for block in filtered([both], rate, *tempo(speed))]
    return np.clip(np.concatenate(blocks), -1, 1).astype(np.float32)


def _mark(voice: VoiceSettings, dictionaries: Sequence[Locator]) -> str:
    """What else decides the sound, as part of the version."""
    if voice == VoiceSettings() and not dictionaries:
        return ""
    return "+" + sha256(repr((voice, dictionaries)).encode()).hexdigest()[:8]


def _one_price(dollars: float) -> Prices:
    return Prices("own", {}, other=dollars)
