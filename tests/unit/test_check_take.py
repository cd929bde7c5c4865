"""A personalised film read back: what differs from the plan fails, what may be heard is a warning."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import pytest
from tests.recordings import H264, record

from retake.check.take import TakeExpectation, check_take, sound_seconds
from retake.media.take import read_take


@dataclass(frozen=True)
class Figure:
    name: str = "noise_floor_step"
    value: float = 1.0
    unit: str = "dB"
    limit: float = 3.0
    passed: bool = True


@dataclass(frozen=True)
class Fit:
    name: str = "mouth_correlation"
    value: float = 0.9
    measured: str = "0.90"
    expected: str = "at least 0.4"
    passed: bool = True


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record(tmp_path_factory.mktemp("film"), H264[0], frames=20)


def plan(film: Path) -> TakeExpectation:
    take = read_take(film)
    return TakeExpectation(take.length, take.duration, take.size, sound_seconds(take))


def test_a_film_as_planned_passes(film: Path) -> None:
    verdict = check_take(film, replace(plan(film), measures=(("greeting", Figure()),), fallbacks=("told",)))
    assert verdict.passed and not verdict.warnings
    assert verdict.figures["greeting.noise_floor_step"] == 1.0
    assert verdict.fallbacks == ("told",)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"frames": 21}, "frames"),
        ({"size": (96, 160)}, "size"),
        ({"duration": Fraction(2)}, "duration"),
        ({"heard": None}, "sound"),
        ({"heard": Fraction(2)}, "sound lasts"),
    ],
)
def test_what_differs_from_the_plan_fails(film: Path, change: dict[str, object], name: str) -> None:
    verdict = check_take(film, replace(plan(film), **change))  # type: ignore[arg-type]
    assert [finding.name for finding in verdict.failures] == [name]


def test_sound_that_ends_three_samples_late_fails(film: Path) -> None:
    expected = plan(film)
    assert expected.heard is not None
    late = check_take(film, replace(expected, heard=expected.heard + Fraction(3, 48_000)))
    assert not late.passed
    assert check_take(film, replace(expected, heard=expected.heard + Fraction(1, 48_000))).passed


def test_a_step_that_may_be_heard_is_a_warning(film: Path) -> None:
    step = Figure(value=9.0, passed=False)
    verdict = check_take(film, replace(plan(film), measures=(("greeting", step),)))
    (warning,) = verdict.warnings
    assert verdict.passed and "greeting" in warning.message


def test_a_mouth_that_may_not_fit_its_words_is_a_warning(film: Path) -> None:
    fits, slack = Fit(), Fit("mouth_closure", 0.4, "40% open", "at most 20% open", False)
    verdict = check_take(film, replace(plan(film), mouths=(("greeting", fits), ("greeting", slack))))
    (warning,) = verdict.warnings
    assert verdict.passed
    assert warning.name == "greeting mouth closure"
    assert (warning.measured, warning.expected) == ("40% open", "at most 20% open")
    assert "greeting" in warning.message
    assert verdict.figures["greeting.mouth_correlation"] == 0.9


def test_a_broken_film_is_a_finding(tmp_path: Path, film: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(film.read_bytes()[:500])
    (finding,) = check_take(broken, plan(film)).failures
    assert finding.name == "readable"
