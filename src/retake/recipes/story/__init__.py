"""The story recipe: a text becomes scenes, and, once spoken and pictured, a timeline document.

    read_story     text -> Story             what the user gave, checked
    Rules.write    Story -> Script           scenes with prompts, moods, moves and transitions
    speech_requests, speaking_rate, schedule the narration's speed and every scene's seconds
    compose        Script + assets -> Document
    processed_story                          the script as JSON, to edit and give again
    describe       Script -> Description     what is published beside the film

All of it is pure but `with_images`, which looks for the user's files.
"""

from retake.recipes.story.compose import Narration, SceneAssets, compose
from retake.recipes.story.describe import Description, basic_description, describe, platform_fields
from retake.recipes.story.images import is_film, with_images
from retake.recipes.story.platforms import ASPECTS, PLATFORMS, Preset
from retake.recipes.story.processed import processed_story
from retake.recipes.story.reading import parse_story, read_story
from retake.recipes.story.rules import Rules
from retake.recipes.story.script import Character, Location, SceneScript, Script, ScriptMaker, Segment
from retake.recipes.story.story import Story, story_schema
from retake.recipes.story.timing import SceneTiming, Schedule, schedule, speaking_rate, speech_requests

__all__ = [
    "ASPECTS",
    "PLATFORMS",
    "Character",
    "Description",
    "Location",
    "Narration",
    "Preset",
    "Rules",
    "SceneAssets",
    "SceneScript",
    "SceneTiming",
    "Schedule",
    "Script",
    "ScriptMaker",
    "Segment",
    "Story",
    "basic_description",
    "compose",
    "describe",
    "is_film",
    "parse_story",
    "platform_fields",
    "processed_story",
    "read_story",
    "schedule",
    "speaking_rate",
    "speech_requests",
    "story_schema",
    "with_images",
]
