"""Every problem of a document (story, timeline, recording template) before anything is made."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import JsonValue

from retake.errors import DocumentError, Problem
from retake.generate.providers import find
from retake.produce.adoption import own_files
from retake.produce.files import read_text
from retake.produce.shoot import open_shoot, read_document
from retake.recipes.recording.reading import read_template
from retake.recipes.story.reading import read_story
from retake.settings import Settings
from retake.timeline.reading import load


def validate_file(path: Path) -> tuple[Problem, ...]:
    """Every problem of a document, warnings among them. Of a recording template, what can be known without
    its recording."""
    try:
        text = read_text(path)
        raw = _object(text, path)
        if "base_video_path" in raw:
            read_template(text, name=str(path))
            return ()
        if _is_timeline(raw):
            shoot = open_shoot(
                read_document(path, {}, {}), path.parent, (), Settings.from_environment(os.environ)
            )
            return shoot.warnings
        story = own_files(read_story(text, path.suffix, str(path)), path.parent, {})
        return tuple(find("script", "rules").write(story).problems)
    except DocumentError as error:
        return error.problems


def _object(text: str, path: Path) -> dict[str, JsonValue]:
    """The document's fields; none for a text that is no JSON or YAML object."""
    if path.suffix.lower() not in (".json", ".yaml", ".yml"):
        return {}
    raw = load(text, name=str(path))
    return raw if isinstance(raw, dict) else {}


def _is_timeline(raw: dict[str, JsonValue]) -> bool:
    return "timeline" in raw or str(raw.get("schema", "")).startswith("retake.timeline")
