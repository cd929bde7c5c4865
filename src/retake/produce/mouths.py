"""The presenter's mouth: studied once for a template, mended for every row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retake.errors import InputError, Problem, ProviderError, RetakeError, Severity
from retake.generate.lipsync.appraisal import LEGIBLE, MouthMeasure, appraise
from retake.generate.lipsync.base import BaseLipSync, LipSyncRequest
from retake.generate.lipsync.faces import FaceBox
from retake.generate.lipsync.library import MouthLibrary, build_library
from retake.generate.lipsync.mouth import MouthLipSync
from retake.generate.ports import Phoneme
from retake.generate.providers import find
from retake.media.patch import Patch
from retake.media.take import Take
from retake.produce.speaking import KEYLESS, Booth, Voice
from retake.produce.templates import LineFacts, Prepared
from retake.progress import Progress, Step
from retake.recipes.recording.template import RecordingTemplate, VoiceSegment
from retake.recording.voice import align_phonemes

_FILE = "mouths.npz"
_INSTEAD = {"opening": "the mouth is chosen by its opening alone", "warp": "the mouth is warped"}


@dataclass(frozen=True, slots=True)
class Mouths:
    """What was found out: the recording's phonemes in seconds, the file of its mouths, "" for none, and in
    words how mouths will be mended."""

    phonemes: tuple[tuple[str, float], ...] = ()
    file: str = ""
    note: str = ""
    warnings: tuple[Problem, ...] = ()


def study_mouths(
    template: RecordingTemplate,
    lines: Sequence[LineFacts],
    master: Take,
    mono: NDArray[np.float32],
    rate: int,
    booth: Booth,
    part: Path,
    progress: Progress,
) -> Mouths:
    """Keeps the mouths of the whole recording in `part`, where its words are known; otherwise looks whether
    there is a face at all. Raises `InputError` where a mouth must move and no face can be used."""
    moving = [s for s in template.voice_segments if s.lip_sync and template.lip_sync != "none"]
    if not moving:
        return Mouths(note="not moved: the template asks for no lip sync")
    find("lipsync", template.lip_sync)
    progress(Step("mouths", 0, 1))
    phonemes, warnings = _phonemes(template, mono, rate, booth)
    boxes = _given_boxes(moving, master)
    try:
        library = build_library(master.path, [Phoneme(ipa, at) for ipa, at in phonemes], boxes=boxes)
    except InputError as error:
        place = f"$.voice_segments ({', '.join(segment.id for segment in moving)})"
        remedy = f"{error.remedy}; or give the face's box, or set lip_sync to none"
        raise InputError(error.message, place=place, remedy=remedy) from error
    library.save(part / _FILE)
    own = library.own
    if own is not None and own.correlation < LEGIBLE:
        message = (
            "the opening of the mouth cannot be read in this recording: rows have no figures of lip sync"
        )
        remedy = "see that the transcript is what is said, and the lips are lit and not covered"
        warnings += (Problem("$.voice_segments", message, remedy, warning=True),)
    progress(Step("mouths", 1, 1))
    seen = f"{len(library)} of {master.length} frames"
    spoken = f"{library.seconds_spoken:.0f} s of known speech" if phonemes else "no known speech"
    return Mouths(phonemes, _FILE, f"{seen}, {spoken}", warnings)


def _phonemes(
    template: RecordingTemplate, mono: NDArray[np.float32], rate: int, booth: Booth
) -> tuple[tuple[tuple[str, float], ...], tuple[Problem, ...]]:
    """The recording's phonemes by its transcript; none, with a warning, where it cannot be aligned."""
    if not template.transcript:
        message = "is not given: mouths are chosen by their opening, not by their sounds"
        return (), (Problem("$.transcript", message, "give all words of the take", warning=True),)
    reference, reason = booth.speak([template.transcript], Voice(KEYLESS, "", template.language))[0]
    if reference is None:
        return (), (Problem("$.transcript", f"cannot be aligned: {reason}", warning=True),)
    try:
        found = align_phonemes(mono, rate, reference)
    except InputError as error:
        problem = Problem("$.transcript", f"cannot be aligned: {error.message}", error.remedy, warning=True)
        return (), (problem,)
    return tuple((phoneme.ipa, round(phoneme.start, 4)) for phoneme in found), ()


def _given_boxes(segments: Sequence[VoiceSegment], master: Take) -> tuple[FaceBox, ...] | None:
    return next(filter(None, (given_box(segment, master) for segment in segments)), None)


def open_library(prepared: Prepared) -> MouthLibrary | None:
    name = prepared.analysis.mouths
    return MouthLibrary.load(prepared.folder / name) if name else None


def given_box(segment: VoiceSegment, master: Take) -> tuple[FaceBox, ...] | None:
    """The face's box where the segment gives one."""
    return (FaceBox.of_fractions(*segment.face, master.size),) if segment.face else None


@dataclass(frozen=True, slots=True)
class Mended:
    """The mouth's patches for a span of frames, how well they fit the words, and what was done instead of
    choosing mouths by their sounds, with the reason; "" where nothing was."""

    patches: tuple[Patch, ...]
    measures: tuple[MouthMeasure, ...]
    fallback: str


def mended(request: LipSyncRequest, adapter: str) -> Mended:
    """The mouth for a span of frames.

    Raises `RetakeError`: whatever else an adapter raises becomes a `ProviderError` with its cause.
    """
    syncer: BaseLipSync = find("lipsync", adapter)
    try:
        choice = syncer.choose(request) if isinstance(syncer, MouthLipSync) else None
        patches = tuple(syncer.patches(request))
        instead = _INSTEAD.get(choice.method, "") if choice else ""
        fallback = f"{instead}, since {choice.reason}" if choice and instead else ""
        return Mended(patches, appraise(request, patches), fallback)
    except RetakeError:
        raise
    except Exception as error:
        raise ProviderError(
            f"made the lip sync adapter {adapter!r} fail: {type(error).__name__}: {error}",
            severity=Severity.FALLBACK,
            place=adapter,
            remedy="see the adapter's own documentation, or use 'mouth'",
        ) from error
