"""One row's film, on one page: only what must change is taken again.

row -> bind      its fields filled in, every problem at once
    -> changes   words spoken and spliced, mouths mended, names and logos drawn      retaking.py, showing.py
    -> splice    changed frames encoded, changed packets of sound too; all else copied
    -> check     the result held against what was planned
    -> deliver   the film with its receipt, verdict and metadata; a still of every changed moment
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from retake.assemble.receipt import receipt_path
from retake.assemble.retakes import Spliced, splice
from retake.assemble.sequence import Edit, Shot, sequence
from retake.assemble.sound_splice import SplicedSound, splice_sound
from retake.assemble.take_receipt import Alteration, FileFacts, TakeReceipt, make_take_receipt
from retake.check import Verdict
from retake.check.take import TakeExpectation, check_take, sound_seconds
from retake.errors import DocumentError, HostError, InputError
from retake.generate.usage import total
from retake.media.patch import apply, to_rgb
from retake.media.picture import Picture
from retake.media.take import Take, TakeReader
from retake.produce.files import make_folder, write_text
from retake.produce.preparation import permitted, sha256_of
from retake.produce.pricing import dollars
from retake.produce.results import failed_path
from retake.produce.retaking import Changes, Stage, say_lines
from retake.produce.showing import Draw, Surface, draw_showing, logo_problems, read_logos, text_problems
from retake.produce.speaking import Booth
from retake.produce.stills import Album
from retake.produce.templates import Prepared
from retake.produce.type_setting import open_fonts
from retake.produce.workplace import frugal
from retake.progress import Progress, Step, silent
from retake.recipes.recording.binding import Bound, bind_row
from retake.recipes.recording.template import RecordingTemplate
from retake.render.text import FontBook
from retake.settings import Settings

Pixels = NDArray[np.uint8]
Row = Mapping[str, JsonValue]
_SUFFIXES = (".mp4", ".m4v", ".mov", ".mkv")


@dataclass(frozen=True)
class Personalised:
    """A row's film and what lies beside it. `kept` are the shares of it that are the master's own."""

    film: Path
    receipt: Path
    metadata: Path
    verdict: Verdict
    kept: Mapping[str, float]
    cost_usd: float
    usage: tuple[Mapping[str, Any], ...]
    warnings: tuple[str, ...]
    fallbacks: tuple[str, ...]
    stills: tuple[Path, ...]
    seconds: float

    def facts(self) -> dict[str, Any]:
        """For programs."""
        return {
            "film": str(self.film),
            "receipt": str(self.receipt),
            "metadata": str(self.metadata),
            "passed": self.verdict.passed,
            "kept": dict(self.kept),
            "cost_usd": self.cost_usd,
            "usage": list(self.usage),
            "warnings": list(self.warnings),
            "fallbacks": list(self.fallbacks),
            "stills": [str(path) for path in self.stills],
            "took": round(self.seconds, 3),
        }


@dataclass(eq=False)
class Session:
    """A prepared template with everything that rows share, opened when it is first needed."""

    prepared: Prepared
    settings: Settings
    surfaces: dict[str, Surface] = field(default_factory=dict[str, Surface])

    @cached_property
    def stage(self) -> Stage:
        """Raises `InputError` where the master is not the one that was prepared."""
        self.require_whole()
        return Stage(self.prepared)

    @cached_property
    def fonts(self) -> FontBook:
        return open_fonts(self.settings)

    @cached_property
    def master(self) -> FileFacts:
        return FileFacts(self.prepared.master.name, self.prepared.analysis.master_sha256)

    def surface(self, segment: str) -> Surface:
        if segment not in self.surfaces:
            self.surfaces[segment] = Surface(self.prepared.showing(segment), self.prepared.folder)
        return self.surfaces[segment]

    def require_whole(self) -> None:
        """Raises `InputError` where the master is not the one that was prepared."""
        if sha256_of(self.prepared.master) != self.prepared.analysis.master_sha256:
            remedy = "make the template again with `retake create-template --again`"
            raise InputError("the master was changed", place=str(self.prepared.master), remedy=remedy)


def check_row(session: Session, row: Row, *, base: Path = Path(), name: str = "row") -> Bound:
    """The row filled in. Raises `DocumentError` with everything that is wrong with it; nothing is made."""
    bound = bind_row(session.prepared.template, row, name=name)
    problems = [*logo_problems(bound, base, name), *text_problems(bound, session.fonts, name)]
    if problems:
        raise DocumentError(problems, place=name)
    return bound


def personalize(
    session: Session,
    row: Row,
    out: Path,
    *,
    base: Path = Path(),
    stills: Path | None = None,
    progress: Progress = silent,
) -> Personalised:
    """Makes the film of a row at `out`.

    Files that the row names count from `base`; `stills` is a folder for a picture of every changed moment. A
    film that fails its check is kept apart. Raises `RetakeError`.
    """
    began = time.monotonic()
    prepared, settings = session.prepared, session.settings
    consents = permitted(prepared.template, settings)
    _require_fit(out, prepared)
    make_folder(out.parent)
    bound = check_row(session, row, base=base)
    booth = Booth.open(settings)
    with frugal():
        changes = changes_of(session, bound, booth, base, progress)
        album = Album(session.stage.take, changes) if stills else None
        edits = [*changes.picture, *album.edits()] if album else changes.picture
        encoding, take = prepared.template.encoding, session.stage.take
        pictures = splice(
            take, edits, crf=encoding.crf, preset=encoding.preset, workers=settings.workers, progress=progress
        )
        sound = splice_sound(take.audio, changes.sound, start=take.start) if take.audio else None
    part = out.with_name(f".{out.stem}.part{out.suffix}")
    try:
        _write(part, session, pictures, sound, changes)
        receipt = _receipt(session, pictures, sound, changes, consents, part, out)
        verdict = check_take(part, _expectation(session, pictures, sound, changes))
        seen = album.write(stills) if album and stills else ()
        cost = dollars(booth, settings)
        return _deliver(out, part, receipt, verdict, changes, booth, cost, seen, began)
    finally:
        part.unlink(missing_ok=True)


def _require_fit(out: Path, prepared: Prepared) -> None:
    """Refuses a name that no film can have, and to write over the recording or its master."""
    if out.is_dir():
        raise InputError("is a folder", place=str(out), remedy="name the film in it")
    if out.suffix.lower() not in _SUFFIXES:
        remedy = f"let its name end in {prepared.master.suffix}; known: {', '.join(_SUFFIXES)}"
        raise InputError("a personalised film cannot be of this kind", place=str(out), remedy=remedy)
    known = (prepared.analysis.source_sha256, prepared.analysis.master_sha256)
    if out.is_file() and sha256_of(out) in known:
        raise InputError("is the recording itself", place=str(out), remedy="give the film another name")


def _write(
    part: Path, session: Session, pictures: Spliced, sound: SplicedSound | None, changes: Changes
) -> None:
    own = sound.track if sound and sound.fallback else None
    packets = sound.packets if sound else None
    pictures.write(part, session.stage.take, packets, tags(session.prepared.template, changes), own)


def preview_frame(session: Session, row: Row, at: Fraction, *, base: Path = Path()) -> Pixels:
    """The picture that a row's film shows at `at` seconds of the master: uint8 (height, width, 3), sRGB."""
    permitted(session.prepared.template, session.settings)
    bound = check_row(session, row, base=base)
    stage = session.stage
    if not 0 <= at < stage.take.duration:
        told = f"the recording lasts {float(stage.take.duration):.2f} s"
        raise InputError("lies outside the recording", place="--at", remedy=told)
    n = stage.take.frame_at(at)
    with frugal():
        changes = changes_of(session, bound, Booth.open(session.settings), base, silent, only=n)
        shot = _shot_of(stage.take, changes.picture, n)
        (picture,) = TakeReader(stage.take).at([stage.take.video.order[shot.shown]])
        for draw, number in shot.draws:
            draw(number, picture)
    return to_rgb(picture, stage.take.video.look)


