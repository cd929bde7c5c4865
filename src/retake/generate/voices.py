"""Voices of eSpeak NG: which one speaks a language, and how it is set for a story's genre and narrator.

Enters: BCP 47 tags, a voice's name, a genre, words that describe the narrator. Leaves: frozen values that
`generate.espeak` and the recipes use. Errors: `InputError` with the nearest names that exist.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

from retake.errors import InputError


@dataclass(frozen=True, slots=True)
class Voice:
    """A narrator. `variant` names eSpeak's timbre; `pitch` (relative), `liveliness` (eSpeak's range, 0 to 99)
    and `pace` (relative) are what makes this narrator from it."""

    name: str
    gender: str
    age: str
    description: str
    variant: str
    pitch: float = 1.0
    liveliness: int = 50
    pace: float = 1.0


@dataclass(frozen=True, slots=True)
class Casting:
    """What to ask for in a `SpeechRequest`: a voice's name, its relative rate and pitch."""

    voice: str
    rate: float
    pitch: float


VOICES = (
    Voice("arthur", "male", "adult", "calm and clear, the usual narrator", "m7", 1.0, 58),
    Voice("clara", "female", "adult", "warm and even", "f2", 0.97, 50),
    Voice("daniel", "male", "adult", "lively and bright", "Reed", 1.0, 60, 1.03),
    Voice("grace", "female", "old", "gentle and slow", "grandma", 0.92, 48, 0.94),
    Voice("walter", "male", "old", "deep and slow", "announcer", 1.06, 55, 0.95),
    Voice("robin", "female", "young", "light and quick", "f3", 1.12, 62, 1.05),
)

LANGUAGES: Mapping[str, str] = MappingProxyType(
    {
        "af": "gmw/af",
        "ar": "sem/ar",
        "bg": "zls/bg",
        "bn": "inc/bn",
        "bs": "zls/bs",
        "ca": "roa/ca",
        "cs": "zlw/cs",
        "cy": "cel/cy",
        "da": "gmq/da",
        "de": "gmw/de",
        "el": "grk/el",
        "en": "gmw/en-US",
        "en-AU": "gmw/en",
        "en-GB": "gmw/en",
        "en-IE": "gmw/en",
        "en-IN": "gmw/en",
        "en-NZ": "gmw/en",
        "en-ZA": "gmw/en",
        "eo": "art/eo",
        "es": "roa/es",
        "es-419": "roa/es-419",
        "es-AR": "roa/es-419",
        "es-CL": "roa/es-419",
        "es-CO": "roa/es-419",
        "es-MX": "roa/es-419",
        "es-PE": "roa/es-419",
        "es-US": "roa/es-419",
        "et": "urj/et",
        "eu": "eu",
        "fa": "ira/fa",
        "fi": "urj/fi",
        "fr": "roa/fr",
        "fr-BE": "roa/fr-BE",
        "fr-CH": "roa/fr-CH",
        "ga": "cel/ga",
        "gu": "inc/gu",
        "he": "sem/he",
        "hi": "inc/hi",
        "hr": "zls/hr",
        "hu": "urj/hu",
        "hy": "ine/hy",
        "id": "poz/id",
        "is": "gmq/is",
        "it": "roa/it",
        "ja": "jpx/ja",
        "ka": "ccs/ka",
        "kk": "trk/kk",
        "kn": "dra/kn",
        "ko": "ko",
        "la": "itc/la",
        "lt": "bat/lt",
        "lv": "bat/lv",
        "mk": "zls/mk",
        "ml": "dra/ml",
        "mr": "inc/mr",
        "ms": "poz/ms",
        "nb": "gmq/nb",
        "ne": "inc/ne",
        "nl": "gmw/nl",
        "nn": "gmq/nb",
        "no": "gmq/nb",
        "pa": "inc/pa",
        "pl": "zlw/pl",
        "pt": "roa/pt",
        "pt-BR": "roa/pt-BR",
        "ro": "roa/ro",
        "ru": "zle/ru",
        "si": "inc/si",
        "sk": "zlw/sk",
        "sl": "zls/sl",
        "sq": "ine/sq",
        "sr": "zls/sr",
        "sv": "gmq/sv",
        "sw": "bnt/sw",
        "ta": "dra/ta",
        "te": "dra/te",
        "th": "tai/th",
        "tr": "trk/tr",
        "uk": "zle/uk",
        "ur": "inc/ur",
        "vi": "aav/vi",
        "yue": "sit/yue",
        "zh": "sit/cmn",
        "zh-HK": "sit/yue",
    }
)
"""BCP 47 tags, and the identifiers that eSpeak knows them by."""

