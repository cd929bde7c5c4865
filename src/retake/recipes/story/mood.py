"""Mood, genre and emphasis, from words and punctuation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from retake.recipes.story.story import Emphasis, Mood
from retake.recipes.story.vocabulary import WORD, Vocabulary

_GENRES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "adventure": ("advent", "avent", "abenteuer", "action", "приключ"),
        "mystery": ("myst", "mister", "detect", "crime", "krimi", "noir", "thriller", "polic", "детектив"),
        "science fiction": ("sci", "space", "ciencia", "futur", "cyber", "фантастик"),
        "horror": ("horror", "terror", "horreur", "ghost", "ужас"),
        "fantasy": ("fantas", "magic", "fairy", "märchen", "сказк", "фэнтези"),
        "children": ("child", "kid", "infant", "enfant", "kinder", "bedtime", "conte", "cuento", "детск"),
        "romance": ("roman", "love", "liebe", "amor", "любов"),
        "comedy": ("comed", "funny", "humor", "komöd"),
        "drama": ("drama",),
        "education": ("educ", "docu", "hist", "science", "explain", "tutorial", "learn", "news"),
        "business": ("business", "startup", "marketing", "corporate", "product"),
    }
)
_GENRE_MOOD: Mapping[str, Mood] = MappingProxyType(
    {
        "adventure": "epic", "mystery": "mysterious", "science fiction": "mysterious", "horror": "eerie",
        "fantasy": "mysterious", "children": "joyful", "romance": "romantic", "comedy": "joyful",
        "drama": "sad", "education": "hopeful", "business": "hopeful",
    }
)  # fmt: skip


def genre_of(text: str) -> str:
    """A genre in any spelling as one that the rules know, or ""."""
    lowered = text.strip().lower()
    if lowered.startswith("science") and "fiction" not in lowered and "-f" not in lowered:
        return "education"
    return (
        next((g for g, starts in _GENRES.items() if any(s in lowered for s in starts)), "") if lowered else ""
    )


def mood_of(text: str, words: Vocabulary, genre: str) -> Mood:
    """The mood of a scene: the one most of its words carry, else the genre's."""
    loud = any(mark in text for mark in "!！")
    quiet = ("calm", "sad") if loud else ()
    votes = Counter(hit.meaning for hit in words.find("mood", text) if hit.meaning not in quiet)
    own = _GENRE_MOOD.get(genre, "neutral")
    if not votes:
        return own
    return cast(Mood, min(votes, key=lambda mood: (-votes[mood] - (0.5 if mood == own else 0), mood)))


def music_mood(moods: list[Mood], genre: str) -> str:
    """The mood that the whole film's music carries."""
    votes = Counter(moods)
    votes[_GENRE_MOOD.get(genre, "neutral")] += 1
    return min(votes, key=lambda mood: (-votes[mood], mood))


def emphasis_of(sentence: str, words: Vocabulary) -> Emphasis:
    """How a sentence is said."""
    bare = sentence.rstrip(" \"'”“’»)]}」』")
    if bare.endswith(("?", "？", "؟", ";", "՞")) and not (bare.endswith(";") and words.language != "el"):
        return "question"
    if bare.endswith(("…", "...", "……")):
        return "suspense"
    tokens = [m.group() for m in WORD.finditer(sentence)]
    lowered = [token.lower() for token in tokens]
    shouted = any(len(t) > 3 and t.isupper() for t in tokens)
    if bare.endswith(("!", "！", "՜")) or shouted:
        return "strong"
    if any(words.has("soft", t) for t in lowered):
        return "soft"
    if sum(words.has("strong", t) for t in lowered) >= (1 if len(tokens) <= 7 else 2):
        return "strong"
    return "normal"
