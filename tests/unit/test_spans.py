"""The spans of a film, and which of them a master holds."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from retake.assemble.receipt import Master, Record
from retake.assemble.spans import LONGEST, cut, plan
from retake.timeline.document import Document
from retake.timeline.film import Film, lay_out
from retake.timeline.time import Span


def film(*clips: tuple[float, float], fps: object = 30, over: tuple[tuple[float, float], ...] = ()) -> Film:
    def track(times: tuple[tuple[float, float], ...]) -> dict[str, Any]:
        red = {"type": "color", "color": "#c00"}
        return {"clips": [{"asset": red, "start": start, "duration": length} for start, length in times]}

    tracks = [track(clips), *([track(over)] if over else [])]
    return lay_out(Document.model_validate({"timeline": {"tracks": tracks}, "output": {"fps": fps}}), {})


def test_a_span_begins_where_a_shot_of_the_lowest_track_begins() -> None:
    assert cut(film((0, 2.5), (2, 3), over=((1, 1),))) == (Span(0, 60), Span(60, 150))


@pytest.mark.parametrize("fps", [24, 25, "29.97", 30, 60])
@pytest.mark.parametrize("clips", [((0, 0.04),), ((0, 61),), ((0, 3), (2.9, 20), (22, 0.1)), ((5, 2),)])
def test_spans_cover_the_film_without_gaps_and_none_is_long(
    fps: object, clips: tuple[tuple[float, float], ...]
) -> None:
    whole = film(*clips, fps=fps)
    spans = cut(whole)
    assert [n for span in spans for n in range(span.start, span.end)] == list(range(whole.length))
    assert max(len(span) for span in spans) <= whole.rate * LONGEST + 1


def test_very_short_shots_share_a_span() -> None:
    spans = cut(film(*((i / 10, 0.1) for i in range(20))))
    assert all(len(span) >= 15 for span in spans)


def test_a_long_shot_is_cut_into_spans_of_like_length() -> None:
    lengths = [len(span) for span in cut(film((0, 20)))]
    assert len(lengths) == 3
    assert max(lengths) - min(lengths) <= 1


def test_a_film_of_one_frame_is_one_span() -> None:
    assert cut(film((0, Fraction(1, 30)))) == (Span(0, 1),)  # type: ignore[arg-type]


def test_a_span_that_a_master_shows_is_copied_from_it_wherever_it_lies() -> None:
    record = Record(40, 50, "b", "encode", "hash")
    master = Master(Path("film.mp4"), (Record(0, 40, "x", "encode", "hash"), record))
    parts = plan((Span(0, 10), Span(10, 20)), lambda span: "ab"[span.start // 10], master)
    assert [part.copied for part in parts] == [None, record]


def test_without_a_master_everything_is_encoded() -> None:
    assert [part.copied for part in plan((Span(0, 10),), lambda _: "a", None)] == [None]
