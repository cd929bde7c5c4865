"""The document: what a film is, as JSON or YAML says it. Times are seconds; later tracks lie on top.

Names follow OpenTimelineIO (Timeline, Track, Clip, Transition, Marker) and the JSON surface that hosted
renderers share. `parse` in `reading.py` makes it from text; `lay_out` in `film.py` turns it into frames.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, model_validator

from retake.timeline.assets import Audio, Soundtrack, Src, Visual
from retake.timeline.model import Colour, Model
from retake.timeline.motion import Scalar
from retake.timeline.time import Rate, Seconds
from retake.timeline.variables import Variable

SCHEMA = "retake.timeline/1"

Fit = Literal["cover", "contain", "blur", "stretch", "none"]
TransitionType = Literal[
    "fade", "slide", "dissolve", "push", "wipe", "zoom", "iris", "blur", "dip",
]  # fmt: skip
Direction = Literal["left", "right", "up", "down"]
Quality = Literal["draft", "standard", "high"]
Format = Literal["mp4", "webm", "gif", "png", "m4a", "wav"]
FORMATS: tuple[Format, ...] = get_args(Format)
Encoder = Literal["x264", "nvenc", "videotoolbox", "qsv"]

_ANCHORS = {
    "center": (0.5, 0.5), "top": (0.5, 0.0), "bottom": (0.5, 1.0), "left": (0.0, 0.5), "right": (1.0, 0.5),
    "top_left": (0.0, 0.0), "top_right": (1.0, 0.0), "bottom_left": (0.0, 1.0), "bottom_right": (1.0, 1.0),
}  # fmt: skip


class Point(Model):
    """A place as fractions of the frame: (0, 0) is the top left corner."""

    x: Scalar = 0.5
    y: Scalar = 0.5


class Offset(Model):
    """A move from there, as fractions of the frame."""

    x: Scalar = 0.0
    y: Scalar = 0.0


def _named_point(value: object) -> object:
    if isinstance(value, str):
        name = value.strip().lower().replace("-", "_").replace(" ", "_")
        if name not in _ANCHORS:
            raise ValueError(f"{value!r} is not a place; give {{x, y}} or one of {', '.join(_ANCHORS)}")
        x, y = _ANCHORS[name]
        return {"x": x, "y": y}
    return value


class Box(Model):
    """Width and height as fractions of the frame."""

    width: Annotated[float, Field(gt=0, le=10)] = 1
    height: Annotated[float, Field(gt=0, le=10)] = 1


class Crop(Model):
    """What is cut from each side of the source, as fractions of it."""

    left: Scalar = 0.0
    top: Scalar = 0.0
    right: Scalar = 0.0
    bottom: Scalar = 0.0


class Mask(Model):
    """Shows the clip only inside a shape that fills its box; an image mask shows where it is white."""

    shape: Literal["ellipse", "rectangle", "image"] = "ellipse"
    src: Src | None = None
    feather: Annotated[float, Field(ge=0, le=500)] = 0
    invert: bool = False

    @model_validator(mode="after")
    def _image_has_source(self) -> Mask:
        if (self.shape == "image") != (self.src is not None):
            raise ValueError("an image mask, and only an image mask, needs `src`")
        return self


class ChromaKey(Model):
    """Makes a colour transparent (green screen). `similarity` and `smoothness` are distances in the UV plane
    as fractions of its width; `spill` takes the key's tint out of what stays."""

    color: Colour = "#00b140"
    similarity: Annotated[float, Field(ge=0, le=1)] = 0.12
    smoothness: Annotated[float, Field(ge=0, le=1)] = 0.08
    spill: Annotated[float, Field(ge=0, le=1)] = 0.5


class Adjust(Model):
    """Colour adjustments; the defaults change nothing."""

    brightness: Annotated[float, Field(ge=-1, le=1)] = 0
    contrast: Annotated[float, Field(ge=0, le=4)] = 1
    saturation: Annotated[float, Field(ge=0, le=4)] = 1
    hue: Annotated[float, Field(ge=-180, le=180)] = 0
    temperature: Annotated[float, Field(ge=-1, le=1)] = 0
    blur: Annotated[float, Field(ge=0, le=500)] = 0
    """Gaussian sigma, in pixels of a frame whose shorter side is 1080."""


class Transition(Model):
    """How a clip comes or goes. Between two clips of a track it lasts while they overlap; `fade` goes
    through the background, `dissolve` from one picture to the other, `dip` through `color`."""

    type: TransitionType = "dissolve"
    duration: Annotated[Seconds, Field(gt=0)] = Fraction(1, 2)
    direction: Direction = "left"
    color: Colour = "#000000"


def _named_transition(value: object) -> object:
    return {"type": value} if isinstance(value, str) else value


