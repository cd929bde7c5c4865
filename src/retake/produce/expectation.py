"""What a film should be, from the film itself: the plan that its check reads the file against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from retake.assemble.captions import Cue as CaptionCue
from retake.assemble.captions import TimedWord
from retake.check import Expectation
from retake.check.expectation import Box, Cue, CueWord, SceneSpan
from retake.produce.shoot import Shoot
from retake.render.captions.screens import SpokenWord
from retake.render.place import is_still
from retake.timeline.assets import Captions, Color, Gradient, Image, Layers, Shape, Text
from retake.timeline.film import Film
from retake.timeline.time import Span

_FADES = ("fade", "dip")


def expect(shoot: Shoot, fallbacks: Sequence[str] = (), speech: Sequence[TimedWord] = ()) -> Expectation:
    """Everything that can be known of the file before it is read."""
    film = shoot.film
    cues = tuple(_cues(shoot))
    audible = bool(film.sounds or film.soundtrack)
    return Expectation(
        size=film.size,
        rate=film.rate,
        frames=film.length,
        samples=film.samples if audible else None,
        has_audio=audible,
        loudness=film.output.loudness if audible else None,
        scenes=tuple(SceneSpan(scene.name, scene.span) for scene in film.scenes if len(scene.span)),
        cues=cues,
        speech=tuple(CueWord(word.text, word.start, word.end) for word in speech),
        safe_area=_safe_area(film),
        intended_black=tuple(_dark(film)),
        allow_still=tuple(_still(film)),
        fallbacks=tuple(fallbacks),
    )


def caption_cues(shoot: Shoot) -> tuple[CaptionCue, ...]:
    """Every caption screen in seconds of the film, for the files beside it."""
    return tuple(
        CaptionCue(screen.text, at + screen.start, at + screen.end, _words(screen.words, at))
        for shot, painter in shoot.captions()
        for at in [float(shot.span.start / shoot.film.rate)]
        for screen in painter.screens()
    )


def _words(words: Iterable[SpokenWord], at: float) -> tuple[TimedWord, ...]:
    return tuple(TimedWord(word.text, at + word.start, at + word.end) for word in words)


def _cues(shoot: Shoot) -> Iterator[Cue]:
    for shot, painter in shoot.captions():
        at = float(shot.span.start / shoot.film.rate)
        for screen in painter.screens():
            words = tuple(CueWord(w.text, at + w.start, at + w.end) for w in screen.words)
            yield Cue(at + screen.start, at + screen.end, Box(*screen.box), words)


def _safe_area(film: Film) -> Box | None:
    """The area that the captions were given, in pixels."""
    for track in film.layers:
        for shot in track:
            if isinstance(shot.clip.asset, Captions) and shot.clip.asset.safe_area:
                left, top, right, bottom = shot.clip.asset.safe_area
                width, height = film.size
                return Box(left * width, top * height, right * width, bottom * height)
    return None


def _dark(film: Film) -> Iterator[Span]:
    """Frames that may be black: gaps, transitions that go through the background, colours and words alone."""
    yield from _gaps(film)
    for shot in film.layers[0] if film.layers else ():
        for span, transition in ((shot.enter, shot.transition_in), (shot.leave, shot.transition_out)):
            if transition and transition.type in _FADES and len(span):
                yield span
        if isinstance(shot.clip.asset, Color | Gradient | Shape | Text):
            yield shot.span


def _still(film: Film) -> Iterator[Span]:
    """Frames that may stand still: nothing in them moves by the document's own word."""
    yield from _gaps(film)
    for shot in film.layers[0] if film.layers else ():
        asset = shot.clip.asset
        if isinstance(asset, Image | Layers | Color | Gradient | Shape | Text) and is_still(shot.clip):
            yield shot.span


def _gaps(film: Film) -> Iterator[Span]:
    """The stretches in which the lowest track shows nothing."""
    at = 0
    for shot in film.layers[0] if film.layers else ():
        if shot.span.start > at:
            yield Span(at, shot.span.start)
        at = max(at, shot.span.end)
    if at < film.length:
        yield Span(at, film.length)
