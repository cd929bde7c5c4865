"""(file, what it should be) -> verdict: the file is opened, decoded from end to end, and judged."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

from retake.check.captions import judge_captions
from retake.check.expectation import Expectation
from retake.check.file import judge_file, judge_times
from retake.check.pictures import PictureFacts, judge_pictures, look
from retake.check.sounds import SoundFacts, judge_sounds, listen
from retake.check.verdict import Finding, Verdict
from retake.errors import MediaError
from retake.media.probe import Report, probe
from retake.media.scan import scan_pictures, scan_sound


def check(path: Path, expected: Expectation | None = None) -> Verdict:
    """A verdict on a finished film, by reading it back.

    Without an expectation: its general health, where only a file that cannot be played fails and the rest are
    warnings. Never raises for a bad file: that it cannot be read is a finding.
    """
    fallbacks = expected.fallbacks if expected else ()
    try:
        report = probe(path)
        with ThreadPoolExecutor(1) as beside:
            heard = beside.submit(lambda: listen(scan_sound(path))) if report.audio else None
            pictures = look(scan_pictures(path)) if report.kind == "video" else None
            sounds = heard.result() if heard else None
    except MediaError as error:
        broken = Finding("readable", False, "broken", "opens and decodes to its end", str(error))
        return Verdict((broken,), fallbacks)
    findings = [Finding("readable", True, "decoded to its end", "opens and decodes to its end")]
    if expected and pictures is None:
        findings.append(Finding("pictures", False, report.kind, "video", "this is not a film"))
    if expected or report.kind == "video":
        findings += judge_file(report, expected)
    if pictures:
        rate = (expected.rate if expected else None) or _rate(report)
        findings += judge_times(report, pictures, sounds, expected)
        findings += judge_pictures(pictures, rate, expected)
    findings += judge_sounds(sounds, expected)
    if expected:
        findings += judge_captions(expected)
    return Verdict(tuple(findings), fallbacks, _figures(report, pictures, sounds))


def _rate(report: Report) -> Fraction:
    return (report.video.rate if report.video else Fraction(0)) or Fraction(25)


def _figures(
    report: Report, pictures: PictureFacts | None, sounds: SoundFacts | None
) -> dict[str, float | int | str]:
    figures: dict[str, float | int | str] = {"bytes": report.bytes, "duration": float(report.duration)}
    if report.video:
        figures |= {
            "width": report.video.size[0],
            "height": report.video.size[1],
            "fps": float(report.video.rate),
            "codec": report.video.codec,
        }
    if pictures:
        figures |= {"frames": len(pictures.times), "brightness": round(pictures.brightness, 1)}
    if sounds:
        figures |= {
            "samples": sounds.samples,
            "sample_rate": sounds.rate,
            "loudness_lufs": round(sounds.loudness.integrated, 2),
            "true_peak_dbtp": round(sounds.loudness.true_peak, 2),
        }
    return figures
