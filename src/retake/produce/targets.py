"""The films that one story is to become: one for each shape that was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from pydantic import TypeAdapter

from retake.errors import Problem
from retake.recipes.story.platforms import ASPECTS, PLATFORMS
from retake.recipes.story.story import Metadata, Options, Story
from retake.timeline.reading import validated


@dataclass(frozen=True, slots=True)
class Target:
    """A shape of frame in pixels, its short name, and the platform presets that it serves."""

    name: str
    size: tuple[int, int]
    platforms: tuple[str, ...] = ()


def with_overrides(story: Story, overrides: Mapping[str, object]) -> Story:
    """The story with the options that the caller gives instead of its own. Raises `DocumentError`."""
    options = {name: value for name, value in overrides.items() if name in Options.model_fields}
    options = {name: value for name, value in options.items() if not isinstance(value, Path)}
    asked = {name: value for name, value in overrides.items() if name in Metadata.model_fields}
    aspects = cast(Sequence[str], overrides.get("aspect_ratios") or ())
    if aspects:
        asked["aspect_ratio"] = aspects[0]
    raw = story.model_dump(by_alias=True)
    raw["options"] |= options
    raw["metadata"] |= asked
    return validated(TypeAdapter(Story), raw, name="options")


def targets_of(story: Story, aspects: Sequence[str]) -> tuple[Target, ...]:
    """The shapes asked for by aspect ratio and platform; presets that share a frame share a film."""
    found: dict[tuple[int, int], list[str]] = {}
    for aspect in aspects:
        found.setdefault(ASPECTS[aspect], [])
    for name in story.options.platforms:
        found.setdefault(PLATFORMS[name].size, []).append(name)
    if not found or (story.options.size and not aspects):
        found.setdefault(story.size, [])
    return tuple(Target(shape_name(size), size, tuple(names)) for size, names in found.items())


def shape_name(size: tuple[int, int]) -> str:
    """The aspect ratio as a part of a file's name, or the size where it has no usual one."""
    for name, known in ASPECTS.items():
        if known == size:
            return name.replace(":", "x")
    return f"{size[0]}x{size[1]}"


def platform_problems(target: Target, seconds: float, size: int) -> Iterator[Problem]:
    """Warnings where a film is longer or larger than a platform takes."""
    for name in target.platforms:
        preset = PLATFORMS[name]
        if not preset.least_duration <= seconds <= preset.most_duration:
            message = (
                f"lasts {seconds:.1f} s; {name} takes {preset.least_duration:g} to {preset.most_duration:g} s"
            )
            yield Problem(target.name, message, "set target_duration", warning=True)
        if size > preset.most_bytes:
            message = f"has {size / 1e6:.0f} MB; {name} takes {preset.most_bytes / 1e6:.0f} MB"
            yield Problem(target.name, message, "lower the quality", warning=True)
