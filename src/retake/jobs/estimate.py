"""A dry run: what is wrong with each row, and about how long and how dear the batch will be."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from retake.errors import RetakeError
from retake.jobs.admission import Choice, chosen, is_made, keys_of, open_session, problems_of
from retake.jobs.ledger import Entry, Ledger
from retake.jobs.rows import Row, read_rows
from retake.produce.preparation import voice_of
from retake.produce.pricing import price
from retake.produce.templates import Prepared
from retake.recipes.recording.binding import bind_row
from retake.settings import Settings

_START = 1.5
"""CPU seconds of a row before its first changed frame."""
_FRAME = 0.12
"""CPU seconds of a changed frame at 1080p: decoded, drawn on, encoded, compared."""
_REFERENCE = 1920 * 1080


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a batch would be. `seconds` are of wall time, for the rows that are not done yet; `basis` says
    what it was estimated from."""

    rows: int
    fit: int
    done: int
    seconds: float
    workers: int
    basis: str
    characters: int
    cost_usd: float
    problems: tuple[tuple[int, str], ...]

    def facts(self) -> dict[str, Any]:
        return asdict(self) | {"problems": [{"row": n, "problem": text} for n, text in self.problems]}


def estimate(template: str, rows_file: Path, out: Path, *, choice: Choice, settings: Settings) -> Estimate:
    """Looks at every row and makes nothing. Raises `RetakeError` for what concerns all rows."""
    session = open_session(template, settings)
    prepared, every, base = session.prepared, read_rows(rows_file), rows_file.parent
    rows = chosen(every, choice)
    problems = problems_of(session, rows, base)
    unfit = {number for number, _ in problems}
    keys, past = keys_of(prepared, rows, base), _past(out)
    done = {entry.number for entry in past if is_made(entry, keys, out)}
    waiting = [row for row in rows if row.number not in unfit | done]
    spent = [entry.outcome.seconds for entry in past if entry.state == "done"]
    each = sum(spent) / len(spent) if spent else _by_frames(prepared)
    characters = sum(_characters(prepared, row) for row in waiting)
    return Estimate(
        rows=len(rows),
        fit=len(rows) - len(unfit),
        done=len(done),
        seconds=round(each * len(waiting) / min(settings.workers, max(len(waiting), 1)), 1),
        workers=settings.workers,
        basis="from the rows already made" if spent else "from the frames that change",
        characters=characters,
        cost_usd=round(price(characters, _provider(prepared, settings), settings), 4),
        problems=tuple(problems),
    )


def _provider(prepared: Prepared, settings: Settings) -> str:
    return voice_of(prepared.template, settings).provider if prepared.template.voice_segments else ""


def _past(out: Path) -> list[Entry]:
    path = out / "ledger.sqlite"
    if not path.is_file():
        return []
    with Ledger(path) as ledger:
        return ledger.entries()


def _by_frames(prepared: Prepared) -> float:
    width, height = prepared.analysis.size
    return _START + prepared.analysis.frames_changed * _FRAME * width * height / _REFERENCE


def _characters(prepared: Prepared, row: Row) -> int:
    try:
        bound = bind_row(prepared.template, row.data)
    except RetakeError:
        return 0
    return sum(len(line.text) for line in bound.lines)
