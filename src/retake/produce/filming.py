"""From a shoot to a checked file in its place: sound mixed, spans copied or encoded, read back, delivered.

The film appears under its name only when it is whole and has passed; one that failed its check is kept beside
it as NAME.failed, so that it can be looked at.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from retake.assemble.film import Job, assemble
from retake.assemble.mix import MixFile, mix
from retake.assemble.quality import may_cut, video_settings
from retake.assemble.receipt import Receipt, receipt_path
from retake.assemble.soundtrack import mix_plan
from retake.assemble.stills import gif_frames, write_gif, write_png
from retake.check import Finding, Verdict, check
from retake.errors import HostError, InputError
from retake.media.audio_encode import write_audio
from retake.media.colour import picture_to_rgb
from retake.media.memory import give_back
from retake.produce.expectation import expect
from retake.produce.files import make_folder
from retake.produce.results import failed_path
from retake.produce.shoot import Shoot
from retake.produce.workplace import workplace
from retake.progress import Progress, Step
from retake.settings import Settings

_CONTAINERS = {"mp4": "mp4", "webm": "webm"}
_UNCHECKED = Finding("checked", False, "not read back", "", "the film was not checked", "warn")


def film_to(
    shoot: Shoot,
    out: Path,
    settings: Settings,
    progress: Progress,
    fallbacks: Sequence[str] = (),
    *,
    checked: bool = True,
) -> tuple[Verdict, Receipt]:
    """Makes the film at `out` (MP4 or WebM) and its receipt. The verdict may be a failed one."""
    output = shoot.film.output
    _require_place(out)
    part = out.with_name(f".{out.name}.part")
    with workplace(out, settings, progress) as work:
        job = Job(
            film=shoot.film,
            settings=video_settings(output, cuts=may_cut(shoot.film)),
            container=_CONTAINERS[output.format],
            target=part,
            master=out,
            work=work,
            workers=settings.workers,
            tags=dict(shoot.film.tags),
        )
        try:
            receipt = assemble(job, shoot.renderer, lambda: _mixed(shoot, work), progress)
            verdict = _checked(part, shoot, fallbacks, progress) if checked else _unchecked(shoot, fallbacks)
            _put_in_place(part, out, receipt, verdict)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        shutil.rmtree(work, ignore_errors=True)
    return verdict, receipt


def _checked(part: Path, shoot: Shoot, fallbacks: Sequence[str], progress: Progress) -> Verdict:
    give_back()
    progress(Step("check", 0, 1))
    verdict = check(part, expect(shoot, fallbacks))
    progress(Step("check", 1, 1))
    return verdict


def _unchecked(shoot: Shoot, fallbacks: Sequence[str]) -> Verdict:
    return Verdict((_UNCHECKED,), tuple(fallbacks), {"duration": float(shoot.film.seconds)})


def _require_place(out: Path) -> None:
    """Raises `InputError` or `HostError` before any work is done for a place that cannot be written to."""
    if out.is_dir():
        raise InputError("is a folder", place=str(out), remedy="name a file in it")
    folder = make_folder(out.parent)
    if not os.access(folder, os.W_OK):
        remedy = "choose a folder that can be written"
        raise HostError("the folder may not be written", place=str(folder), remedy=remedy)


def _mixed(shoot: Shoot, work: Path) -> MixFile | None:
    plan = mix_plan(shoot.film, shoot.resources.paths)
    return mix(plan, work) if plan else None


def _put_in_place(part: Path, out: Path, receipt: Receipt, verdict: Verdict) -> None:
    """Moves the film to its name and writes its receipt beside it, or keeps a failed one apart."""
    target = out if verdict.passed else failed_path(out)
    beside = receipt_path(target)
    note = beside.with_name(f".{beside.name}.part")
    try:
        named = Receipt(target.name, receipt.sha256, receipt.settings, receipt.records)
        note.write_text(named.to_json(), encoding="utf-8")
        part.replace(target)
        note.replace(beside)
        if verdict.passed:
            _forget_failed(out)
    except OSError as error:
        remedy = "check that the disk has space and the folder can be written"
        raise HostError(
            f"cannot be put in place: {error.strerror}", place=str(target), remedy=remedy
        ) from error
    finally:
        note.unlink(missing_ok=True)


def _forget_failed(out: Path) -> None:
    """Removes what an earlier run kept of a film that failed."""
    failed = failed_path(out)
    for ending in (out.suffix, f"{out.suffix}.receipt.json", ".verdict.json", ".timeline.json"):
        failed.with_name(f"{failed.stem}{ending}").unlink(missing_ok=True)


def export(shoot: Shoot, out: Path, settings: Settings, progress: Progress) -> None:
    """Makes what is no film: a GIF, a folder of PNG frames, or the sound alone."""
    output = shoot.film.output
    if output.format == "png":
        make_folder(out)
    else:
        _require_place(out)
    with workplace(out, settings, progress) as work:
        try:
            if output.format in ("m4a", "wav"):
                _export_sound(shoot, out, work)
            elif output.format == "gif":
                _export_gif(shoot, out, progress)
            else:
                _export_frames(shoot, out, progress)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _export_gif(shoot: Shoot, out: Path, progress: Progress) -> None:
    length, rate = shoot.film.length, float(shoot.film.rate)
    numbers = gif_frames(length, rate)
    renderer = shoot.renderer()
    try:

        def frame(i: int):
            progress(Step("render", numbers[i], length, frames=True))
            return picture_to_rgb(renderer.frame(numbers[i]))

        write_gif(out, frame, numbers, Fraction(length) / shoot.film.rate)
    finally:
        renderer.close()
    progress(Step("render", length, length, frames=True))


def _export_frames(shoot: Shoot, out: Path, progress: Progress) -> None:
    """Frames are gathered in a hidden folder and take their names when all are there."""
    length = shoot.film.length
    part = out / ".part"
    shutil.rmtree(part, ignore_errors=True)
    renderer = shoot.renderer()
    try:
        make_folder(part)
        for n in range(length):
            progress(Step("render", n, length, frames=True))
            write_png(part / f"{n:06}.png", picture_to_rgb(renderer.frame(n)))
        for n in range(length):
            (part / f"{n:06}.png").replace(out / f"{n:06}.png")
    finally:
        renderer.close()
        shutil.rmtree(part, ignore_errors=True)
    progress(Step("render", length, length, frames=True))


def _export_sound(shoot: Shoot, out: Path, work: Path) -> None:
    mixed = _mixed(shoot, work)
    if mixed is None:
        raise InputError("the film has no sound", place="$.timeline", remedy="add an audio track")
    part = out.with_name(f".{out.stem}.part{out.suffix}")
    try:
        write_audio(part, mixed.blocks(1 << 16), bitrate=shoot.film.output.audio_bitrate)
        part.replace(out)
    except OSError as error:
        raise HostError(
            f"cannot be written: {error.strerror}", place=str(out), remedy="free some space"
        ) from error
    finally:
        part.unlink(missing_ok=True)
