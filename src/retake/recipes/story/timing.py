"""Timing: from the narration as it was really spoken to the seconds of every scene.

Two steps. `speaking_rate` looks at the narration at the voice's natural speed and says how fast it should be
spoken to meet the target duration; `schedule` lays the narration at that speed out with breathing pauses,
stretched or tightened for the rest. What cannot be met within the natural range is a warning.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

from retake.errors import Problem
from retake.generate.fallback import SILENT_STRETCH
from retake.generate.ports import SpeechRequest
from retake.recipes.story.mood import genre_of
from retake.recipes.story.script import SceneScript, Script
from retake.recipes.story.spoken import expected_seconds, reading_seconds
from retake.recipes.story.story import Mood

SLOWEST, FASTEST = 0.85, 1.2
_EASY = (0.94, 1.07)
_PAUSES = (0.6, 2.2)
FIRST_LEAD, LEAD, TAIL = 0.6, 0.15, 1.2
_SCENE_PAUSE = 0.3
_AFTER = {
    "?": 0.45,
    "？": 0.45,
    "؟": 0.45,
    "!": 0.4,
    "！": 0.4,
    "…": 0.6,
    ".": 0.32,
    "。": 0.32,
    "।": 0.32,
    "։": 0.32,
}
_CLAUSE_PAUSE = 0.12
_MOOD_PAUSE: dict[Mood, float] = {
    "calm": 1.2,
    "sad": 1.25,
    "mysterious": 1.15,
    "eerie": 1.15,
    "romantic": 1.15,
    "tense": 0.8,
    "joyful": 0.9,
}
_MOST_SIGNS = 3
_EMPHASIS_RATE = {"strong": 0.98, "soft": 0.95, "suspense": 0.95}
_EMPHASIS_PITCH = {"strong": 1.05, "soft": 0.97, "question": 1.03, "suspense": 0.97}
_GENRE_PITCH = {"children": 1.06, "comedy": 1.04, "horror": 0.92, "mystery": 0.96, "drama": 0.97}

_NEAR = 0.3  # seconds by which whole steps may miss a target that the last scene then meets


@dataclass(frozen=True, slots=True)
class SceneTiming:
    """Where a scene lies in the film, in seconds, and where in the film each of its segments is said."""

    scene_id: str
    start: float
    duration: float
    segments: tuple[float, ...]
    silent: bool = False

    @property
    def end(self) -> float:
        return round(self.start + self.duration, 3)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The whole film's timing. `rate` is the speed of the voice; `problems` are warnings."""

    rate: float
    scenes: tuple[SceneTiming, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def duration(self) -> float:
        return self.scenes[-1].end if self.scenes else 0.0


def speech_requests(script: Script, rate: float = 1.0) -> tuple[tuple[SpeechRequest, ...], ...]:
    """What is to be spoken, by scene: a request for each segment, coloured by its emphasis and the genre."""
    options = script.story.options
    pitch = _GENRE_PITCH.get(genre_of(script.story.metadata.genre), 1.0)
    return tuple(
        tuple(
            SpeechRequest(
                text=speakable(segment.text),
                language=script.language,
                voice=options.voice,
                rate=round(rate * _EMPHASIS_RATE.get(segment.emphasis, 1.0), 3),
                pitch=round(pitch * _EMPHASIS_PITCH.get(segment.emphasis, 1.0), 3),
            )
            for segment in scene.segments
            if speakable(segment.text)
        )
        for scene in script.scenes
    )


def speakable(text: str) -> str:
    """A text as it is handed to a voice, "" where it has no words. A flood of emoji is cut to three."""
    kept: list[str] = []
    signs = 0
    joined = dropping = False
    for c in text:
        if unicodedata.category(c) == "So":
            signs += not joined
            dropping = signs > _MOST_SIGNS
        elif unicodedata.category(c) not in ("Mn", "Me", "Cf", "Sk", "Zs"):
            signs, dropping = 0, False
        joined = c == "\u200d"
        if not dropping or c.isspace():
            kept.append(c)
    plain = " ".join("".join(kept).split())
    return plain if any(c.isalnum() for c in plain) else ""


def speaking_rate(script: Script, spoken: Sequence[Sequence[float]]) -> float:
    """The speed of the voice, 0.85 to 1.2 of its natural one, that best meets the target duration.

    `spoken` is the length in seconds of every segment of every scene at the natural speed; a scene whose
    speech failed has none. Pauses give way first, within reason, then the voice.
    """
    if script.story.options.speech_rate:
        return script.story.options.speech_rate
    target = script.story.metadata.target_duration
    speech = sum(sum(row) for row in spoken)
    if not target or not speech or all(scene.duration for scene in script.scenes):
        return 1.0
    fixed, pauses = _unspoken(script, spoken)
    low, high = _PAUSES
    left = target - fixed

    def rate_for(stretch: float) -> float:
        room = left - pauses * stretch
        return speech / room if room > 0 else FASTEST

    rate = min(max(rate_for(1.0), _EASY[0]), _EASY[1])
    stretch = min(max((left - speech / rate) / pauses, low), high) if pauses else 1.0
    if abs(speech / rate + pauses * stretch - left) > 0.05:
        rate = rate_for(stretch)
    rate = round(min(max(rate, SLOWEST), FASTEST), 2)
    return 1.0 if abs(rate - 1) < 0.025 else rate


def _step(fps: Fraction | None) -> float:
    """Whole frames that are whole milliseconds too. Scenes last multiples of it, so that a longer scene moves
    those after it by whole frames, and what they show stays the same."""
    rate = fps or Fraction(30)
    frames = next((k for k in range(1, 7) if 1000 * k % rate == 0), 0)
    return float(frames / rate) if frames else 0.1


def schedule(script: Script, spoken: Sequence[Sequence[float]], rate: float = 1.0) -> Schedule:
    """The film's timing from the segments' real lengths, in seconds, as spoken at `rate`."""
    target = script.story.metadata.target_duration
    fixed, pauses = _unspoken(script, spoken)
    speech = sum(sum(row) for row in spoken)
    stretch = 1.0
    if target and pauses and not any(scene.duration for scene in script.scenes):
        stretch = min(max((target - fixed - speech) / pauses, _PAUSES[0]), _PAUSES[1])
    problems: list[Problem] = []
    timings: list[SceneTiming] = []
    start = 0.0
    step = _step(script.story.options.fps)
    last = len(script.scenes) - 1
    for i, (scene, lengths) in enumerate(zip(script.scenes, spoken, strict=True)):
        offsets = _offsets(scene, lengths, stretch, first=i == 0)
        if lengths:
            needed = offsets[-1] + lengths[-1]
            rest = TAIL if i == last else _pause_after(scene, len(lengths) - 1) * stretch
            duration = scene.duration or needed + rest
            if scene.duration and scene.duration < needed - 0.01:
                duration = needed + LEAD
                problems.append(
                    Problem(
                        f"$.scenes[{i}].duration",
                        f"the narration lasts {needed:.1f} s, so {scene.duration:g} s is {duration:.1f} s",
                        "shorten the text, or leave the duration out",
                        warning=True,
                    )
                )
        else:
            needed = duration = scene.duration or _silent_seconds(scene)
        if scene.duration != duration:
            duration = max(round(duration / step), ceil(needed / step)) * step
        duration = round(duration, 3)
        segments = tuple(round(start + offset, 3) for offset in offsets)
        timings.append(SceneTiming(scene.scene_id, round(start, 3), duration, segments, silent=not lengths))
        start = round(start + duration, 3)
    if (
        target
        and timings
        and not any(scene.duration for scene in script.scenes)
        and abs(start - target) < _NEAR
        and (start <= target or not timings[-1].silent)
    ):
        final = timings[-1]
        timings[-1] = replace(final, duration=round(target - final.start, 3))
        start = target
    if target and not any(scene.duration for scene in script.scenes):
        problems += _target_problems(start, target, rate, script)
    return Schedule(rate, tuple(timings), tuple(problems))


def _unspoken(script: Script, spoken: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Seconds that neither voice nor pauses can change, and those of all pauses at their natural length."""
    fixed = FIRST_LEAD + TAIL + LEAD * (len(script.scenes) - 1)
    pauses = 0.0
    for i, (scene, lengths) in enumerate(zip(script.scenes, spoken, strict=True)):
        if not lengths:
            fixed += scene.duration or _silent_seconds(scene)
        count = len(lengths) - (1 if i == len(script.scenes) - 1 else 0)
        pauses += sum(_pause_after(scene, j) for j in range(max(0, count)))
    return fixed, pauses


def _offsets(scene: SceneScript, lengths: Sequence[float], stretch: float, first: bool) -> list[float]:
    """When each segment is said, from the scene's start: as fixed earlier where that still fits."""
    given = [segment.offset for segment in scene.segments if speakable(segment.text)]
    fixed = [offset for offset in given if offset is not None and offset >= 0]
    if lengths and len(fixed) == len(given) == len(lengths):
        ends = [offset + length for offset, length in zip(fixed, lengths, strict=True)]
        if all(end <= start + 0.02 for end, start in zip(ends, fixed[1:], strict=False)):
            return fixed
    offsets: list[float] = []
    at = FIRST_LEAD if first else LEAD
    for j, length in enumerate(lengths):
        offsets.append(at)
        at += length + _pause_after(scene, j) * stretch
    return offsets


def _pause_after(scene: SceneScript, index: int) -> float:
    text = scene.segments[min(index, len(scene.segments) - 1)].text.rstrip(" \"'”“’»)]}」』")
    pause = 0.6 if text.endswith("...") else _AFTER.get(text[-1:], _CLAUSE_PAUSE)
    if index == len(scene.segments) - 1:
        pause += _SCENE_PAUSE
    return pause * _MOOD_PAUSE.get(scene.mood, 1.0)


def _silent_seconds(scene: SceneScript) -> float:
    return max(reading_seconds(scene.text), SILENT_STRETCH * expected_seconds(scene.text))


def _target_problems(seconds: float, target: float, rate: float, script: Script) -> list[Problem]:
    if abs(seconds - target) <= max(1.0, 0.04 * target):
        return []
    letters = sum(len(scene.text) for scene in script.scenes)
    words = round(abs(target - seconds) / max(seconds, 1.0) * letters / 6)
    longer = seconds > target
    return [
        Problem(
            "$.metadata.target_duration",
            f"the narration at {rate:g} of its natural speed makes {seconds:.1f} s, not {target:g} s",
            f"{'cut' if longer else 'add'} about {max(1, words)} words, or ask for {seconds:.0f} s",
            warning=True,
        )
    ]
