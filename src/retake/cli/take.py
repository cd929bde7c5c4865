"""The commands for recordings: `create-template`, `personalize`, `preview`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retake.cli import options
from retake.cli.make import save_picture, time_of

if TYPE_CHECKING:
    from retake.produce.personalisation import Personalised
    from retake.produce.templates import Prepared

Template = Annotated[
    str, typer.Option("--template", "-t", help="The template's id, or its folder.", metavar="ID")
]


def create_template(
    config: Annotated[
        Path, typer.Option("--config", "-c", help="The template: JSON or YAML.", metavar="TEMPLATE")
    ],
    again: Annotated[bool, typer.Option("--again", help="Make it anew although nothing changed.")] = False,
    as_json: options.Json = False,
) -> None:
    """Prepare a recording once: check it, align its words, follow its surfaces, condition the master."""
    from retake.cli.live import shown
    from retake.produce.preparation import create_template as create

    with shown(sys.stderr) as progress:
        prepared = create(config, settings=options.settings_for(None), progress=progress, again=again)
    _say_template(prepared, as_json=as_json)


def personalize(
    template: Template,
    data: options.Data = None,
    values: options.Set = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The film.  [default: ./ID.mp4]", metavar="FILE")
    ] = None,
    workers: options.Workers = None,
    as_json: options.Json = False,
) -> None:
    """Make the film of one row: only what must change is taken again."""
    from retake.cli.live import shown
    from retake.produce.personalisation import Session
    from retake.produce.personalisation import personalize as make
    from retake.produce.templates import open_template

    settings = options.settings_for(workers)
    row = options.row_of(data, values)
    prepared = open_template(template, settings)
    with shown(sys.stderr) as progress:
        made = make(
            Session(prepared, settings),
            row,
            out or Path(f"{prepared.template.id}{prepared.master.suffix}"),
            base=data.parent if data else Path(),
            progress=progress,
        )
    _say_made(made, as_json=as_json)
    if not made.verdict.passed:
        raise typer.Exit(1)


def preview(
    template: Template,
    data: options.Data = None,
    values: options.Set = None,
    at: Annotated[
        str, typer.Option("--at", help="When: seconds (3.2) or minutes (1:03.2).", metavar="TIME")
    ] = "0",
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The picture.  [default: ./ID.png]", metavar="FILE")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Save one picture of a row's film, without making the film."""
    from retake.cli import report
    from retake.produce.personalisation import Session, preview_frame
    from retake.produce.templates import open_template

    settings = options.settings_for(None)
    prepared = open_template(template, settings)
    target = out or Path(f"{prepared.template.id}.png")
    moment = time_of(at)
    base = data.parent if data else Path()
    session = Session(prepared, settings)
    pixels = preview_frame(session, options.row_of(data, values), moment, base=base)
    save_picture(pixels, target)
    height, width = pixels.shape[:2]
    if as_json:
        report.say_json({"picture": str(target), "size": [width, height], "at": float(moment)})
    else:
        print(f"{target} ({width}x{height}, at {float(moment):g} s)")  # noqa: T201


def _say_template(prepared: Prepared, *, as_json: bool) -> None:
    from retake.cli import report
    from retake.cli.screen import screen

    facts = prepared.facts()
    if as_json:
        report.say_json(facts)
        return
    console = screen(sys.stdout)
    console.print(f"\n[green]✓[/] [bold]{prepared.template.id}[/] is ready")
    for name in ("master", "conditioned", "words", "surfaces", "mouths", "changes"):
        console.print(f"  [dim]{name:<12}[/] {facts[name]}", highlight=False)
    for warning in prepared.analysis.warnings:
        console.print(f"  [yellow]{warning}[/]", highlight=False)
    console.print(
        f"\n[dim]next:[/] retake personalize --template {prepared.template.id} --data ROW.json -o out.mp4",
        highlight=False,
    )


def _say_made(made: Personalised, *, as_json: bool) -> None:
    from retake.cli import report
    from retake.cli.screen import screen

    if as_json:
        report.say_json(made.facts())
        return
    console = screen(sys.stdout)
    mark = "[green]✓[/]" if made.verdict.passed else "[red]✗[/]"
    console.print(f"\n{mark} [bold]{made.film}[/]", highlight=False)
    kept = made.kept
    shares = ", ".join(f"{kept[name]:.1%} of the {name}" for name in ("packets", "frames", "pixels"))
    console.print(f"  [dim]original  [/] {shares}", highlight=False)
    console.print(f"  [dim]receipt   [/] {made.receipt}", highlight=False)
    for finding in (*made.verdict.failures, *made.verdict.warnings):
        style = "red" if finding.severity == "fail" else "yellow"
        text = finding.message or f"{finding.measured}, expected {finding.expected}"
        console.print(f"  [{style}]{finding.name}[/]: {text}", highlight=False)
    for text in (*made.fallbacks, *made.warnings):
        console.print(f"  [yellow]{text}[/]", highlight=False)
