"""The contact sheet of a batch: one page on which a person skims every row before anything is sent.

Each row shows a picture of every changed moment, what was taken instead of something else, and what failed.
Nothing on it is loaded from elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from retake.jobs.ledger import Entry
from retake.jobs.names import label
from retake.jobs.rows import Row
from retake.produce.files import write_text
from retake.recipes.recording.template import RecordingTemplate

_STYLE = """
:root { color-scheme: light dark; --page: #f5f5f3; --card: #fff; --ink: #1c1c1a; --soft: #6d6d68;
  --line: #e2e2dd; --bad: #b3261e; --odd: #8a5a00; --good: #1d6b3a }
@media (prefers-color-scheme: dark) { :root { --page: #161615; --card: #20201f; --ink: #ececea;
  --soft: #a0a09a; --line: #353532; --bad: #ff8a80; --odd: #f2b84b; --good: #7fd39a } }
* { box-sizing: border-box }
body { font: 15px/1.45 system-ui, "Segoe UI", sans-serif; color: var(--ink); background: var(--page);
  margin: 0 auto; max-width: 1240px; padding: 28px 20px 60px }
h1 { font-size: 24px; margin: 0 0 12px; overflow-wrap: anywhere }
nav { display: flex; flex-wrap: wrap; gap: 8px; margin: 0 0 20px }
nav label { border: 1px solid var(--line); background: var(--card); border-radius: 99px; padding: 5px 14px;
  cursor: pointer } nav label:has(:checked) { border-color: currentColor; font-weight: 600 }
nav input { position: absolute; opacity: 0 }
body:has(#only-done:checked) article:not(.done), body:has(#only-failed:checked) article:not(.failed),
body:has(#only-odd:checked) article:not(.odd), body:has(#only-waiting:checked) article:not(.waiting)
  { display: none }
section { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 380px), 1fr)); gap: 16px;
  align-items: start; margin-bottom: 16px }
article { background: var(--card); border: 1px solid var(--line); border-top: 3px solid var(--line);
  border-radius: 10px; padding: 12px 14px 14px; min-width: 0 }
article.failed { border-top-color: var(--bad) } article.odd { border-top-color: var(--odd) }
h2 { font-size: 15px; margin: 0; overflow-wrap: anywhere } h2 small { color: var(--soft); font-weight: 400 }
a { color: inherit } h2 a { text-decoration: none } h2 a:hover { text-decoration: underline }
.told { font-size: 13px; color: var(--soft); margin: 1px 0 0 } .told b { font-weight: 600 }
.done .told b { color: var(--good) } .failed .told b, .error { color: var(--bad) }
.fallback { color: var(--odd) }
ul { font-size: 13px; margin: 6px 0 0; padding: 0; list-style: none; overflow-wrap: anywhere }
.stills { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 8px;
  margin-top: 10px }
figure { margin: 0; min-width: 0 }
img { width: 100%; display: block; border-radius: 6px; background: var(--line) }
figcaption { font-size: 12px; color: var(--soft); overflow-wrap: anywhere; padding-top: 2px }
"""


def write_sheet(
    folder: Path, template: RecordingTemplate, entries: Sequence[Entry], rows: Sequence[Row]
) -> Path:
    """Writes index.html into the batch's folder: failures first, then what was taken instead, then the rest.
    Raises `HostError`."""
    names = {row.number: label(row, template) for row in rows}
    title = escape(template.name or template.id)
    failed = [entry for entry in entries if entry.state == "failed"]
    rest = [entry for entry in entries if entry.state != "failed"]
    rest.sort(key=lambda entry: (not entry.outcome.fallbacks, entry.number))
    page = (
        "<!doctype html><html lang=en><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style><h1>{title}</h1>{_filters(entries)}"
        + "".join(
            f"<section>{''.join(_card(entry, names[entry.number]) for entry in part)}</section>"
            for part in (failed, rest)
            if part
        )
        + "</html>\n"
    )
    return write_text(folder / "index.html", page.encode("utf-8", "replace").decode())


def _filters(entries: Sequence[Entry]) -> str:
    """How many there are of each kind; a click shows only those."""
    kinds = {
        "all": ("rows", len(entries)),
        "failed": ("failed", sum(entry.state == "failed" for entry in entries)),
        "odd": ("with fallbacks: look closely", sum(bool(entry.outcome.fallbacks) for entry in entries)),
        "done": ("films", sum(entry.state == "done" for entry in entries)),
        "waiting": ("still to be made", sum(entry.state in ("waiting", "running") for entry in entries)),
    }
    radio = "<label><input type=radio name=only id=only-{}{}>{} {}</label>"
    labels = (
        radio.format(kind, " checked" * (kind == "all"), count, what)
        for kind, (what, count) in kinds.items()
        if count
    )
    return f"<nav>{''.join(labels)}</nav>"


def _card(entry: Entry, name: str) -> str:
    outcome = entry.outcome
    state = entry.state if entry.state in ("done", "failed") else "waiting"
    film = quote(outcome.film)
    head = f'<a href="{film}">{escape(name)}</a>' if film else escape(name)
    kept = outcome.kept.get("pixels")
    told = f"<b>{state}</b>" + (f" · {kept:.1%} of the pixels are the original's" if kept is not None else "")
    notes = [f"<li class=error>{escape(outcome.error)}" if outcome.error else ""]
    notes += [f"<li class=fallback>{escape(text)}" for text in outcome.fallbacks]
    notes += [f"<li>{escape(text)}" for text in outcome.warnings]
    stills = "".join(_figure(still, film) for still in outcome.stills)
    classes = f"{state} odd" if outcome.fallbacks else state
    return (
        f"<article class='{classes}'><h2><small>{entry.number}</small> {head}</h2>"
        f"<p class=told>{told}</p>"
        + (f"<ul>{''.join(notes)}</ul>" if any(notes) else "")
        + (f"<div class=stills>{stills}</div>" if stills else "")
        + "</article>"
    )


def _figure(still: str, film: str) -> str:
    caption = escape(Path(still).stem.partition("_")[2].replace("_", " ").replace("+", ", "))
    return (
        f'<figure><a href="{film}"><img loading=lazy src="{quote(still)}" alt="{caption}"></a>'
        f"<figcaption>{caption}</figcaption></figure>"
    )
