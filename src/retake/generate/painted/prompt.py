"""A prompt is read: words in, a frozen `Scene` out.

Words vote for concepts (see `vocabulary`); earlier words weigh a little more, because a prompt names its
subject first. What the words leave open is chosen by the genre and a digest of the prompt, so that the scenes
of one film differ and still belong together.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from retake.generate.painted import palette, vocabulary

_FITTING: dict[str, str] = {
    "adventure": "mountains river forest desert road castle sea",
    "mystery": "city corridor forest road room sea",
    "romance": "meadow sea river city village",
    "science fiction": "space city corridor mountains abstract",
    "horror": "forest corridor road castle cave",
    "fantasy": "castle forest mountains river meadow",
    "comedy": "village city meadow road room",
    "drama": "sea room road river city mountains",
    "children": "meadow forest village space sea",
    "education": "mountains space library meadow sea abstract",
    "business": "office city abstract",
    "news": "city sea abstract mountains",
    "": "mountains sea abstract meadow river city",
}
_MOTIF_LIMIT = 2
_SHOTS = {"close-up": r"\bclose[- ]?up\b", "medium": r"\bmedium\b", "wide": r"\bwide\b"}
_ANGLES = {
    "shoulder": r"\bover[- ]the[- ]shoulder\b",
    "low": r"\blow[- ]angle\b",
    "high": r"\bhigh[- ]angle\b",
}

_Meanings = tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """What a picture shows. `setting`, `time`, `weather` ("" is clear), `motifs` and `person` ("" is nobody)
    are keys of the vocabulary; `tint` is a colour that the prompt names, as rrggbb or ""; `genre` is a family
    of `palette`; `seed` fixes everything that chance decides. `shot` is `wide`, `medium` or `close-up`,
    `angle` `low`, `high`, `shoulder` or ""; `part` is a part of the place, "" for the whole; `cloth` and
    `hair` are colours of the person, as `tint` is."""

    setting: str
    time: str
    weather: str
    motifs: tuple[str, ...]
    person: str
    genre: str
    tint: str
    seed: int
    shot: str = "wide"
    angle: str = ""
    part: str = ""
    cloth: str = ""
    hair: str = ""


def read(prompt: str, genre: str = "", seed: int = 0) -> Scene:
    """The scene that a prompt describes, for a genre in any spelling."""
    digest = hashlib.sha256(f"{prompt}\0{genre}\0{seed}".encode()).digest()
    chance = int.from_bytes(digest[:8], "big")
    known = palette.family(genre)
    words = _words(prompt)
    settings = _votes(words, "setting")
    fitting = _FITTING[known].split()
    setting = _best(settings) or fitting[chance % len(fitting)]
    times = palette.likely_times(known)
    weather = _best(_votes(words, "weather"))
    gloomy = {"storm": "night", "rain": "dusk"}.get(weather)
    time = _best(_votes(words, "time")) or gloomy or times[(chance >> 16) % len(times)]
    named, cloth, hair = _colours(words)
    motifs = sorted(_votes(words, "motif").items(), key=lambda vote: -vote[1])
    return Scene(
        setting=setting,
        time=time,
        weather=weather,
        motifs=tuple(name for name, _ in motifs[:_MOTIF_LIMIT]),
        person=_best(_votes(words, "person")),
        genre=known,
        tint=named,
        seed=int.from_bytes(digest[8:16], "big"),
        shot=_said(prompt, _SHOTS) or "wide",
        angle=_said(prompt, _ANGLES),
        part=next(
            (part for part in _ranked(_votes(words, "part")) if setting in vocabulary.PART_OF[part]), ""
        ),
        cloth=cloth,
        hair=hair,
    )


def _said(prompt: str, table: dict[str, str]) -> str:
    """The first meaning of a table whose pattern is found in the prompt, or ""."""
    lowered = prompt.casefold()
    return next((meant for meant, pattern in table.items() if re.search(pattern, lowered)), "")


def _colours(words: list[str]) -> tuple[str, str, str]:
    """The colours that a prompt names: of what glows, of clothes, of hair; "" where none is named."""
    found = {"glow": "", "cloth": "", "hair": ""}
    for here, word in enumerate(words):
        if words[here : here + 2] == ["golden", "hour"]:
            continue
        after = words[here + 1 : here + 3]
        kind = next(
            ("hair" if w in vocabulary.HAIR else "cloth" for w in after if w in vocabulary.WORN), "glow"
        )
        colour = vocabulary.COLOURS.get(word, "") or (vocabulary.DYES.get(word, "") if kind != "glow" else "")
        found[kind] = found[kind] or colour
    return found["glow"], found["cloth"], found["hair"]


def _words(prompt: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", prompt.casefold().replace("ß", "ss"))
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark) or mark == "\u0306")
    return re.findall(r"\w+", unicodedata.normalize("NFC", plain))


def _votes(words: list[str], kind: str) -> dict[str, float]:
    exact, stems = _index()
    votes: dict[str, float] = {}
    for position, word in enumerate(words):
        stem = next((word[:size] for size in range(len(word), 2, -1) if word[:size] in stems), "")
        meanings = {*exact.get(word, ()), *exact.get(_singular(word), ()), *stems.get(stem, ())}
        strongest: dict[str, int] = {}
        for meant, concept, weight in sorted(meanings):
            if meant == kind and weight:
                strongest[concept] = max(weight, strongest.get(concept, 0))
        for concept, weight in strongest.items():
            votes[concept] = votes.get(concept, 0) + weight * (1 + 0.6 / (1 + position / 4))
    return votes


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and len(word) > 3 else word


def _ranked(votes: dict[str, float]) -> list[str]:
    return sorted(votes, key=lambda concept: -votes[concept])


def _best(votes: dict[str, float]) -> str:
    return max(votes, key=lambda concept: votes[concept], default="")


@cache
def _index() -> tuple[dict[str, _Meanings], dict[str, _Meanings]]:
    """The vocabulary by word and by stem: (kind, concept, weight) for each."""
    exact: dict[str, _Meanings] = {}
    stems: dict[str, _Meanings] = {}
    tables = (
        ("setting", vocabulary.SETTINGS),
        ("time", vocabulary.TIMES),
        ("weather", vocabulary.WEATHERS),
        ("motif", vocabulary.MOTIFS),
        ("part", vocabulary.PARTS),
        ("person", vocabulary.PEOPLE),
    )
    for kind, table in tables:
        for concept, text in table.items():
            for entry in text.split():
                word, _, weight = entry.partition(":")
                index = stems if word.endswith("*") else exact
                word = word.removesuffix("*")
                index[word] = (*index.get(word, ()), (kind, concept, int(weight or 2)))
    return exact, stems
