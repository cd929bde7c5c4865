"""Every problem of a document, story or timeline, before anything is made."""

from __future__ import annotations

import os
from pathlib import Path

from retake.errors import DocumentError, Problem
from retake.generate.providers import find
from retake.produce.adoption import own_files
from retake.produce.shoot import open_shoot, read_document, read_text
from retake.recipes.story.reading import read_story
from retake.settings import Settings
from retake.timeline.reading import load


def validate_file(path: Path) -> tuple[Problem, ...]:
    """Every problem of a story or a timeline, warnings among them."""
    try:
        text = read_text(path)
        if _is_timeline(text, path):
            shoot = open_shoot(
                read_document(path, {}, {}), path.parent, (), Settings.from_environment(os.environ)
            )
            return shoot.warnings
        story = own_files(read_story(text, path.suffix, str(path)), path.parent, {})
        return tuple(find("script", "rules").write(story).problems)
    except DocumentError as error:
        return error.problems


def _is_timeline(text: str, path: Path) -> bool:
    if path.suffix.lower() not in (".json", ".yaml", ".yml"):
        return False
    raw = load(text, name=str(path))
    return isinstance(raw, dict) and (
        "timeline" in raw or str(raw.get("schema", "")).startswith("retake.timeline")
    )
