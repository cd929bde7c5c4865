"""Is the file what a player and a platform want? Codecs, colour tags, order of boxes, size, times, sync."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from retake.check.expectation import Expectation
from retake.check.pictures import PictureFacts
from retake.check.sounds import SoundFacts
from retake.check.verdict import Finding, Severity
from retake.media.probe import ColourTags, Report

_TAGGED = ColourTags("bt709", "bt709", "bt709", "limited")
_CODECS = {"mov": ("h264", "yuv420p"), "matroska": ("vp9", "yuv420p")}
_SAMPLE_RATE = 48_000
_AAC_FRAME = 1024


def judge_file(report: Report, expected: Expectation | None) -> list[Finding]:
    """Findings on the container and its streams, without decoding."""
    plan, grave = expected or Expectation(), _grave(expected)
    found: list[Finding] = []
    if report.container == "mov":
        boxes = top_boxes(report.path)
        first = "mdat" not in boxes or ("moov" in boxes and boxes.index("moov") < boxes.index("mdat"))
        message = "" if first else "the index lies at the end: playback over a network starts late"
        found.append(Finding("index_first", first, " ".join(boxes), "moov before mdat", message, grave))
    video = report.video
    if video:
        codec, pixels = _CODECS.get(report.container, (video.codec, "yuv420p"))
        is_as = f"{video.codec} {video.pixel_format}"
        found.append(_equal("codec", is_as, f"{codec} {pixels}", "players may not show it", grave))
        tags = _tags(video.colour)
        found.append(_equal("colour_tags", tags, _tags(_TAGGED), "players will guess the colours", grave))
        if plan.size:
            size = "{}x{}".format(*video.size)
            found.append(_equal("size", size, "{}x{}".format(*plan.size), "the picture has another size"))
    if plan.megabytes_per_minute and report.duration:
        least, most = plan.megabytes_per_minute
        rate = float(report.bytes / 1e6 / (report.duration / 60))
        passed = least <= rate <= most
        message = "" if passed else "the file is smaller or larger than its quality asks"
        text = f"{least:g} to {most:g} MB a minute"
        found.append(Finding("file_size", passed, f"{rate:.1f} MB a minute", text, message, "warn"))
    return found


def judge_times(
    report: Report, pictures: PictureFacts, sounds: SoundFacts | None, expected: Expectation | None
) -> list[Finding]:
    """Findings on frame count, rate and duration, and on picture against sound."""
    plan, grave = expected or Expectation(), _grave(expected)
    rate = plan.rate or (report.video.rate if report.video else Fraction(0)) or Fraction(25)
    found = [_constant_rate(pictures, rate, grave)]
    if plan.rate and report.video:
        name = f"{float(report.video.rate):.3f} fps"
        passed = abs(report.video.rate - plan.rate) < plan.rate / 100_000
        message = "" if passed else "the film plays at another speed"
        found.append(Finding("rate", passed, name, f"{float(plan.rate):.3f} fps", message))
    if plan.frames is not None:
        count = len(pictures.times)
        message = "frames are missing or too many"
        found.append(_equal("frames", f"{count} frames", f"{plan.frames} frames", message))
        length, wanted = float(count / rate), float(plan.frames / rate)
        passed = abs(length - wanted) <= float(1 / rate)
        message = "" if passed else "the film is shorter or longer than planned"
        found.append(Finding("duration", passed, f"{length:.3f} s", f"{wanted:.3f} s", message))
    if sounds:
        found += _sync(pictures, sounds, rate, plan, grave)
    return found


def top_boxes(path: Path) -> list[str]:
    """The kinds of an MP4's top-level boxes in order (ISO/IEC 14496-12, 4.2), up to a broken one."""
    kinds: list[str] = []
    size = path.stat().st_size
    with path.open("rb") as file:
        at = 0
        while at + 8 <= size:
            file.seek(at)
            header = file.read(16)
            length = int.from_bytes(header[:4])
            if length == 1:
                length = int.from_bytes(header[8:16])
            kinds.append(header[4:8].decode("latin-1"))
            if length < 8:
                break
            at += length
    return kinds


def _sync(
    pictures: PictureFacts, sounds: SoundFacts, rate: Fraction, plan: Expectation, grave: Severity
) -> list[Finding]:
    """Both begin together, and end together within one frame of either."""
    begin = pictures.times[0] if pictures.times else Fraction(0)
    end = pictures.times[-1] + 1 / rate if pictures.times else Fraction(0)
    packet = Fraction(_AAC_FRAME, sounds.rate)
    early, late = float(sounds.begin - begin), float(sounds.end - end)
    slack = float(max(packet, 1 / rate)) + 1e-4
    together, ended = abs(early) <= float(packet), abs(late) <= slack
    found = [
        Finding(
            "sync_start",
            together,
            f"sound {early * 1000:+.0f} ms",
            f"within {float(packet) * 1000:.0f} ms",
            "" if together else f"the sound begins {abs(early):.2f} s {'late' if early > 0 else 'early'}",
            grave,
            None if together else float(begin),
        ),
        Finding(
            "sync_end",
            ended,
            f"sound {late * 1000:+.0f} ms",
            f"within {slack * 1000:.0f} ms",
            ""
            if ended
            else f"the sound ends {abs(late):.2f} s {'after' if late > 0 else 'before'} the picture",
            grave,
            None if ended else float(min(end, sounds.end)),
        ),
    ]
    if plan.samples is not None:
        wanted = Fraction(plan.samples, _SAMPLE_RATE)
        length = Fraction(sounds.samples, sounds.rate)
        passed = abs(length - wanted) <= packet
        message = "" if passed else "sound is missing or too long"
        found.append(Finding("samples", passed, f"{float(length):.3f} s", f"{float(wanted):.3f} s", message))
    return found


def _constant_rate(pictures: PictureFacts, rate: Fraction, grave: Severity) -> Finding:
    """Every frame lasts 1/rate, up to one millisecond of a container's rounding."""
    uneven = [
        before
        for before, after in pairwise(pictures.times)
        if abs(after - before - 1 / rate) > Fraction(1, 1000)
    ]
    count = len(uneven)
    at = float(uneven[0]) if uneven else None
    message = f"{count} frames are held too long or too short, the first at {at:.2f} s" if count else ""
    shown = f"{float(rate):.3f} fps"
    return Finding("constant_rate", not count, f"{count} uneven frames", shown, message, grave, at)


def _equal(name: str, measured: str, expected: str, message: str, severity: Severity = "fail") -> Finding:
    passed = measured == expected
    return Finding(name, passed, measured, expected, "" if passed else message, severity)


def _tags(colour: ColourTags) -> str:
    fields = (colour.primaries, colour.transfer, colour.matrix, colour.range)
    return " ".join(field or "untagged" for field in fields)


def _grave(expected: Expectation | None) -> Severity:
    """A film of ours fails where another's file only gets a warning."""
    return "fail" if expected else "warn"
