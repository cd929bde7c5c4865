"""What ElevenLabs' models can do, and the forms in which sound is asked for.

Enters: a model's name. Leaves: a `Model` with its limits; for a name that is not in the table one that
promises nothing, so that a new model can be used on the day it appears.

Source: ElevenLabs, "Models" and "Create speech with timing", API reference, read November 2026.
"""

from __future__ import annotations

from dataclasses import dataclass

SLOWEST, FASTEST = 0.7, 1.2
"""The range of the service's own `speed`; what lies outside it is done by stretching the sound."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model's flags: `stitching` by previous and next text and request ids, `language_code` to hold it to a
    language, `timestamps` for each character, `speed` among its settings; `performs` what stands in square
    brackets, as a direction to the speaker. `serves_professional` clones can be trained for it."""

    name: str
    max_characters: int
    stitching: bool = False
    language_code: bool = False
    timestamps: bool = True
    speed: bool = False
    performs: bool = False
    serves_professional: bool = False


MODELS = (
    Model("eleven_v4", 10_000, stitching=True, language_code=True, performs=True),
    Model("eleven_v3", 5_000, language_code=True, performs=True),
    Model("eleven_multilingual_v2", 10_000, stitching=True, speed=True, serves_professional=True),
    Model(
        "eleven_flash_v2_5", 40_000, stitching=True, language_code=True, speed=True, serves_professional=True
    ),
)


def model_named(name: str) -> Model:
    """The model of that name; for an unknown one the least that every model can do."""
    return next((model for model in MODELS if model.name == name), Model(name, 2_500))


@dataclass(frozen=True, slots=True)
class Form:
    """An output format of the service: raw 16-bit samples, or MP3."""

    name: str
    sample_rate: int

    @property
    def raw(self) -> bool:
        return self.name.startswith("pcm_")


FORMS = (Form("pcm_44100", 44_100), Form("pcm_24000", 24_000), Form("mp3_44100_128", 44_100))
"""From the best to the one that every plan gives; a plan that refuses one is asked for the next."""
