"""A prepared template: what `create-template` found out about a recording once, and every row builds on.

It is a folder: `template.json` as it was given, the conditioned master, `analysis.json`, and beside it the
surfaces, plates and mouths as arrays. The folder appears whole or not at all; its fingerprint decides whether
a film that was made of it is still what would be made now.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from retake.errors import InputError
from retake.recipes.recording.reading import read_template
from retake.recipes.recording.template import RecordingTemplate
from retake.settings import Settings

SCHEMA = "retake.recording/1"
TEMPLATE, ANALYSIS = "template.json", "analysis.json"


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word of the recording, in seconds."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Slot:
    """Words of a line that differ from row to row.

    `words` are their half-open range in the original words, `texts` that in the words of the template's
    sentence; samples [start, stop) hold them in the master; `before` and `after` are the samples of pause on
    both sides that may be borrowed. `room` is the nearest echo, (RT60 in seconds, level in dB), where
    too little is spoken around them to learn their own.
    """

    words: tuple[int, int]
    texts: tuple[int, int]
    start: int
    stop: int
    before: int
    after: int
    room: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A voice segment: its original words in time, its slots, and the frames that may change for them.

    `reading` names the speech of the original sentence in the template's own voice, "" where it is unknown.
    """

    segment: str
    words: tuple[TimedWord, ...]
    slots: tuple[Slot, ...]
    window: tuple[int, int]
    reading: str = ""


@dataclass(frozen=True, slots=True)
class ShowingFacts:
    """A visual segment: its frames [start, stop), and the files of its surface and plate."""

    segment: str
    start: int
    stop: int
    surface: str
    plate: str
    moving: bool


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is known of a recording. `conditioned` is spliced or encoded, with the reason of the latter."""

    schema: str
    master: str
    master_sha256: str
    source: str
    source_sha256: str
    size: tuple[int, int]
    frames: int
    seconds: float
    sample_rate: int
    conditioned: str
    reason: str
    lines: tuple[LineFacts, ...] = ()
    showings: tuple[ShowingFacts, ...] = ()
    phonemes: tuple[tuple[str, float], ...] = ()
    mouths: str = ""
    mouths_note: str = ""
    consents: tuple[str, ...] = ()
    warnings: tuple[str, ...] = field(default=())

    @property
    def windows(self) -> tuple[tuple[int, int], ...]:
        """Every stretch of frames that a row may change, merged, in order."""
        spans = [line.window for line in self.lines if line.slots]
        spans += [(showing.start, showing.stop) for showing in self.showings]
        merged: list[tuple[int, int]] = []
        for start, stop in sorted(spans):
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
            else:
                merged.append((start, stop))
        return tuple(merged)

    @property
    def frames_changed(self) -> int:
        """The most frames that one row changes."""
        return sum(stop - start for start, stop in self.windows)


_ANALYSIS = TypeAdapter(Analysis)


@dataclass(frozen=True, eq=False)
class Prepared:
    """A template ready for rows."""

    folder: Path
    template: RecordingTemplate
    analysis: Analysis

    @property
    def master(self) -> Path:
        return self.folder / self.analysis.master

    @cached_property
    def fingerprint(self) -> str:
        """The SHA-256 over the template and what was found out."""
        total = sha256()
        for name in (TEMPLATE, ANALYSIS):
            total.update(sha256((self.folder / name).read_bytes()).digest())
        return total.hexdigest()

    def line(self, segment: str) -> LineFacts:
        return next(line for line in self.analysis.lines if line.segment == segment)

    def showing(self, segment: str) -> ShowingFacts:
        return next(showing for showing in self.analysis.showings if showing.segment == segment)

    def facts(self) -> dict[str, Any]:
        """For a reader and for programs."""
        a = self.analysis
        width, height = a.size
        moving = sum(showing.moving for showing in a.showings)
        return {
            "id": self.template.id,
            "folder": str(self.folder),
            "master": f"{width}x{height}, {a.seconds:.2f} s, {a.frames} frames",
            "conditioned": a.conditioned + (f": {a.reason}" if a.reason else ""),
            "words": f"{sum(len(line.words) for line in a.lines)} aligned, "
            f"{sum(len(line.slots) for line in a.lines)} slots",
            "surfaces": f"{len(a.showings)}, {moving} of them moving",
            "mouths": a.mouths_note or "none needed",
            "changes": f"at most {a.frames_changed} frames ({a.frames_changed / a.frames:.1%}) a row",
            "consents": list(a.consents),
            "warnings": list(a.warnings),
        }


def templates_folder(settings: Settings) -> Path:
    return settings.home / "templates"


def open_template(name: str, settings: Settings) -> Prepared:
    """A prepared template by its id or its folder. Raises `InputError` with the known ones."""
    known = templates_folder(settings)
    folder = Path(name) if (Path(name) / ANALYSIS).is_file() else known / name
    if not (folder / ANALYSIS).is_file():
        names = sorted(path.parent.name for path in known.glob(f"*/{ANALYSIS}"))
        near = get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise InputError(
            f"there is no template {name!r}",
            place="--template",
            remedy=f"{hint}known: {', '.join(names) or 'none'}; `retake create-template` makes one",
        )
    try:
        analysis = _ANALYSIS.validate_json((folder / ANALYSIS).read_bytes())
        template = read_template((folder / TEMPLATE).read_text(encoding="utf-8"), name=str(folder / TEMPLATE))
    except (ValidationError, OSError) as error:
        remedy = "make it again with `retake create-template`"
        raise InputError("the template cannot be read", place=str(folder), remedy=remedy) from error
    if analysis.schema != SCHEMA or not (folder / analysis.master).is_file():
        remedy = "make it again with `retake create-template`"
        raise InputError("the template is of another version or not whole", place=str(folder), remedy=remedy)
    return Prepared(folder, template, analysis)


def dump_analysis(analysis: Analysis) -> str:
    return _ANALYSIS.dump_json(analysis, indent=1).decode()
