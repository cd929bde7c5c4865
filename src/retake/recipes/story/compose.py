"""Composing: a script, its timing and its made assets become the timeline document. Pure.

Tracks from bottom to top: pictures, fallback texts, title, captions; the narration lies on a sound track.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from retake.generate.fallback import FALLBACK_COLOUR, FALLBACK_TEXT
from retake.generate.ports import Word
from retake.recipes.story.camera import ken_burns
from retake.recipes.story.platforms import PLATFORMS
from retake.recipes.story.script import SceneScript, Script
from retake.recipes.story.story import Shot
from retake.recipes.story.timing import SceneTiming, Schedule
from retake.timeline.assets import (
    Audio,
    CaptionCue,
    Captions,
    CaptionStyle,
    CaptionWord,
    Color,
    Image,
    Layers,
    Plane,
    Soundtrack,
    Text,
    TextStyle,
    Video,
)  # fmt: skip
from retake.timeline.document import (
    Box,
    Clip,
    Document,
    FontFile,
    Marker,
    Output,
    Point,
    Timeline,
    Track,
    Transition,
    Transitions,
)  # fmt: skip

CROSSING = Fraction(1, 2)
FADE_OUT = Fraction(4, 5)
_TITLE_FROM, _TITLE_FOR = Fraction(1, 5), Fraction(27, 10)
_TALL = 1.6
_NEARNESS: dict[Shot, float] = {"wide": 1.0, "medium": 1.02, "close-up": 1.03}
_TAKES = (1.0, 1.4, 1.18)
"""How near the camera begins when one picture of the user's is shown for the first, second, third time."""


@dataclass(frozen=True, slots=True)
class Narration:
    """A segment as spoken: the sound's path, its length in seconds, and its words within it."""

    src: str
    duration: float
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class SceneAssets:
    """What was made, or given, for one scene.

    `narrations` go with the scene's segments that can be spoken, in order; none means that speech failed. The
    picture is `planes` (path and depth, far to near), or the user's `image` or `video`; none of them means
    that the picture failed. `image_size` helps to fit an image of quite another shape than the frame.
    """

    narrations: tuple[Narration, ...] = ()
    planes: tuple[tuple[str, float], ...] = ()
    image: str = ""
    video: str = ""
    image_size: tuple[int, int] | None = None

    @property
    def pictured(self) -> bool:
        return bool(self.planes or self.image or self.video)


def compose(
    script: Script,
    schedule: Schedule,
    assets: Sequence[SceneAssets],
    *,
    music: str = "",
    size: tuple[int, int] | None = None,
    fps: Fraction | None = None,
    platform: str = "",
) -> Document:
    """The film of a script. `size`, `fps` and `platform` are the story's own where they are not given, so
    that one script makes films of several shapes."""
    story, options = script.story, script.story.options
    size = size or (PLATFORMS[platform].size if platform else story.size)
    scenes = tuple(zip(script.scenes, schedule.scenes, assets, strict=True))
    ends = _seconds(schedule.duration)
    tracks = [Track(name="pictures", clips=_pictures(scenes, size))]
    if texts := tuple(
        text for scene, timing, made in scenes if (text := _fallback_text(scene, timing, made, size))
    ):
        tracks.append(Track(name="texts", clips=texts))
    if options.title_card and story.title.strip() and scenes:
        tracks.append(
            Track(name="title", clips=(_title(script, size, min(ends, _seconds(schedule.scenes[0].end))),))
        )
    if options.caption_style != "none" and (cues := _cues(scenes)):
        tracks.append(Track(name="captions", clips=(_captions(script, cues, size, ends, platform),)))
    if speech := _narration(scenes):
        tracks.append(Track(kind="audio", name="narration", role="narration", clips=speech))
    brand = options.brand
    return Document(
        title=story.title,
        language=script.language,
        fonts=(FontFile(family=brand.font, src=brand.font_file),) if brand.font and brand.font_file else (),
        timeline=Timeline(
            background="#000000",
            tracks=tuple(tracks),
            markers=tuple(
                Marker(name=timing.scene_id, start=_seconds(timing.start), duration=_seconds(timing.duration))
                for timing in schedule.scenes
            ),
        ),
        soundtrack=Soundtrack(
            src=music, volume=options.music_volume, fade_in=Fraction(1, 2), fade_out=Fraction(2), duck=True
        )
        if music
        else None,
        output=Output(size=size, fps=fps or options.fps or Fraction(30), quality=options.quality),
        tags={"title": story.title} if story.title else {},
    )


