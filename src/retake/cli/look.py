"""The commands that look and change nothing: `check`, `validate`, `doctor`, `schema`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from retake.cli import options
from retake.errors import InputError


def check(
    film: Annotated[Path, typer.Argument(help="The finished film.", metavar="FILM")],
    against: Annotated[
        Path | None,
        typer.Option("--against", help="The timeline that it was made from.", metavar="TIMELINE"),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Read a finished film back.

    Exits with 1 where it is not as it should be.
    """
    from retake.cli import report
    from retake.cli.screen import screen
    from retake.produce import check_file

    verdict = check_file(film, against)
    if as_json:
        report.say_json({"file": str(film), **report.verdict_json(verdict)})
    else:
        report.say_verdict(film, verdict, screen(sys.stdout))
    if not verdict.passed:
        raise typer.Exit(1)


def validate(
    document: Annotated[
        Path, typer.Argument(help="A story, timeline or recording template.", metavar="FILE")
    ],
    as_json: options.Json = False,
) -> None:
    """Name every problem of a document.

    Each with its place and remedy. Exits with 2 where there is one.
    """
    from retake.cli import report
    from retake.cli.failures import problem_json
    from retake.cli.screen import screen
    from retake.produce import validate_file

    problems = validate_file(document)
    valid = all(problem.warning for problem in problems)
    if as_json:
        told = [problem_json(problem) for problem in problems]
        report.say_json({"file": str(document), "valid": valid, "problems": told})
    else:
        report.say_problems(document, problems, screen(sys.stdout))
    if not valid:
        raise typer.Exit(InputError.exit_code)


def doctor(as_json: options.Json = False) -> None:
    """Show what this machine has.

    And what each missing thing would give. Exits with 1 where a needed one is missing.
    """
    from retake.cli import examination, report
    from retake.cli.screen import screen

    findings = tuple(examination.findings(options.settings_for(None)))
    well = not any(finding.needed and not finding.found for finding in findings)
    if as_json:
        report.say_json({"well": well, "findings": [examination.to_json(finding) for finding in findings]})
    else:
        examination.say(findings, screen(sys.stdout))
    if not well:
        raise typer.Exit(1)


def schema(
    kind: Annotated[options.Schema, typer.Argument(help="Which document.")],
    as_json: Annotated[bool, typer.Option("--json", hidden=True)] = False,
) -> None:
    """Print the JSON Schema of a document."""
    from retake.cli import report
    from retake.recipes.recording.template import RecordingTemplate
    from retake.recipes.story.story import story_schema
    from retake.timeline.document import Document

    schemas = {
        options.Schema.STORY: story_schema,
        options.Schema.TIMELINE: lambda: Document.model_json_schema(by_alias=True),
        options.Schema.RECORDING: RecordingTemplate.model_json_schema,
    }
    report.say_json(schemas[kind]())
