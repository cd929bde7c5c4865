"""Refusals: what the service says instead of an answer, and what may be done about it.

Enters: an answer that is no success. Leaves: a `Refusal`, and from it a `ProviderError` with a severity and a
remedy. The service's `status` word decides, before the number of the answer: a used-up quota, for one, comes
as 400 and as 401.

Source: ElevenLabs, "Errors", API reference; help centre, "API - Error Code 400 or 401" and "429".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, cast

from retake.errors import ProviderError, Severity

TOO_LONG = frozenset({"max_character_limit_exceeded", "text_too_long"})
FORM_REFUSED = frozenset({"output_format_not_allowed", "subscription_required"})
CROWDED = frozenset({"too_many_concurrent_requests", "concurrent_limit_exceeded"})

_KEY = "set ELEVENLABS_API_KEY to a key from https://elevenlabs.io/app/settings/api-keys"
_QUOTA = "add credit, or wait until the quota begins anew; what was made is kept, so run it again then"
_VOICE = "look at the voice id; `retake clone-voice` makes a voice and remembers its id by a name"
_PLAN = "choose a plan at https://elevenlabs.io/pricing that includes it"

_REMEDIES: Mapping[str, str] = {
    "invalid_api_key": _KEY,
    "needs_authorization": _KEY,
    "missing_permissions": "give the key this permission in the settings of ElevenLabs, or use another key",
    "quota_exceeded": _QUOTA,
    "payment_required": _QUOTA,
    "voice_not_found": _VOICE,
    "voice_limit_reached": "delete a voice that is no longer used, or choose a plan with more",
    "subscription_required": _PLAN,
    "can_not_use_instant_voice_cloning": _PLAN,
    "can_not_use_professional_voice_cloning": _PLAN,
    "model_not_found": "look at RETAKE_ELEVENLABS_MODEL",
    "unsupported_model": "choose another RETAKE_ELEVENLABS_MODEL",
}
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529})
_CANNOT = frozenset({413, 422})
_LONGEST_MESSAGE = 300


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is no success: the HTTP code, the service's own word for it, its message, and the
    seconds after which it wants to be asked again."""

    code: int
    status: str
    message: str
    retry_after: float | None = None

    @property
    def crowded(self) -> bool:
        """More requests are under way than the plan allows: a place in the queue, not a failure."""
        return self.code == 429 and self.status in CROWDED

    def failure(self) -> ProviderError:
        """The error that this refusal is."""
        return ProviderError(
            f"ElevenLabs refused ({self.code}{f' {self.status}' if self.status else ''}): {self.message}",
            severity=self._severity(),
            place="elevenlabs",
            remedy=_REMEDIES.get(self.status, _KEY if self.code == 401 else ""),
            retry_after=self.retry_after,
        )

    def _severity(self) -> Severity:
        if self.status in _REMEDIES:
            return Severity.CRITICAL
        if self.code in _PASSING or self.code >= 500:
            return Severity.RECOVERABLE
        if self.code in _CANNOT or self.status in TOO_LONG:
            return Severity.FALLBACK
        return Severity.CRITICAL


def read_refusal(code: int, headers: Mapping[str, str], body: bytes, secret: str = "") -> Refusal:
    """The refusal in an answer. `secret` is taken out of the message, where the service repeats it."""
    status, message = _detail(body)
    if secret:
        message = message.replace(secret, "***")
    message = " ".join(message.split())[:_LONGEST_MESSAGE].rstrip(".") or "without a reason"
    return Refusal(code, status, message, _retry_after(headers.get("retry-after", "")))


def _detail(body: bytes) -> tuple[str, str]:
    """The status word and the message: of an object, of a list of validation errors, or of plain text."""
    try:
        told: Any = json.loads(body)
    except (ValueError, RecursionError):
        return "", body[:_LONGEST_MESSAGE].decode(errors="replace")
    detail: Any = cast(dict[str, Any], told).get("detail", told) if isinstance(told, dict) else told
    if isinstance(detail, dict):
        named = cast(dict[str, Any], detail)
        return str(named.get("status") or named.get("code") or ""), str(named.get("message") or "")
    if isinstance(detail, list):
        return "", "; ".join(_validation(error) for error in cast(list[Any], detail))
    return "", str(detail)


def _validation(error: Any) -> str:
    if not isinstance(error, dict):
        return str(error)
    told = cast(dict[str, Any], error)
    place = ".".join(str(part) for part in cast(list[Any], told.get("loc") or []))
    return f"{place}: {told.get('msg', '')}" if place else str(told.get("msg", ""))


def _retry_after(value: str) -> float | None:
    """Seconds, from a number or from a date (RFC 9110, 10.2.3)."""
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (when - datetime.now(UTC)).total_seconds())
