"""Verdicts on a finished file: `check` reads it back and compares it with what it should be.

`film` is the way; `file`, `pictures`, `sounds` and `captions` judge one side each.
"""

from retake.check.expectation import Box, Cue, CueWord, Expectation, SceneSpan
from retake.check.film import check
from retake.check.verdict import Finding, Verdict

__all__ = ["Box", "Cue", "CueWord", "Expectation", "Finding", "SceneSpan", "Verdict", "check"]