_Transition = Annotated[Transition, BeforeValidator(_named_transition)]


class Transitions(Model):
    in_: _Transition | None = Field(default=None, alias="in")
    out: _Transition | None = None


class Clip(Model):
    """A stretch of one asset on a track. Without `duration` it lasts as long as its asset, or, for a still,
    until the end of the film."""

    id: str = ""
    asset: Visual
    start: Annotated[Seconds, Field(ge=0)] = Fraction(0)
    duration: Annotated[Seconds, Field(gt=0)] | None = Field(
        default=None, validation_alias=AliasChoices("duration", "length")
    )
    trim: Annotated[Seconds, Field(ge=0)] = Fraction(0)
    """Seconds cut from the source's beginning."""
    speed: Annotated[Seconds, Field(gt=0, le=100)] = Fraction(1)
    loop: bool = False
    fit: Fit = "cover"
    """How the asset fills its box; `blur` contains it over a blurred copy of itself."""
    box: Box = Box()
    focus: Annotated[Point, BeforeValidator(_named_point)] = Point()
    """The point of the source that stays in view when it is cropped to cover."""
    position: Annotated[Point, BeforeValidator(_named_point)] = Point()
    """Where the box lies: the same fraction of the box stands at this fraction of the frame."""
    offset: Offset = Offset()
    scale: Scalar = 1.0
    rotation: Scalar = 0.0
    """Degrees, clockwise."""
    opacity: Scalar = 1.0
    crop: Crop = Crop()
    corner_radius: Annotated[float, Field(ge=0, le=2000)] = 0
    mask: Mask | None = None
    chroma_key: ChromaKey | None = None
    adjust: Adjust = Adjust()
    volume: Scalar = 1.0
    fade_in: Annotated[Seconds, Field(ge=0)] = Fraction(0)
    """Of the sound."""
    fade_out: Annotated[Seconds, Field(ge=0)] = Fraction(0)
    transition: Transitions = Transitions()
    condition: str | bool | float | None = None
    """Shown only if true: `{{ name }}`, `{{ plan }} == gold`, `not {{ logo }}`."""


class Track(Model):
    kind: Literal["video", "audio"] = "video"
    name: str = ""
    role: Literal["narration", "music", "effects"] = "effects"
    """What its sound is: music is lowered under narration."""
    clips: tuple[Clip, ...] = ()

    @model_validator(mode="after")
    def _audio_holds_sound(self) -> Track:
        if self.kind == "audio" and any(not isinstance(c.asset, Audio) for c in self.clips):
            raise ValueError("an audio track holds only audio assets; put the others on a video track")
        return self


class Marker(Model):
    """A named stretch: a scene, a chapter."""

    name: str
    start: Annotated[Seconds, Field(ge=0)] = Fraction(0)
    duration: Annotated[Seconds, Field(ge=0)] = Fraction(0)


class Timeline(Model):
    background: Colour = "#000000"
    tracks: tuple[Track, ...] = ()
    markers: tuple[Marker, ...] = ()


class FontFile(Model):
    """A font of the user's, found by its family name in styles."""

    family: str
    src: Src


def _even(size: tuple[int, int]) -> tuple[int, int]:
    if any(side % 2 or not 16 <= side <= 8192 for side in size):
        raise ValueError(f"{list(size)}: both sides must be even and from 16 to 8192")
    return size


class Output(Model):
    """What the film is delivered as."""

    format: Format = "mp4"
    size: Annotated[tuple[int, int], AfterValidator(_even)] = (1080, 1920)
    fps: Rate = Fraction(30)
    quality: Quality = "standard"
    crf: Annotated[float, Field(ge=0, le=51)] | None = None
    preset: str | None = None
    max_bitrate: Annotated[int, Field(ge=100_000)] | None = None
    """Bits a second that the CRF is capped by."""
    encoder: Encoder = "x264"
    audio_bitrate: Annotated[int, Field(ge=32_000, le=512_000)] = 192_000
    loudness: Annotated[float, Field(ge=-40, le=-5)] | None = -14
    """Integrated loudness in LUFS (ITU-R BS.1770-4); null leaves the mix as it is."""
    true_peak: Annotated[float, Field(ge=-20, le=0)] = -1


class Document(Model):
    """A film to be: the timeline, its soundtrack, its variables and its output."""

    schema_: Literal["retake.timeline/1"] = Field(default=SCHEMA, alias="schema")
    title: str = ""
    language: str = "en"
    variables: tuple[Variable, ...] = ()
    fonts: tuple[FontFile, ...] = ()
    timeline: Timeline
    soundtrack: Soundtrack | None = None
    output: Output = Output()
    tags: dict[str, str] = Field(default_factory=dict)
    """Written into the file: title, artist, comment, ..."""
