"""The story: what a user gives. A text with a title, how it should become a film, and, when a processed story
is given again, the scenes as they were edited.

`read_story` in `reading.py` makes it from JSON, YAML, Markdown or plain text. Options are accepted under
`options` or under `metadata`; here they always stand in `options`.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, JsonValue

from retake.recipes.story.platforms import ASPECTS, PLATFORMS
from retake.timeline.assets import CaptionStyle
from retake.timeline.document import Quality, TransitionType
from retake.timeline.model import Colour, Model
from retake.timeline.time import Rate

MOST_WORDS = 2500
LONGEST_FILM = 900.0
Emphasis = Literal["normal", "strong", "soft", "question", "suspense"]
Mood = Literal[
    "neutral", "mysterious", "tense", "eerie", "joyful", "sad", "calm", "epic", "hopeful", "romantic",
]  # fmt: skip
Shot = Literal["wide", "medium", "close-up"]
Move = Literal["zoom_in", "zoom_out", "pan_left", "pan_right", "pan_up", "pan_down", "still"]


def _plain_name(value: object) -> object:
    return value.strip().lower().replace("-", "_").replace(" ", "_") if isinstance(value, str) else value


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _known_platform(value: str) -> str:
    if value not in PLATFORMS:
        raise ValueError(f"{value!r} is not a platform; known are {', '.join(PLATFORMS)}")
    return value


def _known_aspect(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        value = f"{value // 60}:{value % 60}"  # YAML 1.1 reads a bare 9:16 as minutes and seconds
    text = str(value).strip().lower().replace("x", ":").replace("/", ":")
    if text not in ASPECTS:
        raise ValueError(f"{value!r} is not an aspect ratio; known are {', '.join(ASPECTS)}")
    return text


def _even(value: tuple[int, int]) -> tuple[int, int]:
    if any(side % 2 or not 16 <= side <= 8192 for side in value):
        raise ValueError("both sides must be even and from 16 to 8192")
    return value


Platform = Annotated[str, BeforeValidator(_plain_name), AfterValidator(_known_platform)]


class Brand(Model):
    """The user's own look."""

    colors: Annotated[tuple[Colour, ...], Field(max_length=8)] = ()
    """The first is the accent (title line, spoken word), the others go into the pictures' palette."""
    font: str = ""
    """A family name, for the title and the captions."""
    font_file: str = ""
    """The font's file, where it is not installed."""


class Options(Model):
    """How the story becomes a film; everything may be left out."""

    language: Annotated[str, Field(pattern=r"^$|^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = ""
    """BCP 47; found from the text when absent."""
    voice: str = ""
    """A voice's own name, or "" for a choice by language, genre and character."""
    images: Annotated[str | tuple[str, ...], Field(union_mode="left_to_right")] = ()
    """Own pictures or clips for the scenes, in order: files, or one folder. Relative to the story's file."""
    music: str = "bed"
    """`bed` (made for the genre), `none`, or a file."""
    music_volume: Annotated[float, Field(ge=0, le=1)] = 0.3
    caption_style: Annotated[CaptionStyle | Literal["none", ""], BeforeValidator(_plain_name)] = ""
    """"" is karaoke for upright and square films and subtitle for wide ones."""
    title_card: bool = True
    """Whether the title is shown over the first seconds."""
    brand: Brand = Brand()
    fps: Rate | None = None
    quality: Annotated[Quality, BeforeValidator(_plain_name)] = "standard"
    platforms: Annotated[tuple[Platform, ...], BeforeValidator(_one_or_many)] = Field(
        default=(), validation_alias=AliasChoices("platforms", "platform")
    )
    """Presets to deliver for; each decides its own size."""
    size: Annotated[tuple[int, int], AfterValidator(_even)] | None = None
    """Pixels, instead of an aspect ratio."""
    speech_rate: Annotated[float, Field(ge=0.5, le=2)] | None = None
    """Speed of the voice against its natural one; chosen to fit the target duration when absent."""
    seed: int = 0
    """Another number gives other pictures and another bed of music."""


class Metadata(Model):
    """What the film is to be."""

    genre: str = ""
    target_duration: Annotated[float, Field(ge=3, le=LONGEST_FILM)] | None = None
    """Seconds; the narration's own length when absent."""
    aspect_ratio: Annotated[str, BeforeValidator(_known_aspect)] = "9:16"


class SegmentEdit(Model):
    """A stretch of narration in a processed story."""

    text: Annotated[str, Field(min_length=1)]
    start_time: float = 0
    emphasis: Emphasis = "normal"
    scene_id: str = ""


class AudioScript(Model):
    segments: tuple[SegmentEdit, ...] = ()


class Made(Model):
    """What a processed scene was made from, so that an edit is noticed."""

    text: str = ""
    duration: float = 0


class SceneEdit(Model):
    """A scene of a processed story, as it was or as the user changed it."""

    scene_id: Annotated[str, Field(pattern=r"^[\w.-]{1,64}$")] = ""
    text: Annotated[str, Field(min_length=1)]
    image_prompt: str = ""
    """Made from the text when empty."""
    duration: Annotated[float, Field(gt=0, le=LONGEST_FILM)] | None = None
    """Seconds; from the narration when absent."""
    transition: Annotated[TransitionType | Literal["none", ""], BeforeValidator(_plain_name)] = ""
    """How the scene passes into the next."""
    mood: Mood | None = None
    shot: Shot | None = None
    """How near the camera is."""
    motion: Move | None = None
    image: str = ""
    """An own picture or clip for this scene."""
    characters: tuple[str, ...] = ()
    location: str = ""
    start_time: float = 0
    made: Made | None = None


class Story(Model):
    """A story, checked and with its options gathered. Frozen."""

    story_id: Annotated[str, Field(min_length=1, max_length=128)] = "story"
    title: Annotated[str, Field(max_length=300)] = ""
    content: str = ""
    metadata: Metadata = Metadata()
    options: Options = Options()
    scenes: tuple[SceneEdit, ...] = Field(default=(), max_length=15)
    """Only in a processed story: used as given instead of the content."""
    audio_script: AudioScript = AudioScript()
    characters: tuple[JsonValue, ...] = ()
    """Characters, locations and actions of a processed story are for the reader; scenes decide."""
    locations: tuple[JsonValue, ...] = ()
    actions: tuple[JsonValue, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """Pixels: the size asked for, else the first platform's, else the aspect ratio's."""
        if self.options.size:
            return self.options.size
        if self.options.platforms:
            return PLATFORMS[self.options.platforms[0]].size
        return ASPECTS[self.metadata.aspect_ratio]


OPTION_NAMES = frozenset(Options.model_fields) | {"platform"}
METADATA_NAMES = frozenset(Metadata.model_fields)


def story_schema() -> dict[str, Any]:
    """The JSON Schema of a story: every option is described under `options` and accepted under `metadata`."""
    schema = deepcopy(Story.model_json_schema(by_alias=True))
    definitions = schema["$defs"]
    options, metadata = definitions["Options"]["properties"], definitions["Metadata"]["properties"]
    definitions["Metadata"]["properties"] = {
        **metadata,
        **{n: options[n] for n in options if n not in metadata},
    }
    definitions["Options"]["properties"] = {
        **options,
        **{n: metadata[n] for n in metadata if n not in options},
    }
    schema["title"] = "Retake story"
    schema["anyOf"] = [{"required": ["content"]}, {"required": ["scenes"]}]
    return schema
