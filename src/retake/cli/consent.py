"""The commands of consent: `consent add`, `list`, `revoke`."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retake.cli import options
from retake.errors import InputError

if TYPE_CHECKING:
    from retake.trust.consent import Agreement, Consent, ConsentBook, Kind

consent_app = typer.Typer(
    name="consent",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Record whose voice and face may be used, for what, and until when.",
)

_A_YEAR = timedelta(days=365)


@consent_app.command("add")
def add(
    subject: Annotated[
        str | None, typer.Option("--subject", help="The person's full name.", metavar="NAME")
    ] = None,
    voice: Annotated[bool, typer.Option("--voice", help="Their voice may be used.")] = False,
    face: Annotated[bool, typer.Option("--face", help="Their face may be used.")] = False,
    project: Annotated[
        str | None,
        typer.Option("--project", help="The template's id, or any.  [default: any]", metavar="ID"),
    ] = None,
    purpose: Annotated[str, typer.Option("--purpose", help="What for, in a few words.", metavar="TEXT")] = "",
    language: Annotated[
        list[str] | None,
        typer.Option("--language", help="Only in this language; repeatable.", metavar="TAG"),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", help="The last day, as 2027-12-31.  [default: in a year]", metavar="DATE"),
    ] = None,
    evidence: Annotated[
        Path | None,
        typer.Option("--evidence", help="A recording or letter; its hash is kept.", metavar="FILE"),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="They have agreed to the statement; do not ask.")
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Record a consent.

    On a terminal it asks for what was left out, shows the statement, and is agreed to by typing one's name.
    With --yes it is recorded for someone who has agreed already; --evidence names the proof of it.
    """
    from retake.cli import report
    from retake.cli.screen import screen
    from retake.trust.consent import Agreement

    book = _book()
    if not yes and not sys.stdin.isatty():
        raise InputError(
            "nobody is here to agree",
            place="retake consent add",
            remedy="run it on a terminal, or add --yes where the person has agreed already",
        )
    asked = not yes
    name = subject or (typer.prompt("Full name", err=True) if asked else "")
    kinds = _kinds(voice, face, ask=asked)
    scope = project or (
        typer.prompt("Project (a template's id, or any)", "any", err=True) if asked else "any"
    )
    today = datetime.now(UTC).date()
    end = until or (typer.prompt("Until", str(today + _A_YEAR), err=True) if asked else str(today + _A_YEAR))
    agreement = Agreement(name, kinds, _date(end), scope, purpose, tuple(language or ()))
    if asked:
        _agree(agreement)
    consent = book.add(agreement, method="asserted" if yes else "typed", evidence=evidence)
    if as_json:
        report.say_json(_to_json(consent))
        return
    console = screen(sys.stdout)
    console.print(f"{consent.id}  recorded in {book.ledger.path}", markup=False)
    _say_warnings(book)


@consent_app.command("list")
def show(as_json: options.Json = False) -> None:
    """Show what is recorded, and whether it holds today."""
    from retake.cli import report
    from retake.cli.screen import screen

    book = _book()
    reading, consents = book.ledger.read(), book.list()
    if as_json:
        told = {"book": str(book.ledger.path), "head": reading.head}
        report.say_json(told | {"consents": [_to_json(consent) for consent in consents]})
        return
    console = screen(sys.stdout)
    if not consents:
        console.print(f"nothing is recorded in {book.ledger.path}", markup=False)
    for consent in consents:
        console.print(_line(consent), markup=False)
    _say_warnings(book)


@consent_app.command("revoke")
def revoke(
    identity: Annotated[str, typer.Argument(help="The consent's id.", metavar="ID")],
    reason: Annotated[str, typer.Option("--reason", help="Why, in a few words.", metavar="TEXT")] = "",
    as_json: options.Json = False,
) -> None:
    """Take a consent back.

    From now on nothing is made under it; the record of it stays.
    """
    from retake.cli import report
    from retake.cli.screen import screen

    consent = _book().revoke(identity, reason)
    if as_json:
        report.say_json(_to_json(consent))
    else:
        screen(sys.stdout).print(f"{consent.id}  revoked", markup=False)


def _book() -> ConsentBook:
    from retake.trust.consent import ConsentBook

    return ConsentBook.at_home(options.settings_for(None).home)


def _kinds(voice: bool, face: bool, *, ask: bool) -> tuple[Kind, ...]:
    if ask and not (voice or face):
        voice = typer.confirm("May the voice be used?", default=True, err=True)
        face = typer.confirm("May the face be used?", default=True, err=True)
    chosen: list[Kind] = []
    if voice:
        chosen.append("voice")
    if face:
        chosen.append("face")
    return tuple(chosen)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{text!r} is no day", place="--until", remedy="write it as 2027-12-31") from error


def _agree(agreement: Agreement) -> None:
    """Show the statement; go on only when the name is typed under it."""
    from retake.trust.consent import check, same_name

    check(agreement, datetime.now(UTC))
    typer.echo(f"\n{agreement.statement}\n", err=True)
    typed = typer.prompt("To agree, type your full name", default="", show_default=False, err=True)
    if not same_name(typed, agreement.subject):
        raise InputError(
            "not agreed to: another name was typed, and nothing was recorded",
            place="retake consent add",
            remedy=f"the person who agrees types {agreement.subject!r}",
        )


def _standing(consent: Consent) -> str:
    now = datetime.now(UTC)
    if consent.revoked:
        return f"revoked {consent.revoked:%Y-%m-%d}"
    return "ended" if now.date() > consent.agreement.until else "holds"


def _line(consent: Consent) -> str:
    agreement = consent.agreement
    scope = "any project" if agreement.project == "any" else agreement.project
    words = (consent.id, agreement.subject, " and ".join(agreement.kinds), scope, f"until {agreement.until}")
    return "  ".join((*words, _standing(consent)))


def _to_json(consent: Consent) -> dict[str, object]:
    agreement = consent.agreement
    return {
        "id": consent.id,
        "subject": agreement.subject,
        "kinds": list(agreement.kinds),
        "project": agreement.project,
        "purpose": agreement.purpose,
        "languages": list(agreement.languages),
        "given": consent.given.isoformat(),
        "until": agreement.until.isoformat(),
        "method": consent.method,
        "evidence": consent.evidence,
        "statement": consent.statement,
        "statement_version": consent.statement_version,
        "standing": _standing(consent),
        "revoked": consent.revoked.isoformat() if consent.revoked else None,
        "reason": consent.reason,
    }


def _say_warnings(book: ConsentBook) -> None:
    for warning in book.warnings():
        typer.echo(f"warning: {warning}", err=True)
