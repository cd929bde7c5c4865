"""Which rows a batch makes: those that were asked for, that are fit, and whose film is not there yet.

Enters: rows and a template. Leaves: keys, under which a row's film is what would be made now, and problems.
Nothing is made or written here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from retake.errors import InputError, RetakeError
from retake.fetch import is_remote
from retake.jobs.failures import ROW, faults_of
from retake.jobs.ledger import Entry
from retake.jobs.rows import Row
from retake.produce.personalisation import Session, check_row
from retake.produce.preparation import permitted, sha256_of
from retake.produce.showing import draw_showing
from retake.produce.templates import Prepared, open_template
from retake.recipes.recording.binding import Bound
from retake.settings import Settings


@dataclass(frozen=True, slots=True)
class Choice:
    """Which rows, and how. `only` are row numbers; `attempts` is how often a row is tried in one run."""

    limit: int | None = None
    only: tuple[int, ...] = ()
    fail_fast: bool = False
    attempts: int = 3


ALL = Choice()


def open_session(template: str, settings: Settings) -> Session:
    """The template opened for many rows. Raises `RetakeError` for what would make every row fail."""
    session = Session(open_template(template, settings), settings)
    session.require_whole()
    permitted(session.prepared.template, settings)
    return session


def chosen(rows: Sequence[Row], choice: Choice) -> tuple[Row, ...]:
    """The rows that were asked for. Raises `InputError` for a number that is none."""
    if strange := [n for n in choice.only if not 1 <= n <= len(rows)]:
        remedy = f"rows go from 1 to {len(rows)}"
        raise InputError(f"there is no row {strange[0]}", place="--only", remedy=remedy)
    wanted = [row for row in rows if not choice.only or row.number in choice.only]
    return tuple(wanted[: choice.limit])


def keys_of(prepared: Prepared, rows: Sequence[Row], base: Path) -> dict[int, str]:
    """For each row's number the SHA-256 over all that its film is made from: the template, the row, and the
    pictures on this machine that it names."""
    pictures = {s.placeholder_key for s in prepared.template.visual_segments if s.segment_type == "image"}
    digest = lru_cache(maxsize=None)(_digest)

    def key(row: Row) -> str:
        named = (row.data.get(name) for name in sorted(pictures))
        parts = [prepared.fingerprint, row.key]
        parts += [digest(base / value) for value in named if isinstance(value, str) and not is_remote(value)]
        return sha256(":".join(parts).encode()).hexdigest()

    return {row.number: key(row) for row in rows}


def is_made(entry: Entry, keys: Mapping[int, str], out: Path) -> bool:
    """Whether the row's film lies in the batch's folder and is what would be made now."""
    return entry.state == "done" and entry.key == keys.get(entry.number) and entry.outcome.lies_in(out)


def problems_of(session: Session, rows: Sequence[Row], base: Path) -> list[tuple[int, str]]:
    """What is wrong with each row, as far as can be told before it is made: by the row's number."""
    found: list[tuple[int, str]] = []
    for row in rows:
        try:
            bound = check_row(session, row.data, base=base, name=ROW)
        except RetakeError as error:
            found += [(row.number, text) for text in faults_of(error)]
        else:
            found += [(row.number, text) for text in _misfits(session, bound)]
    return found


def _misfits(session: Session, bound: Bound) -> Iterator[str]:
    """Texts that cannot be set where they belong."""
    for showing in bound.showings:
        if showing.segment.segment_type == "text":
            surface, look = session.surface(showing.segment.id), session.stage.take.video.look
            try:
                draw_showing(surface, showing, {}, session.fonts, look)
            except InputError as error:
                yield from faults_of(error)


def _digest(path: Path) -> str:
    try:
        return sha256_of(path)
    except (OSError, ValueError):
        return ""
