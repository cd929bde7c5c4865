"""ElevenLabs: speech in cloned voices, by its public HTTP API.

`adapter` is the port's speaker; `client` speaks HTTP and keeps the plan's queue, `refusals` says what may be
done about a failure. `speech` is one call, `script` the way from characters to words, `models` what each
model can do. `cloning` makes voices, `alignment` times a known text in a recording, `dictionaries` teaches
names, `account` knows the plan and the price.
"""

from retake.generate.elevenlabs.adapter import ElevenLabs

__all__ = ["ElevenLabs"]
