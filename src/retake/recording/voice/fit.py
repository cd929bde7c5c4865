"""How new words fit where others were: stretched, then into the pauses, then by re-timing the picture."""

from __future__ import annotations

from dataclasses import dataclass

from retake.errors import InputError

STRETCH = (0.88, 1.14)  # of the spoken length: more is heard
_KEPT = 0.08  # seconds that stay of a pause
_GIVEN = 0.12  # seconds by which a pause may grow


@dataclass(frozen=True, slots=True)
class Fit:
    """The plan, in samples of the recording.

    `stretch` is the new length over the spoken one. `borrowed_before` and `borrowed_after` are taken from the
    pauses beside the slot; negative where a pause grows. `retimed` is by how much the take becomes longer
    (negative: shorter) here. `length` is that of the words as heard; `lead` and `trail` are the quiet that
    is left before and after them in what replaces the slot. `how` names what was done, in order.
    """

    rate: int
    stretch: float
    length: int
    borrowed_before: int = 0
    borrowed_after: int = 0
    retimed: int = 0
    lead: int = 0
    trail: int = 0
    how: tuple[str, ...] = ()

    @property
    def filled(self) -> int:
        """The samples that replace the slot and what is borrowed."""
        return self.lead + self.length + self.trail

    @property
    def retimed_seconds(self) -> float:
        return self.retimed / self.rate


def plan_length(
    slot: int, new: int, rate: int, *, pause_before: int = 0, pause_after: int = 0, quantum: int = 1
) -> Fit:
    """Fits `new` spoken samples into a slot; all lengths in samples of the recording.

    First by a stretch within `STRETCH`; then by the neighbouring pauses, of which 80 ms always stay and which
    grow by 120 ms at most; last by re-timing, in multiples of `quantum` (a packet of sound, say).
    """
    if slot <= 0 or new <= 0 or quantum <= 0:
        raise InputError(
            f"{new} samples of new words cannot fit a slot of {slot} samples",
            remedy="give words that are spoken and a segment that lasts",
        )
    low, high = STRETCH
    wanted = slot / new
    stretch = min(max(wanted, low), high)
    how = ["stretch"] if abs(stretch - 1) > 1e-3 else []
    length = round(new * stretch)
    missing = length - slot  # positive: the words need more room; negative: they leave some
    if low <= wanted <= high:
        return Fit(rate, wanted, slot, how=tuple(how))
    if missing > 0:
        before, after = _shared(
            missing, max(0, pause_before - round(_KEPT * rate)), max(0, pause_after - round(_KEPT * rate))
        )
    else:
        most = round(_GIVEN * rate)
        before, after = _shared(
            -missing,
            most if pause_before >= round(_KEPT * rate) else 0,
            most if pause_after >= round(_KEPT * rate) else 0,
        )
        before, after = -before, -after
    if before or after:
        how.append("borrow")
    missing -= before + after
    room = slot + before + after
    retimed = 0
    if missing:
        how.append("retime")
        retimed = -(-abs(missing) // quantum) * quantum * (1 if missing > 0 else -1)
        if room + retimed < round(new * low):
            retimed += quantum
    # What rounding to the quantum leaves over relaxes the stretch; what is still over is quiet.
    length = min(room + retimed, round(new * high))
    spare = room + retimed - length
    lead, trail = max(-before, 0) + spare // 2, max(-after, 0) + spare - spare // 2
    return Fit(rate, length / new, length, before, after, retimed, lead, trail, tuple(how))


def _shared(amount: int, before: int, after: int) -> tuple[int, int]:
    """The amount split over two offers in proportion to them, as far as they go."""
    taken = min(amount, before + after)
    first = round(taken * before / (before + after)) if taken else 0
    return first, taken - first
