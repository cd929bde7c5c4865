"""A row filled into a template: `{field}` (or `{{ field }}`) in its sentences, pictures by name.

Values are plain text: braces and anything else in them are never read as fields again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from retake.errors import DocumentError, Problem
from retake.recipes.recording.template import Placeholder, RecordingTemplate, VisualSegment, VoiceSegment

_FIELD = re.compile(r"\{\{\s*([A-Za-z_][\w.-]*)\s*\}\}|\{\s*([A-Za-z_][\w.-]*)\s*\}")
_MARKUP = re.compile(r"</?[A-Za-z!][^<>]*>")
_PLAIN = Placeholder()


@dataclass(frozen=True, slots=True)
class Line:
    """A voice segment and the sentence that this row says in it."""

    segment: VoiceSegment
    parts: tuple[str, ...]
    """What each word of the template's sentence became: a word with a field in it may be several now."""

    @property
    def text(self) -> str:
        return " ".join(self.parts)


@dataclass(frozen=True, slots=True)
class Showing:
    """A visual segment and what this row shows in it: a text, or where a picture lies; "" for a removal."""

    segment: VisualSegment
    content: str


@dataclass(frozen=True, slots=True)
class Bound:
    """A template with one row filled in."""

    template: RecordingTemplate
    lines: tuple[Line, ...]
    showings: tuple[Showing, ...]


def bind_row(template: RecordingTemplate, row: Mapping[str, JsonValue], *, name: str = "row") -> Bound:
    """The template filled in from a row. Raises `DocumentError` with every field that is missing or unfit.

    Fields that the template does not use are left alone: rows carry addresses and notes too.
    """
    needed = dict(_needed(template))
    problems: list[Problem] = []
    values: dict[str, str] = {}
    for field, place in needed.items():
        rule = template.placeholders.get(field, _PLAIN)
        value = row.get(field)
        if _is_blank(value):
            value = rule.default
        fault = _fault(value, rule)
        if fault:
            problems.append(
                Problem(f"{name}.{field}", *fault) if field in row else _missing(name, field, place)
            )
        else:
            values[field] = _text(value)
    if problems:
        raise DocumentError(problems, place=name)
    lines = tuple(Line(s, filled_words(s.template_text, values)) for s in template.voice_segments)
    showings = tuple(Showing(s, _content(s, values)) for s in template.visual_segments)
    return Bound(template, lines, showings)


def fields_of(text: str) -> tuple[str, ...]:
    """The names of the fields in a sentence, in order."""
    return tuple(match[1] or match[2] for match in _FIELD.finditer(text))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The sentence with its fields filled in, once: braces inside a value stay what they are."""
    return _FIELD.sub(lambda match: values[match[1] or match[2]], text)


def filled_words(text: str, values: Mapping[str, str]) -> tuple[str, ...]:
    """The words of a sentence, each with its fields filled in; blanks inside of braces part no words."""
    compact = _FIELD.sub(lambda match: "{" + (match[1] or match[2]) + "}", text)
    return tuple(_tidy(fill(word, values)) for word in compact.split())


def needed_fields(template: RecordingTemplate) -> tuple[str, ...]:
    """Every field that a row must have, in the order in which the template names them."""
    return tuple(dict(_needed(template)))


def _needed(template: RecordingTemplate) -> Iterator[tuple[str, str]]:
    found: dict[str, str] = {}
    for i, line in enumerate(template.voice_segments):
        for field in fields_of(line.template_text):
            found.setdefault(field, f"$.voice_segments[{i}].template_text")
    for i, segment in enumerate(template.visual_segments):
        place = f"$.visual_segments[{i}]"
        if segment.segment_type == "text" and segment.text:
            for field in fields_of(segment.text):
                found.setdefault(field, f"{place}.text")
        elif segment.segment_type in ("image", "text"):
            found.setdefault(segment.placeholder_key, f"{place}.placeholder_key")
    yield from found.items()


def _content(segment: VisualSegment, values: Mapping[str, str]) -> str:
    if segment.segment_type == "text" and segment.text:
        return _tidy(fill(segment.text, values))
    return values.get(segment.placeholder_key, "")


def _is_blank(value: JsonValue) -> bool:
    return value is None or (isinstance(value, str) and not _text(value))


def _fault(value: JsonValue, rule: Placeholder) -> tuple[str, str] | None:
    """What is wrong with a field's value, and the remedy."""
    if _is_blank(value):
        return "is empty", "give it a value, or the template a default for it"
    if isinstance(value, bool | list | dict):
        return "is no text", "give plain text or a number"
    text = _text(value)
    if len(text) > rule.max_chars:
        remedy = f"shorten it, or raise max_chars ({rule.max_chars}) in the template's placeholders"
        return f"has {len(text)} characters", remedy
    if _MARKUP.search(text):
        return f"holds markup ({_MARKUP.findall(text)[0][:20]})", "give plain text"
    if any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") for c in text):
        return "holds characters that cannot be shown or spoken", "remove control characters"
    return None


def _missing(name: str, field: str, place: str) -> Problem:
    return Problem(f"{name}.{field}", "is missing", f"{place} needs it; add a column or key {field!r}")


def _text(value: JsonValue) -> str:
    """A value as it is said and shown: whole numbers without a point, white space as single blanks."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _tidy(unicodedata.normalize("NFC", str(value)))


def _tidy(text: str) -> str:
    return " ".join(text.split())