def _seconds(value: float) -> Fraction:
    return Fraction(round(value * 1000), 1000)


_Scenes = Sequence[tuple[SceneScript, SceneTiming, SceneAssets]]


def _pictures(scenes: _Scenes, size: tuple[int, int]) -> tuple[Clip, ...]:
    """The scenes' pictures; where two meet, their clips overlap by the transition, half on either side."""
    crossings = [Fraction(0)]
    for (before, first, _), (_, second, _) in pairwise(scenes):
        room = min(_seconds(first.duration), _seconds(second.duration)) / 2
        crossings.append(min(CROSSING, room) if before.transition else Fraction(0))
    crossings.append(Fraction(0))
    clips: list[Clip] = []
    for i, (scene, timing, made) in enumerate(scenes):
        start = _seconds(timing.start) - crossings[i] / 2
        duration = _seconds(timing.end) + crossings[i + 1] / 2 - start
        entering = scenes[i - 1][0].transition if i else None
        last = i == len(scenes) - 1
        leaving = scene.transition if last else None
        fade = min(FADE_OUT, duration / 2)
        transition = Transitions.model_validate(
            {
                "in": Transition(type=entering, duration=crossings[i]) if entering else None,
                "out": Transition(type=leaving, duration=fade) if leaving else None,
            }
        )
        take = sum(1 for _, _, other in scenes[:i] if other.image and other.image == made.image)
        clips.append(_picture(scene, made, start, duration, transition, i, take, size))
    return tuple(clips)


def _picture(
    scene: SceneScript,
    made: SceneAssets,
    start: Fraction,
    duration: Fraction,
    transition: Transitions,
    index: int,
    take: int,
    size: tuple[int, int],
) -> Clip:
    """One scene's clip; `take` counts how often its picture was shown before."""
    if made.video:
        return Clip(
            id=scene.scene_id, asset=Video(src=made.video), start=start, duration=duration, loop=True,
            volume=0.0, transition=transition,
        )  # fmt: skip
    if not made.pictured:
        return Clip(
            id=scene.scene_id, asset=Color(color=FALLBACK_COLOUR), start=start, duration=duration,
            transition=transition,
        )  # fmt: skip
    near = _TAKES[take % len(_TAKES)] if made.image else _NEARNESS[scene.shot]
    camera = ken_burns(scene.motion, duration, scene.mood, index, near)
    planes = tuple(Plane(src=src, depth=depth) for src, depth in made.planes)
    return Clip(
        id=scene.scene_id,
        asset=Image(src=made.image) if made.image else Layers(planes=planes),
        start=start,
        duration=duration,
        fit="blur" if made.image and _is_misshapen(made.image_size, size) else "cover",
        scale=camera.scale,
        offset=camera.offset,
        transition=transition,
    )


def _is_misshapen(image: tuple[int, int] | None, frame: tuple[int, int]) -> bool:
    """Whether covering the frame would cut away nearly half of the image or more."""
    if image is None:
        return False
    ratio = (image[0] / image[1]) / (frame[0] / frame[1])
    return max(ratio, 1 / ratio) > _TALL


