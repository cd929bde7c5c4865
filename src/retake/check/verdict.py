"""What a check ends with: findings, and whether the film passed."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field
from typing import Literal

Severity = Literal["fail", "warn"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what was measured, what was expected, whether it is right.

    `severity` is what a finding that did not pass does to the film; `at` is where, in seconds.
    """

    name: str
    passed: bool
    measured: str
    expected: str
    message: str = ""
    severity: Severity = "fail"
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The findings on a file, the fallbacks that were taken in making it, and the figures measured."""

    findings: tuple[Finding, ...]
    fallbacks: tuple[str, ...] = ()
    figures: dict[str, float | int | str] = field(default_factory=dict[str, float | int | str])

    @property
    def passed(self) -> bool:
        """No finding that fails the film."""
        return not self.failures

    @property
    def failures(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if not f.passed and f.severity == "fail")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if not f.passed and f.severity == "warn")

    def to_json(self) -> str:
        """The verdict for machines: strict JSON (what is infinite is null), keys in a fixed order."""
        record = {
            "passed": self.passed,
            "findings": [asdict(finding) for finding in self.findings],
            "fallbacks": list(self.fallbacks),
            "figures": {
                name: None if isinstance(value, float) and not math.isfinite(value) else value
                for name, value in self.figures.items()
            },
        }
        return json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False)
