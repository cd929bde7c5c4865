"""Captions are judged on the plan: inside the safe area, long enough, apart, and in time with the voice."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from retake.check import Box, Cue, CueWord, Expectation, Finding
from retake.check.captions import judge_captions

WORDS = (CueWord("The", 0.0, 0.3), CueWord("lost", 0.3, 0.8), CueWord("artifact", 1.0, 1.9))
CUES = (
    Cue(0.0, 0.9, Box(100, 1200, 900, 1300), WORDS[:2]),
    Cue(1.0, 2.0, Box(100, 1200, 900, 1300), WORDS[2:]),
)
PLAN = Expectation(rate=Fraction(30), frames=60, cues=CUES, speech=WORDS, safe_area=Box(60, 220, 960, 1480))


def faults(plan: Expectation) -> dict[str, Finding]:
    return {finding.name: finding for finding in judge_captions(plan) if not finding.passed}


def test_good_captions_pass() -> None:
    assert len(judge_captions(PLAN)) == 6
    assert faults(PLAN) == {}
    assert judge_captions(replace(PLAN, cues=())) == []


def test_a_cue_outside_of_the_safe_area_fails() -> None:
    low = replace(CUES[1], box=Box(100, 1400, 900, 1500))
    found = faults(replace(PLAN, cues=(CUES[0], low)))
    assert set(found) == {"captions_safe_area"}
    assert found["captions_safe_area"].at == 1.0


def test_a_word_shown_away_from_its_sound_fails() -> None:
    late = replace(CUES[1], words=(replace(WORDS[2], start=1.09),))
    found = faults(replace(PLAN, cues=(CUES[0], late)))
    assert set(found) == {"captions_on_time"}
    assert "'artifact' is shown 0.09 s after" in found["captions_on_time"].message
    nearly = replace(CUES[1], words=(replace(WORDS[2], start=1.07),))
    assert faults(replace(PLAN, cues=(CUES[0], nearly))) == {}


def test_a_spoken_word_that_is_not_shown_fails() -> None:
    found = faults(replace(PLAN, cues=CUES[:1]))
    assert "2 words are shown, 3 are spoken" in found["captions_on_time"].message


def test_short_overlapping_and_overhanging_cues_fail() -> None:
    short = replace(CUES[1], end=1.2)
    assert set(faults(replace(PLAN, cues=(CUES[0], short)))) == {"captions_length", "captions_pace"}
    assert set(faults(replace(PLAN, cues=(replace(CUES[0], end=1.1), CUES[1])))) == {"captions_overlap"}
    assert set(faults(replace(PLAN, frames=50))) == {"captions_inside"}


def test_too_much_to_read_is_only_a_warning() -> None:
    dense = replace(CUES[1], words=(replace(WORDS[2], text="antidisestablishmentarianism"),))
    found = faults(replace(PLAN, cues=(CUES[0], dense)))
    assert [(finding.name, finding.severity) for finding in found.values()] == [("captions_pace", "warn")]
