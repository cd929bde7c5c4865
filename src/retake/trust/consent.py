"""Consent: who allowed the use of their voice or face, for what, and until when.

Enters: what a person agreed to. Leaves: a `Consent` in the book, or the refusal to go on without one. The
default is no: `require` raises unless a record allows this very use now. A record is evidence of what was
said, not proof of who said it.
"""

from __future__ import annotations

import hashlib
import secrets
import shlex
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from retake.errors import HostError, InputError, Problem
from retake.trust.ledger import Ledger, Record
from retake.trust.statement import ANY_PROJECT, STATEMENT_VERSION, statement

Kind = Literal["voice", "face"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Method = Literal["typed", "evidence", "asserted"]
"""How it was given: by typing one's name under the statement, by a file (a recording, a signed letter), or by
the word of whoever recorded it."""

_SCHEMA = 1
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Agreement:
    """What is agreed to. `project` is a template's id, or `any`; `languages` (BCP 47) are empty for all;
    `until` is the last day, in UTC."""

    subject: str
    kinds: tuple[Kind, ...]
    until: date
    project: str = ANY_PROJECT
    purpose: str = ""
    languages: tuple[str, ...] = ()

    @property
    def statement(self) -> str:
        """The words that the subject agrees to."""
        return statement(self.subject, self.kinds, self.project, self.purpose, self.until)


@dataclass(frozen=True, slots=True)
class Consent:
    """An agreement as it was recorded. `evidence` is the SHA-256 of a file, "" for none; `revoked` is when it
    was taken back."""

    id: str
    agreement: Agreement
    statement: str
    statement_version: str
    method: Method
    evidence: str
    given: datetime
    nonce: str
    revoked: datetime | None = None
    reason: str = ""

    def obstacle(self, kind: Kind, project: str, at: datetime, language: str = "") -> str:
        """Why it does not allow this use at this time; "" where it does."""
        allowed = self.agreement
        if kind not in allowed.kinds:
            return f"{self.id} is for the {' and '.join(allowed.kinds)} only"
        if self.revoked and at >= self.revoked:
            return f"{self.id} was revoked on {self.revoked:%Y-%m-%d}"
        if at < self.given:
            return f"{self.id} was not given before {self.given:%Y-%m-%d}"
        if at.astimezone(UTC).date() > allowed.until:
            return f"{self.id} ended on {allowed.until}"
        if project and allowed.project not in (ANY_PROJECT, project):
            return f"{self.id} is for the project {allowed.project} only"
        if language and allowed.languages and _tongue(language) not in map(_tongue, allowed.languages):
            return f"{self.id} is for {', '.join(allowed.languages)} only"
        return ""


class ConsentBook:
    """The consents on this machine, in a file that is only added to; processes may share it."""

    def __init__(self, path: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.ledger = Ledger(path)
        self._now = now

    @classmethod
    def at_home(cls, home: Path) -> ConsentBook:
        """The book in the settings' `home`."""
        return cls(home / "consent.jsonl")

    def add(
        self, agreement: Agreement, *, method: Method = "asserted", evidence: Path | None = None
    ) -> Consent:
        """Record what was agreed to. Raises `InputError` for an agreement that says too little, or evidence
        that cannot be read."""
        check(agreement, self._now())
        consent = Consent(
            id=f"c-{secrets.token_hex(6)}",
            agreement=replace(agreement, subject=_shown(agreement.subject)),
            statement=agreement.statement,
            statement_version=STATEMENT_VERSION,
            method=method if evidence is None else "evidence",
            evidence="" if evidence is None else _sha256(evidence),
            given=self._now(),
            nonce=secrets.token_hex(16),
        )
        self.ledger.append(lambda _: _record(consent))
        return consent

    def revoke(self, identity: str, reason: str = "") -> Consent:
        """Take a consent back. Raises `InputError` where there is none of that id, or it was already."""
        when = self._now()

        def make(records: tuple[Record, ...]) -> Record:
            known = {consent.id: consent for consent in _consents(records)}
            if identity not in known:
                remedy = "`retake consent list` shows what is recorded"
                raise InputError(f"there is no consent {identity!r}", place="consent", remedy=remedy)
            if done := known[identity].revoked:
                raise InputError(f"{identity} was revoked already, on {done:%Y-%m-%d}", place="consent")
            return {
                "schema": _SCHEMA, "type": "revocation", "consent": identity, "at": when.isoformat(),
                "reason": reason[:_LONGEST], "nonce": secrets.token_hex(16),
            }  # fmt: skip

        self.ledger.append(make)
        return next(consent for consent in self.list() if consent.id == identity)

    def list(self) -> tuple[Consent, ...]:
        """Every consent, the oldest first, with its revocation."""
        return _consents(self.ledger.read().records)

    def warnings(self) -> tuple[Problem, ...]:
        """What it is well to know of the book itself."""
        return self.ledger.read().warnings

    def require(
        self, kind: Kind, subject: str, project: str = "", *, at: datetime | None = None, language: str = ""
    ) -> Consent:
        """The consent that allows this use, the newest where several do. An empty `project` asks for none in
        particular (a voice that is being cloned serves them all). `at` is now by default.

        Raises `InputError`, whose remedy is the command that records one.
        """
        when = at or self._now()
        theirs = [consent for consent in self.list() if _same(consent.agreement.subject) == _same(subject)]
        obstacles: list[str] = []
        for consent in reversed(theirs):
            obstacle = consent.obstacle(kind, project, when, language)
            if not obstacle:
                return consent
            obstacles.append(obstacle)
        wanted = f" in {project}" if project else ""
        why = f": {'; '.join(obstacles)}" if obstacles else ""
        command = ["retake", "consent", "add", "--subject", subject, f"--{kind}"]
        command += ["--project", project] if project else []
        raise InputError(
            f"nobody has recorded that {subject!r} allows the use of their {kind}{wanted}{why}",
            place="consent",
            remedy=f"have it agreed to, then record it: {shlex.join(command)}",
        )


def check(agreement: Agreement, now: datetime) -> None:
    """Raises `InputError` for an agreement that nobody could hold anyone to."""
    if not _same(agreement.subject):
        raise InputError("nobody is named", place="--subject", remedy="give the person's full name")
    if not agreement.kinds:
        raise InputError("nothing is allowed", place="--voice, --face", remedy="say what may be used")
    if agreement.until < now.astimezone(UTC).date():
        raise InputError(
            f"{agreement.until} is over", place="--until", remedy="give the last day, as 2027-12-31"
        )
    for place, text in (
        ("--subject", agreement.subject), ("--project", agreement.project), ("--purpose", agreement.purpose)
    ):  # fmt: skip
        if len(text) > _LONGEST or not text.isprintable():
            raise InputError(
                "is too long, or not one line", place=place, remedy=f"at most {_LONGEST} letters"
            )


def _record(consent: Consent) -> Record:
    agreement = consent.agreement
    return {
        "schema": _SCHEMA,
        "type": "consent",
        "id": consent.id,
        "subject": agreement.subject,
        "kinds": list(agreement.kinds),
        "project": agreement.project,
        "purpose": agreement.purpose,
        "languages": list(agreement.languages),
        "until": agreement.until.isoformat(),
        "statement": consent.statement,
        "statement_version": consent.statement_version,
        "method": consent.method,
        "evidence": consent.evidence,
        "given": consent.given.isoformat(),
        "nonce": consent.nonce,
    }


def _consents(records: Sequence[Record]) -> tuple[Consent, ...]:
    consents: dict[str, Consent] = {}
    for record in records:
        if record["type"] == "consent":
            consents[record["id"]] = _consent(record)
        elif record["type"] == "revocation":
            when = datetime.fromisoformat(record["at"])
            known = consents[record["consent"]]
            consents[known.id] = replace(known, revoked=when, reason=record["reason"])
        else:
            raise HostError(
                f"the book of consents holds a record of the kind {record['type']!r}, which is unknown here",
                place="consent",
                remedy="use the version of Retake that wrote it, or a newer one",
            )
    return tuple(consents.values())


def _consent(record: Record) -> Consent:
    given: dict[str, Any] = dict(record)
    return Consent(
        id=given["id"],
        agreement=Agreement(
            subject=given["subject"],
            kinds=tuple(given["kinds"]),
            until=date.fromisoformat(given["until"]),
            project=given["project"],
            purpose=given["purpose"],
            languages=tuple(given["languages"]),
        ),
        statement=given["statement"],
        statement_version=given["statement_version"],
        method=given["method"],
        evidence=given["evidence"],
        given=datetime.fromisoformat(given["given"]),
        nonce=given["nonce"],
    )


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError("cannot be read", place=str(path), remedy=reason) from error


def _shown(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split())


def _same(name: str) -> str:
    """A name as it is compared: without regard to case and spacing."""
    return _shown(name).casefold()


def same_name(first: str, second: str) -> bool:
    """Whether two spellings are one name."""
    return _same(first) == _same(second)


def _tongue(language: str) -> str:
    return language.partition("-")[0].lower()
