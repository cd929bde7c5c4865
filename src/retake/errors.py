"""The errors of Retake: one tree. Whose fault it is decides the class and the exit code.

RetakeError                what happened, at which place, and what to do about it
├── InputError (2)         the user's: an option, a path, a value
│   ├── DocumentError      a story or timeline, with every problem that it has
│   └── MediaError         a file from outside that cannot be used
├── ProviderError (1)      a service that makes assets; its `severity` says what may be done
├── HostError (1)          this machine: disk full, folder not writable, encoder missing
├── CheckFailed (1)        the film was made, read back, and found wanting
└── Interrupted (130)      the user stopped the run
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input.

    `place` is a JSON path (`$.timeline.tracks[0].clips[2].start`) or a file name; `remedy` tells what to do.
    A `warning` is reported and the work goes on.
    """

    place: str
    message: str
    remedy: str = ""
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" + (f" ({self.remedy})" if self.remedy else "")


class RetakeError(Exception):
    """The root. `place` names where (a JSON path, a file, a stage), `remedy` what to do."""

    exit_code = 1

    def __init__(self, message: str, *, place: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.remedy = remedy

    def __str__(self) -> str:
        return str(Problem(self.place, self.message, self.remedy)) if self.place else self.message


class InputError(RetakeError):
    """What the user gave cannot be used."""

    exit_code = 2


class DocumentError(InputError):
    """A document with problems, all of them at once."""

    def __init__(self, problems: Sequence[Problem], *, place: str = "") -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        super().__init__(f"{count} problem{'s' if count != 1 else ''} found", place=place)

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *(f"  {problem}" for problem in self.problems)])


class MediaError(InputError):
    """A picture, sound or film from outside that is missing, broken, too large or not allowed."""


class Severity(StrEnum):
    """What may be done about a provider's failure."""

    CRITICAL = "critical"  # stop: another try or a default would hide a real mistake (a wrong key, no credit)
    RECOVERABLE = "recoverable"  # try again: time-out, 429, 5xx, rubbish in the answer
    FALLBACK = "fallback"  # do not try again, use the default: the provider cannot make this


class ProviderError(RetakeError):
    """A provider failed. `retry_after` is the provider's own wish, in seconds."""

    def __init__(
        self,
        message: str,
        *,
        severity: Severity,
        place: str = "",
        remedy: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, place=place, remedy=remedy)
        self.severity = severity
        self.retry_after = retry_after


class HostError(RetakeError):
    """This machine cannot do it: no space, no permission, no such encoder."""


class CheckFailed(RetakeError):
    """What was made is not what it should be; it is not delivered."""


class Interrupted(RetakeError):
    """The user stopped the run."""

    exit_code = 130
