"""What is sent to ElevenLabs and read from its answers, without the service: texts, times, refusals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from retake.generate.elevenlabs.refusals import read_refusal
from retake.generate.elevenlabs.script import CharacterTimes, parts_of, sendable, spans_of, timed_words


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b'{"detail":{"status":"x","message":"It is  so."}}', "x", "It is so"),
        (b'{"detail":{"type":"t","code":"y","message":"m"}}', "y", "m"),
        (b'{"detail":"plain"}', "", "plain"),
        (b'{"detail":[{"loc":["body","text"],"msg":"Field required"}]}', "", "body.text: Field required"),
        (b"<html>502</html>", "", "<html>502</html>"),
        (b'"odd"', "", "odd"),
        (b'{"detail":[7]}', "", "7"),
        (b"\xff\xfe", "", "\ufffd\ufffd"),
        (b"", "", "without a reason"),
    ],
)
def test_a_refusal_is_read_from_any_body(body: bytes, status: str, message: str):
    refusal = read_refusal(400, {}, body)
    assert (refusal.status, refusal.message) == (status, message)
    assert refusal.failure().message.endswith(message)


def test_the_time_to_wait_is_a_number_or_a_date():
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)

    def waits(told: str) -> float | None:
        return read_refusal(429, {"retry-after": told}, b"").retry_after

    assert waits("2.5") == 2.5
    assert 80 < (waits(soon) or 0) <= 90
    assert waits("later") is None and waits("") is None and waits("-5") == 0


@examples(max_examples=50, deadline=None)
@given(st.text(max_size=300), st.integers(5, 80))
def test_the_parts_of_a_text_join_to_it(text: str, limit: int):
    parts = parts_of(text, limit)
    assert "".join(parts) == text
    assert all(0 < len(part) <= limit for part in parts)


@examples(max_examples=50, deadline=None)
@given(st.text(max_size=80), st.booleans())
def test_what_is_sent_can_be_sent_and_keeps_every_position(text: str, performs: bool):
    sent = sendable(text, performs=performs)
    assert len(sent) == len(text)
    sent.encode()
    assert not performs or not set(sent) & set("[]")


def test_markup_is_read_as_text_and_signs_stay():
    assert sendable('<break time="3s"/>So 1 < 2 > 0', performs=False) == ' break time="3s"/ So 1 < 2 > 0'
    assert sendable("[laughs] Hi", performs=True) == "(laughs) Hi"
    assert sendable("[laughs] Hi", performs=False) == "[laughs] Hi"


def test_times_are_found_where_the_service_changed_the_space_or_a_word():
    text = "Dear  Ada, see 42 now."
    said = "Dear Ada, see forty-two now."
    times = CharacterTimes(tuple(said), tuple(range(len(said))), tuple(range(1, len(said) + 1)))
    words = timed_words(text, text, spans_of(text, times), 100)
    assert words is not None
    assert [(word.text, word.start) for word in words if word.end > word.start] == [
        ("Dear", 0), ("Ada,", 5), ("see", 10), ("now.", 24),
    ]  # fmt: skip
