"""What a clip can show or sound: the asset types, each a frozen value told apart by `type`."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field, SerializerFunctionWrapHandler, model_serializer

from retake.timeline.model import Colour, Model
from retake.timeline.time import Seconds

Src = Annotated[str, Field(min_length=1, max_length=4096)]
"""A path inside the document's own folder, or an absolute one that the caller has allowed."""


class Asset(Model):
    """What every asset is: a model that always says its `type`, also where defaults are left out."""

    @model_serializer(mode="wrap")
    def _with_type(self, inner: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {"type": getattr(self, "type"), **inner(self)}  # noqa: B009


class TextStyle(Model):
    """How text looks. Sizes are pixels of a frame whose shorter side is 1080; other frames scale them."""

    font: str = ""
    """Family name; "" is the bundled Inter. Other fonts fill in for glyphs that it lacks."""
    weight: Annotated[int, Field(ge=100, le=900)] = 700
    italic: bool = False
    size: Annotated[float, Field(gt=0, le=2000)] = 64
    color: Colour = "#ffffff"
    line_height: Annotated[float, Field(gt=0.5, le=4)] = 1.2
    letter_spacing: Annotated[float, Field(ge=-0.5, le=2)] = 0
    """In ems."""
    align: Literal["start", "center", "end"] = "center"
    outline: Annotated[float, Field(ge=0, le=100)] = 0
    outline_color: Colour = "#000000"
    shadow: Annotated[float, Field(ge=0, le=100)] = 0
    """Blur radius of a soft shadow below the text; 0 is none."""
    shadow_color: Colour = "#000000b0"
    box: Colour | None = None
    """Colour of a rounded box behind each line."""
    box_padding: Annotated[float, Field(ge=0, le=200)] = 24
    box_radius: Annotated[float, Field(ge=0, le=200)] = 16
    highlight: Colour | None = None
    """Colour of `*emphasised*` words, and of the word being spoken in captions."""
    uppercase: bool = False
    max_lines: Annotated[int, Field(ge=1, le=50)] | None = None
    balance: bool = True
    """Break lines so that they are about equally long."""


class Image(Asset):
    type: Literal["image"] = "image"
    src: Src


class Plane(Model):
    """One layer of a picture in depth: 0 is the horizon, 1 nearest; near planes move more than far ones."""

    src: Src
    depth: Annotated[float, Field(ge=0, le=1)] = 0


class Layers(Asset):
    """A picture as planes of one size, far to near, that a moving clip turns into parallax."""

    type: Literal["layers"] = "layers"
    planes: tuple[Plane, ...] = Field(min_length=1, max_length=12)


class Video(Asset):
    type: Literal["video"] = "video"
    src: Src


class Audio(Asset):
    type: Literal["audio"] = "audio"
    src: Src


class Color(Asset):
    type: Literal["color"] = "color"
    color: Colour


class Gradient(Asset):
    type: Literal["gradient"] = "gradient"
    kind: Literal["linear", "radial"] = "linear"
    colors: tuple[Colour, ...] = Field(min_length=2, max_length=16)
    stops: tuple[Annotated[float, Field(ge=0, le=1)], ...] = ()
    """Where each colour stands, 0 to 1; evenly spread when empty."""
    angle: float = 90
    """Degrees; 0 runs left to right, 90 top to bottom."""


class Shape(Asset):
    type: Literal["shape"] = "shape"
    shape: Literal["rectangle", "ellipse", "polygon", "line"] = "rectangle"
    fill: Colour | None = "#ffffff"
    stroke: Colour | None = None
    stroke_width: Annotated[float, Field(ge=0, le=1000)] = 0
    radius: Annotated[float, Field(ge=0, le=2000)] = 0
    points: tuple[tuple[float, float], ...] = ()
    """Corners of a polygon or ends of a line, as fractions of the clip's box."""


class Text(Asset):
    type: Literal["text"] = "text"
    text: Annotated[str, Field(max_length=20_000)]
    style: TextStyle = TextStyle()
    animation: Literal["none", "fade", "rise", "pop", "typewriter", "words"] = "none"
    language: str = ""


class CaptionWord(Model):
    """A word as spoken; times are seconds from the clip's start."""

    text: str
    start: Annotated[Seconds, Field(ge=0)]
    end: Annotated[Seconds, Field(ge=0)]


class CaptionCue(Model):
    """Words that were spoken as one sentence or breath; cues are cut into screens by the caption style."""

    words: tuple[CaptionWord, ...] = Field(min_length=1)


CaptionStyle = Literal["classic", "karaoke", "pop", "subtitle"]


class Captions(Asset):
    type: Literal["captions"] = "captions"
    style: CaptionStyle = "karaoke"
    cues: tuple[CaptionCue, ...] = ()
    font: str = ""
    size: Annotated[float, Field(gt=0, le=500)] | None = None
    color: Colour | None = None
    highlight: Colour | None = None
    position: Literal["lower", "center", "upper"] = "lower"
    language: str = ""
    safe_area: tuple[float, float, float, float] | None = None
    """Left, top, right, bottom as fractions of the frame; the platforms' own when absent."""


Visual = Annotated[
    Image | Layers | Video | Color | Gradient | Shape | Text | Captions | Audio, Field(discriminator="type")
]


class Soundtrack(Model):
    """Music under the whole film."""

    src: Src
    volume: Annotated[float, Field(ge=0, le=4)] = 0.3
    fade_in: Annotated[Seconds, Field(ge=0)] = Fraction(0)
    fade_out: Annotated[Seconds, Field(ge=0)] = Fraction(2)
    loop: bool = True
    duck: bool = Field(default=True, validation_alias=AliasChoices("duck", "ducking"))
    """Lower the music while a narration speaks."""
