"""The default script writer: rules only, no model, the same script for the same story on every machine."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace

from retake.errors import Problem
from retake.recipes.story.album import shared_out
from retake.recipes.story.elements import Elements, extract
from retake.recipes.story.language import detect_language
from retake.recipes.story.mood import emphasis_of, genre_of, mood_of, music_mood
from retake.recipes.story.pace import moves, transitions
from retake.recipes.story.processed import text_digest
from retake.recipes.story.prompts import image_prompts, shots, times_of_day, weathers
from retake.recipes.story.scenes import FEWEST, MOST, split_scenes
from retake.recipes.story.script import SceneScript, Script, Segment
from retake.recipes.story.sentences import split_sentences
from retake.recipes.story.story import Mood, SceneEdit, Story
from retake.recipes.story.vocabulary import Vocabulary, vocabulary

_LONGEST_LOOK = 8.0
"""Seconds that one picture of the user's is looked at, before it is shown again from nearer."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Writes scripts by rules (see `sentences`, `scenes`, `elements`, `prompts`, `mood`, `pace`)."""

    name: str = "rules"
    version: str = "1"

    def write(self, story: Story) -> Script:
        """The script of a story; of a processed one, what the user left out is added."""
        text = story.content or " ".join(scene.text for scene in story.scenes)
        language = story.options.language or detect_language(text)
        words = vocabulary(language)
        edits, images = story.scenes, story.options.images
        pictures = len(images) if isinstance(images, tuple) else 0
        if edits:
            parts = [_spoken_parts(split_sentences(edit.text, language)) for edit in edits]
        else:
            target = story.metadata.target_duration or 0
            wished = min(MOST, max(FEWEST, pictures, round(target / _LONGEST_LOOK))) if pictures else 0
            parts = _with_words(split_scenes(story.content, language, target=target, count=wished))
        texts = [_joined(part, language) for part in parts]
        genre = genre_of(story.metadata.genre)
        elements = extract(parts, words)
        scenes = _scenes(story, texts, parts, elements, words, genre)
        if edits:
            scenes = [
                _edited(scene, edit, story, language) for scene, edit in zip(scenes, edits, strict=True)
            ]
        return Script(
            story=story,
            language=language,
            scenes=tuple(scenes),
            characters=elements.characters,
            locations=elements.locations,
            actions=elements.actions,
            music_mood=music_mood([scene.mood for scene in scenes], genre),
            problems=_warnings(len(scenes), bool(edits), pictures),
        )


def _scenes(
    story: Story,
    texts: list[str],
    parts: list[list[str]],
    elements: Elements,
    words: Vocabulary,
    genre: str,
) -> list[SceneScript]:
    moods: list[Mood] = [mood_of(text, words, genre) for text in texts]
    times = times_of_day(texts, words, genre)
    weather = weathers(texts, elements.places, words)
    prompts = image_prompts(elements, moods, times, weather, genre)
    turned = [
        bool(i) and (times[i] != times[i - 1] or elements.places[i] != elements.places[i - 1])
        for i in range(len(texts))
    ]
    width, height = story.size
    passing = transitions(moods, turned)
    framing = shots(elements)
    motions = moves(moods, framing, width > height)
    own = shared_out(story.options.images if isinstance(story.options.images, tuple) else (), texts)
    return [
        SceneScript(
            scene_id=f"scene_{i + 1:03d}",
            text=texts[i],
            segments=tuple(Segment(s, emphasis_of(s, words)) for s in parts[i]),
            image_prompt=prompts[i],
            mood=moods[i],
            shot=framing[i],
            motion=motions[i],
            transition=passing[i],
            image=own[i],
            characters=elements.present[i],
            location=elements.places[i],
        )
        for i in range(len(texts))
    ]


def _edited(scene: SceneScript, edit: SceneEdit, story: Story, language: str) -> SceneScript:
    """A scene as the user's edit wants it: what was given stays, what was left out is the rules'."""
    unchanged = edit.made is None or edit.made.text == text_digest(edit.text)
    given = [s for s in story.audio_script.segments if s.scene_id and s.scene_id == edit.scene_id]
    segments = scene.segments
    if given and unchanged:
        segments = tuple(
            Segment(s.text, s.emphasis, round(s.start_time - edit.start_time, 3) if edit.made else None)
            for s in given
        )
    keeps_duration = unchanged or (edit.made is not None and edit.duration != edit.made.duration)
    return replace(
        scene,
        scene_id=edit.scene_id or scene.scene_id,
        text=edit.text.strip(),
        segments=segments,
        image_prompt=edit.image_prompt or scene.image_prompt,
        mood=edit.mood or scene.mood,
        shot=edit.shot or scene.shot,
        motion=edit.motion or scene.motion,
        transition=None if edit.transition == "none" else edit.transition or scene.transition,
        duration=edit.duration if keeps_duration else None,
        image=edit.image or scene.image,
        characters=edit.characters or scene.characters,
        location=edit.location or scene.location,
    )


def _with_words(scenes: list[list[str]]) -> list[list[str]]:
    """The scenes with none that has nothing to say: its signs go to its neighbour."""
    result: list[list[str]] = []
    for sentences in scenes:
        spoken = _spoken_parts(sentences)
        if result and not any(c.isalnum() for c in "".join(spoken)):
            result[-1] = _spoken_parts(result[-1] + spoken)
        elif len(result) == 1 and not any(c.isalnum() for c in "".join(result[0])):
            result[0] = _spoken_parts(result[0] + spoken)
        else:
            result.append(spoken)
    return result


def _spoken_parts(sentences: list[str]) -> list[str]:
    """Sentences, where one of nothing but signs or emoji is joined to the one before it."""
    result: list[str] = []
    for sentence in sentences:
        if result and not (any(c.isalnum() for c in sentence) and any(c.isalnum() for c in result[-1])):
            result[-1] = f"{result[-1]} {sentence}"
        else:
            result.append(sentence)
    return result


def _joined(sentences: list[str], language: str) -> str:
    glue = "" if language.split("-")[0] in ("zh", "ja") else " "
    return unicodedata.normalize("NFC", glue.join(sentences))


def _warnings(scenes: int, edited: bool, images: int) -> tuple[Problem, ...]:
    warnings: list[Problem] = []
    if scenes < FEWEST:
        place = "$.scenes" if edited else "$.content"
        count = f"{scenes} scene{'s' if scenes != 1 else ''}"
        warnings.append(
            Problem(place, f"gives only {count}; a film has 3 to 15", "tell a little more", warning=True)
        )
    if images > scenes:
        warnings.append(
            Problem(
                "$.options.images",
                f"{images} pictures for {scenes} scenes; the last {images - scenes} are not shown",
                "tell more, or give fewer",
                warning=True,
            )
        )
    return tuple(warnings)
