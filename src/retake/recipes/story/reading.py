"""A story from text: JSON, YAML, Markdown or plain text in, a checked `Story` out, every problem at once.

Nothing is read from disk here. Problems carry JSON paths of the user's own text and a remedy.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import cast

from pydantic import BaseModel, JsonValue, TypeAdapter

from retake.errors import DocumentError, Problem
from retake.recipes.story.markdown import read_markdown
from retake.recipes.story.spoken import LETTERS_A_SECOND, expected_seconds
from retake.recipes.story.story import (
    LONGEST_FILM,
    METADATA_NAMES,
    MOST_WORDS,
    OPTION_NAMES,
    AudioScript,
    Brand,
    Made,
    SceneEdit,
    SegmentEdit,
    Story,
)  # fmt: skip
from retake.recipes.story.vocabulary import WORD
from retake.timeline.reading import load, validated

_STORY = TypeAdapter(Story)
_LOWER_NAMES = {"id": "story_id", "story": "content", "text": "content", "body": "content", "name": "title"}
_OPTION_HINTS = {
    "duration": "target_duration",
    "length": "target_duration",
    "ratio": "aspect_ratio",
    "aspect": "aspect_ratio",
    "captions": "caption_style",
    "subtitles": "caption_style",
    "pictures": "images",
    "photos": "images",
    "soundtrack": "music",
    "colors": "brand",
    "colours": "brand",
    "font": "brand",
    "resolution": "size",
    "lang": "language",
    "frame_rate": "fps",
    "framerate": "fps",
}


def read_story(text: str, suffix: str = ".json", name: str = "story") -> Story:
    """The story in `text`; `suffix` says how it is written (.json, .yaml, .yml, .md, .markdown, .txt).

    Raises `DocumentError` with every problem and its place.
    """
    text = unicodedata.normalize("NFC", text.removeprefix("\ufeff").replace("\x00", ""))
    suffix = suffix.lower()
    if suffix in (".md", ".markdown"):
        plain = read_markdown(text)
        front = load(plain.front_matter, name=name) if plain.front_matter else {}
        return parse_story(_with_front_matter(_plain_story(plain.title, plain.text, name), front), name=name)
    if suffix in (".txt", ".text", ""):
        title, content = _title_and_text(text)
        return parse_story(_plain_story(title, content, name), name=name)
    if suffix not in (".json", ".yaml", ".yml"):
        raise DocumentError(
            [Problem(name, f"{suffix!r} is not how stories are written", "give .json, .yaml, .md or .txt")],
            place=name,
        )
    return parse_story(load(text, name=name), name=name)


def parse_story(raw: JsonValue, *, name: str = "story") -> Story:
    """The story in a plain JSON value. Raises `DocumentError` with every problem."""
    if not isinstance(raw, dict):
        raise DocumentError(
            [Problem("$", "is not an object", 'start with {"title": ..., "content": ...}')], place=name
        )
    problems = list(_unknown_fields(raw))
    gathered, origin = _gather(raw)
    try:
        story = cast(Story, validated(_STORY, gathered, name=name))
    except DocumentError as error:
        known = {problem.place for problem in problems}
        problems += [
            Problem(place, p.message, p.remedy, p.warning)
            for p in error.problems
            if (place := origin.get(p.place, p.place)) not in known and p.message != "unknown field"
        ]
        problems += _content_problems(raw.get("content"), bool(raw.get("scenes")))
        raise DocumentError(problems or error.problems, place=name) from error
    problems += _content_problems(story.content, bool(story.scenes))
    if story.scenes:
        problems += _scene_problems(story)
    if problems:
        raise DocumentError(problems, place=name)
    return story


def _gather(raw: Mapping[str, JsonValue]) -> tuple[dict[str, JsonValue], dict[str, str]]:
    """The story with each option in `options` and each metadata field in `metadata`, wherever it was given,
    and, for the moved ones, the path where the user wrote it."""
    result: dict[str, JsonValue] = {k: v for k, v in raw.items() if k in Story.model_fields}
    given = {section: raw.get(section) for section in ("metadata", "options")}
    if not all(isinstance(value, dict) or value is None for value in given.values()):
        return result, {}
    sections: dict[str, dict[str, JsonValue]] = {"metadata": {}, "options": {}}
    origin: dict[str, str] = {}
    for section, values in given.items():
        for key, value in cast(dict[str, JsonValue], values or {}).items():
            home = "metadata" if key in METADATA_NAMES else "options"
            if key in METADATA_NAMES | OPTION_NAMES and (key not in sections[home] or home == section):
                sections[home][key] = value
                origin[f"$.{home}.{key}"] = f"$.{section}.{key}"
    return {**result, **sections}, origin


def _unknown_fields(raw: Mapping[str, JsonValue]) -> Iterator[Problem]:
    yield from _unknown(raw, Story.model_fields, "$", _LOWER_NAMES)
    for section in ("metadata", "options"):
        inner = raw.get(section)
        if isinstance(inner, dict):
            yield from _unknown(inner, METADATA_NAMES | OPTION_NAMES, f"$.{section}", _OPTION_HINTS)
            brand = inner.get("brand")
            if isinstance(brand, dict):
                hints = {"colours": "colors", "color": "colors", "colour": "colors"}
                yield from _unknown(brand, Brand.model_fields, f"$.{section}.brand", hints)
    scenes = raw.get("scenes")
    for i, scene in enumerate(scenes if isinstance(scenes, list) else []):
        if isinstance(scene, dict):
            yield from _unknown(scene, SceneEdit.model_fields, f"$.scenes[{i}]", {"prompt": "image_prompt"})
            yield from _nested(scene.get("made"), Made, f"$.scenes[{i}].made")
    script = raw.get("audio_script")
    yield from _nested(script, AudioScript, "$.audio_script")
    segments = script.get("segments") if isinstance(script, dict) else None
    for i, segment in enumerate(segments if isinstance(segments, list) else []):
        yield from _nested(segment, SegmentEdit, f"$.audio_script.segments[{i}]")


def _nested(value: JsonValue, model: type[BaseModel], place: str) -> Iterator[Problem]:
    if isinstance(value, dict):
        yield from _unknown(value, model.model_fields, place, {})


def _unknown(
    values: Mapping[str, JsonValue],
    known: Mapping[str, object] | frozenset[str],
    place: str,
    hints: Mapping[str, str],
) -> Iterator[Problem]:
    for key in values:
        if key in known:
            continue
        if place == "$" and key in METADATA_NAMES | OPTION_NAMES:
            home = "metadata" if key in METADATA_NAMES else "options"
            yield Problem(f"$.{key}", "stands in the wrong place", f"put it in `{home}`")
            continue
        near = get_close_matches(key.lower(), sorted(known), n=1, cutoff=0.6)
        suggestion = hints.get(key.lower()) or (near[0] if near else "")
        yield Problem(
            f"{place}.{key}",
            "unknown field",
            f"did you mean {suggestion!r}?"
            if suggestion
            else f"remove it; known are {', '.join(sorted(known))}",
        )


def _content_problems(content: JsonValue, has_scenes: bool) -> list[Problem]:
    if (content is not None and not isinstance(content, str)) or (has_scenes and not content):
        return []
    text = content or ""
    if not any(not c.isspace() for c in text):
        return [Problem("$.content", "the story is empty", "give it a text of a sentence or more")]
    if not any(c.isalnum() for c in text):
        return [Problem("$.content", "has no words, only signs", "give it a text that can be told")]
    if has_scenes:
        return []
    words = sum(1 for _ in WORD.finditer(text))
    seconds = expected_seconds(text) if words <= 4 * MOST_WORDS else len(text) / LETTERS_A_SECOND
    if words > MOST_WORDS or seconds > LONGEST_FILM * 1.2:
        return [
            Problem(
                "$.content",
                f"{words:,} words, about {seconds / 60:.0f} minutes of narration: too long for a film",
                f"give at most {MOST_WORDS:,} words ({LONGEST_FILM / 60:.0f} minutes, 15 scenes),"
                " or cut it into several stories",
            )
        ]
    return []


def _scene_problems(story: Story) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for i, scene in enumerate(story.scenes):
        if not any(c.isalnum() for c in scene.text):
            yield Problem(f"$.scenes[{i}].text", "has no words", "give the scene a text, or remove it")
        if scene.scene_id and scene.scene_id in seen:
            yield Problem(
                f"$.scenes[{i}].scene_id",
                f"{scene.scene_id!r} is already scene {seen[scene.scene_id] + 1}",
                "rename it",
            )
        seen.setdefault(scene.scene_id, i)
    known = set(seen)
    for i, segment in enumerate(story.audio_script.segments):
        if segment.scene_id and segment.scene_id not in known:
            yield Problem(
                f"$.audio_script.segments[{i}].scene_id",
                f"no scene {segment.scene_id!r}",
                "name one, or remove it",
            )


def _with_front_matter(story: dict[str, JsonValue], front: JsonValue) -> JsonValue:
    """A Markdown story with what its YAML front matter says: story fields, metadata and options, all flat."""
    if not isinstance(front, dict):
        return story
    flat = {k: v for k, v in front.items() if k in METADATA_NAMES | OPTION_NAMES}
    rest = {k: v for k, v in front.items() if k not in flat}
    return {**story, **rest, **({"options": flat} if flat and "options" not in rest else {})}


def _plain_story(title: str, content: str, name: str) -> dict[str, JsonValue]:
    stem = re.sub(r"\.[^.]*$", "", re.split(r"[/\\]", name)[-1]) or "story"
    identity = re.sub(r"[^\w-]+", "_", stem.lower()).strip("_")[:64] or "story"
    return {
        "story_id": identity,
        "title": title or stem.replace("_", " ").strip().capitalize(),
        "content": content,
    }


def _title_and_text(text: str) -> tuple[str, str]:
    """A plain text's first line is its title when it is short, stands alone and ends without a full stop.

    Many who write plain text mark it as Markdown would.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    first, gap, rest = text.partition("\n\n")
    first = re.sub(r"\A#{1,6}[ \t]+|\ATitle:", "", first).strip()
    if (
        gap
        and "\n" not in first
        and len(first) <= 80
        and first[-1:] not in ".!?…。！？।،,;:"
        and rest.strip()
    ):
        return first, rest.strip().removeprefix("Content:").strip()
    return "", text
