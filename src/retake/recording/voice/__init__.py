"""New words in a recording: found, fitted, coloured and joined so that the take sounds untouched.

`align` finds the words, `changed_words` says which of them change, `find_slot` where to cut, `plan_length`
how the new ones fit, and `splice_voice` does it and measures the result. Pure functions on mono samples.
"""

from retake.recording.voice.align import align, align_phonemes
from retake.recording.voice.fit import Fit, plan_length
from retake.recording.voice.measure import Measure, distance
from retake.recording.voice.room import RoomSettings
from retake.recording.voice.slot import ALIGNED, HEARD, Slot, find_slot, pauses_around
from retake.recording.voice.speech import Phoneme, Spoken, Word
from retake.recording.voice.splice import VoiceEdit, apply, splice_voice
from retake.recording.voice.words import Change, changed_words

__all__ = [
    "ALIGNED",
    "HEARD",
    "Change",
    "Fit",
    "Measure",
    "Phoneme",
    "RoomSettings",
    "Slot",
    "Spoken",
    "VoiceEdit",
    "Word",
    "align",
    "align_phonemes",
    "apply",
    "changed_words",
    "distance",
    "find_slot",
    "pauses_around",
    "plan_length",
    "splice_voice",
]
