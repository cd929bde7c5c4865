"""The application: which commands there are. Nothing heavy is imported here, so that help comes at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from retake import __version__
from retake.cli import batch, look, make, take, verify
from retake.cli.consent import consent_app
from retake.cli.failures import reported
from retake.cli.voices import clone_voice


class _Commands(TyperGroup):
    """Every command runs inside `reported`: one place decides how a failure looks and which code it has."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        ctx.obj = "--json" in args
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        with reported(as_json=ctx.obj, debug=ctx.params["debug"]):
            return super().invoke(ctx)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"retake {__version__}")
        raise typer.Exit(0)


def retake(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", is_eager=True, callback=_version)
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", envvar="RETAKE_DEBUG", help="Show tracebacks of failures.")
    ] = False,
) -> None:
    """Programmable video: a template once, then every row of data becomes a finished, checked film."""


_COMMANDS: tuple[Callable[..., None], ...] = (
    make.story,
    make.render,
    make.frame,
    clone_voice,
    take.create_template,
    take.personalize,
    take.preview,
    batch.batch,
    verify.verify,
    look.check,
    look.validate,
    look.doctor,
    look.schema,
)
_GROUPS = {"consent": consent_app}


def application(arguments: Sequence[str]) -> typer.Typer:
    """The application for these arguments: where they name a command, only that one is described, since to
    describe them all takes longer than most of them take to begin."""
    named = next((argument for argument in arguments if not argument.startswith("-")), "")
    commands = [command for command in _COMMANDS if _name(command) == named]
    groups = {name: group for name, group in _GROUPS.items() if name == named}
    return _described(commands, groups) if commands or groups else app


def _name(command: Callable[..., None]) -> str:
    return command.__name__.replace("_", "-")


def _described(commands: Iterable[Callable[..., None]], groups: Mapping[str, typer.Typer]) -> typer.Typer:
    described = typer.Typer(
        name="retake",
        cls=_Commands,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    described.callback()(retake)
    for command in commands:
        described.command(_name(command))(command)
    for name, group in groups.items():
        described.add_typer(group, name=name)
    return described


app = _described(_COMMANDS, _GROUPS)
"""The whole application."""
