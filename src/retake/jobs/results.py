"""The results of a batch as tables: one line for each row, with its film or why there is none."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from retake.jobs.ledger import Entry
from retake.jobs.rows import Row
from retake.produce.files import write_text

COLUMNS = (
    "row", "state", "file", "receipt", "verdict", "error", "kind", "fallbacks", "warnings", "attempts",
    "packets_kept", "pixels_kept", "cost_usd", "seconds", "cpu_seconds",
)  # fmt: skip


def write_results(folder: Path, entries: Sequence[Entry], rows: Sequence[Row]) -> None:
    """Writes results.jsonl, for programs, and results.csv, for spreadsheets: with the row's own columns after
    ours, as `data.NAME`. Each is written whole. Raises `HostError`."""
    data = {row.number: row.data for row in rows}
    records = [_record(entry) for entry in entries]
    lines = [json.dumps(record | {"data": data[record["row"]]}) + "\n" for record in records]
    write_text(folder / "results.jsonl", "".join(lines))
    names = tuple(dict.fromkeys(name for row in rows for name in row.data))
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow([*COLUMNS, *(f"data.{name}" for name in names)])
    for record in records:
        own = data[record["row"]]
        writer.writerow([_cell(v) for v in (*(record[c] for c in COLUMNS), *(own.get(n) for n in names))])
    # Spreadsheets know UTF-8 by its mark; half a surrogate pair, which JSON may hold, is no text.
    write_text(folder / "results.csv", "\ufeff" + table.getvalue().encode("utf-8", "replace").decode())


def _record(entry: Entry) -> dict[str, Any]:
    outcome = entry.outcome
    return {
        "row": entry.number,
        "state": entry.state,
        "file": outcome.film,
        "receipt": outcome.receipt,
        "verdict": outcome.verdict,
        "error": outcome.error,
        "kind": outcome.kind,
        "fallbacks": list(outcome.fallbacks),
        "warnings": list(outcome.warnings),
        "attempts": entry.attempts,
        "packets_kept": outcome.kept.get("packets"),
        "pixels_kept": outcome.kept.get("pixels"),
        "cost_usd": outcome.cost_usd,
        "seconds": outcome.seconds,
        "cpu_seconds": outcome.cpu_seconds,
    }


def _cell(value: Any) -> Any:
    """A cell that a spreadsheet does not take for a formula."""
    if value is None or isinstance(value, bool | int | float):
        return "" if value is None else value
    text = "; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
