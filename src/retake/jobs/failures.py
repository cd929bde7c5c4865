"""What is wrong with a row, in words that stand beside its number."""

from __future__ import annotations

from retake.errors import DocumentError, RetakeError
from retake.jobs.ledger import Outcome

ROW = "row"
"""What a row is called while it is checked; beside its number the word is left out."""


def faults_of(error: RetakeError) -> list[str]:
    """Each thing that is wrong, its place first."""
    found = error.problems if isinstance(error, DocumentError) else (error,)
    return [str(one).removeprefix(f"{ROW}.").removeprefix(f"{ROW} ") for one in found]


def outcome_of(error: RetakeError) -> Outcome:
    """The outcome of a row that could not be made."""
    return Outcome(error="; ".join(faults_of(error)), kind=type(error).__name__)
