"""The script: a story as scenes ready to be pictured and spoken, and the port of those who write one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from retake.errors import Problem
from retake.recipes.story.story import Emphasis, Mood, Move, Shot, Story
from retake.timeline.document import TransitionType


@dataclass(frozen=True, slots=True)
class Segment:
    """Words said in one breath. `offset` is when, in seconds from the scene's start, where an earlier
    rendering fixed it."""

    text: str
    emphasis: Emphasis = "normal"
    offset: float | None = None


@dataclass(frozen=True, slots=True)
class Character:
    """Somebody in the story; `kind` is woman, man, girl, boy, figure or people, and `description` is how
    every picture shows them."""

    name: str
    role: str
    kind: str
    description: str


@dataclass(frozen=True, slots=True)
class Location:
    """A place in the story, and how every picture shows it."""

    name: str
    description: str


@dataclass(frozen=True, slots=True)
class SceneScript:
    """One scene. `transition` leads into the next; `duration` is in seconds, None for the narration's own;
    `image` is the user's own picture or clip, "" for one to be made."""

    scene_id: str
    text: str
    segments: tuple[Segment, ...]
    image_prompt: str
    mood: Mood
    shot: Shot
    motion: Move
    transition: TransitionType | None
    duration: float | None = None
    image: str = ""
    characters: tuple[str, ...] = ()
    location: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """A story as scenes. `language` is the one found or given, `problems` are warnings."""

    story: Story
    language: str
    scenes: tuple[SceneScript, ...]
    characters: tuple[Character, ...]
    locations: tuple[Location, ...]
    actions: tuple[str, ...]
    music_mood: str
    problems: tuple[Problem, ...] = ()


@runtime_checkable
class ScriptMaker(Protocol):
    """Writes scripts: by rules, or by a language model. `version` changes when the same story would give
    another script. Raises `ProviderError`."""

    name: str
    version: str

    def write(self, story: Story) -> Script: ...
