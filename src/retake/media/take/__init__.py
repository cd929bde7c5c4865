"""A recording as its coded packets: read whole, written back with some of them replaced.

values.py   Take, VideoTrack, AudioTrack, CodedPacket
reading.py  file -> Take
frames.py   Take -> pictures
sound.py    Take -> samples
writing.py  packets -> file
"""

from retake.media.take.frames import TakeReader
from retake.media.take.reading import read_take
from retake.media.take.sound import decode_sound
from retake.media.take.values import AudioTrack, CodedPacket, Colour, Take, VideoTrack
from retake.media.take.writing import write_take

__all__ = [
    "AudioTrack",
    "CodedPacket",
    "Colour",
    "Take",
    "TakeReader",
    "VideoTrack",
    "decode_sound",
    "read_take",
    "write_take",
]
