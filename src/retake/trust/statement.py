"""The statement that a person agrees to. Raise its version whenever a word of it changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

ANY_PROJECT = "any"
STATEMENT_VERSION = "1"

_TEXT = """\
I, {subject}, agree that my {what} may be imitated by software, so that recordings of me {deed} what I did \
not {deed_then} myself. This is allowed for {project}{purpose}, up to and including {until}. The films made \
from them are marked as made with the help of AI. I may take this back at any time; what was made before \
stays allowed only as the law has it."""


def statement(subject: str, kinds: Sequence[str], project: str, purpose: str, until: date) -> str:
    """The statement's words for this person, this use and this time."""
    speaks = "voice" in kinds
    return _TEXT.format(
        subject=" ".join(subject.split()),
        what=" and my ".join(kinds),
        deed="say" if speaks else "show",
        deed_then="say" if speaks else "do",
        project="any project" if project == ANY_PROJECT else f"the project {project}",
        purpose=f" ({purpose})" if purpose else "",
        until=f"{until:%d %B %Y}".lstrip("0"),
    )
