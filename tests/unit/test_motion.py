"""Keyframes: exact at every key, shaped between them, held outside them."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from pydantic import ValidationError

from retake.timeline.motion import EASINGS, Animation, Easing, Keyframe, extent, moves, value_at


def _ramp(easing: Easing) -> Animation:
    return Animation(
        keyframes=(
            Keyframe(at=Fraction(1), value=10, easing=easing),
            Keyframe(at=Fraction(3), value=20),
        )
    )


@pytest.mark.parametrize("easing", list(EASINGS))
def test_every_easing_is_exact_at_its_ends(easing: Easing) -> None:
    curve = EASINGS[easing]
    assert curve(0) == pytest.approx(0, abs=1e-12)
    assert curve(1) == pytest.approx(1, abs=1e-12)
    move = _ramp(easing)
    assert value_at(move, Fraction(0)) == 10
    assert value_at(move, Fraction(1)) == 10
    assert value_at(move, Fraction(3)) == 20
    assert value_at(move, Fraction(99)) == 20


@pytest.mark.parametrize("easing", [e for e in EASINGS if e not in ("hold", "bounce_out")])
def test_an_easing_has_no_jump(easing: Easing) -> None:
    steps = [EASINGS[easing](n / 2000) for n in range(2001)]
    assert max(abs(b - a) for a, b in pairwise(steps)) < 0.02


@pytest.mark.parametrize("easing", [e for e in EASINGS if e not in ("back_out", "bounce_out", "elastic_out")])
def test_an_easing_without_swing_never_turns_back(easing: Easing) -> None:
    steps = [EASINGS[easing](n / 500) for n in range(501)]
    assert all(b >= a - 1e-12 for a, b in pairwise(steps))


def test_the_swinging_easings_swing() -> None:
    for easing in ("back_out", "elastic_out"):
        assert max(EASINGS[easing](n / 100) for n in range(101)) > 1.05
    bounce = [EASINGS["bounce_out"](n / 1000) for n in range(1001)]
    assert max(bounce) <= 1 + 1e-9
    assert sum(b < a for a, b in pairwise(bounce)) > 100


def test_hold_keeps_its_value_until_the_next_key() -> None:
    move = _ramp("hold")
    assert value_at(move, Fraction(2999, 1000)) == 10
    assert value_at(move, Fraction(3)) == 20


def test_each_key_shapes_the_way_to_the_next() -> None:
    move = Animation(
        keyframes=(
            Keyframe(at=Fraction(0), value=0, easing="ease_in"),
            Keyframe(at=Fraction(2), value=8, easing="linear"),
            Keyframe(at=Fraction(4), value=0),
        )
    )
    assert value_at(move, Fraction(1)) == 2
    assert value_at(move, Fraction(3)) == 4


def test_a_plain_number_never_moves() -> None:
    assert value_at(1.5, Fraction(7)) == 1.5
    assert extent(1.5) == (1.5, 1.5)
    assert not moves(1.5)
    assert extent(_ramp("linear")) == (10, 20)
    assert moves(_ramp("linear"))


@pytest.mark.parametrize("times", [(1, 0), (1, 1)])
def test_keys_out_of_order_are_refused(times: tuple[int, int]) -> None:
    with pytest.raises(ValidationError, match="in order of time"):
        Animation.model_validate({"keyframes": [{"at": at, "value": 0} for at in times]})