def _shot_of(take: Take, edits: Sequence[Edit], n: int) -> Shot:
    """The frame of the film that shows the take's frame n, or in re-timed words the next that is shown."""
    lead = take.video.lead
    moved = (edit for edit in edits if edit.retime and edit.start <= n < edit.stop)
    first, last = next(((edit.start, edit.stop) for edit in moved), (n, n + 1))
    shots = sequence(take.video, edits, first + lead, last + lead)
    return next((shot for shot in shots if shot.shown >= n + lead), shots[-1])


def changes_of(
    session: Session, bound: Bound, booth: Booth, base: Path, progress: Progress, *, only: int | None = None
) -> Changes:
    """Everything that the row changes. With `only`, what does not touch that frame may be left out."""
    look = session.stage.take.video.look
    # What is shown comes first: a text that does not fit costs no speech.
    logos = read_logos(bound, base, session.settings, "row")
    surfaces = [session.surface(showing.segment.id) for showing in bound.showings]
    paints = [
        draw_showing(surface, showing, logos, session.fonts, look)
        for surface, showing in zip(surfaces, bound.showings, strict=True)
    ]
    progress(Step("voice", 0, 1))
    changes = Changes()
    tally = changes.tally
    say_lines(session.stage, bound, booth, session.settings, changes, only=only)
    progress(Step("voice", 1, 1))
    for showing, surface, paint in zip(bound.showings, surfaces, paints, strict=True):

        def draw(n: int, picture: Picture, paint: Draw = paint) -> None:
            patch = paint(n, picture)
            if patch is not None:
                tally.add(patch)
                apply(picture, patch, look)

        facts = surface.facts
        changes.picture.append(Edit(facts.start, facts.stop, draw))
        what = showing.content or "removed"
        changes.told.append(Alteration(showing.segment.id, facts.start, facts.stop, "retake", repr(what)))
    return changes