_MANNER: Mapping[str, tuple[str, float, float]] = MappingProxyType(
    {
        "adventure": ("arthur", 1.03, 1.02),
        "business": ("daniel", 1.02, 1.0),
        "children": ("clara", 0.96, 1.05),
        "comedy": ("daniel", 1.06, 1.05),
        "drama": ("clara", 0.97, 0.98),
        "education": ("arthur", 1.0, 1.0),
        "fantasy": ("clara", 0.98, 1.0),
        "horror": ("walter", 0.94, 0.95),
        "mystery": ("arthur", 0.95, 0.94),
        "romance": ("clara", 0.95, 1.0),
        "science fiction": ("arthur", 1.0, 0.97),
    }
)
"""Genre to voice, rate and pitch."""

_GENDER = (("female", {"she", "her", "hers", "herself", "woman", "girl", "mother", "grandmother", "queen",
                       "female", "lady", "sister", "daughter", "aunt", "princess"}),
           ("male", {"he", "him", "his", "himself", "man", "boy", "father", "grandfather", "king", "male",
                     "brother", "son", "uncle", "prince"}))  # fmt: skip
_AGE = (("old", {"old", "elderly", "aged", "grandmother", "grandfather", "ancient", "wise"}),
        ("young", {"young", "boy", "girl", "child", "kid", "teen", "teenager", "daughter"}))  # fmt: skip


def identifier(language: str) -> str:
    """eSpeak's identifier of a BCP 47 tag: the tag itself, or the nearest shorter one (`de-AT`: `de`)."""
    known = {tag.lower(): name for tag, name in LANGUAGES.items()}
    subtags = [part for part in re.split(r"[-_]", language.lower().strip()) if part]
    # Traditional or simplified, it is spoken alike; the region decides.
    subtags = [part for part in subtags if part not in ("hans", "hant", "latn", "cyrl")]
    if subtags and subtags[0] == "cmn":
        subtags[0] = "zh"
    for count in range(len(subtags), 0, -1):
        if name := known.get("-".join(subtags[:count])):
            return name
    near = get_close_matches(language, LANGUAGES, n=3, cutoff=0.5)
    raise InputError(
        f"there is no voice for the language {language!r}",
        place="language",
        remedy=_suggestion(near, "give a BCP 47 tag such as en, pt-BR or zh; `retake doctor` lists them"),
    )


def voices(language: str) -> list[Voice]:
    """The voices that speak a language. Raises `InputError` where there is none."""
    identifier(language)
    return list(VOICES)


def find_voice(name: str) -> Voice:
    """The voice of that name; "" for the usual one."""
    by_name = {voice.name: voice for voice in VOICES}
    if not name:
        return VOICES[0]
    if voice := by_name.get(name.lower().strip()):
        return voice
    near = get_close_matches(name.lower(), by_name, n=2, cutoff=0.5)
    raise InputError(
        f"there is no voice named {name!r}",
        place="voice",
        remedy=_suggestion(near, f"known: {', '.join(by_name)}"),
    )


def cast_voice(language: str = "en", genre: str = "", narrator: str = "") -> Casting:
    """The voice for a story: `genre` as in its metadata, `narrator` any English words for who speaks
    ("an old woman", "boy"). The narrator decides whose voice it is, the genre its manner."""
    identifier(language)
    name, rate, pitch = _MANNER.get(genre.lower().strip(), (VOICES[0].name, 1.0, 1.0))
    words = set(re.findall(r"[a-z]+", narrator.lower()))
    gender = next((value for value, signs in _GENDER if words & signs), "")
    age = next((value for value, signs in _AGE if words & signs), "")
    if gender or age:
        name = max(VOICES, key=lambda v: 2 * (v.gender == gender) + (v.age == (age or "adult"))).name
    return Casting(name, rate, pitch)


def _suggestion(near: list[str], otherwise: str) -> str:
    return f"did you mean {' or '.join(near)}?" if near else otherwise
