"""The commands that make something: `story`, `render`, `frame`."""

from __future__ import annotations

import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retake.cli import options
from retake.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from retake.produce import FilmResult


def story(
    source: Annotated[
        Path, typer.Argument(metavar="STORY", help="The story: JSON, YAML, Markdown or plain text.")
    ],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The folder for the films.  [default: ./STORY's name]")
    ] = None,
    aspect: Annotated[
        list[options.Aspect] | None,
        typer.Option("--aspect", help="The frame's shape; repeat it for several films."),
    ] = None,
    platform: Annotated[
        list[str] | None,
        typer.Option(
            "--platform", help="Deliver for youtube_shorts, tiktok, ...; repeatable.", metavar="NAME"
        ),
    ] = None,
    language: Annotated[
        str | None,
        typer.Option("--language", help="Language of the text: en, de, ar, zh, ...", metavar="TAG"),
    ] = None,
    voice: Annotated[
        str | None, typer.Option("--voice", help="The narrator; `retake doctor` lists them.", metavar="NAME")
    ] = None,
    duration: Annotated[
        float | None,
        typer.Option("--duration", min=3, max=900, help="Target length in seconds.", metavar="SECONDS"),
    ] = None,
    captions: Annotated[
        options.CaptionStyle | None, typer.Option("--captions", help="Caption style.")
    ] = None,
    music: Annotated[
        str | None, typer.Option("--music", help="bed (made to fit), none, or a file.", metavar="MUSIC")
    ] = None,
    images: Annotated[
        Path | None, typer.Option("--images", help="A folder of your own pictures.", metavar="DIR")
    ] = None,
    quality: options.QualityOption = None,
    fps: options.Fps = None,
    size: options.Size = None,
    encoder: options.EncoderOption = None,
    crf: options.Crf = None,
    thumbnails: Annotated[
        bool | None, typer.Option("--thumbnails/--no-thumbnails", help="Make thumbnails.  [default: yes]")
    ] = None,
    workers: options.Workers = None,
    as_json: options.Json = False,
) -> None:
    """Make a film from a story.

    Beside the film lie thumbnails, captions, metadata, the verdict, and the processed story, which can be
    edited and given again: only what the edit touched is made again.
    """
    from retake.cli.live import shown
    from retake.produce import produce_story

    began = time.monotonic()
    overrides = options.given(
        aspect_ratios=aspect or None,
        platforms=platform or None,
        language=language,
        voice=voice,
        target_duration=duration,
        caption_style=captions,
        music=music if music in (None, "bed", "none") else Path(music),
        images=images,
        quality=quality,
        fps=fps,
        size=options.size_of(size),
        encoder=encoder,
        crf=crf,
        thumbnails=thumbnails,
    )
    with shown(sys.stderr) as progress:
        production = produce_story(
            source,
            out or Path(source.stem),
            overrides=overrides,
            settings=options.settings_for(workers),
            progress=progress,
        )
    _say(production.films, time.monotonic() - began, as_json=as_json, story=production.story)


def render(
    source: Annotated[Path, typer.Argument(help="The timeline: JSON or YAML.", metavar="TIMELINE")],
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="The film.  [default: ./TIMELINE's name]", metavar="FILE"),
    ] = None,
    data: options.Data = None,
    values: options.Set = None,
    output_format: Annotated[
        options.Format | None,
        typer.Option("--format", help="What to deliver.  [default: by the file's name]"),
    ] = None,
    quality: options.QualityOption = None,
    fps: options.Fps = None,
    size: options.Size = None,
    encoder: options.EncoderOption = None,
    crf: options.Crf = None,
    allow: options.Allow = None,
    checked: Annotated[
        bool, typer.Option("--check/--no-check", help="Read the film back when it is made.")
    ] = True,
    workers: options.Workers = None,
    as_json: options.Json = False,
) -> None:
    """Render a timeline to a film.

    Its variables are filled from --data and, over that, from --set.
    """
    from retake.cli.live import shown
    from retake.produce import render_document

    began = time.monotonic()
    overrides = options.given(
        format=output_format,
        quality=quality,
        fps=fps,
        size=options.size_of(size),
        encoder=encoder,
        crf=crf,
    )
    with shown(sys.stderr) as progress:
        film = render_document(
            source,
            out,
            row=options.row_of(data, values),
            overrides=overrides,
            settings=options.settings_for(workers),
            progress=progress,
            allowed=tuple(allow or ()),
            checked=checked,
        )
    _say((film,), time.monotonic() - began, as_json=as_json)


def frame(
    source: Annotated[Path, typer.Argument(help="The timeline: JSON or YAML.", metavar="TIMELINE")],
    at: Annotated[
        str, typer.Option("--at", help="When: seconds (3.2) or minutes (1:03.2).", metavar="TIME")
    ] = "0",
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="The picture.  [default: ./TIMELINE's name.png]", metavar="FILE"),
    ] = None,
    data: options.Data = None,
    values: options.Set = None,
    allow: options.Allow = None,
    as_json: options.Json = False,
) -> None:
    """Save one picture of a timeline."""
    from retake.produce import preview_frame

    target = out or Path(f"{source.stem}.png")
    time_at = time_of(at)
    pixels = preview_frame(
        source,
        time_at,
        row=options.row_of(data, values),
        settings=options.settings_for(None),
        allowed=tuple(allow or ()),
    )
    save_picture(pixels, target)
    height, width = pixels.shape[:2]
    if as_json:
        from retake.cli import report

        report.say_json({"picture": str(target), "size": [width, height], "at": float(time_at)})
    else:
        print(f"{target} ({width}x{height}, at {float(time_at):g} s)")  # noqa: T201


def time_of(text: str) -> Fraction:
    """Seconds from S, M:S or H:M:S. Raises `InputError`."""
    seconds = Fraction(0)
    try:
        for part in text.strip().split(":"):
            seconds = seconds * 60 + Fraction(part)
    except (ValueError, ZeroDivisionError):
        seconds = Fraction(-1)
    if seconds < 0:
        raise InputError(f"{text!r} is not a time", place="--at", remedy="write 3.2 or 1:03.2")
    return seconds


def save_picture(pixels: NDArray[np.uint8], target: Path) -> None:
    """Write a picture, whole or not at all; the name's ending decides the format. Raises `RetakeError`."""
    from retake.assemble.stills import write_jpeg, write_png

    writers = {".png": write_png, ".jpg": write_jpeg, ".jpeg": write_jpeg}
    write = writers.get(target.suffix.lower())
    if write is None:
        raise InputError(
            "is not the name of a picture", place=str(target), remedy=f"end it in {', '.join(writers)}"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    write(target, pixels)


def _say(films: tuple[FilmResult, ...], took: float, *, as_json: bool, story: Path | None = None) -> None:
    from retake.cli import report
    from retake.cli.screen import screen

    if as_json:
        report.say_json(report.films_json(films, took, story))
    else:
        report.say_films(films, took, screen(sys.stdout), story)
    if not all(film.verdict.passed for film in films):
        raise typer.Exit(1)
