"""Time is rational: what is written is what is meant, and spans are half-open."""

from __future__ import annotations

from fractions import Fraction

import pytest

from retake.timeline.time import Span, parse_rate, parse_seconds, plain, to_units


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (2, Fraction(2)),
        (2.5, Fraction(5, 2)),
        (0.1, Fraction(1, 10)),
        ("0.1", Fraction(1, 10)),
        ("5/2", Fraction(5, 2)),
        (" 7 ", Fraction(7)),
        ("-1.5", Fraction(-3, 2)),
        ("1:02.5", Fraction(125, 2)),
        ("1:00:01", Fraction(3601)),
        (Fraction(1, 3), Fraction(1, 3)),
    ],
)
def test_seconds_are_taken_exactly_as_written(written: object, meant: Fraction) -> None:
    assert parse_seconds(written) == meant


@pytest.mark.parametrize(
    "written",
    ["", "soon", "1/0", "1:2:3:4", True, None, [1], float("nan"), float("inf"), "nan", "1e5", "0x10", 10**6],
)
def test_what_is_no_time_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match=r"time|day"):
        parse_seconds(written)


@pytest.mark.parametrize("written", ["1e999999999", "9" * 100_000, "1/" + "9" * 100_000])
def test_a_number_that_would_take_forever_is_refused_at_once(written: str) -> None:
    with pytest.raises(ValueError, match="is not a time"):
        parse_seconds(written)


@pytest.mark.parametrize(
    ("written", "rate"),
    [
        (30, Fraction(30)),
        (29.97, Fraction(30000, 1001)),
        ("29.97", Fraction(30000, 1001)),
        (23.976, Fraction(24000, 1001)),
        ("59.94", Fraction(60000, 1001)),
        ("30000/1001", Fraction(30000, 1001)),
        (12.5, Fraction(25, 2)),
    ],
)
def test_the_ntsc_rates_are_exact(written: object, rate: Fraction) -> None:
    assert parse_rate(written) == rate


@pytest.mark.parametrize("written", [0, -30, 241, "fast", True, 29.123456789012])
def test_what_no_file_can_state_is_no_rate(written: object) -> None:
    with pytest.raises(ValueError, match="rate"):
        parse_rate(written)


def test_a_fraction_is_written_as_a_decimal_only_where_that_is_exact() -> None:
    assert [plain(f) for f in (Fraction(3), Fraction(5, 2), Fraction(1, 3))] == [3, 2.5, "1/3"]


def test_a_moment_becomes_the_nearest_frame_and_a_half_goes_up() -> None:
    rate = Fraction(30)
    assert [to_units(Fraction(n, 60), rate) for n in range(6)] == [0, 1, 1, 2, 2, 3]
    assert to_units(Fraction(3600), Fraction(30000, 1001)) == 107892


def test_a_span_holds_its_start_and_not_its_end() -> None:
    span = Span(3, 5)
    assert [n in span for n in (2, 3, 4, 5)] == [False, True, True, False]
    assert len(span) == 2
    assert not span.meets(Span(5, 9))
    assert span.meets(Span(4, 9))
    assert span.common(Span(4, 9)) == Span(4, 5)
    assert len(span.common(Span(7, 9))) == 0


def test_a_span_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before"):
        Span(5, 3)
