"""How a row is called: its film's file, and its line on the contact sheet."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from retake.jobs.rows import Row
from retake.recipes.recording.binding import needed_fields
from retake.recipes.recording.template import RecordingTemplate

_LONGEST = 80


def film_name(row: Row, template: RecordingTemplate) -> str:
    """The row's number and the first thing that it says or shows, in plain ASCII: `0007-ada-lovelace`."""
    plain = unicodedata.normalize("NFKD", next(_words(row, template), ""))
    slug = re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode().lower()).strip("-")[:40]
    return f"{row.number:04d}" + (f"-{slug.rstrip('-')}" if slug else "")


def label(row: Row, template: RecordingTemplate) -> str:
    """What the row says and shows in words, for people."""
    told = " · ".join(dict.fromkeys(_words(row, template)))
    return told if len(told) <= _LONGEST else f"{told[: _LONGEST - 1]}…"


def _words(row: Row, template: RecordingTemplate) -> Iterator[str]:
    """The row's values that the template uses, pictures left out."""
    pictures = {s.placeholder_key for s in template.visual_segments if s.segment_type == "image"}
    for name in needed_fields(template):
        value = row.data.get(name)
        if name not in pictures and isinstance(value, str | int | float) and str(value).strip():
            yield " ".join(str(value).split())
