"""A recording prepared as a template, once: on one page.

template -> consent, fetch, probe   may it be used, is it there, does it fit
         -> lines                   the words that differ, in the sound
         -> condition               key frames where a row's changes begin and end
         -> mouths, surfaces        what the rows will need, followed through the master
         -> a folder                whole or not at all
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from fractions import Fraction
from hashlib import file_digest
from pathlib import Path

import numpy as np

from retake.assemble.condition import condition
from retake.errors import DocumentError, HostError, MediaError, Problem, RetakeError
from retake.fetch import fetch, is_remote
from retake.generate.providers import find
from retake.media.take import Take, decode_sound, read_take
from retake.produce.files import make_folder, read_text, write_text
from retake.produce.lines import Sound, keep_reading, parted, study_line, with_rooms
from retake.produce.mouths import study_mouths
from retake.produce.speaking import KEYLESS, Booth, Voice
from retake.produce.surfaces import span_of, study_surfaces
from retake.produce.templates import (
    ANALYSIS,
    SCHEMA,
    TEMPLATE,
    Analysis,
    LineFacts,
    Prepared,
    dump_analysis,
    open_template,
    templates_folder,
)
from retake.produce.voices import resolve
from retake.produce.workplace import frugal, workplace
from retake.progress import Progress, Step, silent
from retake.recipes.recording.reading import problems_within, read_template
from retake.recipes.recording.template import RecordingTemplate
from retake.settings import Settings
from retake.trust.consent import ConsentBook

BUFFER = 4
"""Frames on both sides of new words over which the mouth passes into the original one."""
_LARGEST = 20_000_000_000
_FETCHED = "fetched"


def create_template(
    config: Path, *, settings: Settings, progress: Progress = silent, again: bool = False
) -> Prepared:
    """Prepares the recording of a template. What is prepared already, from the same template and the same
    recording, is taken as it is, unless `again`. Raises `RetakeError`."""
    text = read_text(config)
    template = read_template(text, name=str(config))
    target = templates_folder(settings) / template.id
    make_folder(target.parent)
    with frugal(), workplace(target, settings, progress) as work:
        consents = permitted(template, settings)
        part = target.with_name(f".{template.id}.part")
        shutil.rmtree(part, ignore_errors=True)
        try:
            source = _source(template, config.parent, work, settings, progress)
            digest = sha256_of(source)
            if not again and (prepared := _unchanged(target, template, digest, settings)):
                return prepared
            analysis = _study(template, config.parent, source, digest, make_folder(part), settings, progress)
            write_text(part / TEMPLATE, template.model_dump_json(indent=1))
            write_text(part / ANALYSIS, dump_analysis(replace(analysis, consents=consents)))
            _put_in_place(part, target)
        except OSError as error:
            remedy = "free some space, or set RETAKE_HOME to a folder that you may write"
            raise HostError(
                f"cannot be written: {error.strerror or error}", place=str(target), remedy=remedy
            ) from error
        finally:
            shutil.rmtree(part, ignore_errors=True)
            shutil.rmtree(work / _FETCHED, ignore_errors=True)
    return open_template(str(target), settings)


def permitted(template: RecordingTemplate, settings: Settings) -> tuple[str, ...]:
    """The consents under which the voice and the face are used. Raises `InputError` where one lacks.

    The keyless voice is nobody's.
    """
    book = ConsentBook.at_home(settings.home)
    kinds: list[tuple[str, str]] = []
    if template.voice_segments:
        voice = resolve(template.voice_id, settings)
        subject = template.presenter or voice.subject or template.subject
        if voice.provider != KEYLESS:
            kinds.append(("voice", subject))
        if template.lip_sync != "none" and any(line.lip_sync for line in template.voice_segments):
            kinds.append(("face", subject))
    found = [
        book.require(kind, subject, template.id, language=template.language)  # type: ignore[arg-type]
        for kind, subject in kinds
    ]
    return tuple(dict.fromkeys(consent.id for consent in found))


def voice_of(template: RecordingTemplate, settings: Settings) -> Voice:
    known = resolve(template.voice_id, settings)
    return Voice(known.provider, known.id, template.language, template.voice_rate, template.voice_pitch)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _source(
    template: RecordingTemplate, base: Path, work: Path, settings: Settings, progress: Progress
) -> Path:
    """The recording on this machine: its own file, or what was fetched from its address."""
    where = template.base_video_path
    if not is_remote(where):
        path = (base / Path(where).expanduser()).absolute()
        if not path.is_file():
            raise MediaError("there is no such file", place=str(path), remedy="check $.base_video_path")
        return path
    progress(Step("fetch", 0, 1))
    found = fetch(where, work / _FETCHED / "source", limit=_LARGEST, settings=settings)
    progress(Step("fetch", 1, 1))
    return found.path


def _unchanged(target: Path, template: RecordingTemplate, digest: str, settings: Settings) -> Prepared | None:
    """What was prepared before, where the template, the recording and its master are what they were."""
    try:
        prepared = open_template(str(target), settings)
    except RetakeError:
        return None
    same = prepared.template == template and prepared.analysis.source_sha256 == digest
    return prepared if same and sha256_of(prepared.master) == prepared.analysis.master_sha256 else None


def _study(
    template: RecordingTemplate,
    base: Path,
    source: Path,
    digest: str,
    part: Path,
    settings: Settings,
    progress: Progress,
) -> Analysis:
    """All that is found out about the recording; the master and the arrays are written into `part`."""
    progress(Step("read", 0, 1))
    if template.lip_sync != "none":
        find("lipsync", template.lip_sync)
    take = read_take(source)
    warnings = [*_fits(template, take)]
    sound = decode_sound(take) if take.audio else np.zeros((0, 1), np.float32)
    rate = take.audio.rate if take.audio else 48_000
    mono = np.ascontiguousarray(sound.mean(1, dtype=np.float32))
    progress(Step("read", 1, 1))
    booth = Booth.open(settings)
    lines = _lines(template, take, mono, rate, booth, part, settings, progress)
    windows = [line.window for line in lines] + [
        span_of(segment, take) for segment in template.visual_segments
    ]
    progress(Step("condition", 0, 1))
    raw = take.audio is not None and take.audio.codec.startswith("pcm")
    path = part / ("master.mov" if raw else "master.mp4")
    encoding = template.encoding
    conditioned = condition(
        source,
        path,
        [window for window in windows if window[0] < window[1]],
        progress,
        crf=encoding.crf,
        preset=encoding.preset,
        workers=settings.workers,
    )
    progress(Step("condition", 1, 1))
    master = conditioned.take
    if conditioned.reason:
        warnings.append(Problem("master", f"was encoded anew: {conditioned.reason}", warning=True))
    mouths = study_mouths(template, lines, master, mono, rate, booth, part, progress)
    surfaces = study_surfaces(template, base, master, part, progress)
    width, height = master.size
    return Analysis(
        schema=SCHEMA,
        master=path.name,
        master_sha256=sha256_of(path),
        source=template.base_video_path,
        source_sha256=digest,
        size=(width, height),
        frames=master.length,
        seconds=float(master.duration),
        sample_rate=rate,
        conditioned=conditioned.how,
        reason=conditioned.reason,
        lines=tuple(lines),
        showings=surfaces.facts,
        phonemes=mouths.phonemes,
        mouths=mouths.file,
        mouths_note=mouths.note,
        warnings=tuple(str(w) for w in (*warnings, *mouths.warnings, *surfaces.warnings)),
    )


def _fits(template: RecordingTemplate, take: Take) -> tuple[Problem, ...]:
    """The warnings about the template with this recording. Raises `DocumentError` for what cannot be."""
    problems = problems_within(template, take.duration, 1 / take.video.rate)
    if wrong := [problem for problem in problems if not problem.warning]:
        raise DocumentError(wrong, place=template.id)
    if template.voice_segments and take.audio is None:
        place = str(take.path)
        remedy = "give a recording with sound, or drop the voice_segments"
        raise MediaError("there is no sound in it, and words of it are to change", place=place, remedy=remedy)
    return problems


def _lines(
    template: RecordingTemplate,
    take: Take,
    mono: Sound,
    rate: int,
    booth: Booth,
    part: Path,
    settings: Settings,
    progress: Progress,
) -> list[LineFacts]:
    """Every line studied, the window of frames that may change for it, and its reading in the new voice."""
    found: list[LineFacts] = []
    total = len(template.voice_segments)
    for i, segment in enumerate(template.voice_segments):
        progress(Step("words", i, total))
        place = f"$.voice_segments[{i}]"
        facts = study_line(segment, mono, rate, booth, template.language, place)
        reading = ""
        if segment.original_text:
            voice = voice_of(template, settings)
            like, _ = booth.speak([segment.original_text], voice)[0]
            if like is not None:
                reading = keep_reading(part, segment.id, like)
                facts = with_rooms(facts, like, mono, rate)
        found.append(replace(facts, reading=reading))
    if total:
        progress(Step("words", total, total))
    found, problems = parted(found, rate)
    if problems:
        raise DocumentError(problems, place=template.id)
    return [replace(facts, window=_window(facts, take, rate)) for facts in found]


def _window(facts: LineFacts, take: Take, rate: int) -> tuple[int, int]:
    """The frames that may change for a line: its slots with what may be borrowed, and the mouth's buffers."""
    if not facts.slots:
        return (0, 0)
    first = min(slot.start - slot.before for slot in facts.slots)
    last = max(slot.stop + slot.after for slot in facts.slots)
    start = take.frame_at(Fraction(max(first, 0), rate)) - BUFFER
    stop = take.frame_at(Fraction(last, rate)) + 1 + BUFFER
    return max(start, 0), min(stop, take.length)


def _put_in_place(part: Path, target: Path) -> None:
    """The new folder under the template's name; one that lay there goes when the new one stands."""
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    part.rename(target)
    shutil.rmtree(old, ignore_errors=True)
