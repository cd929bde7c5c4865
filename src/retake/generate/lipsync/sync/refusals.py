"""Refusals of sync.so: what it says instead of a film, and what may be done about it.

Enters: an HTTP answer that is no success, or a generation that failed. Leaves: a `ProviderError` with a
severity and a remedy.

Source: sync. labs, "Error handling", "Concurrency & rate limiting", "Idempotent generation requests".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from retake.errors import ProviderError, Severity

PLACE = "sync"

_KEY = "set SYNC_API_KEY to a key from https://sync.so/settings/api-keys"
_REMEDIES = {
    401: _KEY,
    402: "look at the plan and its invoices at https://sync.so; what was made is kept, so run it again then",
    403: _KEY,
    404: "look at RETAKE_SYNC_URL and RETAKE_SYNC_MODEL",
    413: "give a shorter part of the recording, or use the lip sync 'mouth'",
    422: "use the lip sync 'mouth', or look at what the plan of sync.so allows",
    429: "fewer at once, or a plan with more; wait, and run it again",
}
_CRITICAL = frozenset({401, 402, 403, 404})
_CRITICAL_WORDS = frozenset({"generation_unsupported_model"})
_PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529})
_PASSING_WORDS = ("timeout", "unhandled", "pipeline_failed", "unavailable", "internal")
_LONGEST_MESSAGE = 300


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is no success: the HTTP code, the service's own word for it, its message, the seconds
    after which it wants to be asked again, and the generation that it may have begun all the same."""

    code: int
    word: str
    message: str
    retry_after: float | None = None
    generation: str = ""

    @property
    def passing(self) -> bool:
        """Whether the same request may do better later."""
        return self.code in _PASSING or self.code >= 500

    def failure(self) -> ProviderError:
        """The error that this refusal is."""
        told = f"{self.code} {self.word}".strip()
        critical = self.code in _CRITICAL or self.word in _CRITICAL_WORDS
        severity = Severity.RECOVERABLE if self.passing else Severity.FALLBACK
        return ProviderError(
            f"sync.so refused ({told}): {self.message}",
            severity=Severity.CRITICAL if critical else severity,
            place=PLACE,
            remedy=_REMEDIES.get(self.code, ""),
            retry_after=self.retry_after,
        )


def read_refusal(code: int, headers: Mapping[str, str], body: bytes, secret: str) -> Refusal:
    """The refusal in an answer; `secret` is taken out of the message, where the service repeats it."""
    word, message, generation = "", body[:_LONGEST_MESSAGE].decode(errors="replace"), ""
    try:
        told: Any = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    if isinstance(told, dict):
        named = cast(dict[str, Any], told)
        word = str(named.get("errorCode") or named.get("error_code") or "")
        message = _message(named.get("message") or named.get("error") or "")
        generation = str(named.get("generationId") or "")
    after = headers.get("retry-after", "")
    return Refusal(
        code,
        word,
        " ".join(message.replace(secret, "***").split())[:_LONGEST_MESSAGE].rstrip(".") or "without a reason",
        float(after) if after.isdigit() else None,
        generation,
    )


def failed(status: str, word: str, message: str) -> ProviderError:
    """The error that a generation's end is: FAILED may pass, REJECTED (by the service's rules) does not."""
    passing = status == "FAILED" and (not word or any(part in word for part in _PASSING_WORDS))
    remedy = "run it again" if passing else "use the lip sync 'mouth', or give another part of the recording"
    return ProviderError(
        f"sync.so made nothing of it ({f'{status} {word}'.strip()}): {message or 'without a reason'}",
        severity=Severity.RECOVERABLE if passing else Severity.FALLBACK,
        place=PLACE,
        remedy=remedy,
    )


def _message(told: Any) -> str:
    """The message: text, or the text in an object, or a list of validation errors."""
    if isinstance(told, dict):
        return _message(cast(dict[str, Any], told).get("message", ""))
    if isinstance(told, list):
        return "; ".join(map(_message, cast(list[Any], told)))
    return str(told)
