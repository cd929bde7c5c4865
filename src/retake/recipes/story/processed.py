"""The processed story: the script as JSON, to be read, edited and given again.

Every scene carries `made`, a digest of its text and its duration, so that an edit is told from what the rules
chose; `speech_rate` is fixed so that the narration of untouched scenes is found in the store.
"""

from __future__ import annotations

import hashlib

from pydantic import JsonValue

from retake.recipes.story.script import Script
from retake.recipes.story.timing import Schedule, speakable


def text_digest(text: str) -> str:
    """Twelve hex digits that change when the words do; white space does not count."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:12]


def processed_story(script: Script, schedule: Schedule) -> dict[str, JsonValue]:
    """The script and its timing as a plain JSON value that `parse_story` takes back."""
    story = script.story
    scenes: list[JsonValue] = []
    said: list[JsonValue] = []
    for scene, timing in zip(script.scenes, schedule.scenes, strict=True):
        scenes.append(
            {
                "scene_id": scene.scene_id,
                "text": scene.text,
                "image_prompt": scene.image_prompt,
                "duration": timing.duration,
                "transition": scene.transition or "none",
                "start_time": timing.start,
                "mood": scene.mood,
                "shot": scene.shot,
                "motion": scene.motion,
                "characters": list(scene.characters),
                "location": scene.location,
                **({"image": scene.image} if scene.image else {}),
                "made": {"text": text_digest(scene.text), "duration": timing.duration},
            }
        )
        segments = [segment for segment in scene.segments if speakable(segment.text)]
        starts = timing.segments or tuple(timing.start for _ in segments)
        for s, start in zip(segments, starts, strict=True):
            said.append(
                {"text": s.text, "start_time": start, "emphasis": s.emphasis, "scene_id": scene.scene_id}
            )
    options = story.options.model_copy(
        update={"language": script.language, "speech_rate": schedule.rate, "images": ()}
    )
    return {
        "story_id": story.story_id,
        "title": story.title,
        "metadata": story.metadata.model_dump(mode="json", exclude_none=True),
        "options": options.model_dump(mode="json", exclude_none=True, exclude={"images"}),
        "scenes": scenes,
        "audio_script": {"segments": said},
        "characters": [
            {"name": c.name, "role": c.role, "kind": c.kind, "description": c.description}
            for c in script.characters
        ],
        "locations": [{"name": place.name, "description": place.description} for place in script.locations],
        "actions": list(script.actions),
    }
