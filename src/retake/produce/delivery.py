"""What lies beside a story's film: captions, thumbnails, metadata, verdict, timeline. All written whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from math import gcd
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retake.assemble.captions import srt, vtt, words_json
from retake.assemble.poster import SMALLER, candidates, merit
from retake.assemble.stills import write_jpeg, write_png
from retake.check import Verdict
from retake.media.colour import picture_to_rgb
from retake.media.probe import probe
from retake.produce.expectation import caption_cues
from retake.produce.files import write_text
from retake.produce.shoot import Shoot, open_shoot
from retake.recipes.story.describe import Description, platform_fields
from retake.recipes.story.thumbnail import SIZES, thumbnail_document
from retake.settings import Settings
from retake.timeline.document import Document

Thumbnails = Mapping[str, NDArray[np.uint8]]
"""sRGB pixels (h, w, 3) by sizes such as "1080x1920"."""


def write_captions(shoot: Shoot, film: Path) -> dict[str, Path]:
    """SRT, VTT and word-timed JSON, where the film has captions."""
    cues = caption_cues(shoot)
    if not cues:
        return {}
    language = shoot.film.language
    return {
        "srt": write_text(film.with_suffix(".srt"), srt(cues)),
        "vtt": write_text(film.with_suffix(".vtt"), vtt(cues, language)),
        "words": write_text(film.with_suffix(".words.json"), words_json(cues, language)),
    }


def thumbnails(shoot: Shoot, title: str, accent: str, settings: Settings) -> Thumbnails:
    """The film's best frame with the title, in every thumbnail size."""
    pictures = replace(shoot, film=replace(shoot.film, layers=shoot.film.layers[:1]))
    best = _best(pictures, settings.workers)
    with closing(pictures.renderer()) as renderer:
        frame = picture_to_rgb(renderer.frame(best))
    made: dict[str, NDArray[np.uint8]] = {}
    with TemporaryDirectory(prefix="retake-") as folder:
        write_png(Path(folder) / "poster.png", frame)
        for width, height in SIZES:
            document = thumbnail_document("poster.png", title, (width, height), accent)
            with closing(open_shoot(document, Path(folder), (), settings).renderer()) as one:
                made[f"{width}x{height}"] = picture_to_rgb(one.frame(0))
    return made


def write_thumbnails(made: Thumbnails, film: Path) -> dict[str, Path]:
    """The thumbnails as files beside the film."""
    files = {f"thumbnail_{size}": film.with_name(f"{film.stem}_thumb_{size}.jpg") for size in made}
    for path, pixels in zip(files.values(), made.values(), strict=True):
        write_jpeg(path, pixels)
    return files


def _best(shoot: Shoot, workers: int) -> int:
    """The frame that stands for the film, the earliest of those of equal merit."""
    small = shoot.smaller(SMALLER)

    def judged(frames: Sequence[int]) -> list[tuple[float, int]]:
        with closing(small.renderer()) as renderer:
            return [(merit(renderer.frame(n)), -n) for n in frames]

    with ThreadPoolExecutor(workers) as pool:
        return -max(best for each in pool.map(judged, candidates(small.film)) for best in each)[1]


def metadata(
    text: Description,
    film: Path,
    platforms: Sequence[str],
    extra: Mapping[str, Any],
) -> dict[str, Any]:
    """The metadata of a finished film, as the specification names it, with the platforms' own fields."""
    report = probe(film)
    video = report.video
    assert video is not None
    width, height = video.size
    shape = gcd(width, height)
    return {
        "title": text.title,
        "description": text.description,
        "tags": list(text.tags),
        "hashtags": list(text.hashtags),
        "duration": round(float(report.duration), 3),
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "format": {
            "resolution": f"{width}x{height}",
            "aspect_ratio": f"{width // shape}:{height // shape}",
            "codec": video.codec,
            "fps": float(video.rate),
            "file_size": report.bytes,
        },
        "platforms": platform_fields(text, platforms),
        **extra,
    }


def write_timeline(document: Document, film: Path) -> Path:
    """The timeline that the film was rendered from."""
    text = document.model_dump_json(by_alias=True, exclude_defaults=True, indent=1)
    return write_text(film.with_suffix(".timeline.json"), text)


def write_verdict(verdict: Verdict, film: Path) -> Path:
    """The verdict on the film, for machines."""
    return write_text(film.with_suffix(".verdict.json"), verdict.to_json())
