"""The command that makes a voice: `clone-voice`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retake.cli import options
from retake.errors import InputError

if TYPE_CHECKING:
    from retake.produce.voices import Cloned


def clone_voice(
    name: Annotated[str, typer.Option("--name", help="What templates call the voice.", metavar="NAME")],
    files: Annotated[
        list[Path] | None, typer.Argument(help="Recordings of one person speaking.", metavar="FILE...")
    ] = None,
    subject: Annotated[
        str,
        typer.Option("--subject", help="Whose voice it is, as in the consent.  [default: NAME]"),
    ] = "",
    professional: Annotated[
        bool, typer.Option("--professional", help="Train a voice on half an hour or more; takes hours.")
    ] = False,
    captcha: Annotated[
        Path | None,
        typer.Option("--captcha", help="The text of the picture, read aloud.", metavar="RECORDING"),
    ] = None,
    language: Annotated[
        str, typer.Option("--language", help="Language of the recordings.", metavar="TAG")
    ] = "en",
    description: Annotated[str, typer.Option("--description", help="A few words on the voice.")] = "",
    remove_noise: Annotated[
        bool, typer.Option("--remove-noise", help="Have background noise taken out.")
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Clone a voice with ElevenLabs, and remember it by its name.

    Needs a consent for the voice, see `retake consent add`. A professional clone is made in steps: the same
    command goes on where it is, and says what comes next.
    """
    from retake.cli.live import shown
    from retake.produce.voices import clone_instantly, clone_professionally

    if captcha is not None and not professional:
        raise InputError("belongs to --professional", place="--captcha", remedy="add --professional")
    settings = options.settings_for(None)
    with shown(sys.stderr) as progress:
        if professional:
            cloned = clone_professionally(
                name, files or [], settings, progress, subject=subject, language=language,
                description=description, remove_noise=remove_noise, recording=captcha,
            )  # fmt: skip
        else:
            cloned = clone_instantly(
                name, files or [], settings, progress, subject=subject,
                description=description, remove_noise=remove_noise,
            )  # fmt: skip
    _say(cloned, as_json=as_json)


def _say(cloned: Cloned, *, as_json: bool) -> None:
    from retake.cli import report
    from retake.cli.failures import problem_json
    from retake.cli.screen import screen

    voice = cloned.voice
    if as_json:
        told = {
            "name": voice.name, "id": voice.id, "provider": voice.provider, "kind": voice.kind,
            "state": voice.state, "subject": voice.subject, "consent": voice.consent,
            "captcha": str(cloned.captcha) if cloned.captcha else None, "next": _next(cloned),
            "warnings": [problem_json(warning) for warning in cloned.warnings],
        }  # fmt: skip
        report.say_json(told)
        return
    console = screen(sys.stdout)
    console.print(f"{voice.name}  {voice.id}  {voice.state}", markup=False)
    for warning in cloned.warnings:
        console.print(f"  warning  {warning}", style="yellow", markup=False)
    console.print(f"  next     {_next(cloned)}", style="cyan", markup=False)


def _next(cloned: Cloned) -> str:
    """What the user does now."""
    voice = cloned.voice
    again = f"retake clone-voice --name {shlex.quote(voice.name)} --professional"
    if voice.state == "unverified":
        return (
            f"let {voice.subject} read the text in {cloned.captcha} aloud, record it, "
            f"and run: {again} --captcha RECORDING"
        )
    if voice.state == "training":
        return f"wait for the training, some hours; its state is told by: {again}"
    if voice.state == "failed":
        return "the training failed: see https://elevenlabs.io/app/voice-lab for the reason"
    return f'write "voice_id": "{voice.name}" in a template'
