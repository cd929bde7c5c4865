"""The recording template: a take, the words of it that differ, and the places on screen that differ.

Times are seconds of the recording, boxes are fractions of the upright frame. The first block of each model is
the format as it has always been; the rest has defaults.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue

from retake.timeline.model import Colour, Model
from retake.timeline.time import Seconds

MOST_CHARACTERS = 120
"""A name longer than this is a mistake in the data more often than a name."""

SegmentType = Literal["image", "text", "remove", "custom"]
Motion = Literal["auto", "static", "planar"]
Box = tuple[float, float, float, float]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
Fraction01 = Annotated[float, Field(ge=0, le=1)]


def _face_box(value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"x", "y", "width", "height"}:
        return (value["x"], value["y"], value["width"], value["height"])
    return value


def _inside(box: Box) -> Box:
    x, y, width, height = box
    if width <= 0 or height <= 0 or min(x, y) < 0 or x + width > 1.000001 or y + height > 1.000001:
        raise ValueError("a box lies inside the frame: x + width and y + height are at most 1")
    return box


FaceBox = Annotated[Box, BeforeValidator(_face_box), AfterValidator(_inside)]


class Placeholder(Model):
    """What may be said of a field of the rows; a field needs no entry here."""

    default: JsonValue = None
    """Taken where a row leaves the field out."""
    max_chars: Annotated[int, Field(gt=0, le=2000)] = MOST_CHARACTERS
    """A longer value is refused before anything is made."""


class VoiceSegment(Model):
    """Words of the take that are spoken anew."""

    id: Identifier
    start_time: Seconds
    end_time: Seconds
    template_text: Annotated[str, Field(min_length=1, max_length=2000)]
    """The whole sentence, with `{field}` where it differs."""

    original_text: Annotated[str, Field(max_length=2000)] = ""
    """The words that the take holds here: aligned to the sound, so that only what differs is replaced."""
    lip_sync: bool = True
    """Whether the mouth follows the new words."""
    face: FaceBox | None = None
    """Where the speaker's face is, [x, y, width, height]; found by itself otherwise."""


class VisualSegment(Model):
    """A place on screen that is replaced."""

    id: Identifier
    segment_type: SegmentType
    start_time: Seconds
    end_time: Seconds
    x: Fraction01
    y: Fraction01
    width: Annotated[float, Field(gt=0, le=1)]
    height: Annotated[float, Field(gt=0, le=1)]
    placeholder_key: str = ""
    """The field of the row that is shown here."""

    text: str = ""
    """For text: a sentence with `{field}` in it, in place of the bare field."""
    motion: Motion = "auto"
    """Whether the surface moves; found by itself otherwise."""
    matte: str = ""
    """A film or picture, white where something stands before the surface."""
    color: Colour | None = None
    """The new text's colour; as the old one's otherwise."""
    font: str = ""
    """A font's family for the new text."""
    align: Literal["auto", "left", "center", "right"] = "auto"
    keep_old: bool = False
    """For a picture: laid over the old one, which stays where the new one does not cover it."""
    cut_background: bool = False
    """For a picture: an even colour around it is taken away."""
    effect: str = ""
    """For custom: the replacer's name, an entry point in `retake.replacer`."""
    params: dict[str, JsonValue] = Field(default_factory=dict[str, JsonValue])

    @property
    def box(self) -> Box:
        return self.x, self.y, self.width, self.height


class Encoding(Model):
    """How changed frames are encoded."""

    crf: Annotated[float, Field(ge=0, le=40)] = 18
    preset: Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"] = "medium"


class RecordingTemplate(Model):
    """A take and what of it differs from row to row."""

    id: Identifier
    name: str = ""
    base_video_path: Annotated[str, Field(min_length=1)]
    """A local path, counted from the template's folder, or an address: https, gs, s3, az."""
    voice_id: str = ""
    """The cloned voice: its name or id, or `provider:voice`."""
    voice_segments: tuple[VoiceSegment, ...] = ()
    visual_segments: tuple[VisualSegment, ...] = ()

    description: str = ""
    presenter: str = ""
    """Whose voice and face it is: the subject of the consent. As `voice_id` otherwise."""
    language: str = "en"
    transcript: str = ""
    """All words of the take: with them a mouth is mended out of the presenter's own mouths."""
    lip_sync: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")] = "mouth"
    """The adapter that moves the mouth: mouth, wav2lip, sync, one of your own, or none."""
    voice_rate: Annotated[float, Field(ge=0.5, le=2)] = 1.0
    voice_pitch: Annotated[float, Field(ge=0.5, le=2)] = 1.0
    reverb: Annotated[float, Field(ge=0, le=3)] | None = None
    """The room's reverberation time in seconds; heard from the take otherwise."""
    placeholders: dict[str, Placeholder] = Field(default_factory=dict[str, Placeholder])
    encoding: Encoding = Encoding()

    @property
    def subject(self) -> str:
        return self.presenter or self.voice_id or self.id
