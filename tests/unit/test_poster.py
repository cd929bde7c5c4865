"""The frame that stands for a film, and the thumbnail made of it."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from tests.timelines import pattern

from retake.assemble.poster import candidates, merit
from retake.media.colour import rgb_to_picture
from retake.recipes.story.thumbnail import SIZES, thumbnail_document
from retake.render.place import box_size
from retake.render.text.fonts import FontBook
from retake.render.text.inspect import text_problems
from retake.render.text.painter import set_text
from retake.timeline.assets import Text
from retake.timeline.document import Document
from retake.timeline.film import lay_out

BRIGHT = pattern(1, (256, 256))


@pytest.mark.parametrize(
    "worse",
    [
        np.full_like(BRIGHT, 128),
        (BRIGHT * 0.12).astype(np.uint8),
        np.clip(BRIGHT.astype(int) + 170, 0, 255).astype(np.uint8),
        np.asarray(cv2.GaussianBlur(BRIGHT, (0, 0), 20), np.uint8),
    ],
    ids=["flat", "dark", "glaring", "blurred"],
)
def test_a_picture_that_shows_something_is_the_better_one(worse: np.ndarray) -> None:
    assert merit(rgb_to_picture(BRIGHT)) > merit(rgb_to_picture(worse))


def test_candidates_lie_outside_of_transitions() -> None:
    def clip(start: float, **more: Any) -> dict[str, Any]:
        return {"asset": {"type": "color", "color": "#c00"}, "start": start, "duration": 2, **more}

    dissolve = {"transition": {"in": {"type": "dissolve", "duration": 1}}}
    tracks = [{"clips": [clip(0), clip(1, **dissolve)]}]
    film = lay_out(Document.model_validate({"timeline": {"tracks": tracks}}), {})
    found = list(candidates(film))
    assert len(found) == len(tracks[0]["clips"])
    assert not [n for frames in found for n in frames if 30 <= n < 60]


def test_a_film_that_is_all_transition_has_a_candidate_too() -> None:
    whole = {"transition": {"in": {"type": "fade", "duration": 2}}}
    clip = {"asset": {"type": "color", "color": "#c00"}, "duration": 2, **whole}
    film = lay_out(Document.model_validate({"timeline": {"tracks": [{"clips": [clip]}]}}), {})
    assert list(candidates(film)) == [(30,)]


def test_a_film_without_pictures_has_a_candidate_too() -> None:
    tracks = [{"clips": [{"asset": {"type": "color", "color": "#c00"}, "duration": 2}]}]
    film = lay_out(Document.model_validate({"timeline": {"tracks": tracks}}), {})
    assert list(candidates(film))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "title",
    ["A", "The Lost Artifact", "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz",
     "A very long title that goes on and on " * 7],
    ids=["letter", "usual", "one long word", "long"],
)  # fmt: skip
def test_a_title_of_any_length_fits_its_thumbnail(size: tuple[int, int], title: str) -> None:
    document = thumbnail_document("frame.png", title[:300], size, "#ffd700")
    clip = document.timeline.tracks[-1].clips[0]
    assert isinstance(clip.asset, Text)
    problems = text_problems(clip.asset, box_size(clip, size), size, FontBook(directories=()), "$")
    assert not [str(problem) for problem in problems if not problem.warning]


def test_a_usual_title_stands_in_few_lines_rather_than_in_the_largest_letters() -> None:
    document = thumbnail_document("frame.png", "The Bakery That Asked One Question", (1080, 1920), "#ffd700")
    clip = document.timeline.tracks[-1].clips[0]
    assert isinstance(clip.asset, Text)
    box = box_size(clip, (1080, 1920))
    _, layout = set_text(clip.asset, box, (1080, 1920), FontBook(directories=()))
    assert len(layout.lines) == 3


def test_without_a_title_the_picture_stands_alone() -> None:
    assert len(thumbnail_document("frame.png", " ", SIZES[0], "#ffd700").timeline.tracks) == 1
