"""The command `batch`: rows in, films and named failures out."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retake.cli import options
from retake.cli.take import Template
from retake.errors import InputError

_ROW = re.compile(r"[0-9]{1,7}")

if TYPE_CHECKING:
    from rich.console import Console

    from retake.jobs.batch import Batch
    from retake.jobs.estimate import Estimate


def batch(
    template: Template,
    rows: Annotated[
        Path, typer.Option("--rows", "-r", help="The rows: CSV, TSV, JSONL, JSON or XLSX.", metavar="ROWS")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="The folder for the films.", metavar="DIR")],
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="At most so many rows.", metavar="N")
    ] = None,
    only: Annotated[
        str | None, typer.Option("--only", help="Only these rows, as in 3,7-9.", metavar="ROWS")
    ] = None,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="Stop at the first row that fails.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check every row, estimate time and cost, make nothing.")
    ] = False,
    workers: options.Workers = None,
    as_json: options.Json = False,
) -> None:
    """Make a film for every row. Run it again to go on where it stopped."""
    from retake.cli.live import shown
    from retake.jobs.admission import Choice
    from retake.jobs.batch import run_batch
    from retake.jobs.estimate import estimate

    settings = options.settings_for(workers)
    choice = Choice(limit=limit, only=_numbers(only), fail_fast=fail_fast)
    if dry_run:
        _say_estimate(estimate(template, rows, out, choice=choice, settings=settings), as_json=as_json)
        return
    began = time.monotonic()
    with shown(sys.stderr) as progress:
        result = run_batch(template, rows, out, choice=choice, settings=settings, progress=progress)
    _say_batch(result, time.monotonic() - began, as_json=as_json)
    if result.failed or result.waiting:
        raise typer.Exit(1)


def _numbers(text: str | None) -> tuple[int, ...]:
    """Row numbers from 3,7-9. Raises `InputError`."""
    found: list[int] = []
    for part in (text or "").split(","):
        first, dash, last = part.strip().partition("-")
        if not part.strip():
            continue
        if not _ROW.fullmatch(first) or (dash and not (_ROW.fullmatch(last) and int(first) <= int(last))):
            raise InputError(f"{part.strip()!r} is no row", place="--only", remedy="write it as 3,7-9")
        found += range(int(first), int(last or first) + 1)
    return tuple(dict.fromkeys(found))


def _say_estimate(found: Estimate, *, as_json: bool) -> None:
    from retake.cli import report
    from retake.cli.screen import clock, screen

    if as_json:
        report.say_json(found.facts())
    else:
        console = screen(sys.stdout)
        for number, problem in found.problems:
            _say_bad(console, f"row {number}: {problem}")
        console.print(
            f"{found.rows} rows: {found.fit} fit, {found.rows - found.fit} unfit, {found.done} already done",
            highlight=False,
        )
        console.print(
            f"about {clock(found.seconds)} with {found.workers} workers ({found.basis}), "
            f"about ${found.cost_usd:.2f} for {found.characters} spoken characters",
            highlight=False,
        )
    if found.problems:
        raise typer.Exit(1)


def _say_batch(result: Batch, took: float, *, as_json: bool) -> None:
    from rich.markup import escape

    from retake.cli import report
    from retake.cli.screen import clock, screen

    sheet = result.folder / "index.html"
    if as_json:
        report.say_json(
            {
                "rows": len(result.entries),
                "films": len(result.done),
                "failed": [
                    {"row": entry.number, "kind": entry.outcome.kind, "error": entry.outcome.error}
                    for entry in result.failed
                ],
                "waiting": len(result.waiting),
                "made_now": result.made_now,
                "stopped": result.stopped,
                "strays": list(result.strays),
                "took": round(took, 3),
                "results": str(result.folder / "results.jsonl"),
                "sheet": str(sheet),
            }
        )
        return
    console = screen(sys.stdout)
    for entry in result.failed:
        _say_bad(console, f"row {entry.number}: {entry.outcome.error}")
    if result.stopped:
        _say_bad(console, f"stopped at {result.stopped}")
        console.print("run it again to go on", highlight=False)
    if result.strays:
        console.print(
            f"[yellow]{len(result.strays)} films belong to no row of the table[/]: "
            + escape(", ".join(result.strays[:3]) + (", ..." if len(result.strays) > 3 else "")),
            highlight=False,
        )
    rest = f", {len(result.waiting)} still to be made" if result.waiting else ""
    console.print(
        f"{len(result.entries)} rows: {len(result.done)} films, {len(result.failed)} failed{rest}; "
        f"{result.made_now} made now in {clock(took)}",
        highlight=False,
    )
    console.print(f"look at them: {escape(str(sheet))}", highlight=False)


def _say_bad(console: Console, text: str) -> None:
    console.print("[red]✗[/] ", end="")
    console.print(text, markup=False, highlight=False)