def _fallback_text(
    scene: SceneScript, timing: SceneTiming, made: SceneAssets, size: tuple[int, int]
) -> Clip | None:
    """The scene's words where its picture or its voice is missing."""
    if made.pictured and not timing.silent:
        return None
    width, height = size
    short = min(size)
    letters = len(scene.text)
    points = FALLBACK_TEXT.size if letters <= 240 else 48 if letters <= 420 else 38
    style = TextStyle(
        size=points,
        weight=700,
        color=FALLBACK_TEXT.colour,
        shadow=0 if not made.pictured else 24,
        box=None if not made.pictured else "#000000b3",
    )
    lead = min(CROSSING / 2, _seconds(timing.duration) / 4)
    # Above the captions, where they are shown too.
    tall = height > width
    box = Box(width=FALLBACK_TEXT.max_width * short / 1080 / width, height=0.5 if tall else 0.6)
    centre = 0.5 if timing.silent else 0.4 if tall else 0.42
    return Clip(
        id=f"{scene.scene_id}_text",
        asset=Text(text=scene.text, style=style, animation="fade"),
        start=_seconds(timing.start) + lead,
        duration=_seconds(timing.duration) - 2 * lead,
        fit="none",
        box=box,
        position=Point(x=0.5, y=(centre - box.height / 2) / (1 - box.height)),
    )


def _title(script: Script, size: tuple[int, int], most: Fraction) -> Clip:
    """The title over the first seconds, in the upper third."""
    brand = script.story.options.brand
    title = script.story.title.strip()
    letters = len(title)
    points = 104 if letters <= 18 else 88 if letters <= 36 else 70 if letters <= 70 else 54
    height = 0.26
    centre = 0.25 if size[1] > size[0] else 0.2
    duration = min(_TITLE_FOR, max(Fraction(1), most - _TITLE_FROM))
    return Clip(
        id="title",
        asset=Text(
            text=title,
            style=TextStyle(
                font=brand.font, weight=800, size=points, line_height=1.08, letter_spacing=-0.01, shadow=28,
                shadow_color="#000000c8", highlight=brand.colors[0] if brand.colors else None,
            ),
            animation="rise",
            language=script.language,
        ),
        start=_TITLE_FROM,
        duration=duration,
        fit="none",
        box=Box(width=0.84, height=height),
        position=Point(x=0.5, y=(centre - height / 2) / (1 - height)),
        transition=Transitions(out=Transition(type="dissolve", duration=Fraction(2, 5))),
    )  # fmt: skip


def _narration(scenes: _Scenes) -> tuple[Clip, ...]:
    return tuple(
        Clip(
            id=f"{scene.scene_id}_speech_{j + 1}",
            asset=Audio(src=said.src),
            start=_seconds(at),
            duration=_seconds(said.duration),
        )
        for scene, timing, made in scenes
        for j, (said, at) in enumerate(zip(made.narrations, timing.segments, strict=True))
    )


def _cues(scenes: _Scenes) -> tuple[CaptionCue, ...]:
    """The words as spoken, in the film's time, a cue for each segment."""
    cues: list[CaptionCue] = []
    before = Fraction(0)
    for _, timing, made in scenes:
        for said, at in zip(made.narrations, timing.segments, strict=True):
            words: list[CaptionWord] = []
            for word in said.words:
                if not word.text.strip():
                    continue
                before = max(before, _seconds(at + word.start))
                words.append(
                    CaptionWord(
                        text=word.text.strip(), start=before, end=max(before, _seconds(at + word.end))
                    )
                )
            if words:
                cues.append(CaptionCue(words=tuple(words)))
    return tuple(cues)


def _captions(
    script: Script, cues: tuple[CaptionCue, ...], size: tuple[int, int], ends: Fraction, platform: str
) -> Clip:
    options = script.story.options
    default: CaptionStyle = "subtitle" if size[0] > size[1] else "karaoke"
    style = options.caption_style if options.caption_style not in ("", "none") else default
    return Clip(
        id="captions",
        asset=Captions(
            style=style,
            cues=cues,
            font=options.brand.font,
            highlight=options.brand.colors[0] if options.brand.colors else None,
            language=script.language,
            safe_area=PLATFORMS[platform].safe_area if platform else None,
        ),
        start=Fraction(0),
        duration=ends,
        fit="none",
    )
