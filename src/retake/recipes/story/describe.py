"""What is published beside a film: title, description, tags, hashtags, and each platform's own fields."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from retake.recipes.story.mood import genre_of
from retake.recipes.story.platforms import PLATFORMS, Preset
from retake.recipes.story.script import Script
from retake.recipes.story.sentences import split_sentences
from retake.recipes.story.story import Story
from retake.recipes.story.vocabulary import WORD, Vocabulary, vocabulary

DESCRIPTION_LETTERS = 300
_MOST_TAGS = 12
_GENRE_TAGS = {
    "adventure": ("adventure", "story"),
    "mystery": ("mystery", "storytime"),
    "science fiction": ("scifi", "story"),
    "horror": ("horror", "scarystories"),
    "fantasy": ("fantasy", "magic"),
    "children": ("bedtimestory", "kids"),
    "romance": ("romance", "lovestory"),
    "comedy": ("comedy", "funny"),
    "drama": ("drama", "story"),
    "education": ("learn", "didyouknow"),
    "business": ("business", "startup"),
}
_CLOSED = (
    "stop",
    "shift",
    "adjectives",
    "she",
    "he",
    "in",
    "first_person",
    "titles",
    "name_breakers",
    "soft",
    "strong",
)


@dataclass(frozen=True, slots=True)
class Description:
    """The texts beside a film. Hashtags carry their #; `basic` says that the content gave nothing."""

    title: str
    description: str
    tags: tuple[str, ...]
    hashtags: tuple[str, ...]
    basic: bool = False


def describe(script: Script) -> Description:
    """The texts for a script: the summary is its most telling sentences, the tags its keywords."""
    story = script.story
    words = vocabulary(script.language)
    text = story.content or " ".join(scene.text for scene in script.scenes)
    sentences = split_sentences(re.sub(r"\*\*\*", " ", text), script.language)
    weights = _keywords(sentences, words)
    names = [c.name for c in script.characters if c.name[:1].isupper()]
    genre = genre_of(story.metadata.genre)
    spoken_for = {part.lower() for name in names for part in name.split()}
    keywords = _singled([word for word, _ in weights.most_common(30) if word not in spoken_for])[:_MOST_TAGS]
    own_genre = story.metadata.genre.strip().lower()
    tags = _unique([*names[:3], *([own_genre] if own_genre else []), *keywords])[:_MOST_TAGS]
    hashtags = _unique(
        [tag for word in [*_GENRE_TAGS.get(genre, ("story",)), own_genre, *names[:1], *keywords[:5]]
         if (tag := _hashtag(word))]
    )[:8]  # fmt: skip
    title = story.title.strip() or (_shortened(sentences[0], 60) if sentences else story.story_id)
    return Description(title, _summary(sentences, weights, words), tuple(tags), tuple(hashtags))


def basic_description(story: Story) -> Description:
    """The least that can be said, where describing failed."""
    title = story.title.strip() or story.story_id
    return Description(title, title, (), ("#story",), basic=True)


def platform_fields(text: Description, platforms: Sequence[str]) -> dict[str, JsonValue]:
    """Each preset's fields within its limits, with the disclosure that artificial means were used."""
    return {name: _fields(text, PLATFORMS[name]) for name in platforms}


def _fields(text: Description, preset: Preset) -> JsonValue:
    limits = preset.text
    hashtags = list(text.hashtags[: limits.hashtags])
    fields: dict[str, JsonValue] = {}
    if limits.title:
        fields["title"] = _shortened(text.title.replace("<", "").replace(">", ""), limits.title)
    body = text.description if limits.title else f"{text.title}\n\n{text.description}"
    closing = "\n\n" + " ".join(hashtags) if hashtags else ""
    room = limits.caption - _weight(closing, limits.weighted)
    caption = _shortened(body, room, limits.weighted) + closing
    fields["description" if preset.platform == "youtube" else "caption"] = caption
    fields["hashtags"] = [*hashtags]
    if limits.tags:
        tags: list[JsonValue] = []
        used = 0
        for tag in text.tags:
            # A tag with spaces counts its quotes, and every tag but the first its comma.
            used += len(tag) + (2 if " " in tag else 0) + (1 if tags else 0)
            if used > limits.tags:
                break
            tags.append(tag)
        fields["tags"] = tags
    if preset.platform == "youtube":
        fields["categoryId"] = "24"
    fields[limits.disclosure] = True
    return fields


def _keywords(sentences: Sequence[str], words: Vocabulary) -> Counter[str]:
    """Words that carry the content, weighted by how often and how long they are."""
    weights: Counter[str] = Counter()
    for sentence in sentences:
        for found in WORD.finditer(sentence):
            word = re.sub(r"['’]s$", "", found.group()).lower()
            if len(word) < (2 if ord(word[0]) > 0x2E80 else 4) or len(word) > 24 or word.isdigit():
                continue
            if any(words.has(section, word) for section in _CLOSED) or words.meaning("action", word):
                continue
            known = words.meaning("place", word) or words.meaning("thing", word)
            weights[word] += 3 if known else 1
    return Counter(dict(sorted(weights.items(), key=lambda item: (-item[1], -min(len(item[0]), 9), item[0]))))


def _summary(sentences: Sequence[str], weights: Counter[str], words: Vocabulary) -> str:
    """The opening sentence and the most telling others, in their order, within the limit."""
    if not sentences:
        return ""

    def score(sentence: str) -> float:
        tokens = [m.group().lower() for m in WORD.finditer(sentence)]
        return sum(weights[token] for token in tokens) / (len(tokens) + 4)

    chosen = {0}
    length = len(sentences[0])
    # The end of a story is not given away.
    body = range(1, max(2, len(sentences) * 2 // 3))
    for i in sorted((i for i in body if i < len(sentences)), key=lambda i: (-score(sentences[i]), i)):
        if length + 1 + len(sentences[i]) <= DESCRIPTION_LETTERS:
            chosen.add(i)
            length += 1 + len(sentences[i])
    glue = "" if words.language in ("zh", "ja") else " "
    return _shortened(glue.join(sentences[i] for i in sorted(chosen)), DESCRIPTION_LETTERS)


def _shortened(text: str, most: int, weighted: bool = False) -> str:
    """A text cut at a word within a limit, with an ellipsis where it was cut."""
    if _weight(text, weighted) <= most:
        return text
    kept = text
    while kept and _weight(kept, weighted) > most - 2:
        kept = kept[: max(0, min(len(kept) - 1, most - 2))]
    at = kept.rfind(" ")
    return (kept[:at] if at > len(kept) * 0.6 else kept).rstrip(" ,;:.–—-") + "…"


def _weight(text: str, weighted: bool) -> int:
    """Length; by X's rule (twitter-text 3) everything outside Latin and general punctuation counts two."""
    if not weighted:
        return len(text)
    light = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
    return sum(1 if any(low <= ord(c) <= high for low, high in light) else 2 for c in text)


def _hashtag(word: str) -> str:
    plain = "".join(c for c in word if c.isalnum() or unicodedata.category(c).startswith("M") or c == "_")
    return f"#{plain.lower()}" if len(plain) >= 2 and not plain.isdigit() else ""


def _singled(words: Sequence[str]) -> list[str]:
    """Words without those that are only another's plural or singular."""
    kept: list[str] = []
    for word in words:
        if not any(word in (k + "s", k + "es") or k in (word + "s", word + "es") for k in kept):
            kept.append(word)
    return kept


def _unique(words: Sequence[str]) -> list[str]:
    return list({word.casefold(): word for word in reversed(words)}.values())[::-1]
