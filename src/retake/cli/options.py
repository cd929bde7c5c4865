"""Options that commands share: their names, help and meaning, and what is read out of them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from retake.errors import InputError

if TYPE_CHECKING:
    from pydantic import JsonValue

    from retake.settings import Settings

_SIZE = re.compile(r"(\d+)\s*[x×]\s*(\d+)")


class Aspect(StrEnum):
    VERTICAL = "9:16"
    SQUARE = "1:1"
    PORTRAIT = "4:5"
    WIDE = "16:9"


class Quality(StrEnum):
    DRAFT = "draft"
    STANDARD = "standard"
    HIGH = "high"


class CaptionStyle(StrEnum):
    CLASSIC = "classic"
    KARAOKE = "karaoke"
    POP = "pop"
    SUBTITLE = "subtitle"
    NONE = "none"


class Encoder(StrEnum):
    X264 = "x264"
    NVENC = "nvenc"
    VIDEOTOOLBOX = "videotoolbox"
    QSV = "qsv"


class Format(StrEnum):
    MP4 = "mp4"
    WEBM = "webm"
    GIF = "gif"
    PNG = "png"
    M4A = "m4a"
    WAV = "wav"


class Schema(StrEnum):
    TIMELINE = "timeline"
    STORY = "story"
    RECORDING = "recording"


Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, for programs.")]
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, max=256, help="Threads that work at once.", metavar="N")
]
QualityOption = Annotated[Quality | None, typer.Option("--quality", help="How much care the encoder takes.")]
Fps = Annotated[
    str | None, typer.Option("--fps", help="Frames a second: 24, 25, 29.97, 30, 60.", metavar="RATE")
]
Size = Annotated[str | None, typer.Option("--size", help="Width and height, as in 1080x1920.", metavar="WxH")]
EncoderOption = Annotated[
    Encoder | None, typer.Option("--encoder", help="The encoder; hardware is used only when named here.")
]
Crf = Annotated[
    float | None, typer.Option("--crf", min=0, max=51, help="Constant rate factor: lower is better.")
]
Data = Annotated[
    Path | None, typer.Option("--data", help="A JSON object with values for the variables.", metavar="ROW")
]
Set = Annotated[
    list[str] | None, typer.Option("--set", help="One variable's value; repeatable.", metavar="NAME=VALUE")
]

Allow = Annotated[
    list[Path] | None,
    typer.Option("--allow", help="Another folder whose files may be used; repeatable.", metavar="DIR"),
]


def given(**options: object) -> dict[str, object]:
    """The options that the user gave, as plain values; the others keep the document's own.

    A file stays a `Path`: named by the user and not by a document, it may lie anywhere.
    """
    return {name: _plain(value) for name, value in options.items() if value is not None}


def _plain(value: object) -> object:
    if isinstance(value, list):
        return tuple(_plain(item) for item in cast(list[object], value))
    if isinstance(value, StrEnum):
        return value.value
    # A path on the command line is relative to where the user stands, one in a document to the document.
    return value.expanduser().absolute() if isinstance(value, Path) else value


def size_of(text: str | None) -> tuple[int, int] | None:
    """(width, height) from WxH. Raises `InputError`."""
    if text is None:
        return None
    match = _SIZE.fullmatch(text.strip().lower())
    if match is None:
        raise InputError(f"{text!r} is not a size", place="--size", remedy="write it as 1080x1920")
    return int(match[1]), int(match[2])


def row_of(data: Path | None, pairs: Sequence[str] | None) -> Mapping[str, JsonValue]:
    """The values of variables: those of the file, over them those of NAME=VALUE.

    A value that reads as a JSON number, true, false, null, list or object is one; anything else is text.
    Raises `InputError`.
    """
    row: dict[str, JsonValue] = {}
    if data is not None:
        row |= _object_in(data)
    for pair in pairs or ():
        name, sign, value = pair.partition("=")
        if not (name.strip() and sign):
            raise InputError(f"{pair!r} is not NAME=VALUE", place="--set", remedy="write it as name=Ada")
        row[name.strip()] = _value(value)
    return row


def _value(text: str) -> JsonValue:
    try:
        return json.loads(text, parse_constant=str)
    except (ValueError, RecursionError):
        return text


def _object_in(path: Path) -> dict[str, JsonValue]:
    try:
        value = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(
            "cannot be read", place=str(path), remedy=(error.strerror or str(error)).lower()
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError("is not JSON", place=str(path), remedy=f"look there: {error}") from error
    if not isinstance(value, dict):
        raise InputError("is not a JSON object", place=str(path), remedy='write {"name": "value"}')
    return cast("dict[str, JsonValue]", value)


def settings_for(workers: int | None) -> Settings:
    """The settings of the environment, with the options' own over them. Raises `DocumentError`."""
    from retake.settings import Settings

    asked = {} if workers is None else {"RETAKE_WORKERS": str(workers)}
    return Settings.from_environment({**os.environ, **asked})
