"""Laws of time, for every rate and every moment."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from retake.timeline.document import Document
from retake.timeline.film import lay_out
from retake.timeline.motion import EASINGS, Animation, Keyframe, value_at
from retake.timeline.reading import parse
from retake.timeline.time import Span, parse_rate, parse_seconds, plain, to_units

times = st.fractions(min_value=0, max_value=3600, max_denominator=90_000)
rates = st.sampled_from(
    [
        Fraction(24),
        Fraction(25),
        Fraction(30),
        Fraction(60),
        *(Fraction(n * 1000, 1001) for n in (24, 30, 60)),
    ]
)
frames = st.integers(0, 10**7)


@given(times)
def test_a_time_comes_back_from_its_plain_form(time: Fraction) -> None:
    assert parse_seconds(plain(time)) == time


@given(rates)
def test_a_rate_comes_back_from_its_plain_form(rate: Fraction) -> None:
    assert parse_rate(plain(rate)) == rate


@given(frames, rates)
def test_a_frame_comes_back_from_its_seconds(frame: int, rate: Fraction) -> None:
    assert to_units(frame / rate, rate) == frame


@given(times, times, rates)
def test_frames_keep_the_order_of_moments(one: Fraction, other: Fraction, rate: Fraction) -> None:
    assert (to_units(one, rate) <= to_units(other, rate)) or one > other


@given(*(st.integers(0, 50),) * 4)
def test_spans_meet_exactly_where_they_share_frames(a: int, b: int, c: int, d: int) -> None:
    one, other = Span(min(a, b), max(a, b)), Span(min(c, d), max(c, d))
    shared = {n for n in range(51) if n in one and n in other}
    assert one.meets(other) == other.meets(one) == bool(shared)
    assert {n for n in range(51) if n in one.common(other)} == shared


@given(st.lists(st.integers(1, 60_000).map(lambda n: Fraction(n, 600)), min_size=1, max_size=12), rates)
def test_clips_side_by_side_tile_the_film(durations: list[Fraction], rate: Fraction) -> None:
    starts = [sum(durations[:i], Fraction(0)) for i in range(len(durations))]
    clips = [
        {"asset": {"type": "color", "color": "#fff"}, "start": plain(start), "duration": plain(duration)}
        for start, duration in zip(starts, durations, strict=True)
    ]
    document = Document.model_validate(
        {"output": {"fps": plain(rate)}, "timeline": {"tracks": [{"clips": clips}]}}
    )
    if to_units(starts[-1] + durations[-1], rate) == 0:
        return
    film = lay_out(document, {})
    spans = [shot.span for shot in film.layers[0]]
    assert spans[0].start == 0
    assert spans[-1].end == film.length
    assert all(a.end == b.start for a, b in pairwise(spans))


@given(times, times.filter(bool), times, st.sampled_from(sorted(EASINGS)))
def test_a_document_comes_back_from_its_own_json(
    start: Fraction, duration: Fraction, at: Fraction, easing: str
) -> None:
    raw = {
        "timeline": {
            "tracks": [
                {
                    "clips": [
                        {
                            "asset": {"type": "color", "color": "#fff"},
                            "start": plain(start),
                            "duration": plain(duration),
                            "opacity": [{"at": plain(at), "value": 0.5, "easing": easing}],
                        }
                    ]
                }
            ]
        }
    }
    document = Document.model_validate(raw)
    clip = document.timeline.tracks[0].clips[0]
    assert (clip.start, clip.duration) == (start, duration)
    assert Document.model_validate_json(document.model_dump_json(by_alias=True)) == document
    assert parse(document.model_dump_json(by_alias=True)) == document


@given(
    st.lists(times, min_size=1, max_size=6, unique=True),
    st.lists(st.floats(-100, 100), min_size=6, max_size=6),
    st.lists(st.sampled_from(sorted(EASINGS)), min_size=6, max_size=6),
)
def test_a_move_is_exact_at_every_key(at: list[Fraction], values: list[float], easings: list[str]) -> None:
    keys = [
        Keyframe.model_validate({"at": time, "value": value, "easing": easing})
        for time, value, easing in zip(sorted(at), values, easings, strict=False)
    ]
    move = Animation(keyframes=tuple(keys))
    assert [value_at(move, key.at) for key in keys] == [key.value for key in keys]
