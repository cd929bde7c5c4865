"""A worker process: rows in on standard input, outcomes out on standard output, one line of JSON each; before
an outcome comes an empty line, as its row is begun.

The template is opened once. When the input ends, the batch is over or was killed: the worker leaves at once,
and what it had not finished lies under a hidden name that the next run sweeps away.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from threading import Thread
from types import FrameType
from typing import Any

from pydantic import SecretStr

from retake.errors import CheckFailed, HostError, ProviderError, RetakeError, Severity
from retake.jobs.failures import outcome_of
from retake.jobs.ledger import Outcome
from retake.jobs.pool import BEGUN
from retake.produce.personalisation import Personalised, Session, personalize
from retake.produce.templates import Prepared, open_template
from retake.settings import Settings


def opening_of(prepared: Prepared, folder: Path, base: Path, settings: Settings) -> dict[str, Any]:
    """What a worker is told first: it goes through a pipe, keys and all, and is written nowhere."""
    told = settings.model_copy(update={"workers": 1}).model_dump(mode="json")
    keys = {name: value.get_secret_value() for name, value in settings if isinstance(value, SecretStr)}
    return {
        "template": str(prepared.folder.absolute()),
        "folder": str(folder.absolute()),
        "base": str(base.absolute()),
        "settings": told | keys,
    }


def main() -> None:
    """Serves until the input ends."""
    signal.signal(signal.SIGTERM, _leave)
    Thread(target=_leave_with_the_batch, daemon=True).start()
    # What an effect of a user prints goes to the screen, and is no outcome.
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    opening = json.loads(sys.stdin.readline())
    settings = Settings.model_validate(opening["settings"])
    session = Session(open_template(opening["template"], settings), settings)
    folder, base = Path(opening["folder"]), Path(opening["base"])
    for line in sys.stdin:
        replies.write(BEGUN)
        replies.flush()
        replies.write(json.dumps(_answer(session, json.loads(line), folder, base)) + "\n")
        replies.flush()


def _leave(number: int, frame: FrameType | None) -> None:
    """Whatever is half-made is taken away on the way out."""
    sys.exit(128 + number)


def _leave_with_the_batch() -> None:
    """Waits for the other end of the input to close, and ends the process."""
    watch = select.poll()
    watch.register(0, 0)
    watch.poll()
    os._exit(0)


def _answer(session: Session, message: Mapping[str, Any], folder: Path, base: Path) -> dict[str, Any]:
    """The outcome of a row, and how bad its failure is: `row` (its own), `again`, or `stop` (every row's)."""
    began, cpu = time.monotonic(), _cpu()
    film = folder / message["film"]
    try:
        made = personalize(session, message["row"], film, base=base, stills=folder / message["stills"])
        outcome, gravity = _outcome(made, folder), "row"
    except RetakeError as error:
        outcome, gravity = outcome_of(error), _gravity(error)
    except Exception as error:  # noqa: BLE001 - a mistake of ours costs one row, and is told with its trace
        traceback.print_exc()
        outcome, gravity = Outcome(error=f"{type(error).__name__}: {error}", kind="Defect"), "row"
    spent = {"seconds": round(time.monotonic() - began, 3), "cpu_seconds": round(_cpu() - cpu, 3)}
    return {"outcome": asdict(outcome) | spent, "gravity": gravity}


def _outcome(made: Personalised, folder: Path) -> Outcome:
    def named(path: Path) -> str:
        return path.relative_to(folder).as_posix()

    failures = "; ".join(
        f"{f.name}: {f.message or f'{f.measured}, expected {f.expected}'}" for f in made.verdict.failures
    )
    stat = made.film.stat()
    return Outcome(
        film=named(made.film),
        receipt=named(made.receipt),
        verdict="failed" if failures else "passed",
        stills=tuple(named(path) for path in made.stills),
        error=failures,
        kind=CheckFailed.__name__ if failures else "",
        warnings=made.warnings,
        fallbacks=made.fallbacks,
        cost_usd=made.cost_usd,
        kept=made.kept,
        bytes=stat.st_size,
        modified=stat.st_mtime_ns,
    )


def _gravity(error: RetakeError) -> str:
    if isinstance(error, HostError):
        return "stop"
    if isinstance(error, ProviderError):
        return {Severity.CRITICAL: "stop", Severity.RECOVERABLE: "again"}.get(error.severity, "row")
    return "row"


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


if __name__ == "__main__":
    main()
