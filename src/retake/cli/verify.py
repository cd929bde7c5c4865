"""The command `verify`: what of a film is the recording's own, and whether its receipt is true."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retake.cli import options

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from retake.produce.verification import Stretch, TrackMatch, Verification

_WIDEST = 60
_NAMED = 12


def verify(
    master: Annotated[
        Path, typer.Argument(help="The recording, as its template conditioned it.", metavar="MASTER")
    ],
    output: Annotated[Path, typer.Argument(help="The film made of it.", metavar="OUTPUT")],
    receipt_required: Annotated[
        bool, typer.Option("--receipt-required", help="Fail where there is no receipt beside the film.")
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Compare a film with the recording it was made of.

    Reads the packets of both, not what the receipt says of them. Exits with 1 where the receipt is wrong.
    """
    from retake.cli import report
    from retake.cli.screen import screen
    from retake.produce.verification import verify as compare

    found = compare(master, output)
    if as_json:
        report.say_json(to_json(found))
    else:
        say(found, screen(sys.stdout))
    if not found.true or (receipt_required and found.receipt == "absent"):
        raise typer.Exit(1)


def to_json(found: Verification) -> dict[str, object]:
    """What was found, as plain values."""
    return {
        "master": str(found.master),
        "output": str(found.output),
        "duration": round(found.duration, 3),
        "frames": {
            "count": found.frames,
            "identical": found.frames_identical,
            "share": round(found.share_frames, 6),
        },
        "video": _track_json(found.video),
        "sound": None if found.sound is None else _track_json(found.sound),
        "receipt": found.receipt,
        "faults": list(found.faults),
    }


def _track_json(track: TrackMatch) -> dict[str, object]:
    return {
        "packets": track.packets,
        "identical": track.identical,
        "share": round(track.share, 6),
        "changed": [[round(s.start, 3), round(s.stop, 3)] for s in track.changed],
    }


def say(found: Verification, console: Console) -> None:
    """The shares, a bar of the film's time for each track, what changed, and how the receipt stands."""
    from rich.text import Text

    console.print(Text.assemble((str(found.output), "bold"), " against ", (str(found.master), "bold")))
    rows = [("video", found.video, "packets")]
    if found.sound is not None:
        rows.append(("sound", found.sound, "packets"))
    for name, track, unit in rows:
        console.print(_counted(name, track.identical, track.packets, unit))
        console.print(Text("           ").append_text(_bar(track.stretches, found.duration)))
        if track.changed:
            console.print(Text.assemble(("  changed  ", "dim"), _named(track.changed)))
    console.print(_counted("frames", found.frames_identical, found.frames, "frames"))
    verdict = {
        "holds": Text("holds: what it says of packets and frames is so in both files", "green"),
        "wrong": Text("is wrong", "bold red"),
        "absent": Text("there is none beside the film, so only the files were compared", "yellow"),
    }
    console.print(Text.assemble(("  receipt  ", "dim"), verdict[found.receipt]))
    for fault in found.faults:
        console.print(Text(f"           {fault}", "red"))


def _counted(name: str, identical: int, count: int, unit: str) -> object:
    from rich.text import Text

    share = f"{identical / count:.2%}" if count else "none"
    told = f" identical: {identical} of {count} {unit}"
    return Text.assemble((f"  {name:<8} ", "dim"), (share, "bold"), told)


def _bar(stretches: Sequence[Stretch], duration: float) -> Text:
    """The film's time from left to right: ─ the master's own, █ changed."""
    from rich.text import Text

    cells = [
        any(
            not s.identical and s.start < (n + 1) * duration / _WIDEST and n * duration / _WIDEST < s.stop
            for s in stretches
        )
        for n in range(_WIDEST)
    ]
    bar = Text()
    for changed in cells:
        bar.append("█" if changed else "─", "yellow" if changed else "green")
    return bar.append(f" {duration:.1f} s", "dim")


def _named(changed: Sequence[Stretch]) -> str:
    named = ", ".join(f"{s.start:.2f}-{s.stop:.2f} s" for s in changed[:_NAMED])
    more = len(changed) - _NAMED
    return f"{named} and {more} more" if more > 0 else named