def tags(template: RecordingTemplate, changes: Changes) -> dict[str, str]:
    """What players and platforms may read of it: its title, and that machines had a part in it."""
    found = {"title": template.name or template.id}
    if any(change.generated for change in changes.told):
        found["comment"] = "Edited with AI: some words and mouth movements were generated."
    return found


def _receipt(
    session: Session,
    pictures: Spliced,
    sound: SplicedSound | None,
    changes: Changes,
    consents: tuple[str, ...],
    part: Path,
    out: Path,
) -> TakeReceipt:
    measures = {
        f"{segment}.{measure.name}": round(measure.value, 3)
        for segment, edit in changes.voices
        for measure in edit.measures
    } | {
        f"{segment}.{measure.name}": round(measure.value, 3)
        for segment, mouth in changes.mouths
        for measure in mouth.measures
    }
    return make_take_receipt(
        session.stage.take,
        pictures,
        sound,
        master=session.master,
        output=FileFacts(out.name, sha256_of(part)),
        template=session.prepared.template.id,
        alterations=changes.told,
        pixels_changed=changes.tally.pixels if pictures.fallback is None else None,
        fallbacks=changes.fallbacks,
        measures=measures,
        consents=consents,
    )


def _expectation(
    session: Session, pictures: Spliced, sound: SplicedSound | None, changes: Changes
) -> TakeExpectation:
    take = session.stage.take
    moved = sum((Fraction(edit.moves, session.stage.rate) for edit in changes.sound), Fraction(0))
    return TakeExpectation(
        frames=max(piece.frames[1] for piece in pictures.spans),
        duration=take.duration + moved,
        size=take.size,
        heard=sound_seconds(take) + moved if sound else None,
        measures=tuple((segment, m) for segment, edit in changes.voices for m in edit.measures),
        mouths=tuple((segment, m) for segment, mouth in changes.mouths for m in mouth.measures),
        fallbacks=tuple(changes.fallbacks),
    )


def _deliver(
    out: Path,
    part: Path,
    receipt: TakeReceipt,
    verdict: Verdict,
    changes: Changes,
    booth: Booth,
    cost: float,
    stills: tuple[Path, ...],
    began: float,
) -> Personalised:
    """Puts everything in its place once all of it is on the disk, the film last: where it lies, all that
    belongs to it does."""
    target = out if verdict.passed else failed_path(out)
    beside = receipt_path(target)
    usage = tuple(total(booth.usages))
    shares = receipt.shares
    kept = {"packets": shares.packets, "frames": shares.frames, "pixels": shares.pixels}
    disclosed = receipt.disclosure
    facts = {
        "template": receipt.template,
        "fallbacks": list(receipt.fallbacks),
        "warnings": [*changes.warnings, *dict.fromkeys(finding.message for finding in verdict.warnings)],
        "kept": kept,
        "usage": list(usage),
        "cost_usd": cost,
        "ai_generated": disclosed is not None,
        "digital_source_type": disclosed.digital_source_type if disclosed else "",
        "generated": list(disclosed.generated) if disclosed else [],
        "consents": list(receipt.consents),
    }
    metadata = target.with_suffix(".metadata.json")
    texts = {
        beside: receipt.to_json(),
        target.with_suffix(".verdict.json"): verdict.to_json(),
        metadata: json.dumps(facts, ensure_ascii=False, indent=2) + "\n",
    }
    ready = {path: path.with_name(f".{path.name}.new") for path in texts}
    try:
        for path, text in texts.items():
            write_text(ready[path], text)
        for path, new in ready.items():
            new.replace(path)
        part.replace(target)
    except OSError as error:
        remedy = "check that the disk has space and the folder can be written"
        raise HostError(
            f"cannot be put in place: {error.strerror}", place=str(target), remedy=remedy
        ) from error
    finally:
        for new in ready.values():
            new.unlink(missing_ok=True)
    if verdict.passed:
        for name in (failed_path(out), receipt_path(failed_path(out))):
            with suppress(OSError):
                name.unlink()
    return Personalised(
        film=target,
        receipt=beside,
        metadata=metadata,
        verdict=verdict,
        kept=kept,
        cost_usd=cost,
        usage=usage,
        warnings=tuple(changes.warnings),
        fallbacks=tuple(receipt.fallbacks),
        stills=stills,
        seconds=time.monotonic() - began,
    )
