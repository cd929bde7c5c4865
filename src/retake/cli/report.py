"""Reports: what a command found or made, for a reader and for a program.

Enters: what `retake.produce` gave. Leaves: lines on a console, or plain values for `--json`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from retake.cli.failures import problem_json
from retake.cli.screen import clock, size
from retake.errors import Problem

if TYPE_CHECKING:
    from retake.check import Finding, Verdict
    from retake.produce import FilmResult

_Row = tuple[str, str, str]


def say_json(value: object) -> None:
    """One JSON object on standard output."""
    print(json.dumps(value, ensure_ascii=False, indent=2))  # noqa: T201


def films_json(films: Sequence[FilmResult], took: float, story: Path | None) -> dict[str, object]:
    """What `retake story --json` and `retake render --json` print."""
    processed = {} if story is None else {"story": str(story)}
    return {
        **processed,
        "passed": all(film.verdict.passed for film in films),
        "took": round(took, 3),
        "films": [
            {
                "name": film.name,
                "film": str(film.film),
                "files": {name: str(path) for name, path in film.files.items()},
                "took": round(film.seconds, 3),
                "duration": _duration(film),
                "frames": film.frames,
                "frames_copied": film.frames_copied,
                "bytes": _bytes(film.film),
                "warnings": [problem_json(warning) for warning in film.warnings],
                "fallbacks": list(film.fallbacks),
                "verdict": verdict_json(film.verdict),
            }
            for film in films
        ],
    }


def verdict_json(verdict: Verdict) -> dict[str, object]:
    """A verdict as plain values."""
    return json.loads(verdict.to_json())


def say_films(films: Sequence[FilmResult], took: float, console: Console, story: Path | None) -> None:
    """A block of lines for each film, the story as it was processed, and how long all of it took."""
    for film in films:
        console.print()
        console.print(_headed(film.name, film.verdict))
        for name, value, style in _film_rows(film):
            console.print(Text.assemble((f"  {name:<10} ", "dim"), (value, style)))
    console.print()
    if story is not None:
        console.print(Text.assemble(f"{story}", ("  can be edited and given again", "dim")))
    console.print(Text(f"made in {clock(took)}", style="dim"))


def say_verdict(path: Path, verdict: Verdict, console: Console) -> None:
    """The verdict on a file: what was measured, what was expected."""
    console.print(_headed(str(path), verdict))
    rows = [
        (finding, finding.measured, f"expected {finding.expected}" if finding.expected else "")
        for finding in verdict.findings
    ]
    widths = [
        max((len(text) for text in column), default=0)
        for column in zip(
            *((finding.name, measured, expected) for finding, measured, expected in rows), strict=True
        )
    ]
    for finding, measured, expected in rows:
        line = Text.assemble(
            _mark(finding),
            f"{finding.name:<{widths[0]}}  {measured:<{widths[1]}}  ",
            (f"{expected:<{widths[2]}}  ", "dim"),
            finding.message or "",
        )
        line.rstrip()
        console.print(line)
    for fallback in verdict.fallbacks:
        console.print(Text(f"  fallback: {fallback}", "yellow"))


def say_problems(path: Path, problems: Sequence[Problem], console: Console) -> None:
    """Every problem with its place and remedy; one line when there is none."""
    if not problems:
        console.print(Text.assemble((f"{path}", "bold"), ": ", ("ready to be made", "green")))
        return
    errors = sum(not problem.warning for problem in problems)
    console.print(Text.assemble((f"{path}", "bold"), f": {_count(errors, len(problems) - errors)}"))
    for problem in problems:
        mark, colour = ("warning", "yellow") if problem.warning else ("error", "red")
        console.print(
            Text.assemble("  ", (mark, colour), "  ", (problem.place, "bold"), f"  {problem.message}")
        )
        if problem.remedy:
            console.print(Text(f"      {problem.remedy}", "cyan"))


def _count(errors: int, warnings: int) -> str:
    named = ((errors, "problem"), (warnings, "warning"))
    return ", ".join(f"{n} {word}{'s' if n != 1 else ''}" for n, word in named if n)


def _mark(finding: Finding) -> tuple[str, str]:
    if finding.passed:
        return "  ok       ", "green"
    return ("  failed   ", "bold red") if finding.severity == "fail" else ("  warning  ", "yellow")


def _headed(name: str, verdict: Verdict) -> Text:
    if not verdict.findings:
        return Text(name, "bold")
    state = ("passed", "bold green") if verdict.passed else ("failed its check", "bold red")
    return Text.assemble((name, "bold"), "  ", state)


def _duration(film: FilmResult) -> float | None:
    """Seconds of the finished file, as its check measured them; None for what no check reads."""
    measured = film.verdict.figures.get("duration")
    return float(measured) if measured is not None else None


def _film_rows(film: FilmResult) -> Iterator[_Row]:
    yield "film", str(film.film), "bold cyan"
    duration = _duration(film)
    length = (f"{clock(duration)},",) if duration is not None else ()
    yield "length", " ".join((*length, f"{film.frames} frames, {size(_bytes(film.film))}")), ""
    if film.frames_copied:
        yield "reused", f"{film.frames_copied} of {film.frames} frames copied from the film before", ""
    if others := [path.name.removeprefix(film.film.stem) for path in film.files.values()]:
        yield "beside it", ", ".join(others), ""
    for finding in film.verdict.failures:
        yield "failed", f"{finding.name}: {finding.message or finding.measured}", "red"
    for finding in film.verdict.warnings:
        yield "warning", f"{finding.name}: {finding.message or finding.measured}", "yellow"
    for warning in film.warnings:
        yield "warning", str(warning), "yellow"
    for fallback in film.fallbacks:
        yield "fallback", fallback, "yellow"


def _bytes(path: Path) -> int:
    """The size of a file, or of all files in a folder of frames."""
    files = path.rglob("*") if path.is_dir() else (path,)
    return sum(file.stat().st_size for file in files if file.is_file())
