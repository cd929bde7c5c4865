"""Failures: what the user sees of an error, and the exit code. Message, place, remedy; never a traceback.

Every error of the tree decides its own exit code. What is no error of the tree is a defect of Retake: its
traceback goes to a file, which the user can send, or to the screen with `--debug`.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import traceback
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import typer

from retake.errors import DocumentError, HostError, Problem, RetakeError

INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as it is told: `kind` is the class of the tree, `problems` all that a document has."""

    kind: str
    message: str
    exit_code: int
    place: str = ""
    remedy: str = ""
    problems: tuple[Problem, ...] = ()


@contextmanager
def reported(*, as_json: bool, debug: bool = False) -> Generator[None]:
    """Run a command; tell how it failed and leave with the exit code of that."""
    try:
        yield
        sys.stdout.flush()
    except (typer.Exit, typer.Abort):
        raise
    except BrokenPipeError as error:
        # The reader has seen enough. Python would complain again when it flushes at the end.
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from error
    except (Exception, KeyboardInterrupt) as error:
        if debug:
            traceback.print_exc()
        failure = failure_of(error)
        tell(failure, as_json=as_json)
        raise typer.Exit(failure.exit_code) from error


def failure_of(error: BaseException) -> Failure:
    """What to tell of an error."""
    if isinstance(error, KeyboardInterrupt):
        return Failure(
            "Interrupted",
            "stopped, with nothing left half-written",
            INTERRUPTED,
            remedy="run it again: what is finished is taken up from the store",
        )
    if isinstance(error, RetakeError):
        problems = error.problems if isinstance(error, DocumentError) else ()
        kind = type(error).__name__
        return Failure(kind, error.message, error.exit_code, error.place, error.remedy, problems)
    if isinstance(error, typer.TyperException):
        usage = error.format_message().replace("Value error, ", "")
        return Failure("UsageError", f"{usage[:1].lower()}{usage[1:]}", error.exit_code, remedy="see --help")
    if isinstance(error, OSError) and error.filename:
        reason = error.strerror or str(error)
        return Failure(HostError.__name__, reason.lower(), HostError.exit_code, place=str(error.filename))
    return Failure(
        "Defect",
        f"Retake itself failed: {type(error).__name__}: {error}",
        1,
        remedy=f"please report it with {_keep_traceback(error)}; `retake --debug` shows it on the screen",
    )


def tell(failure: Failure, *, as_json: bool) -> None:
    """The failure as one JSON object on standard output, or as lines on standard error."""
    if as_json:
        print(json.dumps({"error": to_json(failure)}, ensure_ascii=False))  # noqa: T201
        return

    from retake.cli.screen import screen

    console = screen(sys.stderr)
    mark = "interrupted" if failure.exit_code == INTERRUPTED else "error"
    colour = "yellow" if failure.exit_code == INTERRUPTED else "red"
    where = f" {failure.place}:" if failure.place else ""
    console.print(f"[bold {colour}]{mark}:[/]", end="")
    console.print(f"{where} {failure.message}", markup=False)
    followers = (*failure.problems[1:], None)
    for problem, after in zip(failure.problems, followers, strict=False):
        console.print(f"  {problem.place}", style="bold", markup=False, end="")
        console.print(f"  {problem.message}", markup=False)
        if problem.remedy and not (after and after.remedy == problem.remedy):
            console.print(f"    {problem.remedy}", style="cyan", markup=False)
    if failure.remedy:
        console.print(f"  {failure.remedy}", style="cyan", markup=False)


def to_json(failure: Failure) -> dict[str, object]:
    """The failure as plain values; empty ones are left out."""
    told: dict[str, object] = {
        "kind": failure.kind,
        "message": failure.message,
        "place": failure.place,
        "remedy": failure.remedy,
        "problems": [problem_json(problem) for problem in failure.problems],
        "exit_code": failure.exit_code,
    }
    return {name: value for name, value in told.items() if value not in ("", [])}


def problem_json(problem: Problem) -> dict[str, object]:
    """A problem as plain values."""
    severity = "warning" if problem.warning else "error"
    return {
        "place": problem.place,
        "message": problem.message,
        "remedy": problem.remedy,
        "severity": severity,
    }


def _keep_traceback(error: BaseException) -> str:
    """Write the traceback to a file and return its name, or say that not even that was possible."""
    with suppress(OSError):
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", prefix="retake-", suffix=".log", delete=False
        ) as file:
            traceback.print_exception(error, file=file)
        return file.name
    return "its traceback"
